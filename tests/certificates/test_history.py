"""The life of a certificate as its holder and the registrar read it."""

from typing import Any

import pytest

from diploma.accounts import service as accounts
from diploma.certificates import service, status
from diploma.certificates.history import histories
from diploma.core.lang import Lang

pytestmark = pytest.mark.usefixtures("world")


def kinds(office: Any, email: str) -> list[str]:
    certificate = office.row(email)
    return [one.kind for one in histories([certificate])[certificate.id]]


def test_each_step_is_told_in_its_order(office: Any) -> None:
    office.issue("aziza@uz.test")
    with office.unit():
        status.suspend(office.row("aziza@uz.test"), "A question is open")
    with office.unit():
        status.resume(office.row("aziza@uz.test"), "It is answered")
        assert kinds(office, "aziza@uz.test") == [
            "drafted", "named", "approved", "approved", "issued", "suspended", "resumed"]  # fmt: skip


def test_names_are_confirmed_when_the_last_of_them_is(office: Any) -> None:
    office.draft("aziza@uz.test")
    with office.unit():
        service.confirm_name(office.user("aziza@uz.test"), Lang.RU, "Азиза Каримова")
        assert kinds(office, "aziza@uz.test") == ["drafted"]


def test_a_name_changed_after_the_issue_is_no_step_of_this_certificate(office: Any) -> None:
    office.issue("aziza@uz.test")
    with office.unit():
        accounts.set_name(office.user("aziza@uz.test"), Lang.RU, "Азиза Каримовна", confirmed=True)
        assert "named" not in kinds(office, "aziza@uz.test")


@pytest.mark.parametrize("who", ["trainee", "registrar"])
def test_the_history_stands_beside_the_certificate(office: Any, browser_of: Any, world: Any, who: str) -> None:
    office.issue("aziza@uz.test")
    with office.unit():
        status.suspend(office.row("aziza@uz.test"), "A question is <open>")
    path = {"trainee": "/certificates/", "registrar": "/certificates/cohorts/uz-1?group=issued"}[who]
    page = browser_of(getattr(world, who)).get(path).text
    assert 'class="path slim"' in page
    assert page.count("A question is &lt;open&gt;") == 2  # beside the state, and in the history
    assert "<open>" not in page


def test_many_histories_take_one_query(office: Any, queries: Any, browser_of: Any, world: Any) -> None:
    def asked() -> int:
        registrar.get(page)
        with queries() as seen:
            assert registrar.get(page).status_code == 200
        return len(seen)

    registrar, page = browser_of(world.registrar), "/certificates/cohorts/uz-1?group=issued"
    office.crowd(2, "issued")
    few = asked()
    office.crowd(6, "issued")
    assert asked() == few
