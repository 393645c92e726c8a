import re

import pytest

from tests.learning.sample import (
    FOLDER,
    LESSON_EN,
    LESSON_LATN,
    LESSON_RU,
    MODULE,
    PARTNER,
    PROGRAMME,
    QUIZ,
    RU,
    UZ_CYRL,
    UZ_LATN,
    Course,
)


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


# ---- lessons


@pytest.mark.parametrize(
    ("old", "new", "at", "key", "message"),
    [
        (" {#where}", "", "## Где", "", "The heading 'Где' has no anchor"),
        ("{#where}", "{#why}", "## Где", "why", "The anchor 'why' stands twice"),
        ("{#where}", "{#wher}", "## Где", "wher", "The source has no section 'wher'"),
        ("## Почему", "Сначала.\n\n## Почему", "Сначала", "", "There is text before the first heading"),
    ],
)
def test_sections_are_those_of_the_source(course, old, new, at, key, message):
    course.change(LESSON_RU, old, new)
    found = [mistake for mistake in course.check() if message in mistake.message]
    assert [(one.file, one.line, one.key) for one in found] == [(LESSON_RU, course.line(LESSON_RU, at), key)]


def test_a_section_that_the_source_has_is_not_left_out(course):
    text = course.read(LESSON_RU)
    course.write(LESSON_RU, text[: text.index("## Где")])
    course.refuses(LESSON_RU, "## Почему", "where", "The section where of the source is missing")


def test_sections_stand_in_the_order_of_the_source(course):
    text = course.read(LESSON_RU)
    front, why, where = re.split("(?=^## )", text, flags=re.MULTILINE)
    course.write(LESSON_RU, f"{front}{where}\n{why}")
    course.refuses(LESSON_RU, "## Где", "where", "in another order than in the source: why and where")


def test_an_anchor_is_not_named_like_the_title(course):
    for name in (LESSON_EN, LESSON_RU, LESSON_LATN):
        course.change(name, "{#where}", "{#title}")
    found = [(one.file, one.line, one.key) for one in course.check()]
    assert found == [(name, course.line(name, "{#title}"), "title") for name in (LESSON_EN, LESSON_RU, LESSON_LATN)]


def test_a_lesson_has_sections(course):
    text = course.read(LESSON_RU)
    course.write(LESSON_RU, text[: text.index("## ")])
    assert "There are no sections." in [mistake.message for mistake in course.check()]


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        (":::\n", "", ":::only", "The block is not closed"),
        (":::only uz\n", ":::only uz\nx\n:::only uz\n", "x", "is not closed before the next one"),
        (":::only uz\n", ":::\n:::only uz\n", ":::", "closes a block that was not opened"),
        (":::only uz\n", ":::only uz\n:::olny\n", ":::olny", "opens or closes a country's block"),
        (":::only uz\n", ":::only UZ\n", ":::only UZ", "opens or closes a country's block"),
        (":::only uz\n", ":::only kz\n", ":::only kz", "There is no partner 'kz'"),
    ],
)
def test_a_country_block_is_opened_for_a_partner_and_closed(course, old, new, at, message):
    course.change(LESSON_RU, old, new)
    line = course.line(LESSON_RU, at) + (at == "x")
    found = [mistake for mistake in course.check() if message in mistake.message]
    assert [(one.file, one.line, one.key) for one in found] == [(LESSON_RU, line, "where")]


def test_every_language_has_the_same_country_blocks(course):
    text = course.read(LESSON_RU)
    course.write(LESSON_RU, text[: text.index(":::only")])
    course.refuses(LESSON_RU, "## Где", "where", "The country blocks are none; the source has uz")


def test_a_short_lesson_is_a_warning(course):
    course.change(LESSON_EN, "word. " * 100, "")
    course.refuses(LESSON_EN, "## Why", "", "words; a lesson has 350 to 500", warning=True)


def test_a_long_lesson_is_a_warning(course):
    course.change(LESSON_EN, "word. ", "word. " * 125)
    course.refuses(LESSON_EN, "## Why", "", "words; a lesson has 350 to 500", "Shorten it", warning=True)


# ---- markup


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<b>x</b>", "HTML is not used"),
        ("<br/>", "HTML is not used"),
        ("<!-- x -->", "HTML is not used"),
        ("![x](https://a.example/p.png)", "Images are not shown"),
        ("# Title", "A heading of one #"),
        ("[x](http://a.example)", "begins with http:"),
        ("<mailto:a@b.example>", "begins with mailto:"),
    ],
)
def test_markdown_that_would_not_be_shown_is_refused(course, text, message):
    course.change(LESSON_RU, "Вот список.", f"Вот список.\n\n{text}")
    found = course.check()
    assert {(one.file, one.line, one.key) for one in found} == {(LESSON_RU, course.line(LESSON_RU, text), "where")}
    assert message in found[0].message


