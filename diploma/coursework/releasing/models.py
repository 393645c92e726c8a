"""A planned release: the marks of one assignment of a cohort are released together at a time."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core.orm import Base, intpk


class PlanState(enum.StrEnum):
    """The life of a plan; ``MOVES`` lists its only steps. ``LAPSED``: nobody was there who might carry it out."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


MOVES: dict[PlanState, frozenset[PlanState]] = {
    PlanState.PLANNED: frozenset({PlanState.DONE, PlanState.CANCELLED, PlanState.LAPSED}),
    PlanState.DONE: frozenset(),
    PlanState.CANCELLED: frozenset(),
    PlanState.LAPSED: frozenset(),
}


class PlannedRelease(Base):
    """When the marks of an assignment are released, and by whose order. ``batch`` is the address of the long work that
    it began, empty when nothing was ready; ``ready`` and ``waiting`` how many marks were ready then, and how many not.
    """

    __tablename__ = "planned_releases"
    __table_args__ = (
        CheckConstraint("(state = 'planned') = (closed_at IS NULL)", name="closed_unless_planned"),
        Index(
            "uq_planned_releases_open",
            "cohort_id",
            "module",
            unique=True,
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    module: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[PlanState] = mapped_column(default=PlanState.PLANNED)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    planned_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    batch: Mapped[str] = mapped_column(default="")
    ready: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship()
    by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
