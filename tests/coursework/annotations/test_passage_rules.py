"""Where a passage begins and ends, in any script, and how a text is cut under comments that overlap."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diploma.core.errors import Refused
from diploma.coursework.annotations import rules


def note(id: int, start: int | None = None, stop: int | None = None, **place: Any) -> Any:
    return SimpleNamespace(
        id=id, start=start, stop=stop, **({"sha256": None, "page": None, "x": None, "y": None} | place)
    )


@pytest.mark.parametrize(
    ("text", "start", "stop", "passage"),
    [
        ("one two three", 4, 7, "two"),
        ("one two three", 3, 8, "two"),  # without the spaces at its ends
        ("то\u0306н", 2, 3, "о\u0306"),  # a mark belongs to its letter
        ("يُجدَّد", 1, 2, "يُ"),
        ("a👩\u200d👩\u200d👧b", 1, 2, "👩\u200d👩\u200d👧"),
        ("👍🏽!", 1, 2, "👍🏽"),
        ("🇺🇿🇦🇪", 1, 3, "🇺🇿🇦🇪"),
        ("🇺🇿🇦🇪", 0, 1, "🇺🇿"),
        ("a\r\nb", 0, 2, "a"),
        ("क\u094dष", 1, 2, "क\u094d"),
    ],
)
def test_a_passage_has_whole_letters_and_no_space_at_its_ends(text: str, start: int, stop: int, passage: str) -> None:
    found = rules.passage(text, start, stop)
    assert text[slice(*found)] == passage


@pytest.mark.parametrize("span", [(-1, 2), (0, 0), (2, 1), (0, 4), (10**12, 10**12 + 1), (1, 2)])
def test_a_passage_outside_of_the_text_or_without_words_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(Refused):
        rules.passage("a b", *span)


def test_a_passage_that_says_something_else_than_the_page_has_shown_is_refused() -> None:
    assert rules.passage("one two\nthree", 4, 13, "two three") == (4, 13)  # lines and spaces do not count
    with pytest.raises(Refused, match="another one"):
        rules.passage("one two\nthree", 4, 13, "two four")
    with pytest.raises(Refused, match="longer"):
        rules.passage("x" * 7_000, 0, 7_000)


def test_a_place_stays_on_its_page() -> None:
    assert rules.place(0, 0, 10_000, 10_000) == (0, 0, 10_000, 10_000)
    for at in ((-1, 0, 0, 0), (0, 10_001, 0, 0), (9_000, 0, 1_001, 0), (0, 0, 0, -5)):
        with pytest.raises(Refused):
            rules.place(*at)


def test_comments_are_numbered_as_they_are_met() -> None:
    on_page = {"sha256": "f2", "page": 1, "x": 5, "y": 5}
    found = [
        note(1, **on_page),
        note(2, 9, 12),
        note(3, 2, 4),
        note(4, **on_page | {"sha256": "f1", "page": 2}),
        note(5, **on_page | {"y": 1}),
    ]
    assert rules.numbers(found, ["f1", "f2"]) == {3: 1, 2: 2, 4: 3, 5: 4, 1: 5}


def test_passages_may_overlap_and_reach_over_paragraphs() -> None:
    text = "one two three\n\nfour five"
    first, second = rules.marked(text, [note(1, 4, 19), note(2, 0, 7), note(3, 4, 7)])
    assert [(one.text, one.under, one.ends) for one in first.pieces] == [
        ("one ", (2,), ()),
        ("two", (1, 2, 3), (2, 3)),
        (" three", (1,), ()),
    ]
    assert [(one.text, one.under, one.ends) for one in second.pieces] == [("four", (1,), (1,)), (" five", (), ())]
    assert (first.noted, second.noted) == ((2, 3), (1,)) and second.after_gap and not first.after_gap


@given(
    st.text(alphabet="ab я\n\u0301\u200dش", min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5),
)
def test_the_pieces_are_the_text_and_each_comment_ends_once(text: str, spans: list[tuple[int, int]]) -> None:
    found = []
    for start, stop in spans:
        try:
            found.append(note(len(found), *rules.passage(text, start, stop)))
        except Refused:
            continue
    lines = rules.marked(text, found)
    assert ["".join(piece.text for piece in one.pieces) for one in lines] == [
        one.text for one in rules.paragraphs(text)
    ]
    assert sorted(id for one in lines for id in one.noted) == [one.id for one in found]


def test_words_say_where_they_stand() -> None:
    text = "  لا  تصرخ \nx"
    (line, _other) = rules.paragraphs(text)
    assert [(text[one.start : one.stop], one.number) for one in rules.words(line)] == [("لا", 1), ("تصرخ", 2)]


@pytest.mark.parametrize(
    ("text", "side"), [("12. Лицензия", "ltr"), ("«1» رخصة abc", "rtl"), ("", "ltr"), ("12", "ltr")]
)
def test_a_text_runs_as_its_first_letter_does(text: str, side: str) -> None:
    assert rules.direction(text) == side