@pytest.mark.parametrize("text", ["`<b>` 2 < 3 > 1", "[x](https://a.example)", "<https://a.example>", "[x](../y)"])
def test_markdown_that_is_shown_is_accepted(course, text):
    for name in (LESSON_EN, LESSON_RU):
        course.change(name, ":::only", f"{text}\n\n:::only")
    assert [one for one in course.check() if one.file in (LESSON_EN, LESSON_RU)] == []


def test_html_in_a_plain_text_is_refused(course):
    course.change(QUIZ, "Is it so?", "Is it <i>so</i>?")
    assert {(one.file, one.key) for one in course.check()} == {(QUIZ, "items.q03.stem")}


# ---- translations


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('stem = "Какие', 'answer = "b"\nstem = "Какие', "quiz.q01.answer"),
        ('stem = "Какие', 'points = 2\nstem = "Какие', "quiz.q01.points"),
        ('title = "Формулировка"', 'weight = 60\ntitle = "Формулировка"', "rubric.criteria.statement.weight"),
        ('title = "Вызов"', 'hours = 30\ntitle = "Вызов"', "module.hours"),
        ('status = "reviewed"', 'status = "reviewed"\nformat = 1', "format"),
    ],
)
def test_a_translation_carries_no_answer_and_no_number(course, old, new, key):
    course.change(RU, old, new)
    line = next(part for part in new.splitlines() if part not in old)
    course.refuses(RU, line, key, "does not belong here", "A translation carries texts only")


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("[quiz.q07]", "[quiz.q77]", "quiz.q77", "The source has no quiz/q77"),
        ('b = "Некоторые"', 'z = "Некоторые"', "quiz.q01.options.z", "The source has no quiz/q01/options/z"),
        ('LO1 = "С', 'LO9 = "С', "module.outcomes.LO9", "The source has no module/outcomes/LO9"),
        ("[rubric.criteria.statement]", "[rubric.criteria.stament]", "rubric.criteria.stament", "no rubric/stament"),
        ('exemplary = "Образцово"', 'excellent = "Образцово"', "rubric.levels.excellent", "no rubric/levels/excellent"),
    ],
)
def test_a_translation_for_an_unknown_id_is_refused(course, old, new, key, message):
    course.change(RU, old, new)
    found = [mistake for mistake in course.check() if not mistake.warning]
    assert [(one.file, one.line, one.key) for one in found] == [(RU, course.line(RU, new), key)], found
    assert message in found[0].message and re.match("Did you mean|Known here", found[0].hint)


def test_an_item_that_is_translated_in_part_is_a_warning(course):
    course.change(RU, 'stem = "Какие из 120 дел?"\n', "")
    course.refuses(RU, "options", "quiz.q01.options.a", "quiz/q01 is translated in part; missing: stem", warning=True)


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        (RU, "из 120 дел", "из 130 дел", "quiz.q01.stem", "120 stands only in the source; 130 stands only here"),
        (LESSON_RU, "4\u00a0000", "40\u00a0000", "why", "4000 stands only in the source; 40000 stands only here"),
        (LESSON_RU, "3 раза", "4 раза", "why", "4 stands only here"),
        (LESSON_RU, "62,5", "625", "why", "62.5 stands only in the source; 625 stands only here"),
        (LESSON_LATN, "4 000", "4,000", "why", "4000 stands only in the source"),
    ],
)
def test_a_number_that_differs_from_the_source_is_refused(course, name, old, new, key, message):
    course.change(name, old, new)
    course.refuses(name, new if name == RU else f"{{#{key}}}", key, message)


def test_numbers_of_texts_side_by_side_are_compared(course):
    course.change(PROGRAMME, 'en = "Title"', 'en = "Title in 26 weeks"')
    keys = {(one.file, one.key) for one in course.check()}
    assert keys == {(PROGRAMME, f"title.{lang}") for lang in ("ar", "ru", "uz-Latn", "uz-Cyrl")}


def test_accepted_answers_may_hold_other_numbers(course):
    course.change(RU, '"пороговый уровень"', '"порог 2"')
    assert course.check() == []


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "`"])
def test_an_uzbek_apostrophe_is_a_letter(course, apostrophe):
    course.change(LESSON_LATN, "doʻkon", f"do{apostrophe}kon")
    line = course.line(LESSON_LATN, "do" + apostrophe)
    found = [(one.file, one.line, one.key) for one in course.check()]
    assert found == [(LESSON_LATN, line, "why")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("maʼno", "maʻno", "ʻ (U+02BB) stands only after o and g"), ("gʻoya", "gʼoya", "gʼ has the sign U+02BC")],
)
def test_the_two_uzbek_signs_are_not_confused(course, old, new, message):
    course.change(UZ_LATN, old, new)
    course.refuses(UZ_LATN, new, "module.summary", message)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        (RU, "Практикум", "Прaктикум", "module.workshops.w1"),  # a Latin a
        (UZ_CYRL, "Муаммо", "Муaммо", "module.title"),  # a Latin a
        (UZ_LATN, "Muammo", "Muаmmo", "module.title"),  # a Cyrillic а
        (MODULE, "Clinic", "Сlinic", "workshops.w1.title"),  # a Cyrillic С
    ],
)
def test_a_word_does_not_mix_scripts(course, name, old, new, key):
    course.change(name, old, new)
    course.refuses(name, new, key, "mixes scripts")


