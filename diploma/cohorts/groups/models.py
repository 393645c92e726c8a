"""Groups of a cohort, and the dates that a group or a person has instead of the cohort's."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.orm import Base, intpk


class CohortGroup(Base):
    """A named part of a cohort. A dissolved one keeps its row, because dates and audit refer to it."""

    __tablename__ = "cohort_groups"
    __table_args__ = (
        UniqueConstraint("id", "cohort_id"),  # for the keys that tie members and dates to the cohort
        CheckConstraint("name <> ''", name="has_name"),
        Index(
            "uq_cohort_groups_name",
            "cohort_id",
            "name",
            unique=True,
            sqlite_where=text("dissolved_at IS NULL"),
            postgresql_where=text("dissolved_at IS NULL"),
        ),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    name: Mapped[str]
    made_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()


class GroupMember(Base):
    """A person in a group of the cohort in which they are enrolled now; in one at most."""

    __tablename__ = "group_members"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "cohort_id"], ["cohort_groups.id", "cohort_groups.cohort_id"]),
        ForeignKeyConstraint(["enrolment_id", "cohort_id"], ["enrolments.id", "enrolments.cohort_id"]),
        Index("ix_group_members_group_id", "group_id"),
    )

    id: Mapped[intpk]
    group_id: Mapped[int]
    enrolment_id: Mapped[int] = mapped_column(unique=True)
    cohort_id: Mapped[int]

    group: Mapped[CohortGroup] = relationship(viewonly=True)
    enrolment: Mapped[Enrolment] = relationship(viewonly=True)


class DateKind(enum.StrEnum):
    """Whose dates they are, and how they came about."""

    EXTENSION = "extension"
    PERSON = "person"
    GROUP = "group"


class OwnDates(Base):
    """Dates of a module in a cohort that one person or one group has instead of the cohort's, until they are ended.

    An empty date stays the cohort's. They hold only while the person is in this cohort.
    """

    __tablename__ = "own_dates"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "cohort_id"], ["cohort_groups.id", "cohort_groups.cohort_id"]),
        CheckConstraint("(kind = 'group') = (group_id IS NOT NULL)", name="group_if_for_a_group"),
        CheckConstraint("(kind = 'group') = (enrolment_id IS NULL)", name="person_unless_for_a_group"),
        CheckConstraint("kind <> 'extension' OR due_at IS NOT NULL", name="extension_has_a_date"),
        CheckConstraint("opens_at IS NOT NULL OR due_at IS NOT NULL OR cut_off_at IS NOT NULL", name="says_something"),
        CheckConstraint(
            "(opens_at IS NULL OR due_at IS NULL OR opens_at <= due_at) AND "
            "(due_at IS NULL OR cut_off_at IS NULL OR due_at <= cut_off_at)",
            name="dates_in_order",
        ),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason = '')", name="reason_if_ended"),
        Index(
            "uq_own_dates_person",
            "enrolment_id",
            "cohort_id",
            "module",
            "kind",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND enrolment_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND enrolment_id IS NOT NULL"),
        ),
        Index(
            "uq_own_dates_group",
            "group_id",
            "module",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND group_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND group_id IS NOT NULL"),
        ),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    module: Mapped[str]
    kind: Mapped[DateKind]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    group_id: Mapped[int | None]
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    cut_off_at: Mapped[datetime | None]
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_reason: Mapped[str] = mapped_column(default="")

    cohort: Mapped[Cohort] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    group: Mapped[CohortGroup | None] = relationship(viewonly=True)
    by: Mapped[User | None] = relationship(foreign_keys="OwnDates.by_id")
