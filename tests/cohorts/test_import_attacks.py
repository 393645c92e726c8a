"""Attacks on the import: other people's lists, other governments, roles, text that is no text."""

from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.cohorts.models import DraftState, RosterImport
from diploma.cohorts.roster import drafts
from tests.cohorts.conftest import row
from tests.cohorts.import_screen import (
    BAD,
    GOOD,
    START,
    confirm,
    correct,
    draft_in,
    order,
    place,
    result,
    rows_of,
    upload,
    work,
)


def test_a_name_is_text_and_nothing_else(coordinator: Any, reading: Any) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = upload(coordinator, row("evil@uz.test", evil, evil, position=evil), row(evil, evil, lang=evil),
                  row("e2@uz.test", evil, evil), name=f"{evil}.xlsx")  # fmt: skip
    here = place(page)
    pages = [page, *(coordinator.get(f"{here}{one}") for one in
                     ("?show=all&edit=3", "?show=decide", f"?q={evil}", "/columns", "/confirm", "/drop"))]  # fmt: skip
    order(coordinator, page, partial="1")
    pages += [coordinator.get(f"{here}/progress"), coordinator.get(START)]
    work(coordinator)
    with reading() as session:
        made = session.scalar(select(RosterImport)).id
    pages += [coordinator.get(f"/cohorts/uz-1/imports/{made}{one}") for one in ("", "/undo")]
    pages += [coordinator.get(one) for one in ("/cohorts/uz-1", "/cohorts/uz-1/roster", START, "/partners/uz")]
    assert all(one.status_code == 200 and "<img" not in one.text for one in pages)
    assert "&lt;img src=x" in pages[1].text


@pytest.mark.parametrize("step", ["", "/columns", "/confirm", "/progress", "/drop", "/rows.xlsx", "/result.xlsx"])
def test_a_list_under_way_is_its_uploaders_alone(
    coordinator: Any, colleague: Any, world: Any, browser_of: Any, second_cohort: str, step: str
) -> None:
    here = place(upload(coordinator, *BAD))
    for browser in (colleague, browser_of(world.other_coordinator), browser_of(world.director)):
        assert browser.get(f"{here}{step}").status_code in (403, 404)
    elsewhere = here.replace("uz-1", second_cohort)
    assert coordinator.get(f"{elsewhere}{step}").status_code == 404
    assert coordinator.get(f"{START}/{'x' * 22}{step}").status_code == 404


@pytest.mark.parametrize("step", ["", "/columns", "/confirm", "/drop", "/replace", "/reopen"])
def test_nobody_else_changes_a_list_under_way(coordinator: Any, colleague: Any, step: str, reading: Any) -> None:
    here = place(upload(coordinator, *BAD))
    fields = {"cell-4-email": "x@uz.test", "out": "5", "field": "language", "value": "klingon", "new": "ru"}
    assert colleague.send(f"{here}{step}", fields, page=START).status_code == 404
    with reading() as session:
        draft = draft_in(session)
        assert (draft.fixes, draft.answers, draft.state) == ({}, {}, DraftState.OPEN)


def test_a_decision_for_somebody_who_was_not_shown_is_not_taken(coordinator: Any, reading: Any, world: Any) -> None:
    page = upload(coordinator, row("other@uz.test", "Aziza Karimova", ""), *GOOD)
    for evil in (world.other_trainee, world.trainee_2, world.coordinator, "1", "same", "'; --", "back", ""):
        correct(coordinator, page, answer_2=evil, answer_3=evil, answer_999999=evil)
    correct(coordinator, page, answer_3="different")
    with reading() as session:
        assert draft_in(session).answers == {}


def test_an_address_of_another_government_typed_in_stays_an_error(coordinator: Any, world: Any, reading: Any) -> None:
    page = correct(coordinator, upload(coordinator, *GOOD), cell_2_email=world.other_trainee)
    shown = coordinator.get(f"{place(page)}?show=wrong").text
    assert "This address cannot be added here." in shown and "سالم" not in shown
    result(coordinator, page, partial="1")
    with reading():
        assert accounts.find(world.other_trainee).full_name == "سالم المثال"  # type: ignore[union-attr]


def test_another_governments_namesake_is_never_a_candidate(coordinator: Any) -> None:
    page = upload(coordinator, row("new@uz.test", "سالم المثال", ""), row("new2@uz.test", "Salem Al Mithal", "Other"))
    assert "salem@ae.test" not in page.text and "Already known" not in page.text


@pytest.mark.parametrize("typed", ["director", "admin", "Programme director", "Администратор"])
def test_a_role_beyond_the_importers_own_is_not_given_by_a_correction(
    coordinator: Any, typed: str, reading: Any
) -> None:
    page = correct(coordinator, upload(coordinator, *GOOD), cell_2_role=typed)
    sent = coordinator.send(
        f"{place(page)}/replace", {"field": "role", "value": "instructor", "new": typed}, page=START
    )
    assert sent.status_code == 302
    shown = coordinator.get(f"{place(page)}?show=wrong")
    assert list(rows_of(shown)) == [2, 3] and "You cannot give this role." in shown.text
    assert confirm(coordinator, page, partial="1").status_code == 422
    with reading():
        assert accounts.find("dilnoza@uz.test") is None and accounts.find("teach@uz.test") is None


def test_fields_that_were_not_asked_for_change_nothing(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    extra = {
        "cell-2-password_hash": "x",
        "cell-2-membership": "here",
        "cell-99-email": "x@uz.test",
        "cell-1-email": "y",
    }
    coordinator.send(place(page), {**extra, "state": "done", "cohort_id": "2", "person_id": "1"})
    with reading() as session:
        assert draft_in(session).fixes == {}
    result(coordinator, page, role="director", partner_id="2", cohort="ae-1")
    with reading():
        assert [one.role.value for one in accounts.find("teach@uz.test").grants] == ["instructor"]  # type: ignore[union-attr]


def test_corrections_without_end_are_refused(coordinator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = upload(coordinator, *GOOD)
    monkeypatch.setattr(drafts, "MOST_CORRECTED", 100)
    sent = coordinator.send(place(page), {"cell-2-full_name": "y" * 200})
    assert sent.status_code == 409 and "more corrections than are kept" in sent.text


def test_a_list_of_another_cohort_is_not_among_the_results(coordinator: Any, load: Any, reading: Any) -> None:
    load(row("arab@ae.test", "Arab Person", lang="ar"), cohort="ae-1")
    with reading() as session:
        made = session.scalar(select(RosterImport)).id
    assert coordinator.get(f"/cohorts/uz-1/imports/{made}").status_code == 404
