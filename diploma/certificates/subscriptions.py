"""What certificates do in jobs: draft when a module was completed, reissue when its result has become another one, draw
the PDF after the issue and mail it, draw specimens."""

import atexit
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import current_app

from diploma.accounts.models import User
from diploma.certificates import delivery, publishing, registry, reissues, rules, service, specimens
from diploma.certificates.drawing.worker import RenderPool
from diploma.certificates.models import Certificate, Specimen
from diploma.certificates.snapshot import Snapshot
from diploma.cohorts.models import Enrolment
from diploma.cohorts.names import name_requests
from diploma.core import abreast, clock, db, outbox
from diploma.core.files import FileStore
from diploma.core.lang import Lang

RENDERER = "certificate_renderer"  # the key of the application's renderers among its extensions
_starting = threading.Lock()


class DrawnDifferently(Exception):
    """The page drawn again is not the file that was issued: the templates or fonts have changed since."""


def subscribe() -> None:
    """Register the jobs with the outbox; called once, when the application is wired."""
    outbox.handles("module-completed")(_draft)
    outbox.handles(name_requests.CORRECTED)(_correct)
    outbox.handles("result-changed")(_follow_result)
    outbox.handles(publishing.RENDER, outside=_draw, abreast=True)(_drawn)
    outbox.handles(specimens.DRAW, outside=_draw_specimen, gave_up=_specimen_failed, attempts=2)(_specimen_drawn)


def draw_now(certificate_ids: Sequence[int]) -> Iterator[tuple[int, Exception | None]]:
    """Draw certificates without waiting for the job runner, several at a time; their jobs then find the work done.

    Yields the id of each when it is drawn, or with the reason why it is not.
    """
    for order, result in abreast.each(_draw, [{"certificate_id": one} for one in certificate_ids]):
        if isinstance(result, Exception):
            yield order["certificate_id"], result
            continue
        with db.unit_of_work():
            _drawn(order, result)
        yield order["certificate_id"], None


def draw_again(certificate: Certificate) -> None:
    """Queue the drawing of a certificate whose file is not there, at most once an hour; in a transaction of its own."""
    with db.aside() as own:
        outbox.enqueue(
            publishing.RENDER,
            f"{publishing.RENDER}:{certificate.id}:{clock.now():%Y%m%d%H}",
            {"certificate_id": certificate.id},
            into=own,
        )


def is_drawn(certificate: Certificate) -> bool:
    """Whether the PDF can be handed out."""
    return certificate.pdf_sha256 is not None and _files().exists(certificate.pdf_sha256)


def read(certificate: Certificate) -> bytes:
    """The issued PDF of a drawn certificate."""
    return read_file(certificate.pdf_sha256 or "")


def size(certificate: Certificate) -> int:
    """Bytes of the issued PDF of a drawn certificate."""
    return _files().path(certificate.pdf_sha256 or "").stat().st_size


def read_file(sha256: str) -> bytes:
    return _files().read(sha256)


def _draft(payload: dict[str, Any], _result: None) -> None:
    enrolment = db.session.get_one(Enrolment, payload["enrolment_id"])
    service.draft(enrolment, rules.module_award(payload["module"]))


def _correct(payload: dict[str, Any], _result: None) -> None:
    user = db.session.get_one(User, payload["user_id"])
    langs = [Lang(one) for one in payload["langs"]]
    key = f"{name_requests.CORRECTED}:{payload['request_id']}"
    service.take_back_unconfirmed(user, langs)
    reissues.propose(user, langs, base_url=current_app.config["BASE_URL"], key=key)


def _follow_result(payload: dict[str, Any], _result: None) -> None:
    enrolment = db.session.get_one(Enrolment, payload["enrolment_id"])
    reissues.follow_result(
        enrolment,
        payload["module"],
        changed_at=datetime.fromisoformat(payload["at"]),
        reason=payload["why"],
        base_url=current_app.config["BASE_URL"],
    )


def _draw(payload: dict[str, Any]) -> str:
    """Draw from the snapshot alone, in a sealed process and outside of any transaction; returns the file's digest."""
    with db.reading() as own:
        certificate = own.get_one(Certificate, payload["certificate_id"])
    if not is_drawn(certificate):
        return _rendered(certificate.snapshot or "")
    return certificate.pdf_sha256 or ""


def _drawn(payload: dict[str, Any], sha256: str) -> None:
    certificate = db.session.get_one(Certificate, payload["certificate_id"], with_for_update=True)
    if certificate.pdf_sha256 not in (None, sha256):  # holders have the first file: it stays the only valid one
        raise DrawnDifferently(certificate.serial)
    if certificate.pdf_sha256 is None:
        certificate.pdf_sha256 = sha256
        registry.note(certificate, registry.DRAWN, pdf=sha256)
        delivery.deliver(certificate)


def _draw_specimen(payload: dict[str, Any]) -> str:
    with db.reading() as own:
        specimen = own.get_one(Specimen, payload["specimen_id"])
    return specimen.pdf_sha256 or _rendered(specimen.snapshot)


def _specimen_drawn(payload: dict[str, Any], sha256: str) -> None:
    specimens.drawn(payload["specimen_id"], sha256)


def _specimen_failed(payload: dict[str, Any], reason: str) -> None:
    specimens.failed(payload["specimen_id"], reason)


def _rendered(kept: str) -> str:
    """Draw a snapshot in the sealed process and keep the file; returns its digest."""
    snapshot = Snapshot.from_json(kept)
    pdf = _renderer().render(snapshot, {digest: _files().read(digest) for digest in snapshot.drawings()})
    return _files().put(BytesIO(pdf)).sha256


def _renderer() -> RenderPool:
    """The renderers of this process, kept from certificate to certificate."""
    with _starting:
        found: RenderPool | None = current_app.extensions.get(RENDERER)
        if found is None:
            found = RenderPool(Path(current_app.instance_path) / "renderer", size=current_app.config["RENDERERS"])
            current_app.extensions[RENDERER] = found
            atexit.register(found.close)
    return found


def _files() -> FileStore:
    store: FileStore = current_app.extensions["files"]
    return store
