"""Files that come ahead of their form, as a browser sends them and as an attacker would."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from diploma.cohorts.models import RosterImport
from diploma.core import uploads
from diploma.coursework.models import DraftFile, Submission
from tests.conftest import Client
from tests.coursework.samples import PDF
from tests.world import M2, World

Open = Callable[[str], Client]
PAGE = f"/modules/{M2}/assignment"
FORM = {"text": "Written.", "language": "en", "helpers": "", "key": "k" * 20, "base": "0"}
SIZE = len(PDF)
HALF = SIZE // 2


class Sender:
    """A browser that sends files ahead of their form."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.get("/account?lang=en")
        self.token = client.token("/account")

    def announce(self, name: str = "map.pdf", size: Any = SIZE, **more: Any) -> TestResponse:
        return self.ask("POST", "/uploads", data={"name": name, "size": size, "changed": 1, **more})

    def append(self, address: str, piece: bytes, at: Any = 0, **headers: str) -> TestResponse:
        return self.ask("PATCH", address, data=piece, headers={"Upload-Offset": str(at), **headers})

    def ask(self, method: str, address: str, headers: dict[str, str] | None = None, **body: Any) -> TestResponse:
        return self.client.open(address, method=method, headers={"X-CSRFToken": self.token, **(headers or {})}, **body)

    def whole(self, data: bytes = PDF, name: str = "map.pdf") -> str:
        """Send a file; the token that stands for it in a form."""
        address = self.announce(name, len(data)).headers["Location"]
        assert self.append(address, data).status_code == 200
        return address.rpartition("/")[2]

    def save(self, *tokens: str, **more: str) -> TestResponse:
        form = {"csrf_token": self.token, "annex": list(tokens), **FORM, **more}
        return self.client.post(PAGE, data=form, content_type="multipart/form-data")


@pytest.fixture
def sender_of(browser_of: Open) -> Callable[[str], Sender]:
    return lambda email: Sender(browser_of(email))


@pytest.fixture
def sender(world: World, sender_of: Callable[[str], Sender]) -> Sender:
    return sender_of(world.trainee)


@pytest.fixture
def incoming(app: Flask) -> Path:
    return app.extensions["files"].folder / "incoming"  # type: ignore[no-any-return]


@pytest.fixture
def attached(reading: Any) -> Callable[[], list[tuple[str, str]]]:
    """``attached()``: name and digest of every file of a draft."""

    def read() -> list[tuple[str, str]]:
        with reading() as session:
            return [(one.name, one.sha256) for one in session.scalars(select(DraftFile).order_by(DraftFile.id))]

    return read


def state(answer: TestResponse) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("Upload-Offset")


# ---- as it should be


def test_a_file_comes_in_pieces_and_belongs_to_the_draft(sender: Sender, attached: Any) -> None:
    begun = sender.announce()
    assert state(begun) == (201, "0")
    address = begun.headers["Location"]
    assert state(sender.append(address, PDF[:HALF])) == (200, str(HALF))
    assert state(sender.append(address, PDF[HALF:], HALF)) == (200, str(SIZE))
    assert sender.save(address.rpartition("/")[2]).status_code == 302
    assert attached() == [("map.pdf", hashlib.sha256(PDF).hexdigest())]


def test_the_same_file_goes_on_where_it_stopped(sender: Sender) -> None:
    address = sender.announce().headers["Location"]
    sender.append(address, PDF[:HALF])
    again = sender.announce()
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (address, str(HALF))


@pytest.mark.parametrize("other", [{"name": "map2.pdf"}, {"size": SIZE + 1}, {"changed": 2}])
def test_another_file_begins_at_its_first_byte(sender: Sender, other: dict[str, Any]) -> None:
    sender.append(sender.announce().headers["Location"], PDF[:HALF])
    assert state(sender.announce(**other)) == (201, "0")


def test_the_answer_says_in_words_how_far_it_has_come(sender: Sender) -> None:
    begun = sender.announce(size=3_000_000)
    assert begun.text == "3 MB" and begun.mimetype == "text/plain"
    assert sender.append(begun.headers["Location"], bytes(900_000)).text == "30% · 900 kB of 3 MB"


def test_a_roster_comes_in_the_same_way(world: World, sender_of: Callable[[str], Sender], reading: Any) -> None:
    sender = sender_of(world.coordinator)
    token = sender.whole(b"E-mail,F.I.Sh.\nnew@uz.test,New Person\n", "list.csv")
    form = {"csrf_token": sender.token, "file": token}
    answer = sender.client.post(f"/cohorts/{world.cohort}/import", data=form, follow_redirects=True)
    assert answer.status_code == 200 and "list.csv" in answer.text
    with reading() as session:
        assert session.scalars(select(RosterImport)).all() == [], "the check writes nothing"


