"""Corrections of names that people ask for."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core.orm import Base, intpk, texts


class RequestState(enum.StrEnum):
    """The life of a request: open → accepted or refused."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class NameRequest(Base):
    """A person's own request to correct their name. ``full_name`` is that on lists, ``names`` those to be printed, by
    language tag; what stays right is empty. ``answer`` is what the coordinator wrote."""

    __tablename__ = "name_requests"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_unless_open"),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="reason_if_refused"),
        Index(
            "uq_name_requests_open",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    full_name: Mapped[str] = mapped_column(default="")
    names: Mapped[texts]
    why: Mapped[str]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    enrolment: Mapped[Enrolment] = relationship()
