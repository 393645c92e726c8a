"""Captions: what is read, and what is refused in which line."""

import pytest

from diploma.learning.authoring.captions import Cue, parse_captions
from diploma.learning.authoring.mistakes import Mistake

GOOD = """WEBVTT - a walk
Kind: captions

NOTE written by hand,
in two lines

00:01.500 --> 00:04.000 line:80%
- Again?
- Again.

second
01:00:00.000 --> 01:00:02.000
The same paper.
"""


def refused(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in parse_captions("a.vtt", text) if isinstance(one, Mistake)]


def test_cues_are_read_with_names_settings_notes_and_hours() -> None:
    assert parse_captions("a.vtt", GOOD) == [
        Cue(7, 1_500, 4_000, "- Again?\n- Again."),
        Cue(12, 3_600_000, 3_602_000, "The same paper."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("WEBVTT - a walk", "1", 1, "does not begin with WEBVTT"),
        ("WEBVTT - a walk", "WEBVTTs", 1, "does not begin with WEBVTT"),
        ("captions\n", "captions\n00:00.000 --> 00:01.000\n", 3, "joined to what stands before"),
        ("00:01.500", "00:01,500", 7, "does not say from when"),
        ("00:01.500", "00:61.500", 7, "does not say from when"),
        (" --> 00:04", "-->00:04", 7, "does not say from when"),
        ("00:04.000", "00:01.500", 7, "ends before it begins"),
        ("- Again?\n- Again.\n", "", 7, "has no text"),
        ("Again.\n\nsecond", "Again.\nsecond", 11, "joined to what stands before"),
        ("NOTE written", "STYLE", 4, "does not say from when"),
        ("00:01.500 --> 00:04", "01:00:01.500 --> 01:00:04", 12, "begins before that of line 7"),
    ],
)
def test_a_slip_is_told_with_its_line(old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    found = refused(GOOD.replace(old, new, 1))
    assert len(found) == 1 and found[0][0] == line and message in found[0][1], found


def test_every_slip_of_a_file_is_told() -> None:
    assert [line for line, _message in refused(GOOD.replace(":0", ";0"))] == [7, 12]


@pytest.mark.parametrize("text", ["WEBVTT", "WEBVTT\n\nNOTE nothing yet\n"])
def test_a_file_without_captions_is_refused(text: str) -> None:
    assert refused(text) == [(1, "There are no captions.")]


def test_an_empty_file_is_refused() -> None:
    assert len(refused("")) == 1
