"""What stands between a marker and a work: who has it open, who learnt the author's name, who must not mark whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.orm import Base, intpk
from diploma.coursework.models import Marking


class Lease(Base):
    """A marker has a work open, from ``since`` until ``until`` unless they go on saving. One for a work.

    A table of its own: the version of a marking, by which stale saves are known, must not change by looking at it.
    """

    __tablename__ = "marking_leases"
    __table_args__ = (CheckConstraint("until > since", name="in_order"),)

    marking_id: Mapped[int] = mapped_column(ForeignKey("markings.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime]

    holder: Mapped[User] = relationship()


class Reveal(Base):
    """A person asked for the author of a work that is marked without names, and why. They see the name from then on."""

    __tablename__ = "author_reveals"
    __table_args__ = (UniqueConstraint("marking_id", "user_id"),)

    id: Mapped[intpk]
    marking_id: Mapped[int] = mapped_column(ForeignKey("markings.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[str]

    user: Mapped[User] = relationship()


class Conflict(Base):
    """A marker has said that they should not mark the works of a person. Where they did not know the name, they have
    not learnt it: the works are gone from their queue. ``marking_id`` is the work at which they said it: a list calls
    the person as that work is called (``anonymity``)."""

    __tablename__ = "marker_conflicts"
    __table_args__ = (
        UniqueConstraint("marker_id", "person_id"),
        CheckConstraint("marker_id <> person_id", name="two_people"),
    )

    id: Mapped[intpk]
    marker_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    marking_id: Mapped[int | None] = mapped_column(ForeignKey("markings.id"))
    reason: Mapped[str]
    at: Mapped[datetime]

    marker: Mapped[User] = relationship(foreign_keys=marker_id)
    marking: Mapped[Marking | None] = relationship()


class QuietMarker(Base):
    """A marker who wants no mails about works that wait."""

    __tablename__ = "quiet_markers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]