def test_a_form_that_is_sent_twice_finds_its_file_twice(sender: Sender, attached: Any) -> None:
    token = sender.whole()
    assert sender.save(token).status_code == sender.save(token, base="2").status_code == 302
    assert {digest for _name, digest in attached()} == {hashlib.sha256(PDF).hexdigest()}


def test_a_token_that_stands_twice_in_a_form_is_read_once(
    sender: Sender, app: Flask, attached: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, read = app.extensions["files"], []
    adopt = store.adopt
    monkeypatch.setattr(store, "adopt", lambda part, size: read.append(part) or adopt(part, size))
    token = sender.whole()
    sender.save(token, token, token, "")
    assert len(attached()) == len(read) == 1


def test_a_file_that_is_taken_back_is_gone_and_one_that_was_saved_stays(
    sender: Sender, incoming: Path, app: Flask
) -> None:
    token = sender.whole()
    sender.save(token)
    assert sender.ask("DELETE", f"/uploads/{token}").status_code == 204
    assert list(incoming.iterdir()) == []
    assert app.extensions["files"].read(hashlib.sha256(PDF).hexdigest()) == PDF


# ---- what goes wrong


@pytest.mark.parametrize("at", [0, HALF - 1, HALF + 1, -1, "x", ""])
def test_a_wrong_offset_is_answered_with_the_right_one(sender: Sender, incoming: Path, at: Any) -> None:
    address = sender.announce().headers["Location"]
    sender.append(address, PDF[:HALF])
    assert state(sender.append(address, b"!", at)) == (409, str(HALF))
    assert next(incoming.iterdir()).read_bytes() == PDF[:HALF]


def test_more_than_was_announced_is_refused(sender: Sender, incoming: Path) -> None:
    address = sender.announce().headers["Location"]
    sender.append(address, PDF[:HALF])
    answer = sender.append(address, PDF[HALF:] + b"!", HALF)
    assert answer.status_code == 413 and "announced" in answer.text
    assert next(incoming.iterdir()).read_bytes() == PDF[:HALF]


def test_a_whole_file_does_not_grow(sender: Sender, app: Flask) -> None:
    token = sender.whole()
    sender.save(token)
    assert sender.append(f"/uploads/{token}", b"!", SIZE).status_code == 413
    assert app.extensions["files"].read(hashlib.sha256(PDF).hexdigest()) == PDF


def test_a_piece_beyond_all_measure_is_refused_before_it_is_read(sender: Sender, incoming: Path) -> None:
    address = sender.announce(size=3_000_000).headers["Location"]
    assert sender.append(address, bytes(uploads.PIECE + 1)).status_code == 413
    assert list(incoming.iterdir()) == []


def test_a_piece_without_a_length_is_refused(sender: Sender) -> None:
    address = sender.announce().headers["Location"]
    answer = sender.ask("PATCH", address, headers={"Upload-Offset": "0", "Transfer-Encoding": "chunked"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"size": 45_000_001}, "The file is larger than 45 MB. Choose a smaller one."),
        ({"size": 10_000_001, "limit": 10_000_000}, "The file is larger than 10 MB. Choose a smaller one."),
        ({"size": 45_000_001, "limit": 1 << 40}, "The file is larger than 45 MB. Choose a smaller one."),
    ],
)
def test_a_file_that_is_too_large_is_refused_before_a_byte_is_sent(
    sender: Sender, more: dict[str, int], said: str
) -> None:
    answer = sender.announce(**more)
    assert (answer.status_code, answer.text) == (413, said)


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_file_is_refused_in_words(sender: Sender, size: int) -> None:
    answer = sender.announce(size=size)
    assert (answer.status_code, answer.text) == (409, "The file is empty. Choose another one.")


@pytest.mark.parametrize("more", [{"name": ""}, {"size": ""}, {"size": "1e3"}, {"size": "9" * 5000}, {"changed": "x"}])
def test_an_announcement_that_no_page_makes_is_not_understood(sender: Sender, more: dict[str, str]) -> None:
    assert sender.announce(**more).status_code == 400  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 5000 + ".pdf", "خريطة.pdf", "\ud800.pdf", "a\x00b.pdf"])
def test_a_name_is_only_a_name(sender: Sender, incoming: Path, attached: Any, name: str) -> None:
    assert sender.save(sender.whole(name=name.encode("utf-8", "replace").decode())).status_code in (302, 422)
    assert [one.suffix for one in incoming.iterdir()] == [".part"]
    assert all("/" not in said and "\x00" not in said and len(said) <= 200 for said, _digest in attached())


