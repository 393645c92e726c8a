"""Names from one alphabet into another. Every name is invented."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diploma.certificates import rules
from diploma.certificates.names import letters
from diploma.certificates.names.proposing import WAYS, Proposal, language_of, propose
from diploma.core.lang import LANGS, Lang

UZBEK = [  # Latin, Cyrillic, Russian, as passports spell it
    ("Gʻulomova Dilnoza Abduqodir qizi", "Ғуломова Дилноза Абдуқодир қизи", "Гуломова Дилноза Абдукодир кизи",
     "Gulomova Dilnoza Abduqodir qizi"),
    ("Yoʻldoshev Elyor Oʻktam oʻgʻli", "Йўлдошев Элёр Ўктам ўғли", "Йулдошев Элёр Уктам угли",
     "Yoldoshev Elyor Oktam ogli"),
    ("Isʼhoqov Sanʼat", "Исҳоқов Санъат", "Исхоков Санъат", "Ishoqov Sanat"),
    ("Toʻxtayeva Shahzoda", "Тўхтаева Шаҳзода", "Тухтаева Шахзода", "Toxtayeva Shahzoda"),
    ("Chorshanbiyev Yusuf", "Чоршанбиев Юсуф", "Чоршанбиев Юсуф", "Chorshanbiyev Yusuf"),
    ("Yermatov Jahongir", "Ерматов Жаҳонгир", "Ерматов Жахонгир", "Yermatov Jahongir"),
    ("Hamroyeva Yayra", "Ҳамроева Яйра", "Хамроева Яйра", "Hamroyeva Yayra"),
    ("Eshmatov Muʼmin", "Эшматов Муъмин", "Эшматов Муъмин", "Eshmatov Mumin"),
    ("Qurbonova Ziyoda", "Қурбонова Зиёда", "Курбонова Зиёда", "Qurbonova Ziyoda"),
    ("XOʻJAYEV SHERZOD", "ХЎЖАЕВ ШЕРЗОД", "ХУЖАЕВ ШЕРЗОД", "XOJAYEV SHERZOD"),
]  # fmt: skip


@pytest.mark.parametrize(("latin", "cyrillic", "russian", "plain"), UZBEK)
def test_uzbek_names_in_every_spelling(latin, cyrillic, russian, plain):
    assert letters.uzbek_cyrillic(latin) == cyrillic
    assert letters.uzbek_latin(cyrillic) == latin
    assert letters.russian(cyrillic) == russian
    assert letters.plain_latin(latin) == plain


@pytest.mark.parametrize("apostrophe", ["'", "`", "’", "‘", "ʻ", "ʼ", "´"])
def test_any_apostrophe_is_read(apostrophe):
    assert letters.uzbek_cyrillic(f"O{apostrophe}ktamov San{apostrophe}at") == "Ўктамов Санъат"


@pytest.mark.parametrize(
    ("russian", "uzbek"),
    [
        ("Ходжаев Уткир Бахтиёр угли", "Ходжаев Уткир Бахтиёр ўғли"),
        ("Алиева Нодира Карим кизи", "Алиева Нодира Карим қизи"),
        ("АЛИЕВА НОДИРА КАРИМ КЫЗЫ", "АЛИЕВА НОДИРА КАРИМ ҚИЗИ"),
        ("Кизилов Углич", "Кизилов Углич"),
    ],
)
def test_a_patronymic_gets_its_uzbek_letters_back(russian, uzbek):
    assert letters.uzbek_of_russian(russian) == uzbek


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("Юлия Щербакова", "Iuliia Shcherbakova"),
        ("Подъячев Игорь", "Podieiachev Igor"),
        ("Жанна Хохлова-Цой", "Zhanna Khokhlova-Tsoi"),
        ("Королёв Эмиль", "Korolev Emil"),
        ("Чашин Сергей", "Chashin Sergei"),
        ("ШАРИПОВ ЯКОВ", "SHARIPOV IAKOV"),
    ],
)
def test_russian_names_as_in_passports(russian, latin):
    assert letters.passport(russian) == latin


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("Maria Sharipova", "Мария Шарипова"),
        ("Dmitry Andreev", "Дмитрий Андреев"),
        ("Khalid Rashid", "Халид Рашид"),
        ("Zhanna Shcherbakova", "Жанна Щербакова"),
        ("Jasur Xan", "Джасур Ксан"),
    ],
)
def test_english_spellings_in_russian(english, russian):
    assert letters.russian_of_english(english) == russian


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Karimova", "كاريموفا"),
        ("Gʻulomova", "غولوموفا"),
        ("Ahmed bin Khalid Al Mithal", "أحمد بن خالد الميثال"),
        ("Fatima bint Rashid Al-Hashimi", "فاطمة بنت راشد الهاشيمي"),
        ("Oʻktam", "أوكتام"),
    ],
)
def test_latin_names_in_arabic(latin, arabic):
    assert letters.arabic(latin) == arabic


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("سالم المثال", "Salem Al Mthal"),
        ("محمد بن راشد آل مكتوم", "Mohammed bin Rashid Al Mktum"),
        ("وليد ياسين", "Wlid Yasin"),
        ("ديلنوزا", "Dilnuza"),
    ],
)
def test_arabic_names_in_latin(arabic, latin):
    assert letters.latin_of_arabic(arabic) == latin


# ---- proposals


def test_uzbek_asks_its_own_other_script_before_an_english_spelling():
    names = {Lang.EN: "Dilnoza Gulomova", Lang.UZ_CYRL: "Ғуломова Дилноза"}
    assert propose(Lang.UZ_LATN, names) == Proposal("Gʻulomova Dilnoza", Lang.UZ_CYRL, rough=False)


def test_a_confirmed_name_is_trusted_before_a_nearer_one_that_is_not():
    confirmed, known = {Lang.RU: "Каримова Азиза"}, {Lang.UZ_CYRL: "Каримва Азиза"}
    made = propose(Lang.UZ_LATN, confirmed, known)
    assert made and (made.name, made.source) == ("Karimova Aziza", Lang.RU)


def test_what_is_known_in_the_language_itself_stands_as_it_is():
    assert propose(Lang.RU, {Lang.RU: "Азиза", Lang.UZ_CYRL: "Ҳамида"}) == Proposal("Азиза", Lang.RU, rough=False)


@pytest.mark.parametrize(
    ("lang", "source", "rough"),
    [
        (Lang.EN, Lang.AR, True),
        (Lang.AR, Lang.EN, True),
        (Lang.AR, Lang.UZ_CYRL, True),
        (Lang.RU, Lang.EN, True),
        (Lang.EN, Lang.RU, False),
        (Lang.RU, Lang.UZ_LATN, False),
    ],
)
def test_a_guess_is_called_one(lang, source, rough):
    name = {"Arab": "سالم", "Latn": "Salim", "Cyrl": "Салим"}[source.script]
    made = propose(lang, {source: name})
    assert made and made.rough is rough


@pytest.mark.parametrize(
    ("lang", "source", "name"),
    [
        (Lang.EN, Lang.RU, "Тошпўлатов"),  # a letter that Russian has not
        (Lang.RU, Lang.EN, "🙂"),
        (Lang.EN, Lang.UZ_LATN, "Ли 李"),
        (Lang.RU, Lang.UZ_CYRL, "<b>Азиза</b>"),
        (Lang.AR, Lang.EN, "A" * 121),
        (Lang.UZ_CYRL, Lang.UZ_LATN, "Aziza 2"),
    ],
)
def test_what_cannot_be_printed_is_not_proposed(lang, source, name):
    assert propose(lang, {source: name}) is None


def test_bidi_controls_of_a_source_do_not_come_along():
    made = propose(Lang.RU, {Lang.UZ_CYRL: "Азиза\u202e\u2066 Ҳамидова\u200f"})
    assert made and made.name == "Азиза Хамидова"


@given(name=st.text(max_size=140), source=st.sampled_from(LANGS), lang=st.sampled_from(LANGS))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_every_proposal_could_be_printed(name, source, lang):
    made = propose(lang, {source: name})
    if made:
        assert rules.name_fault(lang, made.name) is None
        assert unicodedata.is_normalized("NFC", made.name)


@given(name=st.text(alphabet="aAbЪъьЎўҚйЖщİßﬁǅـاًَُّءال'ʻʼ-́ \u200d\ud800", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_letters_of_the_tables_raise(name):
    for ways in WAYS.values():
        for _source, way in ways:
            way(name)


@pytest.mark.parametrize(
    ("name", "speaks", "written"),
    [
        ("Азиза Каримова", Lang.UZ_LATN, Lang.UZ_CYRL),
        ("Азиза Каримова", Lang.RU, Lang.RU),
        ("Ҳамида", Lang.RU, Lang.UZ_CYRL),
        ("Salem Al Mithal", Lang.AR, Lang.EN),
        ("Aziza Karimova", Lang.UZ_CYRL, Lang.UZ_LATN),
        ("سالم المثال", Lang.EN, Lang.AR),
        ("李", Lang.EN, None),
    ],
)
def test_the_language_of_an_accounts_name(name, speaks, written):
    assert language_of(name, speaks) is written
