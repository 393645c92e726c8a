"""Appeals against one criterion of a released mark, and the answers to them, kept for ever."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.orm import Base, Mark, intpk
from diploma.coursework.models import Marking


class AppealState(enum.StrEnum):
    """The life of an appeal; ``rules.MOVES`` lists its only steps. What was answered says its :class:`Outcome`."""

    OPEN = "open"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class Outcome(enum.StrEnum):
    """What an answer says: the mark stands, or the criterion gets another level."""

    UPHELD = "upheld"
    ACCEPTED = "accepted"


class Appeal(Base):
    """A trainee asks for a review of one criterion of one version; ``level`` is what it had then.

    ``due_at`` is until when the answer that is waited for is due, ``until`` the last instant to go on to the second
    instance, fixed when the first has upheld the mark. ``outcome`` is that of the newest answer. ``key`` comes from the
    form: a double click makes one appeal.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("marking_id", "criterion"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("(file_name IS NULL) = (file_sha256 IS NULL)", name="file_whole"),
        CheckConstraint("state <> 'open' OR outcome IS NULL", name="no_outcome_while_open"),
        CheckConstraint(
            "state NOT IN ('answered', 'escalated', 'final') OR outcome IS NOT NULL", name="outcome_if_answered"
        ),
        CheckConstraint("state <> 'escalated' OR outcome = 'upheld'", name="escalated_if_upheld"),
        CheckConstraint("(escalated_at IS NULL) = (objection = '')", name="escalated_with_reason"),
        CheckConstraint("state NOT IN ('escalated', 'final') OR escalated_at IS NOT NULL", name="final_if_escalated"),
        CheckConstraint("(state IN ('open', 'escalated')) = (closed_at IS NULL)", name="closed_unless_waiting"),
        Index("ix_appeals_queue", "state", "due_at"),
    )

    id: Mapped[intpk]
    key: Mapped[str] = mapped_column(unique=True)
    marking_id: Mapped[int] = mapped_column(ForeignKey("markings.id"))
    criterion: Mapped[str]
    level: Mapped[str]
    reason: Mapped[str]
    file_name: Mapped[str | None]
    file_sha256: Mapped[str | None]
    file_size: Mapped[int | None]
    state: Mapped[AppealState] = mapped_column(default=AppealState.OPEN)
    outcome: Mapped[Outcome | None]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    until: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    marking: Mapped[Marking] = relationship()
    answers: Mapped[list["AppealAnswer"]] = relationship(back_populates="appeal", order_by="AppealAnswer.instance")

    __mapper_args__ = {"version_id_col": version}


class AppealAnswer(Base):
    """The answer of one instance, 1 or 2, each by another person, with the mark before and after it. Never updated.

    ``raw`` is what the rubric gives, ``counted`` what remains after deductions, as in :class:`Marking`.
    """

    __tablename__ = "appeal_answers"
    __table_args__ = (
        UniqueConstraint("appeal_id", "instance"),
        UniqueConstraint("appeal_id", "by_id"),
        CheckConstraint("instance IN (1, 2)", name="instance_known"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("(outcome = 'accepted') = (level_after <> level_before)", name="level_if_accepted"),
        CheckConstraint(
            "outcome = 'accepted' OR (raw_after = raw_before AND counted_after = counted_before)",
            name="mark_stands_if_upheld",
        ),
    )

    id: Mapped[intpk]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    instance: Mapped[int]
    outcome: Mapped[Outcome]
    level_before: Mapped[str]
    level_after: Mapped[str]
    raw_before: Mapped[Decimal] = mapped_column(Mark)
    raw_after: Mapped[Decimal] = mapped_column(Mark)
    counted_before: Mapped[Decimal] = mapped_column(Mark)
    counted_after: Mapped[Decimal] = mapped_column(Mark)
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]

    appeal: Mapped[Appeal] = relationship(back_populates="answers")
    by: Mapped[User] = relationship()


@event.listens_for(AppealAnswer, "before_update")
@event.listens_for(AppealAnswer, "before_delete")
def _said_for_ever(*_: Any) -> None:
    raise RuntimeError("an answer to an appeal is never changed or deleted")
