"""Exports that people order on a page: made by a job, kept for a week.

The file stands alone in the store (``core/files``). The job that takes it away is queued before a byte of it is there,
so a runner that dies leaves nothing behind.
"""

import secrets
import tempfile
from datetime import timedelta
from typing import Any, BinaryIO

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.certificates.transparency import exporting
from diploma.certificates.transparency.models import RegisterExport
from diploma.cohorts.models import Partner
from diploma.core import audit, clock, db, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload
from diploma.core.uploads import store

MAKE, DROP = "register-export", "register-export-drop"
KEPT = timedelta(days=7)


def order(partner: Partner, *, by: User) -> RegisterExport:
    """Order the export of a partner; while one is being made, that one is answered."""
    session.get_one(Partner, partner.id, with_for_update=True)  # of two at the button, one orders
    waiting = select(RegisterExport).where(RegisterExport.partner_id == partner.id, RegisterExport.ready_at.is_(None))
    if found := session.scalars(waiting).first():
        return found
    made = RegisterExport(
        token=secrets.token_hex(16), partner_id=partner.id, ordered_by_id=by.id, ordered_at=clock.now()
    )
    session.add(made)
    session.flush()
    audit.record("register.export_ordered", f"partner:{partner.id}", by=by, export=made.id)
    outbox.enqueue(MAKE, f"{MAKE}:{made.id}", {"export_id": made.id})
    return made


def of_partner(partner: Partner) -> list[RegisterExport]:
    """The exports of a partner that are there or being made, the newest first."""
    query = select(RegisterExport).where(RegisterExport.partner_id == partner.id)
    return list(session.scalars(query.order_by(RegisterExport.id.desc())))


def content(export: RegisterExport) -> BinaryIO | None:
    """The file of an export, to be closed by who sends it; ``None`` when it is not there (yet, or any more)."""
    try:
        return store().open_alone(export.sha256) if export.sha256 else None
    except FileNotFoundError:
        return None


def _make(payload: Payload) -> str | None:
    with tempfile.TemporaryFile() as file:
        with db.reading() as own:
            export = own.get(RegisterExport, payload["export_id"])
            if export is None or export.sha256:
                return None
            exporting.write(own, own.get_one(Partner, export.partner_id), file)
        return store().put_file_alone(file, lambda sha256: _drop_later(payload["export_id"], sha256))


def _drop_later(export_id: int, sha256: str) -> None:
    with db.aside() as own:
        order = {"export_id": export_id, "sha256": sha256}
        outbox.enqueue(DROP, f"{DROP}:{sha256}", order, due_at=clock.now() + KEPT, into=own)


def _given_up(payload: Payload, _reason: str) -> None:
    """What could not be made does not stand in the way of the next order."""
    export = session.get(RegisterExport, payload["export_id"])
    if export and export.sha256 is None:
        session.delete(export)


@outbox.handles(MAKE, outside=_make, gave_up=_given_up)
def _made(payload: Payload, sha256: str | None) -> None:
    export = session.get(RegisterExport, payload["export_id"], with_for_update=True)
    if export and sha256:
        export.sha256, export.ready_at = sha256, clock.now()


def _remove(payload: Payload) -> None:
    store().remove_alone(payload["sha256"])


@outbox.handles(DROP, outside=_remove)
def _dropped(payload: Payload, _result: Any) -> None:
    export = session.get(RegisterExport, payload["export_id"])
    if export and export.sha256 == payload["sha256"]:
        session.delete(export)
