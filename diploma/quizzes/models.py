"""Attempts at a quiz and their answers, saved item by item."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.core.orm import Base, Mark, intpk


class QuizAttempt(Base):
    """One attempt; at most one of a quiz is open at a time. ``score`` is 0 to 100."""

    __tablename__ = "quiz_attempts"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "module", "number"),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="score_if_submitted"),
        Index(
            "uq_quiz_attempts_open",
            "enrolment_id",
            "module",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    number: Mapped[int]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    seed: Mapped[int]
    items: Mapped[list[str]]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Mark)

    answers: Mapped[list["QuizAnswer"]] = relationship(back_populates="attempt")


class QuizAnswer(Base):
    """The present answer to one item of an attempt; ``share`` of its points is set when submitted (0 to 1)."""

    __tablename__ = "quiz_answers"
    __table_args__ = (UniqueConstraint("attempt_id", "item"),)

    id: Mapped[intpk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quiz_attempts.id"))
    item: Mapped[str]
    answer: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    share: Mapped[Decimal | None] = mapped_column(Mark)

    attempt: Mapped[QuizAttempt] = relationship(back_populates="answers")
