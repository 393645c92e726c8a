"""The worksheets that trainees have filled in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from diploma.core.orm import Base, intpk


class FilledWorksheet(Base):
    """What a person has written on one worksheet so far; nobody else reads it here.

    ``entries`` are those of ``diploma.worksheets.entries``, by field. ``page`` and ``version`` work as those of a
    submission's draft: the open page that saved last may save again, another one only when it has seen ``version``.
    """

    __tablename__ = "filled_worksheets"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "worksheet"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    worksheet: Mapped[str]
    entries: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    page: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
