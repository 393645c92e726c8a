"""Files on their way out: to the right people, to be saved, never to be shown as a page of this site."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from diploma.coursework.models import DraftFile
from tests.conftest import Client
from tests.coursework.conftest import PAGE, TEXT, Handed, Unit
from tests.coursework.samples import PDF
from tests.world import World

Open = Callable[[str], Client]


def assert_harmless(answer: object, name: str) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    assert headers["Content-Disposition"].startswith("attachment") and name in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in headers["Cache-Control"]


def test_the_author_gets_their_file_back_as_it_was(handed: Handed, world: World, browser_of: Open) -> None:
    answer = browser_of(world.trainee).get(f"/receipts/{handed.receipt}/files/1", buffered=True)
    assert answer.data == PDF and answer.mimetype == "application/pdf"
    assert_harmless(answer, "map.pdf")


def test_the_marker_gets_the_file_to_save(handed: Handed, world: World, browser_of: Open) -> None:
    answer = browser_of(world.instructor).get(f"/marking/{handed.marking}/files/1", buffered=True)
    assert answer.data == PDF
    assert_harmless(answer, "map.pdf")


def test_a_file_of_a_draft_is_harmless_too(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, {"text": TEXT, "language": "en", "key": "k" * 20, "annex": [(io.BytesIO(PDF), "map.pdf")]})
    with reading() as session:
        file_id = session.scalar(select(DraftFile.id))
    assert_harmless(browser.get(f"{PAGE}/files/{file_id}", buffered=True), "map.pdf")


@pytest.mark.parametrize("number", [0, 2, 999])
def test_a_file_that_is_not_there_does_not_exist(handed: Handed, world: World, browser_of: Open, number: int) -> None:
    assert browser_of(world.trainee).get(f"/receipts/{handed.receipt}/files/{number}", buffered=True).status_code == 404
    assert (
        browser_of(world.instructor).get(f"/marking/{handed.marking}/files/{number}", buffered=True).status_code == 404
    )


def test_nobody_reads_the_files_of_others(handed: Handed, world: World, browser_of: Open) -> None:
    assert browser_of(world.trainee_2).get(f"/receipts/{handed.receipt}/files/1", buffered=True).status_code == 404
    assert (
        browser_of(world.other_instructor).get(f"/marking/{handed.marking}/files/1", buffered=True).status_code == 404
    )
    assert browser_of(world.trainee).get(f"/marking/{handed.marking}/files/1", buffered=True).status_code == 403


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("../../../etc/passwd.pdf", "passwd.pdf"), ("..\\..\\evil.pdf", "evil.pdf"), ("/etc/cron.d/x.pdf", "x.pdf")],
)
def test_a_name_that_climbs_out_of_a_folder_is_only_a_name(
    world: World, browser_of: Open, reading: Unit, sent: str, kept: str
) -> None:
    browser_of(world.trainee).send(
        PAGE, {"text": TEXT, "language": "en", "key": "k" * 20, "annex": [(io.BytesIO(PDF), sent)]}
    )
    with reading() as session:
        assert session.scalars(select(DraftFile.name)).all() == [kept]
