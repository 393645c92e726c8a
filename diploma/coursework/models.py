"""Submissions, their immutable versions and files, and the marks given to them."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.effective import Source
from diploma.cohorts.groups.models import CohortGroup
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.lang import Lang
from diploma.core.orm import Base, JSONValue, Mark, intpk


class AssignmentPolicy(Base):
    """Rules of one area (late work, attempts, …) for a cohort, where they are not those of its edition.

    ``module`` is empty when they are for all assignments of the cohort; ``values`` is the area's record as JSON.
    """

    __tablename__ = "assignment_policies"
    __table_args__ = (UniqueConstraint("cohort_id", "module", "area"),)

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str]
    area: Mapped[str]
    values: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SubmissionState(enum.StrEnum):
    """The life of a submission; ``rules.MOVES`` lists its only steps."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"


class Submission(Base):
    """A trainee's work on one assignment: the draft being written, and the versions handed in.

    ``page`` is the key of the open form that saved last: it may save again, another one (a second tab, the
    phone) only when it has seen ``version``. ``attempt`` is the one that is written, or was handed in last.

    What a group writes (``together``) has a ``group`` and no enrolment until it is handed in: so nobody meets it who
    asks for the works of people. Then it is that of the member who handed it in, and of each other member a work of
    their own, whose ``lead`` it is. A draft of a person's own that a group's work has replaced is ``kept_for`` them.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "module"),
        CheckConstraint(
            "enrolment_id IS NOT NULL OR group_id IS NOT NULL OR kept_for_id IS NOT NULL", name="somebodys"
        ),
        CheckConstraint("lead_id IS NULL OR group_id IS NOT NULL", name="group_if_led"),
        Index(
            "uq_submissions_group",
            "group_id",
            "module",
            unique=True,
            sqlite_where=text("enrolment_id IS NULL"),
            postgresql_where=text("enrolment_id IS NULL"),
        ),
        Index("ix_submissions_lead_id", "lead_id"),
        Index("ix_submissions_kept_for_id", "kept_for_id"),
    )

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), nullable=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("cohort_groups.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))
    kept_for_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    state: Mapped[SubmissionState] = mapped_column(default=SubmissionState.DRAFT)
    lang: Mapped[Lang]
    text: Mapped[str] = mapped_column(default="")
    helpers: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    page: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    version: Mapped[int] = mapped_column(default=1)

    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    group: Mapped[CohortGroup | None] = relationship()
    lead: Mapped["Submission | None"] = relationship(remote_side="Submission.id")
    saved_by: Mapped[User | None] = relationship()
    files: Mapped[list["DraftFile"]] = relationship(cascade="all, delete-orphan", order_by="DraftFile.id")
    versions: Mapped[list["SubmissionVersion"]] = relationship(
        back_populates="submission", order_by="SubmissionVersion.number"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def cohort(self) -> Cohort:
        return self.group.cohort if self.group else self.enrolment.cohort

    @property
    def desk(self) -> "Submission":
        """The work whose draft is written: of a group that has handed in, that of its lead."""
        return self.lead or self


class DraftFile(Base):
    """A file attached to a draft. ``name`` is the trainee's and untrusted; the bytes lie under ``sha256``."""

    __tablename__ = "draft_files"

    id: Mapped[intpk]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    part: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    added_at: Mapped[datetime]


