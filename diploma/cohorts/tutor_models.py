"""Who looks after whom in a cohort: an instructor is the tutor of named people."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core.orm import Base, intpk


class Ending(enum.StrEnum):
    """Why an instructor stopped being somebody's tutor. ``role_ended`` is written when the next one is named."""

    CHANGED = "changed"
    TAKEN = "taken"
    MOVED = "moved"
    ROLE_ENDED = "role_ended"


class Tutorship(Base):
    """An instructor as the tutor of one person in one cohort, from ``since`` to ``until``; one at a time.

    A row without ``until`` alone makes nobody a tutor: the role on the cohort must hold today, and the person must be
    in that cohort. ``tutors.holds`` says it.
    """

    __tablename__ = "tutorships"
    __table_args__ = (
        CheckConstraint("(until IS NULL) = (ending IS NULL)", name="why_if_over"),
        CheckConstraint("until IS NULL OR until >= since", name="in_order"),
        Index(
            "uq_tutorships_one_at_a_time",
            "enrolment_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    tutor_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    since: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    until: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ending: Mapped[Ending | None]

    enrolment: Mapped[Enrolment] = relationship()
    tutor: Mapped[User] = relationship(foreign_keys=[tutor_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
