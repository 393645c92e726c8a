"""The page of long work: what it says, who may open it, stop and retry, and what it costs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort
from diploma.core import batch, clock
from diploma.core.batch import Batch, BatchItem, ItemState
from tests.conftest import Client
from tests.home.conftest import REASON
from tests.world import World, person


def words(client: Client, path: str) -> str:
    """What a page or a part of it says."""
    text = client.get(path).text
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2] or text).split())


# ---- what it says


def test_closing_the_browser_changes_nothing(order: Any, run: Any, registrar: Client, browser_of: Any) -> None:
    path = order(30)
    assert "0 of 30 finished Waits for its turn" in words(registrar, path)
    run(1)
    assert "20 of 30 finished At work" in words(registrar, path)
    registrar.delete_cookie("session")
    run()
    assert "30 of 30 finished Finished" in words(browser_of("registrar@test.test"), path)


def test_the_page_says_who_started_it_and_leads_back(order: Any, registrar: Client) -> None:
    path = order(1)
    assert "Cohort uz 1" in words(registrar, path) and "Started by Registrar" in words(registrar, path)
    assert 'href="/certificates/"' in registrar.get(path).text


def test_what_failed_stands_first_with_its_reason(order: Any, run: Any, registrar: Client) -> None:
    path = order(4, fails={2})
    run()
    said = words(registrar, path)
    assert "Done 3 Failed 1" in said and "not everything could be done" in said
    assert re.findall(r"Person \d", said) == ["Person 2", "Person 4", "Person 3", "Person 1"]
    assert "Not approved yet by: &lt;b&gt;Ministry&lt;/b&gt;." in said


def test_a_hostile_name_stays_a_name(order: Any, run: Any, registrar: Client) -> None:
    path = order(1, label="<script>x</script>")
    run()
    assert '<bdi class="strong">&lt;script&gt;x' in registrar.get(path).text


def test_the_log_has_pages_and_an_odd_number_is_one_of_them(order: Any, run: Any, registrar: Client) -> None:
    path = order(30)
    run()
    assert "Person 1 " not in words(registrar, path)
    for page in ("2", "99"):
        assert "Person 1 " in words(registrar, f"{path}?page={page}")
    assert words(registrar, f"{path}?page=rubbish") == words(registrar, f"{path}?page=-1") == words(registrar, path)


def test_without_a_script_a_link_asks_again(order: Any, run: Any, registrar: Client) -> None:
    path = order(1)
    assert "Refresh" in words(registrar, path)
    run()
    assert "Refresh" not in words(registrar, path)


def test_the_part_that_the_script_fetches_is_that_of_the_page(order: Any, run: Any, registrar: Client) -> None:
    path = order(30)
    run(1)
    with clock.at(clock.now()):  # not the clock of the form's token, which is another each second
        part, page = (
            re.sub(r"<input[^>]*csrf_token[^>]*>", "", registrar.get(one).text) for one in (f"{path}/progress", path)
        )
    assert "<html" not in part and part.strip() in page


def test_a_screen_reader_is_told_quarters(order: Any, run: Any, registrar: Client) -> None:
    path = order(30)
    run(1)
    assert 'data-tell="50% finished"' in registrar.get(f"{path}/progress").text
    run()
    assert 'data-tell="The work is finished. Everything is done."' in registrar.get(f"{path}/progress").text


# ---- stop and retry


def test_a_stop_leaves_the_rest_and_says_so(order: Any, run: Any, registrar: Client) -> None:
    path = order(30)
    run(1)
    registrar.send(f"{path}/cancel", page=path)
    run()
    said = words(registrar, path)
    assert "20 of 30 finished Stopped" in said and "Skipped 10" in said and "What is done stays done" in said


def test_a_retry_takes_up_what_was_left(order: Any, run: Any, registrar: Client) -> None:
    path = order(30)
    run(1)
    registrar.send(f"{path}/cancel", page=path)
    assert "Retry 10 items" in words(registrar, path)
    registrar.send(f"{path}/retry", page=path)
    run()
    assert "Done 30 Failed 0" in words(registrar, path)


def test_what_went_well_offers_no_retry(order: Any, run: Any, registrar: Client) -> None:
    path = order(1)
    run()
    assert "Retry" not in words(registrar, path) and "Stop" not in words(registrar, path)


# ---- who


@pytest.fixture
def colleague(world: World, unit: Any, password_hash: str, browser_of: Any) -> Client:
    """A registrar of the same government."""
    with unit() as session:
        partner = session.scalars(select(Cohort.partner_id).where(Cohort.slug == "uz-1")).one()
        person("second@uz.test", "Second", password_hash, Role.REGISTRAR, partner_id=partner)
    found: Client = browser_of("second@uz.test")
    return found


def test_a_colleague_with_the_same_right_may_watch_and_stop(order: Any, colleague: Client) -> None:
    path = order(3)
    colleague.send(f"{path}/cancel", page=path)
    assert "Stopped" in words(colleague, path)
    assert "Nothing yet" in words(colleague, "/jobs/")  # the list is one's own


@pytest.mark.parametrize("who", ["coordinator@uz.test", "aziza@uz.test", "stranger@ae.test"])
def test_for_others_it_does_not_exist(
    order: Any, run: Any, unit: Any, password_hash: str, browser_of: Any, registrar: Client, who: str
) -> None:
    with unit() as session:
        abroad = session.scalars(select(Cohort.partner_id).where(Cohort.slug == "ae-1")).one()
        person("stranger@ae.test", "Stranger", password_hash, Role.REGISTRAR, partner_id=abroad)
    path, browser = order(3), browser_of(who)
    answers = [browser.get(path), browser.get(f"{path}/progress")]
    answers += [browser.send(f"{path}/{step}") for step in ("cancel", "retry")]
    assert [one.status_code for one in answers] == [404] * 4
    assert "Waits for its turn" in words(registrar, path)


def test_who_lost_the_right_may_look_at_their_work_but_not_touch_it(
    order: Any, registrar: Client, unit: Any, world: World
) -> None:
    path = order(3)
    with unit() as session:
        grant = select(RoleGrant).join(RoleGrant.user).where(User.email == world.registrar)
        accounts.end_role(session.scalars(grant).one())
    assert "Waits for its turn" in words(registrar, path) and "Stop" not in words(registrar, path)
    assert registrar.send(f"{path}/cancel").status_code == 404
    assert "Waits for its turn" in words(registrar, path)


# ---- the list


def test_the_list_shows_ones_own_work_the_latest_first(order: Any, run: Any, registrar: Client) -> None:
    assert "Nothing yet" in words(registrar, "/jobs/")
    order(3, fails={1})
    run()
    order(2)
    said = words(registrar, "/jobs/")
    assert said.index("0/2 Waits for its turn") < said.index("3/3 1 failed Finished")


# ---- what it costs


def test_pages_ask_as_often_for_three_hundred_items_as_for_three(
    order: Any, registrar: Client, unit: Any, queries: Any
) -> None:
    def visit(*paths: str) -> list[int]:
        counts = []
        for path in paths:
            with queries() as sent:
                assert registrar.get(path).status_code == 200
            counts.append(len(sent))
        return counts

    path = order(3)
    visit(path)
    few = visit(path, f"{path}/progress", "/jobs/")
    with unit() as session:
        row = {"batch_id": session.scalars(select(Batch.id)).one(), "payload": {}, "label": "Kishi", "message": REASON}
        row |= {"state": ItemState.FAILED, "closed_at": clock.now() - timedelta(minutes=1), "params": {"issuers": "A"}}
        session.execute(insert(BatchItem), [row | {"number": n} for n in range(4, 301)])
        session.execute(update(Batch).values(state=batch.BatchState.DONE, finished_at=clock.now()))
    for _ in range(10):
        order(2)
    many = visit(path, f"{path}/progress", "/jobs/")
    assert few == many and max(many) <= 12
