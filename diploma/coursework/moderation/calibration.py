"""Calibration: all markers of a cohort mark the same samples before they begin, and see how far they are from what was
agreed. A sample is a text without names: written for it, or a released work of an earlier cohort."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.text import fold
from diploma.coursework import policies, rules
from diploma.coursework.models import Marking, MarkingState, SubmissionVersion
from diploma.coursework.moderation import rounds
from diploma.coursework.moderation.models import CalibrationMark, CalibrationSample
from diploma.coursework.moderation.policy import SECOND
from diploma.coursework.service import Incomplete
from diploma.learning import catalogue
from diploma.learning.structure import Rubric

_LEAST_LETTERS = 3  # of a name that is looked for in a text: shorter words are words


@dataclass(frozen=True)
class Sample:
    """What a sample says: its text without names, in which language, and the levels that were agreed for it."""

    module: str
    lang: Lang
    title: str
    text: str
    levels: Mapping[str, str]
    source: SubmissionVersion | None = None


@dataclass(frozen=True)
class Standing:
    """How many samples a marker has to mark before they begin with an assignment, and how many they have marked."""

    needed: int
    done: int

    @property
    def free(self) -> bool:
        return self.done >= self.needed


@dataclass(frozen=True)
class Distance:
    """A marker's marks of samples: ``differences`` are levels above the agreed one (below: negative) per criterion;
    ``off`` is how many points their mark of the sample lies above the agreed one."""

    sample: CalibrationSample
    mark: CalibrationMark
    differences: dict[str, int]
    off: Decimal


def add(cohort: Cohort, sample: Sample, *, by: User) -> CalibrationSample:
    """Put a sample up; every criterion needs its agreed level."""
    rounds.hold(cohort)
    rubric = rubric_of(cohort, sample.module)
    missing = rules.missing_levels(rubric, sample.levels)
    if missing:
        raise Incomplete([rules.Problem(one, N_("“%(title)s”: choose a level.")) for one in missing])
    if sample.source:
        _fit(cohort, sample, sample.source)
    made = CalibrationSample(
        cohort_id=cohort.id,
        module=sample.module,
        lang=sample.lang,
        title=sample.title,
        text=sample.text,
        levels=rules.known_levels(rubric, sample.levels),
        source_id=sample.source.id if sample.source else None,
        made_by_id=by.id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    audit.record("sample.added", f"sample:{made.id}", by=by, cohort=cohort.id, module=made.module, levels=made.levels)
    return made


def give(sample: CalibrationSample, levels: Mapping[str, str], cohort: Cohort, *, by: User) -> CalibrationMark:
    """Mark a sample; a double click gets the mark of the first one. From then on the agreed levels are shown."""
    session.execute(select(CalibrationSample.id).where(CalibrationSample.id == sample.id).with_for_update())
    rubric, held = rubric_of(cohort, sample.module), own(sample, by)
    if held:
        return held
    if sample.made_by_id == by.id:
        raise Refused(N_("You have put this sample up and know what was agreed."))
    missing = rules.missing_levels(rubric, levels)
    if missing:
        raise Incomplete([rules.Problem(one, N_("“%(title)s”: choose a level.")) for one in missing])
    known = rules.known_levels(rubric, levels)
    made = CalibrationMark(
        sample_id=sample.id, marker=by, levels=known, raw=rules.raw_mark(rubric, known), given_at=clock.now()
    )
    session.add(made)
    session.flush()
    audit.record("sample.marked", f"sample:{sample.id}", by=by, levels=known, after=made.raw)
    return made


def own(sample: CalibrationSample, user: User) -> CalibrationMark | None:
    """What a marker gave to a sample."""
    query = select(CalibrationMark).where(CalibrationMark.sample_id == sample.id, CalibrationMark.marker_id == user.id)
    found: CalibrationMark | None = session.scalar(query)
    return found


def standing(cohort: Cohort, module: str, user: User) -> Standing:
    """Who put a sample up has done it."""
    wanted = policies.of(SECOND, cohort, module).calibrate
    if not wanted:
        return Standing(0, 0)
    here = select(CalibrationSample.id).where(
        CalibrationSample.cohort_id == cohort.id, CalibrationSample.module == module
    )
    marked = select(CalibrationMark.sample_id).where(CalibrationMark.marker_id == user.id)
    of_me = CalibrationSample.id.in_(marked) | (CalibrationSample.made_by_id == user.id)
    there, done = (
        session.scalar(select(func.count()).select_from(one.subquery())) or 0 for one in (here, here.where(of_me))
    )
    return Standing(min(wanted, there), done)


def demand(cohort: Cohort, module: str, user: User) -> None:
    """:class:`Refused` while a marker has not marked the samples that the cohort asks for."""
    held = standing(cohort, module, user)
    if not held.free:
        raise Refused(
            N_("Mark the samples of this assignment first: %(done)s of %(needed)s are marked."),
            done=held.done,
            needed=held.needed,
        )


def samples(cohort: Cohort) -> list[CalibrationSample]:
    query = select(CalibrationSample).where(CalibrationSample.cohort_id == cohort.id)
    return list(session.scalars(query.order_by(CalibrationSample.module, CalibrationSample.id)))


def marked_by(user: User) -> set[int]:
    """The samples that a marker has marked, by id."""
    return set(session.scalars(select(CalibrationMark.sample_id).where(CalibrationMark.marker_id == user.id)))


def distances(cohort: Cohort, samples: Sequence[CalibrationSample]) -> list[Distance]:
    """All marks of the samples beside what was agreed, by marker and sample; one query."""
    by_id = {one.id: one for one in samples}
    query = (
        select(CalibrationMark)
        .join(CalibrationMark.marker)
        .where(CalibrationMark.sample_id.in_(by_id))
        .options(joinedload(CalibrationMark.marker))
        .order_by(User.sort_key, User.id, CalibrationMark.sample_id)
    )
    return [distance(cohort, by_id[one.sample_id], one) for one in session.scalars(query)]


def distance(cohort: Cohort, sample: CalibrationSample, mark: CalibrationMark) -> Distance:
    rubric = rubric_of(cohort, sample.module)
    ranks = {one.id: rank for rank, one in enumerate(reversed(rubric.levels), 1)}
    apart = {one: ranks[level] - ranks[sample.levels[one]] for one, level in mark.levels.items()}
    return Distance(sample, mark, apart, mark.raw - rules.raw_mark(rubric, sample.levels))


def rubric_of(cohort: Cohort, module: str) -> Rubric:
    return catalogue.content(cohort.revision_id).modules[module].rubric


def _fit(cohort: Cohort, sample: Sample, source: SubmissionVersion) -> None:
    """Whether a work may serve: of the same assignment, an earlier cohort, its mark released, its author not named."""
    enrolment = source.submission.enrolment
    released = select(Marking.id).where(Marking.work_id == source.id, Marking.state == MarkingState.RELEASED)
    earlier = enrolment.cohort_id != cohort.id and enrolment.cohort.starts_on <= cohort.starts_on
    if source.submission.module != sample.module or not earlier or session.scalar(released) is None:
        raise Refused(N_("A sample is a work of an earlier cohort on the same assignment whose mark is released."))
    user = enrolment.user
    names = {fold(word) for name in (user.full_name, *(one.full_name for one in user.names)) for word in name.split()}
    said = {word.strip(".,;:!?()«»“”\"'") for word in fold(f"{sample.title} {sample.text}").split()}
    if any(len(name) >= _LEAST_LETTERS and name in said for name in names):
        raise Refused(N_("The text names its author. Take the name out."))
