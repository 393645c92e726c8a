"""What the style file says of a course's texts."""

from itertools import chain

import pytest

from config import ROOT
from diploma.core.finding import letters
from diploma.core.lang import LANGS, Lang
from diploma.learning import loader
from diploma.learning.authoring.phrases import exact, term
from diploma.learning.authoring.wording_checks import rules
from tests.learning.sample import LESSON_EN, LESSON_LATN, LESSON_RU, PROGRAMME, RU, UZ_CYRL, UZ_LATN, Course

STYLE = "style.toml"
RULES = """format = 1

[[claims]]
forms = ["Moon Centre", "лунн* центр*", "oy markazi*"]
near = ["space", "космос*", "koinot*"]
why = "There is none."

[[faults.ru]]
forms = ["данный", "# *овъ"]
except = ["данный мне"]
why = "Officialese."
write = "этот"

[[faults.ru]]
forms = ["является"]
most = 1
why = "Too often."

[[inclusive.uz]]
forms = ["oʻgʻil bola*"]
why = "Everybody."
"""


@pytest.fixture
def course(tmp_path):
    made = Course(tmp_path)
    made.write(STYLE, RULES)
    return made


def found(course):
    return [(one.file, one.line, one.key, one.warning) for one in course.check()]


# ---- phrases


@pytest.mark.parametrize(
    ("phrase", "text", "hit"),
    [
        ("man-hour*", "Count the man-hours.", True),
        ("man", "Manage it, woman.", False),
        ("ошибк*", "Об ОШИБКАХ", True),
        ("businessm*n", "businessmen", True),
        ("بشكل *", "يعمل بشكلٍ سريعٍ", True),
        ("بشكل *", "غيّر شكله", False),
        ("*العميل", "مع العميل", True),
        ("*العميل", "العميلة", False),
        ("# *lar", "57 tashabbuslar", True),
        ("# *lar", "57 ta tashabbus", False),
        ("*(а)", "вы сдал(а) работу", True),
        ("، حيث", "المدينة، حيث يعمل", True),
        ("Inson loyiha*", "«Инсон» лойиҳаси", True),
        ("ega boʻlish*", "ega bo'lishi", True),
    ],
)
def test_a_phrase_is_found_whatever_its_letters(phrase, text, hit):
    assert exact(phrase).within(letters(text)) is hit
    if hit:
        assert text[exact(phrase).first(text) :].strip()


def test_an_arabic_term_is_found_with_its_article():
    assert term("دليل*").within(letters("وبالدليل")) and not exact("دليل*").within(letters("وبالدليل"))


# ---- rules


def test_a_course_may_do_without_a_style_file(tmp_path):
    assert Course(tmp_path).check() == []


def test_a_course_that_keeps_to_its_style_has_no_mistakes(course):
    assert course.check() == []


def test_an_unknown_key_of_the_style_file_is_refused(course):
    course.change(STYLE, "except", "excpet")
    course.refuses(STYLE, "excpet", "faults.ru.1.excpet", "The key 'excpet' is unknown", "'except'")


def test_a_style_file_knows_uzbek_as_one_language(course):
    course.change(STYLE, "inclusive.uz", "inclusive.uz-Latn")
    assert "unknown" in course.check()[0].message


def test_a_doubtful_claim_is_a_mistake_in_every_language(course):
    course.change(LESSON_EN, "Here is the list.", "Here is the list.\n\nThe Moon Centre for space opened.")
    course.change(RU, "От жалобы к вызову.", "Лунный центр освоил космос.")
    course.change(UZ_CYRL, "Шикоятдан муаммога.", "Ой маркази ва коинот.")
    assert found(course) == [
        (LESSON_EN, course.line(LESSON_EN, "Moon"), "where", False),
        (RU, course.line(RU, "Лунный"), "module.summary", False),
        (UZ_CYRL, course.line(UZ_CYRL, "Ой"), "module.summary", False),
    ]


def test_a_claim_counts_only_near_what_makes_it_false(course):
    course.change(LESSON_EN, "Here is the list.", "Here is the list. The Moon Centre is a shop.")
    assert course.check() == []


def test_a_doubtful_claim_is_found_in_the_programme_too(course):
    course.change(PROGRAMME, 'en = "Title"', 'en = "Moon Centre in space"')
    assert [(file, key) for file, _line, key, _warning in found(course)] == [(PROGRAMME, "title.en")]


