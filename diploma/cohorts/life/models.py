"""What happened to enrolments: who left, was put off, came back or moved."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.orm import Base, intpk


class EventKind(enum.StrEnum):
    """What happened to an enrolment."""

    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    RETURNED = "returned"
    MOVED = "moved"


class Cause(enum.StrEnum):
    """Why a person leaves or is put off: a closed list, so that it can be counted. ``other`` needs words."""

    OWN_WISH = "own_wish"
    HEALTH = "health"
    FAMILY = "family"
    WORKLOAD = "workload"
    NEW_POST = "new_post"
    ABSENCE = "absence"
    CONDUCT = "conduct"
    MISTAKE = "mistake"
    OTHER = "other"


class EnrolmentEvent(Base):
    """A step in the life of an enrolment, in the cohort in which it was then.

    ``day`` is the day from which it holds, ``at`` when it was written down. ``to_cohort_id`` is where a person moved,
    or the intake to which one who was put off is to return.
    """

    __tablename__ = "enrolment_events"
    __table_args__ = (
        CheckConstraint("(kind IN ('withdrawn', 'deferred')) = (cause IS NOT NULL)", name="cause_if_away"),
        CheckConstraint("cause IS NULL OR cause <> 'other' OR note <> ''", name="words_if_other"),
        CheckConstraint("kind <> 'moved' OR to_cohort_id IS NOT NULL", name="target_if_moved"),
    )

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    kind: Mapped[EventKind]
    cause: Mapped[Cause | None]
    note: Mapped[str] = mapped_column(default="")
    day: Mapped[date]
    to_cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship()
    cohort: Mapped[Cohort] = relationship(foreign_keys=[cohort_id])
    to_cohort: Mapped[Cohort | None] = relationship(foreign_keys=[to_cohort_id])
    by: Mapped[User | None] = relationship()
