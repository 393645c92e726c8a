"""The document behind a wrong name: what is taken, who opens it, and that it is gone after the decision."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.names import documents, name_requests
from diploma.cohorts.names.documents import MAX_BYTES
from diploma.cohorts.names.models import NameRequest, RequestState
from diploma.core import clock, jobs
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.files import FileStore
from tests.coursework.samples import DOCX, JPG, PDF, PNG, archive
from tests.world import DRAWINGS

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ASKED = {"full_name": "Aziza Karim", "why": "As in my passport"}


def _send(browser: Any, data: bytes, name: str = "passport.pdf", **more: str) -> Any:
    return browser.send("/account/name", ASKED | more | {"document": (io.BytesIO(data), name)})


@pytest.fixture
def store(app: Any) -> FileStore:
    return app.extensions["files"]  # type: ignore[no-any-return]


@pytest.fixture
def shown(world: Any, browser_of: Any, reading: Any) -> int:
    """The number of a request of the first trainee, with a PDF."""
    assert _send(browser_of(world.trainee), PDF).status_code == 302
    with reading() as session:
        return session.scalars(select(NameRequest.id)).one()  # type: ignore[no-any-return]


@pytest.fixture
def run(app: Any) -> Any:
    """``run()``: the due jobs are done."""

    def drain() -> None:
        with app.app_context():
            jobs.drain()

    return drain


def _files(store: FileStore) -> list[bytes]:
    return [store.read(one) for one in set(store.digests()) - DRAWINGS]


@pytest.mark.parametrize(
    ("data", "kind"), [(PDF, "pdf"), (PNG, "png"), (JPG, "jpg")], ids=["a PDF", "a PNG", "a JPEG by another name"]
)
def test_the_bytes_say_what_a_document_is(data: bytes, kind: str) -> None:
    assert documents.kind_of(data) == kind


@pytest.mark.parametrize(
    "data",
    [HTML, SVG, DOCX, b"", PDF + HTML, JPG + SVG, PNG + HTML, PDF + archive("payload.js"), PDF + b" " * MAX_BYTES],
    ids=["page", "drawing", "office", "empty", "pdf+page", "jpg+svg", "png+page", "pdf+zip", "too large"],
)
def test_what_is_no_document_or_something_else_as_well_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        documents.kind_of(data)


@pytest.mark.parametrize(("data", "words"), [(HTML, "no PDF, JPEG or PNG"), (b"", "The file is empty")])
def test_a_bad_file_loses_no_word_and_leaves_no_trace(
    world: Any, browser_of: Any, store: FileStore, reading: Any, data: bytes, words: str
) -> None:
    browser = browser_of(world.trainee)
    browser.get("/account?lang=en")
    answer = _send(browser, data)
    assert answer.status_code == 422 and words in answer.text and "As in my passport" in answer.text
    with reading() as session:
        assert session.scalars(select(NameRequest)).all() == []
    assert _files(store) == []


def test_a_file_of_a_request_that_is_refused_does_not_stay(
    world: Any, shown: int, browser_of: Any, store: FileStore
) -> None:
    before = _files(store)
    browser = browser_of(world.trainee)
    token = {"csrf_token": browser.token("/account"), "document": (io.BytesIO(PNG), "x.png")}
    assert browser.post("/account/name", data=ASKED | token).status_code == 422
    assert _files(store) == before


def test_who_decides_opens_it_as_a_download_and_that_is_recorded(
    world: Any, shown: int, browser_of: Any, reading: Any
) -> None:
    browser = browser_of(world.coordinator)
    answer = browser.send(f"/name-requests/{shown}/document", page=f"/name-requests/{shown}")
    assert answer.data == PDF and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=name-{shown}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "name.document_opened")).one()
        assert event.detail == {"request": shown} and session.get(User, event.actor_id).email == world.coordinator


@pytest.mark.parametrize(
    ("who", "status"),
    [("other_coordinator", 404), ("instructor", 403), ("trainee", 403), ("trainee_2", 403), ("registrar", 403)],
)
def test_nobody_else_opens_it(world: Any, shown: int, browser_of: Any, who: str, status: int) -> None:
    answer = browser_of(getattr(world, who)).send(f"/name-requests/{shown}/document", page="/account")
    assert answer.status_code == status and PDF not in answer.data


def test_the_person_opens_their_own_and_no_other(world: Any, shown: int, browser_of: Any) -> None:
    assert browser_of(world.trainee).get("/account/name/document").data == PDF
    assert browser_of(world.trainee_2).get("/account/name/document").status_code == 404


@pytest.mark.parametrize("do", ["accept", "refuse", "withdraw"])
def test_it_is_deleted_right_after_the_decision(
    world: Any, shown: int, browser_of: Any, store: FileStore, run: Any, reading: Any, do: str
) -> None:
    if do == "withdraw":
        assert browser_of(world.trainee).send("/account/name/withdraw", page="/account/name").status_code == 302
    else:
        sent = {"do": do, "answer": "So be it"}
        assert browser_of(world.coordinator).send(f"/name-requests/{shown}", sent).status_code == 302
    with reading() as session:
        asked = session.get(NameRequest, shown)
        assert asked.state is not RequestState.OPEN
        assert (asked.document_sha256, asked.document_kind) == (None, None)
    run()
    assert _files(store) == []
    assert browser_of(world.coordinator).send(f"/name-requests/{shown}/document", page="/account").status_code == 404
    assert browser_of(world.trainee).get("/account/name/document").status_code == 404


def test_the_same_file_elsewhere_stays(
    world: Any, shown: int, browser_of: Any, store: FileStore, run: Any, unit: Any
) -> None:
    """Put before or after, by whomever: as a file of an assignment, or with the request of somebody else."""
    kept = store.put(io.BytesIO(PDF))
    _send(browser_of(world.trainee_2), PDF)
    browser_of(world.coordinator).send(f"/name-requests/{shown}", {"do": "accept"})
    run()
    assert store.read(kept.sha256) == PDF and len(_files(store)) == 2
    assert browser_of(world.trainee_2).get("/account/name/document").data == PDF
    with pytest.raises(ValueError, match="may be shared"):
        store.remove_alone(kept.sha256)


def test_a_decision_that_fails_keeps_the_document(
    world: Any, shown: int, unit: Any, store: FileStore, run: Any
) -> None:
    with pytest.raises(ZeroDivisionError), unit() as session:
        by = session.scalars(select(User).where(User.email == world.coordinator)).one()
        name_requests.accept(session.get(NameRequest, shown), base_url="", by=by)
        raise ZeroDivisionError
    run()
    assert len(_files(store)) == 1


def test_after_ninety_days_without_a_decision_only_the_request_is_left(
    world: Any, shown: int, browser_of: Any, store: FileStore, run: Any, reading: Any
) -> None:
    now = clock.now()
    with clock.at(now + timedelta(days=89)):
        run()
    assert len(_files(store)) == 1
    with clock.at(now + timedelta(days=90, seconds=1)):
        run()
    assert _files(store) == []
    with reading() as session:
        asked = session.get(NameRequest, shown)
        assert asked.state is RequestState.OPEN and asked.document_sha256 is None
    assert "Open the document" not in browser_of(world.coordinator).get(f"/name-requests/{shown}?lang=en").text


def test_a_form_names_no_stored_file(world: Any, browser_of: Any, store: FileStore, reading: Any) -> None:
    digest = store.put_alone(PDF)
    browser = browser_of(world.trainee)
    assert browser.send("/account/name", ASKED | {"document": digest}).status_code == 422
    browser.send("/account/name", ASKED | {"document_sha256": digest, "document_kind": "pdf"})
    with reading() as session:
        assert session.scalars(select(NameRequest.document_sha256)).all() == [None]


def test_a_document_that_a_backup_did_not_bring_back_is_not_there(
    world: Any, shown: int, browser_of: Any, store: FileStore
) -> None:
    (digest,) = set(store.digests()) - DRAWINGS
    store.remove_alone(digest)
    path = f"/name-requests/{shown}/document"
    assert browser_of(world.coordinator).send(path, page="/account").status_code == 404


def test_a_second_withdrawal_finds_no_open_request(world: Any, shown: int, browser_of: Any, unit: Any) -> None:
    browser = browser_of(world.trainee)
    answers = [browser.send("/account/name/withdraw", page="/account/name").status_code for _ in range(2)]
    assert answers == [302, 404]
    with unit() as session, pytest.raises(Refused, match="decided already"):
        asked = session.get(NameRequest, shown)
        name_requests.withdraw(asked, by=asked.user)


def test_nobody_takes_back_the_request_of_another(world: Any, shown: int, browser_of: Any, unit: Any) -> None:
    assert browser_of(world.trainee_2).send("/account/name/withdraw", page="/account").status_code == 404
    with unit() as session, pytest.raises(Refused, match="your own request"):
        by = session.scalars(select(User).where(User.email == world.trainee_2)).one()
        name_requests.withdraw(session.get(NameRequest, shown), by=by)