def test_a_doubtful_claim_is_found_in_the_glossary_too(course):
    text = 'format = 1\n[[entries]]\nid = "moon"\nterm = "moon"\nmeaning = "See the Moon Centre in space."\n'
    course.write("glossary.toml", text)
    assert found(course) == [("glossary.toml", 5, "entries.moon.meaning", False)]


def test_a_fault_is_a_warning_that_says_what_to_write(course):
    course.change(LESSON_RU, "Вот список.", "Вот список.\n\nДанный список.")
    course.refuses(LESSON_RU, "Данный", "where", "«Данный список.»", "Officialese. Instead: этот", warning=True)


def test_a_fault_of_one_language_is_right_in_another(course):
    course.change(UZ_CYRL, "Шикоятдан", "Данный")
    assert course.check() == []


def test_what_only_looks_like_a_fault_is_passed_over(course):
    course.change(LESSON_RU, "Вот список.", "Данный мне список.")
    assert course.check() == []


def test_a_fault_that_stands_twice_is_told_once(course):
    course.change(LESSON_RU, "Вот список.", "Данный список, данный урок.")
    course.refuses(LESSON_RU, "Данный", "where", "2 times", warning=True)


def test_a_word_that_tires_may_stand_once_in_a_text(course):
    course.change(LESSON_RU, "Вот список.", "Это является списком.")
    assert course.check() == []
    course.change(LESSON_RU, "Это является", "Что является списком, является")
    assert [file for file, *_rest in found(course)] == [LESSON_RU]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [(UZ_LATN, "Shikoyatdan", "Oʻgʻil bolalar"), (UZ_CYRL, "Шикоятдан", "Ўғил болалар")],
)
def test_one_rule_finds_uzbek_in_both_scripts(course, name, old, new):
    course.change(name, old, new)
    assert [(file, key, warning) for file, _line, key, warning in found(course)] == [(name, "module.summary", True)]


# ---- examples

EXAMPLE = """
[example]
anchor = "where"
invented = {en = ["invented"], ru = ["вымышлен*"], uz = ["toʻqima*"]}
source = {en = "Source:", ru = "Источник:", uz = "Manba:"}
"""
HONEST = {LESSON_EN: "It is invented.", LESSON_RU: "Случай вымышленный.", LESSON_LATN: "Voqea toʻqima."}
SOURCED = {
    LESSON_EN: "Source: the city's report, 2019.",
    LESSON_RU: "- *Источник:* отчёт города, 2019 г.",
    LESSON_LATN: "Manba: shahar hisoboti, 2019.",
}


def tell(course, texts):
    course.write(STYLE, RULES + EXAMPLE)
    for name, text in texts.items():
        course.change(name, ":::only", f"{text}\n\n:::only")


@pytest.mark.parametrize("texts", [HONEST, SOURCED])
def test_an_example_is_invented_or_has_a_dated_source(course, texts):
    tell(course, texts)
    assert course.check() == []


def test_an_example_that_says_nothing_of_where_it_comes_from_is_refused(course):
    tell(course, {LESSON_EN: HONEST[LESSON_EN], LESSON_LATN: HONEST[LESSON_LATN]})
    course.refuses(LESSON_RU, "## Где", "where", "does not say whether it is invented", "вымышлен*")


@pytest.mark.parametrize("text", ["Source: a report.", "The source is a report of 2019.", "Source: report 20190."])
def test_a_source_stands_in_its_line_and_has_a_year(course, text):
    tell(course, {**SOURCED, LESSON_EN: text})
    assert "does not say whether it is invented" in "".join(
        one.message for one in course.check() if one.file == LESSON_EN
    )


# ---- the style file of the diploma

