"""Bodies that arrive slowly, are broken or too large; spec trust, "Server" and "Order inside a writing request"."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from diploma.core import clock, db
from diploma.core.ratelimit import Bucket
from tests.conftest import Client
from tests.world import M2, World, brought

Open = Callable[[str], Client]
PAGE = f"/modules/{M2}/assignment"
FORM = {"text": "Written slowly.", "language": "en", "helpers": "", "key": "k" * 20, "base": "0"}


class Slow(io.RawIOBase):
    """A body during whose arrival somebody else writes."""

    def __init__(self, body: bytes, meanwhile: Callable[[], None]) -> None:
        self.rest, self.meanwhile = io.BytesIO(body), meanwhile

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.meanwhile()
        piece = self.rest.read(min(40, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture
def another_writer(app: Flask) -> tuple[Callable[[], None], list[int]]:
    """Writes on a connection of its own without waiting: a lock held by the request would make it fail."""
    written: list[int] = []

    def write() -> None:
        token = db._writing.set(True)
        try:
            with db.Session(db.db.engine) as own, own.begin():
                patience = "PRAGMA busy_timeout=0" if db.is_sqlite() else "SET LOCAL lock_timeout='100ms'"
                own.connection().exec_driver_sql(patience)
                own.merge(Bucket(key="another writer", tokens=float(len(written)), at=clock.now()))
            written.append(1)
        finally:
            db._writing.reset(token)

    return write, written


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/draft"])
def test_a_body_that_arrives_slowly_blocks_no_other_writer(
    world: World, browser_of: Open, another_writer: tuple[Callable[[], None], list[int]], path: str
) -> None:
    browser, (write, written) = browser_of(world.trainee), another_writer
    body = urlencode({"csrf_token": browser.token("/account"), **FORM}).encode()
    answer = browser.post(
        path,
        environ_overrides={"wsgi.input": Slow(body, write), "CONTENT_LENGTH": str(len(body))},
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in (200, 302) and len(written) > 2


def test_a_piece_of_a_file_that_arrives_slowly_blocks_no_other_writer(
    world: World, browser_of: Open, another_writer: tuple[Callable[[], None], list[int]]
) -> None:
    browser, (write, written) = browser_of(world.trainee), another_writer
    headers = {"X-CSRFToken": browser.token("/account"), "Upload-Offset": "0"}
    facts = {"name": "a.pdf", "size": 400, "changed": 1}
    address = browser.post("/uploads", data=facts, headers=headers).headers["Location"]
    body = {"wsgi.input": Slow(bytes(400), write), "CONTENT_LENGTH": "400"}
    answer = browser.patch(address, environ_overrides=body, headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (200, "400") and len(written) > 2


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"abc"),
        ("multipart/form-data; boundary=", b"abc"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nz\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Dis"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="annex"; filename="\x00\xff"',
        ),
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
        ("application/x-www-form-urlencoded", b"%ff=%ff&&&==&text=%00&key=%ed%a0%80"),
        ("text/plain", b"x"),
        ("", b""),
    ],
)
def test_a_broken_body_is_refused(world: World, browser_of: Open, kind: str, body: bytes) -> None:
    browser = browser_of(world.trainee)
    answer = browser.post(PAGE, data=body, content_type=kind, headers={"X-CSRFToken": browser.token("/account")})
    assert answer.status_code in (400, 422)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug leaves them to the collector
def test_more_files_than_anybody_sends_are_refused(world: World, browser_of: Open, app: Flask) -> None:
    browser = browser_of(world.trainee)
    files = [(io.BytesIO(b"%PDF-"), f"{n}.pdf") for n in range(1100)]
    answer = browser.send(PAGE, {**FORM, "annex": files}, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert brought(app) == set()


def test_a_visitor_leaves_no_file(world: World, client: Client, app: Flask) -> None:
    form = {**FORM, "annex": (io.BytesIO(b"%PDF-"), "a.pdf")}
    client.send(PAGE, form, page="/sign-in", content_type="multipart/form-data")
    assert brought(app) == set()