@pytest.mark.parametrize("word", ["PDFни", "CIO-лар", "«Excel»да"])
def test_a_latin_name_may_stand_in_a_cyrillic_text(course, word):
    course.change(UZ_CYRL, "Шикоятдан", word)
    assert course.check() == []


def test_a_text_in_the_script_of_another_language_is_refused(course):
    course.change(UZ_LATN, "Shikoyatdan muammoga, maʼno va gʻoya.", "Шикоятдан муаммога, маъно ва ғоя.")
    course.refuses(UZ_LATN, "Шикоятдан", "module.summary", "in Cyrillic letters; uz-Latn is written in Latin ones")


def test_a_mistake_of_spelling_is_shown_in_its_line_of_the_section(course):
    course.change(LESSON_RU, "Обращения", "Обpащения")  # a Latin p
    course.refuses(LESSON_RU, "вашего района", "where", "mixes scripts: p is Latin")


def test_texts_of_partners_are_read_too(course):
    course.change(PARTNER, 'uz-Latn = "Nomi"', 'uz-Latn = "No\'mi"')
    course.refuses(PARTNER, "No'mi", "title.uz-Latn", "is no Uzbek letter")


def test_freshness_that_was_edited_by_hand_is_refused(course):
    course.write(f"{FOLDER}/freshness.toml", 'format = 1\n[ru]\n"module/title" = "fresh"\n')
    course.refuses(f"{FOLDER}/freshness.toml", "module/title", "ru.module/title", "a hash of 12 characters")


# ---- Arabic signs and declared numbers

LESSON_AR = LESSON_RU.replace("ru.md", "ar.md")
ARABIC = """+++
title = "الإصغاء"
summary = "الإصغاء إلى من لا يشتكي."
status = "draft"
+++

## لماذا {#why}

راجع نحو 4,000 من أصحاب المحال 3 مرات، كل مرة 62.5 دقيقة؛ لماذا؟ FILLER

## أين {#where}

هذه «القائمة».

:::only uz
شكاوى منطقتك.
:::
"""


@pytest.fixture
def arabic(course):
    course.write(LESSON_AR, ARABIC.replace("FILLER", " ".join(["كلمة."] * 300)))
    return course


def test_arabic_signs_and_a_comma_inside_a_number_are_right(arabic):
    assert arabic.check() == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("مرات،", "مرات,", "The sign , is not Arabic"),
        ("دقيقة؛", "دقيقة;", "The sign ; is not Arabic"),
        ("لماذا؟", "لماذا?", "The sign ? is not Arabic"),
        ("لماذا؟", "لماذا ؟", "A space stands before ؟"),
        ("62.5 دقيقة", "62.5, دقيقة", "The sign , is not Arabic"),
    ],
)
def test_a_latin_sign_in_an_arabic_text_is_refused(arabic, old, new, message):
    arabic.change(LESSON_AR, old, new)
    arabic.refuses(LESSON_AR, "راجع", "why", message)


def test_a_straight_quotation_mark_in_an_arabic_text_is_refused(arabic):
    arabic.change(LESSON_AR, "«القائمة»", '"القائمة»')
    arabic.refuses(LESSON_AR, "هذه", "where", 'The quotation mark " is not Arabic', "« and »")


def test_an_address_in_an_arabic_text_keeps_its_signs(arabic):
    for name in (LESSON_AR, LESSON_RU, LESSON_EN, LESSON_LATN):
        arabic.change(name, ":::only", "https://a.example/?b=c;d\n\n:::only")
    assert arabic.check() == []


def test_a_number_may_be_declared_as_a_word(course):
    course.change(LESSON_RU, "62,5 минуты", "по часу с лишним")
    course.refuses(LESSON_RU, "{#why}", "why", "62.5 stands only in the source")
    course.change(LESSON_RU, 'status = "draft"', 'status = "draft"\nnumbers = {"62.5" = "часу с лишним"}')
    assert course.check() == []


def test_a_declared_word_that_does_not_stand_there_declares_nothing(course):
    course.change(RU, "из 120 дел", "из всех дел")
    course.change(RU, 'status = "reviewed"', 'status = "reviewed"\nnumbers = {120 = "сто двадцать"}')
    course.refuses(RU, "из всех дел", "quiz.q01.stem", "120 stands only in the source")
    course.change(RU, "из всех дел", "из ста двадцати дел")
    course.change(RU, "сто двадцать", "ста двадцати")
    assert course.check() == []


def test_only_a_number_is_declared(course):
    course.change(RU, 'status = "reviewed"', 'status = "reviewed"\nnumbers = {many = "много"}')
    course.refuses(RU, "many", "numbers.many", "Expected a number as English writes it")
