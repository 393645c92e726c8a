"""What the marking of a work comes to: how a mark is computed, and which marks the layers above may count.

The trainee, the gradebook and the certificates learn of a mark through ``released`` and ``best_counted``
only; what is not released does not exist for them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import dates, policies, rules
from diploma.coursework.attempts import scoring
from diploma.coursework.extensions import easing
from diploma.coursework.extensions.easing import Eased
from diploma.coursework.late import Late
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.peers import counting
from diploma.coursework.rules import Deduction, PeerPart, Reason
from diploma.learning import catalogue
from diploma.learning.catalogue import Content, Said
from diploma.learning.structure import Rubric

Key = tuple[int, str]  # enrolment id, module

_OWN = (
    select(
        Submission.module,
        Submission.state,
        Submission.saved_at,
        func.max(SubmissionVersion.received_at),
        func.count().filter(Marking.state.not_in(rules.OVER)),
    )
    .outerjoin(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
    .outerjoin(Marking, Marking.work_id == SubmissionVersion.id)
    .where(Submission.enrolment_id == bindparam("enrolment"))
    .group_by(Submission.id)
)


def best_counted(enrolment_ids: Collection[int]) -> dict[Key, Decimal]:
    """The released mark that counts per enrolment and module, 0 to 100, unrounded: the best one of each attempt, and
    between attempts what the rules of the assignment say (``scoring``)."""
    return scoring.counted(enrolment_ids)


@dataclass(frozen=True)
class Spread:
    """The released marks of a cohort: each person's best in each module, how many, their sum, the least, the most."""

    count: int
    total: Decimal
    least: Decimal
    most: Decimal

    @property
    def mean(self) -> Decimal:
        return self.total / self.count

    def with_(self, other: "Spread") -> "Spread":
        """Both together."""
        least, most = min(self.least, other.least), max(self.most, other.most)
        return Spread(self.count + other.count, self.total + other.total, least, most)


def spread(cohorts: Collection[Cohort]) -> dict[int, Spread]:
    """The released marks of the people active in each cohort, by its id; a cohort without any is left out.

    The database adds up the works with marks of one attempt; the few with more are read one by one.
    """
    works = (
        select(
            Enrolment.cohort_id,
            Enrolment.id.label("enrolment"),
            Submission.module,
            func.max(Marking.counted).label("mark"),
            func.count(SubmissionVersion.attempt.distinct()).label("attempts"),
        )
        .join(Submission, Submission.enrolment_id == Enrolment.id)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .join(Marking, Marking.work_id == SubmissionVersion.id)
        .where(Enrolment.cohort_id.in_([one.id for one in cohorts]), Enrolment.state == EnrolmentState.ACTIVE)
        .where(scoring.counts())
        .group_by(Enrolment.cohort_id, Enrolment.id, Submission.id)
        .subquery()
    )
    mark, several = works.c.mark, works.c.attempts > 1
    rows = session.execute(
        select(works.c.cohort_id, func.count(), func.sum(mark), func.min(mark), func.max(mark))
        .where(~several)
        .group_by(works.c.cohort_id)
    )
    found = {row[0]: Spread(row[1], row[2], row[3], row[4]) for row in rows}
    again = session.execute(select(works.c.cohort_id, works.c.enrolment, works.c.module).where(several)).all()
    counts = best_counted({enrolment for _cohort, enrolment, _module in again}) if again else {}
    for cohort, enrolment, module in again:
        one = Spread(1, *[counts[enrolment, module]] * 3)
        found[cohort] = found[cohort].with_(one) if cohort in found else one
    return found


def released(submission: Submission) -> dict[int, Marking]:
    """The released markings of a work, by the id of the version."""
    query = (
        select(Marking)
        .join(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission.id, Marking.state == MarkingState.RELEASED)
    )
    return {one.work_id: one for one in session.scalars(query)}


@dataclass(frozen=True)
class Own:
    """A work as its author may see it: ``sent_at`` is when its last version came, ``None`` for a draft.

    ``waits`` while a mark is not released; nothing else of the marking is known here.
    """

    module: str
    state: SubmissionState
    saved_at: datetime
    sent_at: datetime | None
    waits: bool


