"""The files of a ZIP beside the works whose receipt numbers stand in their names."""

import enum
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import marking as marks
from diploma.coursework import policies
from diploma.coursework.allocation import anonymity, leases, markers
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation import rounds
from diploma.coursework.offline import access, bundle, feedback
from diploma.coursework.offline.feedback import Sent
from diploma.coursework.offline.judging import BARRED, FROZEN_COHORT, TAKEN

UNMATCHED = N_("No receipt number of a work that you may mark stands in its name or its folder.")
TWO_WORKS = N_("Its name holds the receipt numbers of two works.")
DOUBLED = N_("Another file of the archive has the same content or the same name for this work.")
OWN = N_("It is the file that the trainee handed in, unchanged.")


class Fate(enum.StrEnum):
    """What becomes of a file of the archive."""

    NEW = "new"
    REPLACES = "replaces"
    SAME = "same"
    UNMATCHED = "unmatched"
    REFUSED = "refused"


@dataclass(frozen=True)
class Found:
    """A file of the archive, made ready or with the reason why not; ``names`` are receipts that its name may hold."""

    path: str
    names: list[list[str]]
    sent: Sent | None = None
    reason: Refused | None = None


@dataclass(frozen=True)
class Match:
    """A file with what becomes of it; ``author`` as in lists of works."""

    path: str
    fate: Fate
    marking: Marking | None = None
    author: str = ""
    sent: Sent | None = None
    reason: Refused | None = None


def open_bundle(path: Path, name: str, keep: Callable[[bytes], str]) -> list[Found]:
    """The files of an archive, one in memory at a time; :class:`Refused` when it cannot be read. Asks no database."""
    return [_found(one, keep) for one in bundle.members(path, name)]


def match(found: Sequence[Found], *, by: User) -> list[Match]:
    """What becomes of each file, in the order of the archive; a constant number of queries."""
    asked = {number for one in found for names in one.names for number in names}
    works = access.by_receipts(by, asked)
    judge = _Judge(works, by)
    return [judge.of(one) for one in found]


def save(matches: Sequence[Match], *, sha256: str, by: User) -> list[tuple[str, Refused]]:
    """Give the marks their files, each by itself; those that were refused after all, by name with the reason."""
    refused: list[tuple[str, Refused]] = []
    good = [one for one in matches if one.fate in (Fate.NEW, Fate.REPLACES)]
    for one in good:
        assert one.marking and one.sent
        try:
            with session.begin_nested():
                feedback.add(one.marking, one.sent, by=by)
        except Refused as refusal:
            refused.append((one.path, refusal))
    audit.record("feedback.brought", f"user:{by.id}", by=by, sha256=sha256, saved=len(good) - len(refused))
    return refused


def _found(one: bundle.Member, keep: Callable[[bytes], str]) -> Found:
    names = [*bundle.receipts(one.path)]
    if one.fault:
        return Found(one.path, names, reason=Refused(one.fault.value))
    try:
        return Found(one.path, names, feedback.prepare(one.name, one.data, keep))
    except Refused as refusal:
        return Found(one.path, names, reason=refusal)


class _Judge:
    def __init__(self, works: Sequence[Marking], by: User) -> None:
        self.by, self.known = by, {one.work.receipt: one for one in works}
        self.authors = anonymity.authors(works, by)
        self.barred, self.held = markers.barred(works, [by]), leases.held_by_others(works, by)
        self.settled = rounds.settled_of([one.id for one in works if one.state is MarkingState.READY])
        self.there = feedback.of(works)
        cohorts = {one.work.submission.enrolment.cohort_id: one.work.submission.enrolment.cohort for one in works}
        self.books = policies.books(MARKING, cohorts.values())
        self.taken: set[tuple[int, str]] = set()  # marking, digest
        self.named: set[tuple[int, str]] = set()  # marking, name
        self.count = Counter({one.id: len(self.there.get(one.id, ())) for one in works})

    def of(self, one: Found) -> Match:
        works = next((works for names in one.names if (works := [n for n in names if n in self.known])), [])
        if not works:
            fate = Fate.REFUSED if one.reason else Fate.UNMATCHED
            return Match(one.path, fate, reason=one.reason or Refused(UNMATCHED))
        if len(works) > 1:
            return Match(one.path, Fate.REFUSED, reason=Refused(TWO_WORKS))
        marking = self.known[works[0]]
        made = Match(one.path, Fate.REFUSED, marking, self.authors[marking.id], one.sent)
        if refusal := one.reason or self.closed(marking):
            return replace(made, reason=refusal)
        assert one.sent
        return self.judged(made, marking, one.sent)

    def judged(self, made: Match, marking: Marking, sent: Sent) -> Match:
        submission = marking.work.submission
        if sent.original in {file["sha256"] for part in marking.work.files.values() for file in part}:
            return replace(made, reason=Refused(OWN))
        if self.books[submission.enrolment.cohort_id].at(submission.module).values.hide_marker and not sent.nameless:
            return replace(made, reason=Refused(feedback.ONLY_PDF))
        if (marking.id, sent.sha256) in self.taken or (marking.id, sent.name) in self.named:
            return replace(made, reason=Refused(DOUBLED))
        self.taken.add((marking.id, sent.sha256))
        self.named.add((marking.id, sent.name))
        there = {file.name: file.sha256 for file in self.there.get(marking.id, ())}
        if there.get(sent.name) == sent.sha256:
            return replace(made, fate=Fate.SAME)
        if sent.name in there:
            return replace(made, fate=Fate.REPLACES)
        if self.count[marking.id] >= feedback.MOST:
            return replace(made, reason=Refused(feedback.FULL, most=feedback.MOST))
        self.count[marking.id] += 1
        return replace(made, fate=Fate.NEW)

    def closed(self, one: Marking) -> Refused | None:
        """Why this marker cannot give a mark a file, as on its page."""
        if one.work.submission.enrolment.cohort.state in FROZEN:
            return Refused(FROZEN_COHORT)
        if self.by.id in self.barred[one.id]:
            return Refused(BARRED)
        if closed := marks.why_closed(one, MarkingState.MARKING):
            return Refused(closed)
        if one.id in self.settled:
            return Refused(marks.SETTLED)
        if held := self.held.get(one.id):
            return Refused(TAKEN, name=held.holder.display_name)
        return None
