"""Corrections of names that people ask for."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core.orm import Base, intpk, texts


class RequestState(enum.StrEnum):
    """The life of a request: open → accepted, refused, or withdrawn by the person."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NameRequest(Base):
    """A person's own request to correct their name. ``full_name`` is that on lists, ``names`` those to be printed, by
    language tag; what stays right is empty. ``answer`` is what the coordinator wrote.

    ``document_sha256`` names the file that shows the right spelling, of the kind ``document_kind`` (pdf, png, jpg);
    only an open request has one."""

    __tablename__ = "name_requests"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_unless_open"),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="reason_if_refused"),
        CheckConstraint("document_sha256 IS NULL OR state = 'open'", name="document_while_open"),
        CheckConstraint("(document_sha256 IS NULL) = (document_kind IS NULL)", name="kind_of_document"),
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
    document_sha256: Mapped[str | None]
    document_kind: Mapped[str | None]
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    enrolment: Mapped[Enrolment] = relationship()