def own(enrolment_id: int) -> dict[str, Own]:
    """The works of one enrolment by module."""
    rows = session.execute(_OWN, {"enrolment": enrolment_id})
    return {row[0]: Own(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows}


# ---- how a mark is computed


@dataclass(frozen=True)
class Step:
    """A level of a criterion: what it asks for and what it gives."""

    id: str
    rank: int
    title: Said
    descriptor: Said
    share: int
    points: Decimal


@dataclass(frozen=True)
class Line:
    """One criterion of a rubric at its level, in one language; ``rank`` counts levels from 1, the lowest."""

    id: str
    title: Said
    weight: int
    levels: tuple[Step, ...]
    chosen: Step | None

    @property
    def next(self) -> Step | None:
        """The level above the chosen one that gives more."""
        held = self.chosen
        return next((one for one in self.levels if held and one.points > held.points), None)

    def at(self, level: str) -> Step:
        return next(one for one in self.levels if one.id == level)


def content_of(version: SubmissionVersion) -> Content:
    """The content under which a version was handed in: its rubric, its texts, its programme's rules."""
    return catalogue.content(version.revision_id)


def rubric_of(version: SubmissionVersion) -> Rubric:
    return content_of(version).modules[version.submission.module].rubric


def computed(version: SubmissionVersion, levels: Mapping[str, str]) -> rules.Counted:
    """Raw and counted mark of complete ``levels`` under the present rules of the cohort."""
    submission = version.submission
    cohort, module = submission.enrolment.cohort, submission.module
    cap, eased = policies.of(scoring.ATTEMPTS, cohort, module).cap, easing.of([submission])[submission.id]
    raw, part = rules.raw_mark(rubric_of(version), levels), counting.part(version)
    return counted(version, raw, dates.late(cohort, module), cap, eased, part)


def counted(
    version: SubmissionVersion, raw: Decimal, late: Late, cap: int, eased: Eased, part: PeerPart | None = None
) -> rules.Counted:
    """What remains of a raw mark under given rules of late work, a given ``cap`` of resubmissions, and what staff
    decided for this work.

    Late by the version that it stands for: a resubmission does not make up for it, a work that was returned and came
    again in time is no later than before.
    """
    return rules.counted_mark(
        raw,
        lateness(version, late, eased),
        Deduction(Reason.RESUBMISSION, cap) if version.resubmission else None,
        peers=part,
    )


def keep(marking: Marking, counted: rules.Counted | None) -> None:
    """Write down what a mark comes to, with everything that it was computed from; ``None`` takes it back."""
    marking.raw, marking.counted = (counted.raw, counted.mark) if counted else (None, None)
    marking.deductions = [one.to_dict() for one in counted.deductions] if counted else None
    marking.peers = counted.peers.to_dict() if counted and counted.peers else None


def peers(marking: Marking) -> PeerPart | None:
    """What reviews of fellow trainees added to a mark when it was set."""
    return PeerPart.from_dict(marking.peers) if marking.peers else None


def lateness(version: SubmissionVersion, late: Late, eased: Eased) -> Deduction | None:
    """What lateness takes from a version."""
    first = version.origin or version
    return eased.waive(late.deduction(late.days(first.received_at, eased.due_at(first))))


def deductions(marking: Marking) -> list[Deduction]:
    """What was taken from a mark when it was set; of marks from before this was kept, by the present rules."""
    if marking.deductions is None:
        return list(computed(marking.work, marking.levels).deductions)
    return [Deduction.from_dict(one) for one in marking.deductions]


def lines(content: Content, module: str, levels: Mapping[str, str], lang: Lang) -> list[Line]:
    """The rubric as a page shows it: criteria in their order, levels from the lowest up, texts in ``lang``."""
    rubric = content.modules[module].rubric
    found = []
    for one in rubric.criteria:
        steps = tuple(
            Step(
                level.id,
                rank,
                content.say(module, f"rubric/levels/{level.id}", lang),
                content.say(module, f"rubric/{one.id}/{level.id}", lang),
                level.share,
                rules.points(rubric, one, level.id),
            )
            for rank, level in enumerate(reversed(rubric.levels), 1)
        )
        chosen = next((step for step in steps if step.id == levels.get(one.id)), None)
        title = content.say(module, f"rubric/{one.id}/title", lang)
        found.append(Line(one.id, title, one.weight, steps, chosen))
    return found
