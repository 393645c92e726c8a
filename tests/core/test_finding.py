"""Words found across scripts, and told in places of the text as it stands."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diploma.core.finding import LONGEST, MOST_WORDS, Folded, Sought, form, letters
from diploma.core.text import fold

LESSONS = sorted((Path(__file__).parents[2] / "courses").rglob("lessons/*/*.md"))


def found(query: str, text: str) -> list[str]:
    return [piece for piece, hit in Sought(query).marked(Folded(text)) if hit]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_text_folds_as_a_name_does(lesson):
    text = lesson.read_text("utf-8")
    assert Folded(text).letters.strip() == fold(text)
    assert letters(text) == Folded(text).letters


@pytest.mark.parametrize("text", ["Йўл  кўрсатди", "مُدرِّبٌ", "oʻzgar\u0306di", "Khiva yyer \t khkh", "e\u0301\u0301 ½ ﷲ"])
def test_letters_without_their_places_are_the_same(text):
    assert letters(text) == Folded(text).letters


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("hujjat", "кўпинча битта ҳужжат етишмагани", ["ҳужжат"]),
        ("ҳужжатлар", "Bitta hujjatlarni topshiring", ["hujjatlarni"]),
        ("ozgartir", "ўзгартириш, oʻzgartirdi, o'zgartirish", ["ўзгартириш", "oʻzgartirdi", "o'zgartirish"]),
        ("yechim", "Ечим ва yechimlar", ["Ечим", "yechimlar"]),
        ("xizmat", "Хизмат, xizmatga, hizmat", ["Хизмат", "xizmatga", "hizmat"]),
        ("التحدي", "من الشكوى إلى التحدّي، والتحديات", ["التحدّي", "والتحديات"]),
        ("عناية", "العنايه وعنايتها", ["العنايه", "وعنايتها"]),
        ("ادله", "الأدلة", ["الأدلة"]),
        ("доказательства", "без доказательств", ["доказательств"]),
        ("ЁЛКА", "ёлка", ["ёлка"]),
        ("٧٢", "72 балла", ["72"]),
        ("café", "Cafe\u0301s", ["Cafe\u0301s"]),
    ],
)
def test_a_word_is_found_in_any_script_and_with_any_ending(query, text, words):
    assert found(query, text) == words


def test_a_word_is_not_found_inside_another():
    assert found("art", "partners start art") == ["art"]


def test_every_word_must_occur():
    texts = Folded("Муаммо баёни"), Folded("Далиллар жадвали")
    assert Sought("muammo dalil").within(*texts)
    assert not Sought("muammo hujjat").within(*texts)


@pytest.mark.parametrize("query", ["", " ", "%", "_%_", "'\"", "‘ʻʼ", "…", "\u202e", "<>"])
def test_a_query_without_a_word_looks_for_nothing(query):
    sought = Sought(query.replace("_", ""))
    assert not sought
    assert sought.marked(Folded("100% of it")) == [("100% of it", False)]


@pytest.mark.parametrize("query", [".*", "a|b", "(", "[a-z]+", "\\w"])
def test_signs_of_patterns_are_only_signs(query):
    assert found(query, "x! 000") == []


def test_single_letters_count_only_alone():
    assert Sought("и доказательства").words == ["dokazatelstva"]
    assert Sought("и").words == ["i"]


def test_a_long_query_is_looked_for_in_part():
    assert len(Sought(" ".join(f"w{n}" for n in range(99))).words) == MOST_WORDS < LONGEST


def test_an_excerpt_shows_the_word_in_its_context_cut_between_words():
    text = "Бир " * 60 + "ҳужжат " + "икки " * 60
    pieces = Sought("hujjat").excerpt(Folded(text), room=20)
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)
    assert [piece for piece, hit in pieces if hit] == ["ҳужжат"]
    assert re.fullmatch(r"… (Бир )+ҳужжат( икки)+ …", "".join(piece for piece, _ in pieces))


def test_an_excerpt_of_a_text_without_the_word_is_its_beginning():
    assert "".join(piece for piece, _ in Sought("x").excerpt(Folded("Short text"))) == "Short text"


@given(st.text(max_size=80), st.text(max_size=12))
def test_what_is_marked_is_the_text_and_nothing_else(text, query):
    assert "".join(piece for piece, _hit in Sought(query).marked(Folded(text))) == text


@pytest.mark.parametrize(
    ("written", "text", "word"),
    [
        ("таблиц* доказательств*", "Постройте таблицу доказательств.", "таблицу доказательств"),
        ("вызов", "он вызовет", None),
        ("c.o", "the cio", None),
        ("критери*", "критерия", "критерия"),
        ("خط الأساس", "وخط أساس", "وخط أساس"),
        ("customer-voice", "the customer-voice reports", "customer-voice"),
    ],
)
def test_a_form_is_exact_but_for_its_star(written, text, word):
    spans = [text[start:end] for start, end, _ in Folded(text).spans(re.compile(form(written)))]
    assert spans == ([word] if word else [])
