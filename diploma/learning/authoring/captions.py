"""Captions of a video (WebVTT): a strict reader, so that what it takes is shown by every browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from diploma.learning.authoring.mistakes import Mistake

_HEAD = re.compile(r"WEBVTT(?:[ \t].*)?")
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?")
_ARROW = "-->"

Block = list[tuple[int, str]]  # lines with their numbers, without an empty one


@dataclass(frozen=True)
class Cue:
    """``text`` is shown from ``start`` to ``end``, in milliseconds; ``line`` of the file is that of the times."""

    line: int
    start: int
    end: int
    text: str


def parse_captions(name: str, text: str) -> list[Cue | Mistake]:
    """The cues in their order, and in the place of each that cannot be shown what is wrong with it."""
    lines = text.split("\n")
    if not _HEAD.fullmatch(lines[0]):
        hint = "Begin with a line WEBVTT and an empty line. A SubRip file (.srt) has to be converted."
        return [Mistake(name, 1, "", "The file does not begin with WEBVTT.", hint)]
    head, *blocks = (
        list(block) for written, block in groupby(enumerate(lines, 1), key=lambda line: line[1] != "") if written
    )
    found = [_cue(name, block) for block in blocks if not re.match(r"NOTE(?:[ \t]|$)", block[0][1])]
    return [*_run_together(name, head[1:]), *found, *_order(name, found), *_none(name, found)]


def _cue(name: str, block: Block) -> Cue | Mistake:
    """A name of the cue, if it has one; its times; its text."""
    named = _ARROW not in block[0][1] and any(_ARROW in text for _line, text in block[1:2])
    (line, times), shown = block[named], block[named + 1 :]
    match = _TIMES.fullmatch(times)
    if not match:
        hint = "Write 00:01.500 --> 00:04.000: a full stop before the milliseconds, a space on each side of the arrow."
        return Mistake(name, line, "", "This line does not say from when to when a caption is shown.", hint)
    start, end = _milliseconds(*match.groups()[:4]), _milliseconds(*match.groups()[4:])
    if end <= start:
        return Mistake(name, line, "", "The caption ends before it begins.", "Mend one of the two times.")
    if not shown:
        return Mistake(name, line, "", "The caption has no text.", "Write it on the next line, without an empty one.")
    return next(_run_together(name, shown), Cue(line, start, end, "\n".join(text for _line, text in shown)))


def _run_together(name: str, block: Block) -> Iterator[Mistake]:
    """Times where text is expected."""
    for line, text in block:
        if _ARROW in text:
            yield Mistake(name, line, "", "This caption is joined to what stands before it.", "Put an empty line here.")


def _order(name: str, found: list[Cue | Mistake]) -> Iterator[Mistake]:
    for before, after in pairwise(one for one in found if isinstance(one, Cue)):
        if after.start < before.start:
            message = f"The caption begins before that of line {before.line}."
            yield Mistake(name, after.line, "", message, "Put the captions in the order of their times.")


def _none(name: str, found: list[Cue | Mistake]) -> Iterator[Mistake]:
    if not found:
        yield Mistake(name, 1, "", "There are no captions.", "Write what is said, and when.")


def _milliseconds(hours: str | None, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)