class SubmissionVersion(Base):
    """What was handed in, for ever: text, files, declaration, times, receipt. Never updated.

    ``due_at`` is the date that held for this person, ``due_source`` whose it was.
    ``received_at`` is the start of the request (it decides about late), ``committed_at`` the end.
    ``key`` comes from the form: a double click or a retried upload makes one version. Versions are numbered through all
    attempts. A ``resubmission`` improves a released work of its attempt. Of a version with an ``origin`` the times of
    that one decide about late. What a group hands in (``together``) is marked once, in the version that is the ``lead``
    of those of the other members; ``sent_by`` is who pressed the button.
    """

    __tablename__ = "submission_versions"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("attempt >= 1 AND attempt <= number", name="attempt_in_order"),
        CheckConstraint("NOT resubmission OR origin_id IS NOT NULL", name="origin_if_resubmission"),
    )

    id: Mapped[intpk]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    number: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    resubmission: Mapped[bool] = mapped_column(default=False, server_default=false())
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("submission_versions.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("submission_versions.id"), index=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(unique=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    lang: Mapped[Lang]
    text: Mapped[str]
    helpers: Mapped[str]
    files: Mapped[dict[str, Any]]
    declared: Mapped[list[str]]
    sha256: Mapped[str]
    due_at: Mapped[datetime]
    due_source: Mapped[Source] = mapped_column(default=Source.COHORT, server_default=Source.COHORT.value)
    received_at: Mapped[datetime]
    committed_at: Mapped[datetime]

    submission: Mapped[Submission] = relationship(back_populates="versions")
    origin: Mapped["SubmissionVersion | None"] = relationship(
        remote_side="SubmissionVersion.id", foreign_keys=[origin_id]
    )
    lead: Mapped["SubmissionVersion | None"] = relationship(
        remote_side="SubmissionVersion.id", foreign_keys=[lead_id], back_populates="copies"
    )
    copies: Mapped[list["SubmissionVersion"]] = relationship(
        foreign_keys=[lead_id], back_populates="lead", order_by="SubmissionVersion.id"
    )
    sent_by: Mapped[User | None] = relationship()
    marking: Mapped["Marking | None"] = relationship(back_populates="work")


class MarkingState(enum.StrEnum):
    """The life of a mark; ``rules.MARKING_MOVES`` lists its only steps.

    ``FOLLOWING`` is that of a member of a group: it has no mark before the release of the one that its lead gets.
    """

    WAITING = "waiting"
    MARKING = "marking"
    MARKED = "marked"
    SECOND = "second"
    RECONCILING = "reconciling"
    READY = "ready"
    RELEASED = "released"
    RETURNED = "returned"
    FOLLOWING = "following"


class Marking(Base):
    """The marking of one version: levels per criterion, comment, raw and counted mark.

    ``remarks`` are comments on single criteria, where the marker gave any. ``raw`` is what the rubric gives,
    ``counted`` what remains after ``deductions`` (``rules.Deduction``, each with its reason; ``None`` on marks from
    before they were kept); both 0 to 100. ``peers`` (``rules.PeerPart``) is what reviews of fellow trainees added in
    between. Nothing of it is shown to the trainee before ``released_at``. ``page`` is the key of the open form that
    saved last, as for :class:`Submission`.
    ``allocated_to_id`` is whose work it is to do (``allocation``); without ``allocated_by_id`` a rule gave it.
    ``adjustment`` (``rules.Adjustment``) is what one member of a group gets more or less than the others; ``counted``
    has it from the release on, before it is the mark of the group.
    ``seconds``: for how long the script was open in the sitting in which its mark was set.
    """

    __tablename__ = "markings"
    __table_args__ = (
        CheckConstraint("(allocated_to_id IS NULL) = (allocated_at IS NULL)", name="allocated_at_if_allocated"),
        CheckConstraint(
            "(state NOT IN ('waiting', 'marking', 'returned', 'following')) = (counted IS NOT NULL)",
            name="counted_if_marked",
        ),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_at_if_released"),
        Index("ix_markings_queue", "state", "work_id"),
    )

    id: Mapped[intpk]
    work_id: Mapped[int] = mapped_column(ForeignKey("submission_versions.id"), unique=True)
    state: Mapped[MarkingState] = mapped_column(default=MarkingState.WAITING)
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    allocated_to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    allocated_at: Mapped[datetime | None]
    allocated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    levels: Mapped[dict[str, str]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    remarks: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    raw: Mapped[Decimal | None] = mapped_column(Mark)
    counted: Mapped[Decimal | None] = mapped_column(Mark)
    deductions: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONValue)
    peers: Mapped[dict[str, Any] | None] = mapped_column(JSONValue)
    adjustment: Mapped[dict[str, Any] | None] = mapped_column(JSONValue)
    seconds: Mapped[int | None]
    saved_at: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    page: Mapped[str] = mapped_column(default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)

    work: Mapped[SubmissionVersion] = relationship(back_populates="marking")
    marker: Mapped[User | None] = relationship(foreign_keys=[marker_id])
    allocated_to: Mapped[User | None] = relationship(foreign_keys=[allocated_to_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def lead(self) -> "Marking":
        """The marking in which the work was judged: its own, or that of the group's lead."""
        found = self.work.lead.marking if self.work.lead else self
        assert found is not None  # every version has one
        return found


class BankComment(Base):
    """A comment that a marker uses again and again; nobody else sees it.

    ``texts`` holds it per language tag, in at least one. ``module`` is ``None`` when it serves all modules. ``used``
    counts the marks that were set with it.
    """

    __tablename__ = "bank_comments"

    id: Mapped[intpk]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module: Mapped[str | None]
    texts: Mapped[dict[str, str]]
    used: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