CLAIMS = {
    Lang.EN: [
        "The Saudi General Authority for Civil Information opened a counter.",
        "The King Salman Centre for Government Innovation trains people.",
        "The Dubai Government Innovation Centre trains people.",
        'In the "Insan" project people were asked.',
        "Estonia counted its digital transactions in 2008.",
    ],
    Lang.AR: [
        "افتتحت الهيئة العامة للمعلومات المدنية السعودية نافذة.",
        "في مركز الملك سلمان للابتكار الحكومي.",
        "يدرّب مركز دبي للابتكار الحكومي الناس.",
        "في مشروع «إنسان» سُئل الناس.",
        "أحصت إستونيا المعاملات الرقمية في 2008.",
    ],
    Lang.RU: [
        "Саудовское управление гражданской информации открыло окно.",
        "Центр государственных инноваций имени короля Салмана учит людей.",
        "В Дубайском центре государственных инноваций учат людей.",
        "В проекте «Инсан» спросили людей.",
        "Эстония подсчитала цифровые транзакции 2008 года.",
    ],
    Lang.UZ_LATN: [
        "Saudiya Fuqarolik maʼlumotlari bosh boshqarmasi darcha ochdi.",
        "Qirol Salmon nomidagi davlat innovatsiyalari markazida.",
        "Dubay davlat innovatsiyalari markazi oʻqitadi.",
        "«Insan» loyihasida odamlardan soʻralgan.",
        "Estoniya 2008-yilda raqamli tranzaksiyalarni sanagan.",
    ],
    Lang.UZ_CYRL: [
        "Саудия Фуқаролик маълумотлари бош бошқармаси дарча очди.",
        "Қирол Салмон номидаги давлат инновациялари марказида.",
        "Дубай давлат инновациялари маркази ўқитади.",
        "«Инсон» лойиҳасида одамлардан сўралган.",
        "Эстония 2008 йилда рақамли транзакцияларни санаган.",
    ],
}


@pytest.fixture(scope="module")
def style():
    return rules(loader.load(ROOT / "courses" / "gid").style)


@pytest.mark.parametrize(("lang", "text"), [(lang, text) for lang, texts in CLAIMS.items() for text in texts])
def test_the_claims_of_the_diploma_are_found_in_five_languages(style, lang, text):
    assert [one.kind for one in style[lang] if one.found(letters(text))] == ["claims"]


def test_the_authority_of_kuwait_may_be_named(style):
    text = "The Public Authority for Civil Information of Kuwait keeps the register."
    assert not [one for one in style[Lang.EN] if one.found(letters(text))]


FAULTS = [
    (Lang.AR, "تم حفظ العمل."),
    (Lang.AR, "قامت الإدارة، وقام بمراجعة الملف."),
    (Lang.AR, "تُراجع من قِبل الإدارة."),
    (Lang.AR, "احفظه كمسودة."),
    (Lang.AR, "تأخرت الطلبات، حيث نقص مستند."),
    (Lang.AR, "يعمل بشكل سريع."),
    (Lang.AR, "بعد الستة أشهر."),
    (Lang.AR, "مدير ومنسق البرنامج"),
    (Lang.AR, "لا تتردد في السؤال."),
    (Lang.AR, "على المنتسب/ة أن يكتب"),
    (Lang.RU, "Ваш орган решает."),
    (Lang.RU, "Осуществить проверку."),
    (Lang.RU, "Успешно сохранено"),
    (Lang.RU, "Вы сдал(а) работу."),
    (Lang.UZ_LATN, "57 tashabbuslar"),
    (Lang.UZ_CYRL, "Литсензияга эга бўлиш керак."),
    (Lang.UZ_LATN, "Kim taʼsir koʻrmoqda?"),
    (Lang.EN, "Each trainee brings his or her file."),
    (Lang.EN, "A counter for the disabled."),
]
RIGHT = [
    (Lang.AR, "أصغِ إلى ما قاله الناس لجهتك من قبل، ثم اذهب."),
    (Lang.AR, "أرقام بلا مصدر، ومقام بين الناس."),
    (Lang.AR, "الأشهر الستة وستة أشهر"),
    (Lang.AR, "خصم 25/30 من الدرجة"),
    (Lang.RU, "Данные собраны, по этим данным решили."),
    (Lang.RU, "Людям с инвалидностью помогают."),
    (Lang.UZ_LATN, "57 ta tashabbus va 3 dollar"),
    (Lang.UZ_CYRL, "Ногиронлиги бўлган шахслар"),
    (Lang.EN, "Other people, and their files: the poorest result of a blind test."),
]


@pytest.mark.parametrize(("lang", "text"), FAULTS)
def test_the_faults_of_the_style_sheets_are_found(style, lang, text):
    assert [one for one in style[lang] if one.found(letters(text))]


@pytest.mark.parametrize(("lang", "text"), RIGHT)
def test_good_sentences_are_left_in_peace(style, lang, text):
    assert not [one.forms for one in style[lang] if one.found(letters(text))]


def test_every_rule_gives_its_reason(style):
    assert all(one.why.endswith((".", ")")) for one in chain.from_iterable(style[lang] for lang in LANGS))
