"""What people write is shown as they wrote it and does nothing."""

from collections.abc import Callable

import pytest

from diploma.accounts import service as accounts
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from tests.conftest import Client
from tests.coursework.conftest import PAGE, TEXT, Handed, Unit, levels, user
from tests.world import World

Open = Callable[[str], Client]
EVIL = "</textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}{% raw %}"


@pytest.fixture
def evil(
    world: World,
    unit: Unit,
    hand_in: Callable[..., Handed],
    stored: Callable[..., object],
    release: Callable[..., None],
) -> Handed:
    """A released work whose author, text, file name and comment are all hostile."""
    with unit():
        accounts.rename(user(world.trainee), EVIL)
    handed = hand_in(world.trainee, text=f"{EVIL}\n\n{TEXT}", file=stored(name=f"{EVIL}.pdf"))
    with unit() as session:
        marking.mark(session.get_one(Marking, handed.marking), Judged(levels(), EVIL), by=user(world.instructor))
    release(handed)
    return handed


def assert_tame(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "{{ 7*7 }}" in page


def test_the_trainees_pages_are_tame(evil: Handed, world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    for path in (PAGE, f"/receipts/{evil.receipt}"):
        assert_tame(browser.get(path).text)
    browser.send(f"{PAGE}/resubmit", page=PAGE)
    assert_tame(browser.get(PAGE).text)


def test_the_markers_pages_are_tame(evil: Handed, world: World, browser_of: Open) -> None:
    browser = browser_of(world.instructor)
    for path in ("/marking/?state=released", f"/marking/{evil.marking}"):
        assert_tame(browser.get(path).text)


def test_a_hostile_file_name_breaks_no_header(evil: Handed, world: World, browser_of: Open) -> None:
    answer = browser_of(world.trainee).get(f"/receipts/{evil.receipt}/files/1", buffered=True)
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/pdf"
