"""Files that a marker gives back with a mark: a commented copy, a filled-in form."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.orm import Base, intpk
from diploma.coursework.models import Marking


class FeedbackFile(Base):
    """A file of a marking. ``name`` is the marker's and shown to markers alone; the trainee gets it after the release,
    called by receipt, ``number`` and ``kind``. The bytes lie under ``sha256``."""

    __tablename__ = "feedback_files"
    __table_args__ = (
        UniqueConstraint("marking_id", "number"),
        UniqueConstraint("marking_id", "name"),
        CheckConstraint("size > 0 AND number > 0", name="of_some_size"),
    )

    id: Mapped[intpk]
    marking_id: Mapped[int] = mapped_column(ForeignKey("markings.id"))
    number: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]

    marking: Mapped[Marking] = relationship()
    added_by: Mapped[User] = relationship()
