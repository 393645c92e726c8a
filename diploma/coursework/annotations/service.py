"""Writing comments on a work: they follow the rules of the desk on which they are written, and stand still with it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update

from diploma.accounts.models import User
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import marking as first
from diploma.coursework import results, rules
from diploma.coursework.annotations import rules as places
from diploma.coursework.annotations.models import Annotation, Kind
from diploma.coursework.models import Marking, MarkingState, SubmissionVersion
from diploma.coursework.moderation import readings
from diploma.coursework.moderation.models import ProvisionalMark


@dataclass(frozen=True)
class Desk:
    """Where a work is marked: its first marking, or the reading of a second or third marker."""

    marking: Marking
    reading: ProvisionalMark | None = None

    @property
    def work(self) -> SubmissionVersion:
        return self.marking.work

    @property
    def frozen(self) -> bool:
        """Whether nothing can be written here any more, whoever asks."""
        if self.reading:
            return self.reading.given_at is not None
        return MarkingState.MARKING not in rules.MARKING_MOVES[self.marking.state]


@dataclass(frozen=True)
class Passage:
    """A passage of the text; ``quote`` is what the page has shown there, empty when it does not say."""

    start: int
    stop: int
    quote: str = ""


@dataclass(frozen=True)
class Place:
    """A place on a page of a file, in ten-thousandths of the page."""

    sha256: str
    page: int
    x: int
    y: int
    w: int = 0
    h: int = 0


@dataclass(frozen=True)
class Said:
    """What is said, and of which criterion, if of one."""

    text: str
    criterion: str = ""


def add(desk: Desk, where: Passage | Place, said: Said, *, by: User) -> Annotation:
    """Write a comment; the same one on the same place is written once."""
    _hold(desk, by)
    made = Annotation(
        marking_id=desk.marking.id,
        reading_id=desk.reading.id if desk.reading else None,
        author_id=by.id,
        kind=Kind.PASSAGE if isinstance(where, Passage) else Kind.PAGE,
        text=places.said(said.text),
        criterion=_known(desk, said.criterion),
        made_at=clock.now(),
    )
    _fix(made, desk, where)
    same = _same(desk, made)
    if same:
        return same
    if _count(desk) >= places.MOST:
        raise Refused(N_("A work has %(most)s comments at most. Remove one that is not needed."), most=places.MOST)
    session.add(made)
    session.flush()
    _begin(desk, by)
    audit.record("annotation.added", _subject(desk), by=by, annotation=made.id)
    return made


def change(note: Annotation, desk: Desk, said: Said, version: int, *, by: User) -> None:
    """Word a comment of one's own anew; :class:`Stale` when it was changed since the page showed it."""
    _hold(desk, by)
    session.refresh(note, with_for_update={"of": Annotation})
    if note.author_id != by.id:
        raise Refused(N_("Another marker wrote this comment. You may remove it and write your own."))
    if note.version != version and note.text != said.text:
        raise Stale(N_("This comment was changed in another window: “%(text)s”"), text=note.text)
    note.text, note.criterion, note.changed_at = places.said(said.text), _known(desk, said.criterion), clock.now()
    session.flush()
    audit.record("annotation.changed", _subject(desk), by=by, annotation=note.id)


def remove(note: Annotation, desk: Desk, *, by: User) -> None:
    """Take a comment away; whoever holds the work may do so, as they may change its levels."""
    _hold(desk, by)
    session.delete(note)
    session.flush()
    audit.record("annotation.removed", _subject(desk), by=by, annotation=note.id)


# ---- inside


def _hold(desk: Desk, by: User) -> None:
    if desk.reading:
        readings.hold(desk.reading, by=by)
    else:
        first.hold(desk.marking, MarkingState.MARKING, by=by)


def _begin(desk: Desk, by: User) -> None:
    """A work with a comment is begun: it is no longer given to somebody else by itself, nor read by others.

    Not by its object: the version of a marking tells whether levels or comment have changed, and they have not.
    """
    row = desk.marking
    if desk.reading or row.state not in rules.TO_DO or (row.state is MarkingState.MARKING and row.marker_id == by.id):
        return
    begun = {"state": MarkingState.MARKING, "marker_id": by.id, "saved_at": clock.now()}
    session.execute(
        update(Marking).where(Marking.id == row.id).values(begun), execution_options={"synchronize_session": False}
    )
    session.refresh(row)


def _fix(note: Annotation, desk: Desk, where: Passage | Place) -> None:
    """Put the comment where it belongs, if there is such a place in this work."""
    if isinstance(where, Passage):
        text = desk.work.text
        note.start, note.stop = places.passage(text, where.start, where.stop, where.quote)
        note.quote = text[note.start : note.stop]
        return
    if where.sha256 not in files(desk.work) or where.page < 1:
        raise Refused(N_("This file does not belong to the work."))
    note.sha256, note.page = where.sha256, where.page
    note.x, note.y, note.w, note.h = places.place(where.x, where.y, where.w, where.h)


def files(work: SubmissionVersion) -> list[str]:
    """The digests of the files of a work, in their order."""
    return [one["sha256"] for part in work.files.values() for one in part]


def _known(desk: Desk, criterion: str) -> str:
    """A criterion of the rubric of this work, or none."""
    return criterion if criterion in {one.id for one in results.rubric_of(desk.work).criteria} else ""


def _same(desk: Desk, made: Annotation) -> Annotation | None:
    """What the same person has said there in the same words: a form that is sent twice says it once."""
    fields = ("author_id", "start", "stop", "sha256", "page", "x", "y", "w", "h", "text", "criterion")
    here = [getattr(Annotation, one).is_not_distinct_from(getattr(made, one)) for one in fields]
    found: Annotation | None = session.scalar(select(Annotation).where(*_here(desk), *here).limit(1))
    return found


def _count(desk: Desk) -> int:
    return session.scalar(select(func.count(Annotation.id)).where(*_here(desk))) or 0


def _here(desk: Desk) -> tuple[ColumnElement[bool], ...]:
    reading = desk.reading.id if desk.reading else None
    return Annotation.marking_id == desk.marking.id, Annotation.reading_id.is_not_distinct_from(reading)


def _subject(desk: Desk) -> str:
    return f"marking:{desk.marking.id}"
