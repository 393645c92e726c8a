"""Rules of coursework: lives, marks, what may be handed in (``decisions``: marks). Pure. Lateness: ``late``.

No number of the programme stands here: weights and shares come from the module's ``Rubric``, limits of texts and files
from its ``Assignment``.
"""

import enum
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from diploma.core.chain import canonical
from diploma.core.errors import N_
from diploma.core.filetypes import ending
from diploma.coursework.models import MarkingState, SubmissionState
from diploma.learning.record import Record, later
from diploma.learning.structure import Assignment, Criterion, Part, PartKind, Rubric

# A returned work is one that is written again: for a resubmission, for a new attempt, or after comments of a marker.
MOVES: dict[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.DRAFT: frozenset({SubmissionState.SUBMITTED}),
    SubmissionState.SUBMITTED: frozenset({SubmissionState.RETURNED}),
    SubmissionState.RETURNED: frozenset({SubmissionState.SUBMITTED}),
}
# Before a work is marked it may be returned to its author, and such a return taken back while nothing came instead.
# A draft of who then declares a conflict of interest is dropped, and the work waits again.
# Until its release a mark may be changed or taken back to a draft; afterwards it stands. Where a second mark is wanted,
# the first one stands while it is made and reconciled (spec assessment, "Marking"). Of a group's work the lead alone is
# marked; the versions of the other members follow its release and its return.
MARKING_MOVES: dict[MarkingState, frozenset[MarkingState]] = {
    MarkingState.WAITING: frozenset({MarkingState.MARKING, MarkingState.MARKED, MarkingState.RETURNED}),
    MarkingState.MARKING: frozenset(
        {MarkingState.MARKING, MarkingState.MARKED, MarkingState.RETURNED, MarkingState.WAITING}
    ),
    MarkingState.MARKED: frozenset(
        {MarkingState.MARKING, MarkingState.MARKED, MarkingState.SECOND, MarkingState.READY, MarkingState.RELEASED}
    ),
    MarkingState.SECOND: frozenset({MarkingState.RECONCILING, MarkingState.READY}),
    MarkingState.RECONCILING: frozenset({MarkingState.READY}),
    MarkingState.READY: frozenset({MarkingState.MARKING, MarkingState.MARKED, MarkingState.RELEASED}),
    MarkingState.RELEASED: frozenset(),
    MarkingState.RETURNED: frozenset({MarkingState.WAITING, MarkingState.FOLLOWING}),
    MarkingState.FOLLOWING: frozenset({MarkingState.RETURNED, MarkingState.RELEASED}),
}
TO_DO = (MarkingState.WAITING, MarkingState.MARKING)
OVER = (MarkingState.RELEASED, MarkingState.RETURNED)  # nothing of them waits for a marker
UNRELEASED = tuple(one for one in MarkingState if one not in (*OVER, MarkingState.FOLLOWING))

CENT = Decimal("0.01")  # what is shown of a part of a mark: rounded first, so that the shown parts add up

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_MISREAD = str.maketrans("OIL", "011", "- ")


# ---- marks


class Reason(enum.StrEnum):
    """Why a mark counts less than the rubric gives."""

    LATE = "late"
    RESUBMISSION = "resubmission"


@dataclass(frozen=True)
class Deduction(Record):
    """A rule that lets a mark count less: ``off`` points are taken from it, not below ``floor``, and then it counts
    ``at_most`` so much. ``days`` is how late the work was. ``waived`` is why staff took nothing after all."""

    reason: Reason
    at_most: int = 100
    days: int = 0
    off: int = 0
    floor: int = 0
    waived: str = later(str)

    def applied(self, mark: Decimal) -> Decimal:
        if self.waived:
            return mark
        kept = min(mark, max(mark - self.off, Decimal(self.floor)))
        return min(kept, Decimal(self.at_most))


@dataclass(frozen=True)
class PeerPart(Record):
    """What the reviews of fellow trainees add: ``weight`` per cent of a mark are their ``median``."""

    median: Decimal
    weight: int
    reviews: int

    def of_marker(self, raw: Decimal) -> Decimal:
        return (raw * (100 - self.weight) / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def of_peers(self) -> Decimal:
        return (self.median * self.weight / 100).quantize(CENT, ROUND_HALF_UP)

    def joined(self, raw: Decimal) -> Decimal:
        """Both shares together; deductions are taken from this."""
        return self.of_marker(raw) + self.of_peers


@dataclass(frozen=True)
class Adjustment(Record):
    """What one member of a group gets more (or, below 0, less) than the mark of the group, and why."""

    points: int
    reason: str

    def applied(self, mark: Decimal) -> Decimal:
        """Never outside of 0 to 100, also when the mark of the group has moved since."""
        return min(max(mark + self.points, Decimal(0)), Decimal(100))


@dataclass(frozen=True)
class Counted:
    """``mark`` is what counts, 0 to 100, unrounded; ``deductions`` are the rules that applied to ``raw``, joined with
    the part of the ``peers`` where there is one."""

    mark: Decimal
    raw: Decimal
    deductions: tuple[Deduction, ...]
    peers: PeerPart | None = None


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


def counted_mark(raw: Decimal, *deductions: Deduction | None, peers: PeerPart | None = None) -> Counted:
    """What remains of ``raw``, joined with the part of the peers, after the deductions, which meet by the lowest
    (``decisions``: late)."""
    applied, whole = tuple(one for one in deductions if one), peers.joined(raw) if peers else raw
    return Counted(min([whole, *(one.applied(whole) for one in applied)]), raw, applied, peers)


def missing_levels(rubric: Rubric, levels: Mapping[str, str]) -> list[str]:
    """Criteria without a level of the rubric, in its order."""
    known = {one.id for one in rubric.levels}
    return [one.id for one in rubric.criteria if levels.get(one.id) not in known]


def known_levels(rubric: Rubric, levels: Mapping[str, str]) -> dict[str, str]:
    """The pairs of ``levels`` that the rubric knows; a form may carry anything."""
    known = {one.id for one in rubric.levels}
    return {one.id: levels[one.id] for one in rubric.criteria if levels.get(one.id) in known}


def known_remarks(rubric: Rubric, remarks: Mapping[str, str]) -> dict[str, str]:
    """The comments on criteria of the rubric that say anything, in its order."""
    return {one.id: remarks[one.id] for one in rubric.criteria if remarks.get(one.id, "").strip()}


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
