"""Comments of markers on a place of a work: on a passage of its text, or on a page of a PDF that was handed in."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, event, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.orm import Base, intpk
from diploma.coursework.models import Marking, MarkingState

WHOLE = 10_000  # the width, or the height, of a page


class Kind(enum.StrEnum):
    """What a comment is fixed to."""

    PASSAGE = "passage"
    PAGE = "page"


class Annotation(Base):
    """One comment. The version of the work is that of its marking, and never changes under it.

    ``start`` and ``stop`` count the characters of the text, ``quote`` is what stands between them. ``page`` counts from
    1 in the file ``sha256``; ``x`` ``y`` ``w`` ``h`` are ten-thousandths of the page as it is seen, from its upper left
    corner, and a place without size is a point. ``reading_id`` is set on those of a second or third marker, who
    does not see those of others, as others do not see theirs. ``criterion`` may be empty.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'passage') = (start IS NOT NULL AND stop IS NOT NULL AND quote IS NOT NULL AND page IS NULL)",
            name="passage_whole",
        ),
        CheckConstraint(
            "(kind = 'page') = (sha256 IS NOT NULL AND page IS NOT NULL AND x IS NOT NULL AND y IS NOT NULL"
            " AND w IS NOT NULL AND h IS NOT NULL AND start IS NULL)",
            name="place_whole",
        ),
        CheckConstraint("start >= 0 AND start < stop", name="passage_in_order"),
        CheckConstraint(
            f"page >= 1 AND x >= 0 AND y >= 0 AND w >= 0 AND h >= 0 AND x + w <= {WHOLE} AND y + h <= {WHOLE}",
            name="place_on_page",
        ),
        Index("ix_annotations_marking_id_reading_id", "marking_id", "reading_id"),
    )

    id: Mapped[intpk]
    marking_id: Mapped[int] = mapped_column(ForeignKey("markings.id"))
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("provisional_marks.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[Kind]
    start: Mapped[int | None]
    stop: Mapped[int | None]
    quote: Mapped[str | None]
    sha256: Mapped[str | None]
    page: Mapped[int | None]
    x: Mapped[int | None]
    y: Mapped[int | None]
    w: Mapped[int | None]
    h: Mapped[int | None]
    text: Mapped[str]
    criterion: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    marking: Mapped[Marking] = relationship()
    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


@event.listens_for(Annotation, "before_insert")
@event.listens_for(Annotation, "before_update")
@event.listens_for(Annotation, "before_delete")
def _still_after_release(_mapper: Any, connection: Connection, target: Annotation) -> None:
    state = connection.scalar(select(Marking.state).where(Marking.id == target.marking_id))
    if state is MarkingState.RELEASED:
        raise RuntimeError("what a trainee has read of a marker is never changed")
