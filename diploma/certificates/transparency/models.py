"""Signed heads and the keys that signed them, which are never changed or deleted; and exports, which are."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.core.orm import Base, JSONValue, intpk


class RegisterKey(Base):
    """A public key that has signed; ``id`` is that of ``core/signing``. Its days are those of its heads."""

    __tablename__ = "register_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    pem: Mapped[str]


class RegisterHead(Base):
    """The head of a day of UTC. ``text`` is what was signed (``head.Head``), ``signature`` is in base64.

    ``figures`` are not signed: how the certificates stood then, for the public page
    (``[{"partner": slug, "year": "2026", "issued": 3, …}]`` by state).
    """

    __tablename__ = "register_heads"

    day: Mapped[date] = mapped_column(primary_key=True)
    signed_at: Mapped[datetime]
    events: Mapped[int]
    text: Mapped[str]
    signature: Mapped[str]
    key_id: Mapped[str] = mapped_column(ForeignKey("register_keys.id"))
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONValue)

    key: Mapped[RegisterKey] = relationship()


class RegisterExport(Base):
    """The register of a partner as a file to take along: ordered, made by a job, deleted after a while.

    ``sha256`` names the file among the stored ones that stand alone (``core/files``); empty while it is made.
    """

    __tablename__ = "register_exports"
    __table_args__ = (CheckConstraint("(sha256 IS NULL) = (ready_at IS NULL)", name="ready_with_file"),)

    id: Mapped[intpk]
    token: Mapped[str] = mapped_column(unique=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ordered_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    sha256: Mapped[str | None]


@event.listens_for(RegisterKey, "before_update")
@event.listens_for(RegisterKey, "before_delete")
@event.listens_for(RegisterHead, "before_update")
@event.listens_for(RegisterHead, "before_delete")
def _append_only(*_: Any) -> None:
    raise RuntimeError("heads of the register and their keys are never changed or deleted")
