"""Rules of coursework: lives, deadlines, marks, what may be handed in (``decisions``: late, marks). Pure.

No number of the programme stands here: caps and days come from ``Programme``, weights and shares from the
module's ``Rubric``, limits of texts and files from its ``Assignment``.
"""

import enum
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from diploma.core.chain import canonical
from diploma.core.errors import N_
from diploma.core.filetypes import ending
from diploma.coursework.models import MarkingState, SubmissionState
from diploma.learning.structure import (
    Assignment,
    Criterion,
    LateRules,
    Part,
    PartKind,
    Programme,
    ResubmissionRules,
    Rubric,
)

# A returned work is one whose author opened it again for a resubmission.
MOVES: dict[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.DRAFT: frozenset({SubmissionState.SUBMITTED}),
    SubmissionState.SUBMITTED: frozenset({SubmissionState.RETURNED}),
    SubmissionState.RETURNED: frozenset({SubmissionState.SUBMITTED}),
}
# Until its release a mark may be changed or taken back to a draft; afterwards it stands.
MARKING_MOVES: dict[MarkingState, frozenset[MarkingState]] = {
    MarkingState.WAITING: frozenset({MarkingState.MARKING, MarkingState.MARKED}),
    MarkingState.MARKING: frozenset({MarkingState.MARKING, MarkingState.MARKED}),
    MarkingState.MARKED: frozenset({MarkingState.MARKING, MarkingState.MARKED, MarkingState.RELEASED}),
    MarkingState.RELEASED: frozenset(),
}
TO_DO = (MarkingState.WAITING, MarkingState.MARKING)
UNRELEASED = (*TO_DO, MarkingState.MARKED)

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_MISREAD = str.maketrans("OIL", "011", "- ")


# ---- deadlines


class Standing(enum.StrEnum):
    """How a work stands to its deadline."""

    ON_TIME = "on_time"
    GRACE = "grace"
    LATE = "late"
    CLOSED = "closed"


def days_late(received_at: datetime, due_at: datetime, zone: str) -> int:
    """Calendar days of ``zone`` (a time zone's name) from the due instant; 0 also later on the same day."""
    return max(0, (_day(received_at, zone) - _day(due_at, zone)).days)


def standing(received_at: datetime, due_at: datetime, zone: str, late: LateRules) -> Standing:
    """On time, in the days of grace, capped, or after the last day on which work is accepted."""
    days = days_late(received_at, due_at, zone)
    if received_at <= due_at:
        return Standing.ON_TIME
    if days <= late.grace_days:
        return Standing.GRACE
    return Standing.LATE if days <= late.closes_after_days else Standing.CLOSED


def closes_at(due_at: datetime, cut_off_at: datetime, zone: str, late: LateRules) -> datetime:
    """The last instant at which work is accepted: the cohort's cut-off, never past the programme's last day."""
    return min(cut_off_at, _end_of(_day(due_at, zone) + timedelta(days=late.closes_after_days), zone))


def grace_ends_at(due_at: datetime, zone: str, late: LateRules) -> datetime:
    """The last instant at which late work counts in full."""
    return _end_of(_day(due_at, zone) + timedelta(days=late.grace_days), zone)


def resubmit_until(released_at: datetime, zone: str, rules: ResubmissionRules) -> datetime:
    """The last instant of the window for a resubmission, in calendar days from the release."""
    return _end_of(_day(released_at, zone) + timedelta(days=rules.within_days), zone)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))


# ---- marks


class CapReason(enum.StrEnum):
    LATE = "late"
    RESUBMISSION = "resubmission"


@dataclass(frozen=True)
class Cap:
    """A rule that lets a mark count ``at_most`` so much; ``days`` is how late the work was."""

    reason: CapReason
    at_most: int
    days: int = 0

    def applied(self, mark: Decimal) -> Decimal:
        return min(mark, Decimal(self.at_most))


@dataclass(frozen=True)
class Counted:
    """``mark`` is what counts, 0 to 100, unrounded; ``caps`` are the rules that applied to ``raw``."""

    mark: Decimal
    raw: Decimal
    caps: tuple[Cap, ...]


def points(rubric: Rubric, criterion: Criterion, level: str) -> Decimal:
    """Points of a criterion at a level: weight × share; ``KeyError`` for an unknown level."""
    shares = {one.id: one.share for one in rubric.levels}
    return Decimal(criterion.weight) * shares[level] / 100


def raw_mark(rubric: Rubric, levels: Mapping[str, str]) -> Decimal:
    """What the rubric gives, 0 to 100: the sum over all criteria; ``KeyError`` when one has no level."""
    return sum((points(rubric, one, levels[one.id]) for one in rubric.criteria), Decimal(0))


