"""Peer review: the round of an assignment, whose works take part in it, and the reviews that their authors give."""

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.orm import Base, Mark, intpk
from diploma.coursework.models import SubmissionVersion


class Round(Base):
    """The peer review of one assignment in one cohort, from the moment at which works were given out.

    ``seed`` and the works give the same pairs again. ``closed_at``: nothing of it changes any more.
    """

    __tablename__ = "peer_rounds"
    __table_args__ = (
        UniqueConstraint("cohort_id", "module"),
        CheckConstraint("wanted > 0", name="wants_reviews"),
        CheckConstraint("ends_at > begun_at", name="in_order"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str]
    seed: Mapped[str]
    wanted: Mapped[int]
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()


class Entry(Base):
    """A person who takes part with a work: it is reviewed, and they review. ``joined_at``: later for late works."""

    __tablename__ = "peer_entries"
    __table_args__ = (UniqueConstraint("round_id", "enrolment_id"),)

    id: Mapped[intpk]
    round_id: Mapped[int] = mapped_column(ForeignKey("peer_rounds.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    work_id: Mapped[int] = mapped_column(ForeignKey("submission_versions.id"), unique=True)
    joined_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    work: Mapped[SubmissionVersion] = relationship()


class Way(enum.StrEnum):
    """How a review came to its reviewer: by the allocation, by asking for one more, by the staff."""

    ALLOTTED = "allotted"
    MORE = "more"
    STAFF = "staff"


class ReviewState(enum.StrEnum):
    """The life of a review; ``rules.MOVES`` lists its only steps."""

    GIVEN = "given"
    BEGUN = "begun"
    DONE = "done"


class Review(Base):
    """What one participant says of another's work: a level and a remark for each criterion, and a comment.

    Neither learns who the other is; ``token`` is random, so neither an address nor an order by it says anything.
    ``until_at`` is the last instant to change it, ``raw`` what its levels give. The author may answer once and may
    report it; the staff may hide it. ``page`` is the key of the form that saved last, as for a submission.
    """

    __tablename__ = "peer_reviews"
    __table_args__ = (
        UniqueConstraint("entry_id", "reviewer_id"),
        CheckConstraint("entry_id <> reviewer_id", name="never_ones_own"),
        CheckConstraint("(state = 'done') = (raw IS NOT NULL)", name="raw_if_done"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at_if_done"),
        CheckConstraint("(way = 'staff') = (given_by_id IS NOT NULL)", name="somebody_if_by_staff"),
        CheckConstraint("(replied_at IS NULL) = (reply = '')", name="reply_if_replied"),
        CheckConstraint("(reported_at IS NULL) = (report = '')", name="report_if_reported"),
        CheckConstraint("settled_at IS NULL OR reported_at IS NOT NULL", name="settled_if_reported"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_why = '')", name="reason_if_hidden"),
    )

    id: Mapped[intpk]
    entry_id: Mapped[int] = mapped_column(ForeignKey("peer_entries.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("peer_entries.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    way: Mapped[Way] = mapped_column(default=Way.ALLOTTED)
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    until_at: Mapped[datetime]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.GIVEN)
    levels: Mapped[dict[str, str]] = mapped_column(default=dict)
    remarks: Mapped[dict[str, str]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    raw: Mapped[Decimal | None] = mapped_column(Mark)
    saved_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    page: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]
    report: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_why: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    entry: Mapped[Entry] = relationship(foreign_keys=[entry_id])
    reviewer: Mapped[Entry] = relationship(foreign_keys=[reviewer_id])

    __mapper_args__ = {"version_id_col": version}
