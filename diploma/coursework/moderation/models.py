"""Rounds of second marking, the works that they chose, and every provisional mark, kept for ever."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.lang import Lang
from diploma.core.orm import Base, Mark, intpk
from diploma.coursework.models import Marking


class SecondRound(Base):
    """The second marking of one assignment of a cohort.

    ``seed`` is drawn once, when somebody first looks whom the rules would choose, and never changes. ``cut`` is the
    last place of the sample (``policy.cutoff``), known from the start on.
    """

    __tablename__ = "second_rounds"
    __table_args__ = (
        UniqueConstraint("cohort_id", "module"),
        CheckConstraint("(started_at IS NULL) = (started_by_id IS NULL)", name="started_by_somebody"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str]
    seed: Mapped[str] = mapped_column(active_history=True)
    cut: Mapped[str] = mapped_column(default="")
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    started_by: Mapped[User | None] = relationship()


class MarkReveal(Base):
    """Who has seen which works a round chooses and why: they cannot be a blind second marker in it any more."""

    __tablename__ = "mark_reveals"
    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    id: Mapped[intpk]
    round_id: Mapped[int] = mapped_column(ForeignKey("second_rounds.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class Outcome(enum.StrEnum):
    """How two marks became one."""

    AVERAGE = "average"
    HIGHER = "higher"
    AGREED = "agreed"
    THIRD = "third"


class Moderation(Base):
    """A work that is marked twice: why it was chosen, how far both marks were apart, and what came of them.

    While both markers reconcile, one proposes levels, a comment and a reason, and the other confirms them.
    """

    __tablename__ = "moderations"
    __table_args__ = (
        CheckConstraint("confirmed_by_id <> proposed_by_id", name="agreed_by_two"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled_with_outcome"),
        CheckConstraint("outcome <> 'agreed' OR confirmed_by_id IS NOT NULL", name="agreed_if_confirmed"),
    )

    id: Mapped[intpk]
    round_id: Mapped[int] = mapped_column(ForeignKey("second_rounds.id"), index=True)
    marking_id: Mapped[int] = mapped_column(ForeignKey("markings.id"), unique=True)
    reasons: Mapped[list[str]]
    chosen_at: Mapped[datetime]
    difference: Mapped[Decimal | None] = mapped_column(Mark)
    levels: Mapped[dict[str, str]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    remarks: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    why: Mapped[str] = mapped_column(default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Outcome | None]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    round: Mapped[SecondRound] = relationship()
    marking: Mapped[Marking] = relationship()
    marks: Mapped[list["ProvisionalMark"]] = relationship(back_populates="moderation", order_by="ProvisionalMark.turn")
    proposed_by: Mapped[User | None] = relationship(foreign_keys=proposed_by_id)

    __mapper_args__ = {"version_id_col": version}

    def mark(self, turn: int) -> "ProvisionalMark | None":
        return next((one for one in self.marks if one.turn == turn), None)


class ProvisionalMark(Base):
    """One reading of a work: turn 1 is the first mark as it stood when the work was chosen, 2 the second, 3 the third.

    A draft until ``given_at``; from then on it never changes. ``raw`` is what the rubric gives, 0 to 100. ``page`` as
    in :class:`Marking`.
    """

    __tablename__ = "provisional_marks"
    __table_args__ = (
        UniqueConstraint("moderation_id", "turn"),
        UniqueConstraint("moderation_id", "marker_id"),
        CheckConstraint("(given_at IS NULL) = (raw IS NULL)", name="raw_if_given"),
        CheckConstraint("turn BETWEEN 1 AND 3", name="turn_known"),
    )

    id: Mapped[intpk]
    moderation_id: Mapped[int] = mapped_column(ForeignKey("moderations.id"))
    turn: Mapped[int]
    marker_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    levels: Mapped[dict[str, str]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    remarks: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    raw: Mapped[Decimal | None] = mapped_column(Mark)
    assigned_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    given_at: Mapped[datetime | None] = mapped_column(active_history=True)
    page: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    moderation: Mapped[Moderation] = relationship(back_populates="marks")
    marker: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class CalibrationSample(Base):
    """A work that all markers of a cohort mark before they begin, with the levels that were agreed for it.

    ``text`` is without names; it was written for this, or comes from the work ``source_id`` of an earlier cohort.
    """

    __tablename__ = "calibration_samples"

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    module: Mapped[str]
    lang: Mapped[Lang]
    title: Mapped[str]
    text: Mapped[str]
    levels: Mapped[dict[str, str]]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("submission_versions.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]


class CalibrationMark(Base):
    """What a marker gave to a sample; said once, because afterwards they have seen the agreed levels."""

    __tablename__ = "calibration_marks"
    __table_args__ = (UniqueConstraint("sample_id", "marker_id"),)

    id: Mapped[intpk]
    sample_id: Mapped[int] = mapped_column(ForeignKey("calibration_samples.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    levels: Mapped[dict[str, str]]
    raw: Mapped[Decimal] = mapped_column(Mark)
    given_at: Mapped[datetime]

    marker: Mapped[User] = relationship()


@event.listens_for(SecondRound, "before_update")
def _one_seed(_mapper: Any, _connection: Any, target: SecondRound) -> None:
    if inspect(target).attrs.seed.history.has_changes():
        raise RuntimeError("the seed of a sample never changes")


@event.listens_for(ProvisionalMark, "before_update")
@event.listens_for(ProvisionalMark, "before_delete")
def _given_for_ever(_mapper: Any, _connection: Any, target: ProvisionalMark) -> None:
    before = inspect(target).attrs.given_at.history
    if any((*before.unchanged, *before.deleted)):
        raise RuntimeError("a provisional mark that was given is never changed or deleted")


@event.listens_for(CalibrationMark, "before_update")
@event.listens_for(CalibrationMark, "before_delete")
def _said_once(*_: Any) -> None:
    raise RuntimeError("what a marker gave to a sample is never changed or deleted")
