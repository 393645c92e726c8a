"""An import that was confirmed: written once, by its plan, by who may; or not at all, and why."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant
from diploma.cohorts import service
from diploma.cohorts.models import CohortState, DraftState, RosterImport
from diploma.cohorts.roster import drafts, review_views
from diploma.cohorts.roster import reading as roster_reading
from diploma.core import clock, outbox
from tests.cohorts.conftest import cohort_of, row
from tests.cohorts.import_screen import (
    GOOD,
    START,
    confirm,
    draft_in,
    hidden,
    not_done,
    order,
    place,
    result,
    upload,
    work,
)


def test_an_import_waits_for_its_turn_and_the_page_asks_again_without_a_script(coordinator: Any) -> None:
    page = upload(coordinator, *GOOD)
    shown = coordinator.get(f"{place(page)}/confirm")
    sent = coordinator.send(f"{place(page)}/confirm", {"plan": hidden(shown, "plan")})
    waits = coordinator.get(sent.location)
    assert "Waits for its turn" in waits.text and waits.headers["Refresh"] == str(review_views.REFRESH_SECONDS)
    assert coordinator.get(place(page)).location == sent.location, "the rows are shut meanwhile"
    assert "is being imported" in coordinator.get(START).text
    work(coordinator)
    assert re.fullmatch(r"/cohorts/uz-1/imports/\d+", coordinator.get(sent.location).location)


def test_confirming_twice_orders_one_import(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    plan = hidden(coordinator.get(f"{place(page)}/confirm"), "plan")
    for _ in range(2):
        assert coordinator.send(f"{place(page)}/confirm", {"plan": plan}, page=START).status_code == 302
    work(coordinator)
    assert coordinator.send(f"{place(page)}/confirm", {"plan": plan}, page=START).status_code == 302
    work(coordinator)
    with reading() as session:
        assert len(session.scalars(select(RosterImport)).all()) == 1


def test_a_job_that_comes_again_writes_nothing_more(coordinator: Any, reading: Any, unit: Any) -> None:
    result(coordinator, upload(coordinator, *GOOD))
    with unit() as session:
        draft = draft_in(session)
        outbox.finish(drafts.IMPORT, {"draft_id": draft.id, "attempt": draft.attempts}, None)
    with reading() as session:
        assert len(session.scalars(select(RosterImport)).all()) == 1
        assert draft_in(session).state is DraftState.DONE


def test_a_list_that_changes_nothing_says_so(coordinator: Any) -> None:
    result(coordinator, upload(coordinator, *GOOD))
    page = upload(coordinator, GOOD[0])
    assert "no change" in page.text or "no change" in coordinator.get(f"{place(page)}?show=ready").text
    refused = confirm(coordinator, page)
    assert refused.status_code == 422 and "nothing to import" in refused.text


def test_what_has_changed_since_is_shown_again_before_it_is_ordered(coordinator: Any, load: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD, row("third@uz.test", "Third Person"))
    plan = hidden(coordinator.get(f"{place(page)}/confirm"), "plan")
    load(row("third@uz.test", "Another Name"))
    refused = coordinator.send(f"{place(page)}/confirm", {"plan": plan})
    assert refused.status_code == 422 and "Things have changed" in refused.text
    assert hidden(refused, "plan") != plan, "the page shows what would happen now"


def test_two_lists_at_once_do_not_create_the_same_people_twice(coordinator: Any, colleague: Any, reading: Any) -> None:
    first, second = upload(coordinator, *GOOD), upload(colleague, *GOOD)
    order(coordinator, first)
    order(colleague, second)
    assert "Something has changed since you confirmed" in not_done(colleague, second)
    assert "Nothing was written" not in coordinator.get(f"{place(first)}/progress", follow_redirects=True).text
    with reading() as session:
        assert len(session.scalars(select(RosterImport)).all()) == 1
    assert "Nothing is saved yet" in colleague.get(place(second)).text, "the draft is open again"


def test_a_role_taken_away_between_check_and_writing_stops_the_import(
    coordinator: Any, unit: Any, reading: Any, world: Any
) -> None:
    page = upload(coordinator, *GOOD)
    order(coordinator, page)
    with unit() as session:
        for one in session.scalars(select(RoleGrant).where(RoleGrant.user_id == accounts.find(world.coordinator).id)):
            one.ends_on = clock.now().date() - timedelta(days=1)
    work(coordinator)
    with reading() as session:
        draft = draft_in(session)
        assert draft.state is DraftState.OPEN and "no longer has the right" in draft.reason
        assert accounts.find("dilnoza@uz.test") is None


def test_a_cohort_closed_meanwhile_takes_no_list(coordinator: Any, unit: Any) -> None:
    page = upload(coordinator, *GOOD)
    order(coordinator, page)
    with unit() as session:
        for state in (CohortState.MARKING, CohortState.CLOSED):
            service.move_cohort(cohort_of(session), state)
    assert "nobody can be added" in not_done(coordinator, page)
    assert "nobody can be added" in coordinator.get(START).text
    assert confirm(coordinator, page).status_code == 422


def test_a_file_that_is_gone_is_said_to_be_gone(coordinator: Any, app: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    order(coordinator, page)
    with reading() as session:
        app.extensions["files"].path(draft_in(session).sha256).unlink()
    roster_reading._cache.__init__(roster_reading.CACHED_BYTES)  # type: ignore[misc]  # another process reads
    assert "no longer kept" in not_done(coordinator, page)
    assert coordinator.get(place(page)).status_code == 409


def test_a_job_that_failed_for_good_gives_the_rows_back(coordinator: Any, unit: Any) -> None:
    page = upload(coordinator, *GOOD)
    order(coordinator, page)
    with unit() as session:
        session.scalar(select(outbox.Job).where(outbox.Job.kind == drafts.IMPORT)).state = outbox.JobState.FAILED
    shown = coordinator.get(f"{place(page)}/progress")
    assert "Something went wrong on our side" in shown.text
    sent = coordinator.send(f"{place(page)}/reopen", page=f"{place(page)}/progress")
    assert "2 rows would be imported." in coordinator.get(sent.location).text
    assert "The list is imported" in result(coordinator, page).text
