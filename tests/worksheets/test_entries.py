"""What a form says of a worksheet, and what a page shows of what is stored: nothing is cut, nothing is made up."""

from typing import Any

import pytest

from diploma.learning.sheets import Column, Field, FieldKind, Weighted, Worksheet
from diploma.worksheets import entries
from diploma.worksheets.entries import Fault, Sent, control

TEXT = Field("statement", FieldKind.TEXT, lines=4)
TABLE = Field("claims", FieldKind.TABLE, rows=2, columns=(Column("claim"), Column("kind", ("opinion", "record"))))
MATRIX = Field("scores", FieldKind.MATRIX, options=2, most=4, criteria=(Weighted("value", 60), Weighted("scale", 40)))
SHEET = Worksheet("sheet", "01", None, (TEXT, TABLE, MATRIX))


def sent(**form: str) -> Sent:
    """``claims_0_kind`` stands for the control of the second column in the first row."""
    return entries.sent(SHEET, {f"f.{name.replace('_', '.')}": value for name, value in form.items()})


def test_a_control_is_named_by_its_place() -> None:
    assert control("claims", 0, "kind") == "f.claims.0.kind"


def test_each_kind_of_field_is_read() -> None:
    form = {"statement": "Who\r\nwhat ", "claims_0_claim": "Three visits", "claims_0_kind": "record"}
    form |= {"scores_0": "Renewal", "scores_1": "", "scores_0_value": "3", "scores_1_scale": "0"}
    assert sent(**form) == Sent(
        {
            "statement": "Who\nwhat",
            "claims": [{"claim": "Three visits", "kind": "record"}],
            "scores": {"names": ["Renewal", ""], "scores": [{"value": 3}, {"scale": 0}]},
        },
        [],
    )


def test_a_field_of_which_the_form_knows_nothing_is_left_alone() -> None:
    assert sent(statement="Who").entries == {"statement": "Who"}


def test_an_emptied_text_is_emptied() -> None:
    assert sent(statement="").entries == {"statement": ""}


def test_empty_rows_between_others_keep_their_place() -> None:
    assert sent(claims_0_claim="", claims_2_claim="third").entries["claims"] == [{}, {}, {"claim": "third"}]


def test_signs_that_nobody_sees_are_taken_out() -> None:
    assert sent(statement="a\x00b\u202ec").entries["statement"] == "abc"


def test_the_name_of_an_option_is_one_line() -> None:
    assert sent(scores_0="two\nlines").entries["scores"]["names"][0] == "two lines"


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("statement", entries.LONGEST_TEXT),
        ("claims_1_claim", entries.LONGEST_CELL),
        ("scores_0", entries.LONGEST_NAME),
    ],
)
def test_a_text_that_is_too_long_is_named_and_stays_whole(name: str, longest: int) -> None:
    fits, long = sent(**{name: "x" * longest}), sent(**{name: "x" * (longest + 1)})
    assert fits.faults == []
    assert [(one.control, one.params) for one in long.faults] == [(f"f.{name.replace('_', '.')}", {"max": longest})]
    assert "x" * (longest + 1) in str(long.entries)


@pytest.mark.parametrize(
    ("name", "value"),
    [("claims_0_kind", "rumour"), ("scores_0_value", "5"), ("scores_0_value", "-1"), ("scores_0_value", "٣")],
)
def test_what_is_not_on_the_list_is_refused(name: str, value: str) -> None:
    found = sent(**{name: value, "scores_0": "x"})
    assert [(one.control, one.message) for one in found.faults] == [
        (f"f.{name.replace('_', '.')}", "Choose one of the values in the list.")
    ]


def test_sixty_rows_are_room_enough() -> None:
    assert len(sent(claims_59_claim="last").entries["claims"]) == 60
    found = sent(claims_59_claim="last", claims_60_claim="one more")
    assert found.faults == [Fault("f.claims", "A table has at most %(max)d rows.", {"max": 60})]
    assert found.entries["claims"][59] == {"claim": "last"}


def test_a_row_far_away_makes_no_table_of_a_million_rows() -> None:
    assert sent(claims_0_claim="a", claims_1000000_claim="b").entries["claims"] == [{"claim": "a"}]


def test_names_that_no_page_sends_are_passed_over() -> None:
    assert sent(claims_0_price="9", other="x", scores_7_value="4").entries == {}


def test_a_page_shows_as_many_rows_and_options_as_are_offered() -> None:
    assert entries.shown(SHEET, {}) == {
        "statement": "",
        "claims": [{}, {}],
        "scores": {"names": ["", ""], "scores": [{}, {}]},
    }


def test_more_rows_than_offered_are_shown_too() -> None:
    rows = [{"claim": str(number)} for number in range(5)]
    assert entries.shown(SHEET, {"claims": rows})["claims"] == rows


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({"statement": ["a"]}, ("statement", "")),
        ({"claims": "text"}, ("claims", [{}, {}])),
        ({"claims": [{"price": "9", "kind": "rumour"}, {}]}, ("claims", [{}, {}])),
        ({"scores": {"names": ["A"], "scores": [{"value": 9, "gone": 1, "scale": 4}]}},
         ("scores", {"names": ["A", ""], "scores": [{"scale": 4}, {}]})),
        ({"gone": "x"}, ("statement", "")),
    ],
)  # fmt: skip
def test_what_another_edition_stored_does_not_stop_a_page(stored: dict[str, Any], shown: tuple[str, Any]) -> None:
    field, entry = shown
    assert entries.shown(SHEET, stored)[field] == entry


def test_a_button_adds_four_rows_until_there_are_sixty() -> None:
    assert len(entries.with_more_rows(TABLE, [])) == 6
    assert len(entries.with_more_rows(TABLE, [{"claim": "x"}] * 9)) == 13
    assert len(entries.with_more_rows(TABLE, [{}] * 58)) == 60
    assert len(entries.with_more_rows(TABLE, [{}] * 60)) == 60


def test_empty_rows_at_the_end_are_not_printed() -> None:
    assert entries.written_rows([{}, {"claim": "x"}, {}, {}]) == [{}, {"claim": "x"}]
    assert entries.written_rows([{}, {}]) == []


def test_the_size_counts_every_text() -> None:
    assert entries.size({"a": "xx", "b": [{"c": "yyy"}], "m": {"names": ["z"], "scores": [{"v": 4}]}}) == 6