def points_so_far(rubric: Rubric, levels: Mapping[str, str]) -> Decimal:
    """The sum over the criteria that have a level of the rubric."""
    known = known_levels(rubric, levels)
    return sum((points(rubric, one, known[one.id]) for one in rubric.criteria if one.id in known), Decimal(0))


def counted_mark(raw: Decimal, programme: Programme, *, days: int, resubmission: bool) -> Counted:
    """What remains of ``raw`` after the caps, which meet by the lowest (``decisions``: late).

    ``days`` is how late the first version came: a resubmission does not make up for it.
    """
    caps = []
    if days > programme.late.grace_days:
        caps.append(Cap(CapReason.LATE, programme.late.cap, days))
    if resubmission:
        caps.append(Cap(CapReason.RESUBMISSION, programme.resubmission.cap))
    return Counted(min([raw, *(cap.applied(raw) for cap in caps)]), raw, tuple(caps))


def missing_levels(rubric: Rubric, levels: Mapping[str, str]) -> list[str]:
    """Criteria without a level of the rubric, in its order."""
    known = {one.id for one in rubric.levels}
    return [one.id for one in rubric.criteria if levels.get(one.id) not in known]


def known_levels(rubric: Rubric, levels: Mapping[str, str]) -> dict[str, str]:
    """The pairs of ``levels`` that the rubric knows; a form may carry anything."""
    known = {one.id for one in rubric.levels}
    return {one.id: levels[one.id] for one in rubric.criteria if levels.get(one.id) in known}


# ---- what is handed in


@dataclass(frozen=True)
class SentFile:
    """A file on its way to a draft. ``kind`` is what its bytes are (``pdf``), empty for what is not accepted."""

    name: str
    sha256: str
    size: int
    kind: str


@dataclass(frozen=True)
class Problem:
    """Why a work cannot be handed in; ``place`` is the part's or declaration's id, whose title is ``%(title)s``."""

    place: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


def words(text: str) -> int:
    """Words of a text in any script: what stands between spaces and holds a letter or a digit."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def problems(assignment: Assignment, text: str, files: Mapping[str, int], declared: Collection[str]) -> list[Problem]:
    """Everything that keeps a work from being handed in; ``files`` counts the files of each part."""
    found = [_part_problem(part, text, files.get(part.id, 0)) for part in assignment.parts]
    return [one for one in found if one] + [
        Problem(one, N_("Please confirm: “%(title)s”")) for one in assignment.declarations if one not in declared
    ]


def _part_problem(part: Part, text: str, files: int) -> Problem | None:
    if part.kind is PartKind.FILE:
        return Problem(part.id, N_("“%(title)s”: add at least one file.")) if part.required and not files else None
    count = words(text)
    if not count:
        return Problem(part.id, N_("“%(title)s”: the text is empty.")) if part.required else None
    if part.words and not part.words[0] <= count <= part.words[1]:
        return Problem(
            part.id,
            N_("“%(title)s”: %(count)s words; it must have %(least)s to %(most)s."),
            {"count": count, "least": part.words[0], "most": part.words[1]},
        )
    return None


def file_refusal(part: Part, sent: SentFile, held: int) -> Problem | None:
    """Why a file is not taken into ``part``, which holds ``held`` files already."""
    types = ", ".join(one.upper() for one in part.types)
    if part.max_files is not None and held >= part.max_files:
        return Problem(
            part.id,
            N_("“%(name)s” was not added: %(most)s files are the most. Remove one first."),
            {"name": sent.name, "most": part.max_files},
        )
    if part.max_mb is not None and sent.size > part.max_mb * 1_000_000:
        return Problem(
            part.id,
            N_("“%(name)s” is larger than %(most)s MB. Choose a smaller file. Your text is saved."),
            {"name": sent.name, "most": part.max_mb},
        )
    if not sent.kind or sent.kind not in part.types or ending(sent.name) != sent.kind:
        return Problem(
            part.id,
            N_(
                "“%(name)s” is not accepted: it must be a sound file of the type %(types)s. "
                "Save it again in one of these and choose it anew. Your text is saved."
            ),
            {"name": sent.name, "types": types},
        )
    return None


# ---- receipts


def receipt_number(random: int) -> str:
    """``R-7K3M-9QRT`` from 40 random bits; its letters cannot be mistaken for one another."""
    signs = "".join(_LETTERS[random >> shift & 31] for shift in range(35, -5, -5))
    return f"R-{signs[:4]}-{signs[4:]}"


def read_receipt(text: str) -> str:
    """The number as it was issued, however it was typed: small letters, O for 0, I or L for 1, no hyphens."""
    signs = text.strip().upper().translate(_MISREAD)
    signs = signs[1:] if len(signs) == 9 else signs
    return f"R-{signs[:4]}-{signs[4:]}"


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of a version over its canonical content; the receipt shows it, and anybody can compute it again."""
    return hashlib.sha256(canonical(dict(content)).encode()).hexdigest()
