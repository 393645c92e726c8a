"""Attempts that were opened after the first, attempts whose marks do not count, and works returned with comments."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.orm import Base, intpk
from diploma.coursework.models import Submission, SubmissionVersion


class Way(enum.StrEnum):
    """How an attempt came to be opened: by a person of the staff, or by the rules of the assignment."""

    STAFF = "staff"
    RULE = "rule"


class SubmissionAttempt(Base):
    """An attempt after the first. The first has no row: it is there as soon as a work is begun.

    ``reason`` is the staff's, empty when the rules opened it. A closed attempt gives its number back.
    """

    __tablename__ = "submission_attempts"
    __table_args__ = (
        CheckConstraint("number > 1", name="after_the_first"),
        CheckConstraint("(way = 'staff') = (opened_by_id IS NOT NULL)", name="somebody_if_by_staff"),
        CheckConstraint("way = 'rule' OR reason <> ''", name="reason_if_by_staff"),
        CheckConstraint("(closed_at IS NULL) = (closed_why = '')", name="reason_if_closed"),
        Index(
            "uq_submission_attempts_open",
            "submission_id",
            "number",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[intpk]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    way: Mapped[Way]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_why: Mapped[str] = mapped_column(default="")

    submission: Mapped[Submission] = relationship()


class ExcusedAttempt(Base):
    """An attempt of whatever number whose marks do not count, and why."""

    __tablename__ = "excused_attempts"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[intpk]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[str]


class WorkReturn(Base):
    """A version that a marker gave back before marking it, with comments.

    Whoever hands in again by ``until`` is not later than with the first version. ``ended_at`` is when another version
    came, or when the marker ``took_back`` the return.
    """

    __tablename__ = "work_returns"
    __table_args__ = (
        CheckConstraint("comment <> ''", name="comment"),
        CheckConstraint("until > at", name="until_later"),
        CheckConstraint("NOT took_back OR ended_at IS NOT NULL", name="ended_if_taken_back"),
        Index(
            "uq_work_returns_open",
            "work_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_work_returns_work_id", "work_id"),
    )

    id: Mapped[intpk]
    work_id: Mapped[int] = mapped_column(ForeignKey("submission_versions.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    comment: Mapped[str]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    took_back: Mapped[bool] = mapped_column(default=False)

    work: Mapped[SubmissionVersion] = relationship()
    by: Mapped[User] = relationship()
