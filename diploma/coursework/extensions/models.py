"""Requests for more time, and lateness that was waived."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.groups.models import OwnDates
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.orm import Base, intpk
from diploma.coursework.models import Submission


class RequestState(enum.StrEnum):
    """The life of a request: asked → granted, refused or withdrawn."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Cause(enum.StrEnum):
    """Why more time is needed: a closed list, so that it can be counted. ``other`` needs words."""

    ILLNESS = "illness"
    FAMILY = "family"
    WORK = "work"
    TRAVEL = "travel"
    TECHNICAL = "technical"
    OTHER = "other"


class ExtensionRequest(Base):
    """A trainee's request for more time for one assignment, in the cohort in which they then were.

    ``due_at`` is the date that held when it was asked, ``wanted_at`` the one that was asked for. ``days`` were asked
    for, ``given_days`` granted; ``answer`` is what staff wrote. ``key`` comes from the form: a double click makes one.
    """

    __tablename__ = "extension_requests"
    __table_args__ = (
        CheckConstraint("days > 0", name="asks_for_days"),
        CheckConstraint("cause <> 'other' OR note <> ''", name="words_if_other"),
        CheckConstraint("(state = 'asked') = (closed_at IS NULL)", name="closed_unless_asked"),
        CheckConstraint("(state IN ('granted', 'refused')) = (answer <> '')", name="reason_if_decided"),
        CheckConstraint("(state = 'granted') = (dates_id IS NOT NULL)", name="dates_if_granted"),
        CheckConstraint("(state = 'granted') = (given_days IS NOT NULL)", name="days_if_granted"),
        Index(
            "uq_extension_requests_asked",
            "enrolment_id",
            "cohort_id",
            "module",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_extension_requests_queue", "cohort_id", "state"),
    )

    id: Mapped[intpk]
    key: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str]
    days: Mapped[int]
    cause: Mapped[Cause]
    note: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime]
    wanted_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED)
    closed_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(default="")
    given_days: Mapped[int | None]
    dates_id: Mapped[int | None] = mapped_column(ForeignKey("own_dates.id"))

    enrolment: Mapped[Enrolment] = relationship()
    cohort: Mapped[Cohort] = relationship()
    decided_by: Mapped[User | None] = relationship()
    dates: Mapped[OwnDates | None] = relationship()


class LateWaiver(Base):
    """The lateness of a work costs nothing, with the reason; until it is taken back with another."""

    __tablename__ = "late_waivers"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason = '')", name="reason_if_ended"),
        Index(
            "uq_late_waivers_live",
            "submission_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[intpk]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_reason: Mapped[str] = mapped_column(default="")

    submission: Mapped[Submission] = relationship()
