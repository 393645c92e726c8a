"""Which comments a person sees: a marker those of their own desk, the author those of a released mark.

Whoever asks has fetched the marking or the reading through its own ``access``; here a comment is found on that desk
or not at all.
"""

from collections.abc import Collection
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from diploma.core.db import session
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.annotations.service import Desk
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation.models import Moderation, Outcome, ProvisionalMark


def on(desk: Desk) -> list[Annotation]:
    """The comments of a desk; one query."""
    reading = desk.reading.id if desk.reading else None
    query = select(Annotation).where(
        Annotation.marking_id == desk.marking.id, Annotation.reading_id.is_not_distinct_from(reading)
    )
    return list(session.scalars(query.options(joinedload(Annotation.author)).order_by(Annotation.id)))


def annotation(desk: Desk, annotation_id: int) -> Annotation:
    """One comment of a desk, or 404."""
    return next((one for one in on(desk) if one.id == annotation_id), None) or abort(404)


def released(marking: Marking) -> list[Annotation]:
    """What the author of a work is told beside its mark: of each mark that was given, or of the third one if it alone
    stands. Nothing before the release; one query."""
    query = _released(select(Annotation)).where(Annotation.marking_id == marking.lead.id)
    return list(session.scalars(query.order_by(Annotation.id)))


def compared(moderation: Moderation) -> dict[int, list[Annotation]]:
    """The comments of each mark that was given, by its turn, for those who compare the marks; one query."""
    turns: dict[int | None, int] = {one.id: one.turn for one in moderation.marks if one.given_at and one.turn > 1}
    turns[None] = 1
    query = select(Annotation).where(Annotation.marking_id == moderation.marking_id).order_by(Annotation.id)
    found: dict[int, list[Annotation]] = {}
    for one in session.scalars(query):
        if one.reading_id in turns:
            found.setdefault(turns[one.reading_id], []).append(one)
    return found


def counts(marking_ids: Collection[int]) -> dict[int, int]:
    """How many released comments each of these markings has; one query."""
    query = _released(select(Annotation.marking_id, func.count())).where(Annotation.marking_id.in_(marking_ids))
    rows: Any = session.execute(query.group_by(Annotation.marking_id))
    return {row[0]: row[1] for row in rows}


def _released(query: Any) -> Any:
    given = or_(Annotation.reading_id.is_(None), ProvisionalMark.given_at.is_not(None))
    return (
        query.join(Annotation.marking)
        .outerjoin(Moderation, Moderation.marking_id == Annotation.marking_id)
        .outerjoin(ProvisionalMark, ProvisionalMark.id == Annotation.reading_id)
        .where(Marking.state == MarkingState.RELEASED, given, _stands())
    )


def _stands() -> ColumnElement[bool]:
    third = Moderation.outcome == Outcome.THIRD
    return or_(Moderation.id.is_(None), Moderation.outcome.is_(None), ~third, and_(third, ProvisionalMark.turn == 3))