def test_on_a_full_disk_the_upload_waits(sender: Sender, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    address = sender.announce().headers["Location"]
    monkeypatch.setattr(app.extensions["files"], "free_floor", 1 << 62)
    answer = sender.append(address, PDF)
    assert answer.status_code == 503 and answer.mimetype == "text/plain" and "no room" in answer.text


def test_the_parts_of_one_person_are_bounded(sender: Sender, incoming: Path) -> None:
    for n in range(uploads.KEPT + 5):
        sender.append(sender.announce(f"{n}.pdf").headers["Location"], PDF[:HALF])
    assert len(list(incoming.iterdir())) == uploads.KEPT
    assert state(sender.announce("0.pdf")) == (201, "0"), "the oldest gave way"
    assert state(sender.announce(f"{uploads.KEPT + 4}.pdf")) == (201, str(HALF))


def test_a_long_name_makes_no_long_address(sender: Sender) -> None:
    name = "".join(random.Random(1).choices("абвгдежзийклмнопрстуфхцчшщъыьэюя", k=5_000))
    assert len(sender.announce(f"{name}.pdf").headers["Location"]) < 2_000


# ---- whose it is


def test_nobody_else_can_go_on_with_it_take_it_back_or_use_it(
    world: World, sender: Sender, sender_of: Callable[[str], Sender], incoming: Path, attached: Any, reading: Any
) -> None:
    stranger, begun = sender_of(world.trainee_2), sender.announce()
    address = begun.headers["Location"]
    sender.append(address, PDF[:HALF])
    missing = stranger.append("/uploads/no-such", PDF[HALF:], HALF)
    told = stranger.append(address, PDF[HALF:], HALF)
    assert told.status_code == missing.status_code == 404
    assert told.text.replace(address, "/uploads/no-such") == missing.text
    assert stranger.ask("DELETE", address).status_code == 404
    assert next(incoming.iterdir()).read_bytes() == PDF[:HALF]

    sender.append(address, PDF[HALF:], HALF)
    assert stranger.save(address.rpartition("/")[2]).status_code == 409
    with reading() as session:
        assert attached() == [] and session.scalars(select(Submission)).all() == []


def test_the_same_file_of_two_people_is_two_uploads(
    world: World, sender: Sender, sender_of: Callable[[str], Sender]
) -> None:
    sender.append(sender.announce().headers["Location"], PDF[:HALF])
    assert state(sender_of(world.trainee_2).announce()) == (201, "0")


@pytest.mark.parametrize("token", ["x", "..", "WzEsIm1hcC5wZGYiLDEsMV0.c2lnbmF0dXJl"])
def test_a_token_that_was_not_given_stands_for_nothing(sender: Sender, token: str, attached: Any) -> None:
    answer = sender.save(token)
    assert answer.status_code == 409 and "has not arrived whole, so nothing was saved" in answer.text
    assert attached() == []


def test_a_changed_token_stands_for_nothing(sender: Sender) -> None:
    token = sender.whole()
    changed = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    assert sender.save(changed).status_code == sender.ask("DELETE", f"/uploads/{changed}").status_code + 5 == 409


def test_an_unfinished_file_stops_the_form_and_keeps_what_is_here(sender: Sender, reading: Any) -> None:
    address = sender.announce().headers["Location"]
    sender.append(address, PDF[:HALF])
    assert sender.save(address.rpartition("/")[2], do="submit").status_code == 409
    with reading() as session:
        assert session.scalars(select(Submission)).all() == []
    assert state(sender.announce()) == (201, str(HALF))


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
def test_without_the_token_of_the_page_nothing_happens(sender: Sender, incoming: Path, method: str) -> None:
    address = sender.announce().headers["Location"]
    sender.append(address, PDF[:HALF])
    sender.token = ""
    answer = sender.ask(method, "/uploads" if method == "POST" else address, {"Upload-Offset": str(HALF)}, data=b"!")
    assert answer.status_code == 400
    assert next(incoming.iterdir()).read_bytes() == PDF[:HALF]


def test_a_visitor_sends_nothing(world: World, client: Client, incoming: Path) -> None:
    form = {"csrf_token": client.token("/sign-in"), "name": "a.pdf", "size": 1, "changed": 1}
    assert client.post("/uploads", data=form).status_code == 401 and list(incoming.iterdir()) == []


def test_a_token_is_nothing_on_a_page_that_receives_no_files(sender: Sender) -> None:
    """Certificates are verified by anybody: their form carries the file itself."""
    form = {"csrf_token": sender.token, "file": sender.whole()}
    assert sender.client.post("/verify", data=form, content_type="multipart/form-data").status_code == 422


def test_no_step_of_an_upload_asks_for_the_lock_of_writers(sender: Sender, queries: Any) -> None:
    address = sender.announce().headers["Location"]
    with queries() as sent:
        sender.append(address, PDF[:HALF])
        sender.announce()
    assert sent and [one for one in sent if not (one.startswith("SELECT") or one == "BEGIN")] == []
