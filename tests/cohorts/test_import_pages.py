"""The roster import on the screen: upload, columns, rows, confirm, progress, result; and attacks on it."""

import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Role
from diploma.cohorts import service
from diploma.cohorts.models import CohortState, DraftState, RosterDraft, RosterImport
from diploma.cohorts.roster import corrections, drafts, review_views, workbooks
from diploma.cohorts.roster import reading as roster_reading
from diploma.cohorts.roster.messages import COLUMNS
from diploma.cohorts.roster.sheet import read_sheet
from diploma.cohorts.roster.vocabulary import field_of
from diploma.core import clock, i18n, jobs, outbox
from diploma.core.lang import LANGS, Lang
from tests.cohorts import nasty
from tests.cohorts.conftest import HEADER, cohort_of, crowd, enrolment_of, row, workbook

START = "/cohorts/uz-1/import"
GOOD = (row("dilnoza@uz.test", "Dilnoza Gʻulomova"), row("teach@uz.test", "Teacher One", role="instructor"))
BAD = (
    *GOOD,
    row("no address", "Broken Person"),
    row("twin@uz.test", "One Twin"),
    row("twin@uz.test", "Two Twin", lang="klingon"),
)
MINISTRY = "Ministry of Examples (uz)"


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


@pytest.fixture
def colleague(world: Any, browser_of: Any, unit: Any) -> Any:
    """Another coordinator of the same cohort."""
    with unit() as session:
        made = accounts.create_user("colleague@uz.test", "Second Coordinator", Lang.EN)
        made.password_hash = accounts.find(world.coordinator).password_hash
        made.activated_at = clock.now()
        accounts.grant_role(made, Role.COORDINATOR, cohort_id=cohort_of(session).id)
    return browser_of("colleague@uz.test")


def upload(browser: Any, *rows: list[str], name: str = "list.xlsx", data: bytes = b"", start: str = START) -> Any:
    """Send a file through the first page and open the next."""
    sent = browser.send(start, {"file": (io.BytesIO(data or workbook(*rows)), name)})
    return browser.get(sent.location, follow_redirects=True) if sent.status_code == 302 else sent


def place(page: Any) -> str:
    """The address of the list that a page is about."""
    found = re.search(rf"{START}/[\w-]{{20,}}", page.request.path)
    assert found
    return found[0]


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def confirm(browser: Any, page: Any, **more: Any) -> Any:
    """Send the last page, and let the job run."""
    ask = f"{place(page)}/confirm"
    shown = browser.get(ask)
    fields = {"plan": hidden(shown, "plan"), **more} if shown.status_code == 200 else more
    answer = browser.send(ask, fields)
    work(browser)
    return answer


def work(browser: Any) -> None:
    """Let all due jobs run."""
    with browser.application.app_context():
        jobs.drain()


def result(browser: Any, page: Any, **more: Any) -> Any:
    """The page of an import that was confirmed and done."""
    confirm(browser, page, **more)
    return browser.get(f"{place(page)}/progress", follow_redirects=True)


def correct(browser: Any, page: Any, **fields: Any) -> Any:
    """Type into cells (``cell_4_email``) or decide rows (``answer_4``) and see the rows again."""
    typed = {name.replace("_", "-", 2 if name.startswith("cell") else 1): text for name, text in fields.items()}
    sent = browser.send(place(page), typed)
    assert sent.status_code == 302, sent.text
    return browser.get(sent.location)


def rows_of(page: Any) -> dict[int, list[str]]:
    """The cells of each row that a page shows, as text."""
    found = re.findall(r'<tr id="row-(\d+)">(.*?)</tr>', page.text, re.DOTALL)
    return {int(number): [text(one) for one in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", cells, re.DOTALL)]
            for number, cells in found}  # fmt: skip


def text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def draft_in(session: Any) -> RosterDraft:
    found = session.scalar(select(RosterDraft).order_by(RosterDraft.id.desc()))
    assert found
    return found  # type: ignore[no-any-return]


def workbook_of(answer: Any) -> list[list[str]]:
    from diploma.cohorts.roster.sheet import read_grids

    return next(read_grids(answer.data, "x.xlsx")).rows


# ---- the way through


def test_a_good_list_is_shown_and_imported(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    assert page.status_code == 200 and "2 rows would be imported." in page.text
    assert 'Trainee: <span class="num">1</span>, Instructor: <span class="num">1</span>' in page.text
    with reading():
        assert accounts.find("dilnoza@uz.test") is None, "a check writes nothing"
    done = result(coordinator, page)
    assert "The list is imported" in done.text and "list.xlsx" in done.text
    with reading() as session:
        assert enrolment_of(session, "dilnoza@uz.test")


def test_every_error_of_every_row_stands_beside_its_field(coordinator: Any) -> None:
    page = upload(coordinator, *BAD)
    assert list(rows_of(page)) == [4, 5, 6], "what is to be corrected is shown first"
    for number, name, value in [(4, "email", "no address"), (5, "email", "twin@uz.test"), (6, "language", "klingon")]:
        cell = re.search(rf'name="cell-{number}-{name}" value="([^"]*)"[^>]*aria-describedby="([^"]+)"', page.text)
        assert cell and cell[1] == value
        assert len(text(re.search(rf'id="{cell[2]}">(.*?)</p>', page.text)[1])) > 20  # type: ignore[index]


def test_every_row_can_be_seen_by_group_by_words_and_by_page(coordinator: Any) -> None:
    page = upload(coordinator, *BAD, *crowd(60))
    here = place(page)
    assert len(rows_of(coordinator.get(f"{here}?show=ready"))) == 50
    assert len(rows_of(coordinator.get(f"{here}?show=ready&page=2"))) == 12
    assert len(rows_of(coordinator.get(f"{here}?show=all"))) == 50
    assert list(rows_of(coordinator.get(f"{here}?q=number17"))) == [24]
    assert list(rows_of(coordinator.get(f"{here}?show=all&q=6"))) == [6], "a row number"
    assert "No row here." in coordinator.get(f"{here}?show=out").text


def test_errors_are_in_the_readers_language(coordinator: Any) -> None:
    here = place(upload(coordinator, *BAD))
    for lang in LANGS:
        page = coordinator.get(f"{here}?lang={lang.value}")
        assert page.status_code == 200 and f'<html lang="{lang.value}"' in page.text


def test_rows_with_errors_stop_an_import_unless_they_may_stay_out(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *BAD)
    refused = confirm(coordinator, page)
    assert refused.status_code == 422 and "Say that the other rows may stay out" in refused.text
    with reading() as session:
        assert session.scalar(select(RosterImport)) is None
    assert "Rows left out" in result(coordinator, page, partial="1").text
    with reading():
        assert accounts.find("dilnoza@uz.test") and accounts.find("twin@uz.test") is None


def test_the_last_page_counts_what_would_happen(coordinator: Any) -> None:
    page = upload(coordinator, *BAD, row("new@uz.test", "New One", "New Body"), *crowd(30))
    correct(coordinator, page, answer_5="out")
    shown = text(coordinator.get(f"{place(page)}/confirm").text)
    assert "Import 33 rows?" in shown, "the other twin is the only one left"
    assert "Trainee: 32 , Instructor: 1" in shown and "seats are missing" in shown
    assert "To correct 2 stays out" in shown and "Left out 1 stays out" in shown and "New Body" in shown


# ---- columns


def test_a_list_without_a_header_is_mapped_by_a_person(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, data=nasty.xlsx(["Dilnoza Karimova", "Adliya vazirligi", "dilnoza@uz.test"]))
    assert page.status_code == 200 and page.request.path.endswith("/columns") and "No header was found" in page.text
    assert re.search(r'name="column-2".*?<option value="email" selected', page.text, re.DOTALL), "known by its sign"
    fields = {"sheet": "0", "header_row": "0", "column-0": "full_name", "column-1": "entity", "column-2": "email"}
    sent = coordinator.send(f"{place(page)}/columns", fields)
    assert list(rows_of(coordinator.get(sent.location))) == [1]
    assert "The list is imported" in result(coordinator, page).text
    with reading() as session:
        assert enrolment_of(session, "dilnoza@uz.test").user.full_name == "Dilnoza Karimova"


def test_parts_of_names_are_joined_in_their_order(coordinator: Any) -> None:
    data = nasty.xlsx(["Familiya", "Ism", "Sharif", "E-mail"], ["Karimova", "Dilnoza", "Anvarovna", "d@uz.test"])
    sent = coordinator.send(START, {"file": (io.BytesIO(data), "list.xlsx")})
    page = coordinator.get(f"{sent.location}/columns")
    assert page.text.count('<option value="full_name" selected') == 3, "the parts of a name are known"
    fields = {"sheet": "0", "header_row": "1", "column-3": "email"}
    fields |= {f"column-{n}": "full_name" for n in range(3)}
    shown = coordinator.get(coordinator.send(f"{sent.location}/columns", fields).location)
    assert "Karimova Dilnoza Anvarovna" in rows_of(shown)[2][1]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"column-0": "", "column-1": "full_name"}, "which the e-mail address"),
        ({"column-0": "email", "column-1": ""}, "which column holds the full name"),
        ({"column-0": "email", "column-1": "full_name", "column-2": "email"}, "Two columns are named"),
        ({"column-0": "password_hash", "column-1": "full_name"}, "which the e-mail address"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_refused_and_keeps_what_was_chosen(
    coordinator: Any, fields: dict[str, str], why: str
) -> None:
    page = upload(coordinator, *GOOD)
    sent = coordinator.send(f"{place(page)}/columns", {"sheet": "0", "header_row": "1", **fields})
    assert sent.status_code == 422 and why in sent.text
    chosen = re.search(r'name="column-1".*?</select>', sent.text, re.DOTALL)
    assert chosen and ('value="full_name" selected' in chosen[0]) == bool(fields["column-1"])


def test_another_sheet_and_another_header_row_can_be_read(coordinator: Any) -> None:
    page = upload(coordinator, data=nasty.xlsx(HEADER, HEADER, GOOD[0]))
    assert "Row of the header" in coordinator.get(f"{place(page)}/columns?header_row=2").text
    fields = {"sheet": "9", "header_row": "2", "column-0": "email", "column-1": "full_name"}
    shown = coordinator.get(coordinator.send(f"{place(page)}/columns", fields).location)
    assert list(rows_of(shown)) == [3]


@pytest.mark.parametrize(
    "asked", ["sheet=x", "sheet=-1", "header_row=99999999999", "header_row=", "sheet=²", "sheet=4"]
)
def test_odd_numbers_in_the_address_choose_nothing_odd(coordinator: Any, asked: str) -> None:
    assert coordinator.get(f"{place(upload(coordinator, *GOOD))}/columns?{asked}").status_code == 200


# ---- corrected on the screen


def test_a_cell_is_corrected_in_place_and_judged_anew(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *BAD)
    page = correct(coordinator, page, cell_4_email="broken@uz.test", cell_6_email="other@uz.test")
    assert list(rows_of(page)) == [6] and "klingon" in page.text, "one fault of the row is left"
    page = correct(coordinator, page, cell_6_language="русский")
    assert "5 rows would be imported." in page.text
    result(coordinator, page)
    with reading() as session:
        assert enrolment_of(session, "broken@uz.test").user.full_name == "Broken Person"
        assert accounts.find("other@uz.test").language.value == "ru"  # type: ignore[union-attr]


def test_what_is_typed_in_other_rows_is_kept_by_every_button(coordinator: Any) -> None:
    page = upload(coordinator, *BAD)
    page = correct(coordinator, page, cell_4_email="broken@uz.test", out="5", cell_6_language="ru")
    assert "5 rows" in page.text and "4 rows would be imported." in page.text


def test_a_correction_can_be_taken_back(coordinator: Any, reading: Any) -> None:
    page = correct(coordinator, upload(coordinator, *BAD), cell_4_email="broken@uz.test")
    assert "In the file:" in coordinator.get(f"{place(page)}?edit=4&show=all").text
    correct(coordinator, page, cell_4_email="no address")
    with reading() as session:
        assert draft_in(session).fixes == {}


def test_a_row_is_left_out_and_taken_back(coordinator: Any) -> None:
    page = correct(coordinator, upload(coordinator, *BAD), out="5")
    assert "Left out" in page.text and list(rows_of(coordinator.get(f"{place(page)}?show=out"))) == [5]
    assert "3 rows would be imported." not in page.text
    page = correct(coordinator, page, back="5")
    assert list(rows_of(coordinator.get(f"{place(page)}?show=wrong"))) == [4, 5, 6]


def test_of_two_equal_addresses_one_is_left_out_and_the_other_is_good(coordinator: Any) -> None:
    page = correct(coordinator, upload(coordinator, *BAD), out="6")
    assert list(rows_of(coordinator.get(f"{place(page)}?show=ready"))) == [2, 3, 5]


def test_one_choice_sets_a_value_in_all_its_rows(coordinator: Any) -> None:
    people = [row(f"p{n}@uz.test", f"Person Number{n}", lang="Klingon") for n in range(70)]
    page = upload(coordinator, *people)
    assert "Set in 70 rows" in page.text
    sent = coordinator.send(
        f"{place(page)}/replace", {"field": "language", "value": "Klingon", "new": "uz-Latn"}, page=place(page)
    )
    page = coordinator.get(sent.location)
    assert "70 rows were changed." in page.text and "70 rows would be imported." in page.text


def test_a_misspelt_entity_is_put_right_in_all_its_rows(coordinator: Any, reading: Any) -> None:
    page = upload(
        coordinator, *(row(f"p{n}@uz.test", f"Person Number{n}", "Ministry of Exmples (uz)") for n in range(3))
    )
    assert "Did you mean" in page.text and hidden(page, "new") == MINISTRY
    fields = {name: hidden(page, name) for name in ("field", "value", "new")}
    page = coordinator.get(coordinator.send(f"{place(page)}/replace", fields, page=place(page)).location)
    assert "Did you mean" not in page.text
    assert result(coordinator, page).text
    with reading() as session:
        assert session.scalar(select(RosterImport)).report["new_entities"] == 0


def test_of_two_new_entities_one_letter_apart_the_more_frequent_is_offered(coordinator: Any) -> None:
    people = [row(f"p{n}@uz.test", f"Person Number{n}", "Адлия вазирлиги") for n in range(3)]
    page = upload(coordinator, *people, row("x@uz.test", "Some Body", "Adliya vazirlgi"))
    assert (hidden(page, "value"), hidden(page, "new")) == ("Adliya vazirlgi", "Адлия вазирлиги")


def test_the_field_of_a_formula_left_empty_stays_an_error(coordinator: Any) -> None:
    data = nasty.xlsx(
        HEADER, row("f@uz.test", "x"), fill=lambda _book, sheet: sheet.write_formula(1, 1, '="Evil"', None, "Evil")
    )
    page = upload(coordinator, data=data)
    assert hidden(page, "cell-2-full_name") == ""
    page = correct(coordinator, page, cell_2_full_name="", cell_2_email="g@uz.test")
    assert list(rows_of(page)) == [2]
    assert "1 row would be imported." in correct(coordinator, page, cell_2_full_name="Good Name").text


@pytest.mark.parametrize(
    ("typed", "code"),
    [("=1+1", "formula"), ("@SUM(A1)", "formula"), ("x" * 10_000, "too_long"), ("Дил?оза Карим", "lost_letters")],
)
def test_a_correction_is_judged_like_a_cell_of_the_file(coordinator: Any, typed: str, code: str, reading: Any) -> None:
    page = correct(coordinator, upload(coordinator, *GOOD), cell_2_full_name=typed)
    assert 2 in rows_of(coordinator.get(f"{place(page)}?show=wrong"))
    with reading() as session:
        draft = draft_in(session)
        held = corrections.from_rows(draft.fixes, draft.answers)
        assert len(held.fixes[2]["full_name"][1]) <= corrections.LONGEST


def test_a_correction_holds_only_for_the_cell_that_it_was_made_for(coordinator: Any) -> None:
    page = correct(coordinator, upload(coordinator, *BAD), cell_4_email="broken@uz.test")
    fields = {"sheet": "0", "header_row": "1", "column-1": "email", "column-0": "full_name"}
    coordinator.send(f"{place(page)}/columns", fields)
    assert "broken@uz.test" not in coordinator.get(f"{place(page)}?show=all").text


def test_two_windows_do_not_lose_each_others_corrections(coordinator: Any) -> None:
    first = upload(coordinator, *BAD)
    second = coordinator.get(place(first))
    correct(coordinator, first, cell_4_email="broken@uz.test")
    page = correct(coordinator, second, cell_6_language="ru", cell_6_email="six@uz.test")
    assert "5 rows would be imported." in page.text


# ---- same person


def test_a_namesake_in_another_script_waits_for_a_decision(coordinator: Any) -> None:
    page = upload(coordinator, row("other@uz.test", "Каримова Азиза Рустамовна", ""))
    assert "Same person?" in page.text and "aziza@uz.test" in page.text
    assert "would be imported" in page.text and "Go on to confirm" not in page.text


def test_different_people_are_imported_as_they_stand(coordinator: Any, reading: Any) -> None:
    page = correct(coordinator, upload(coordinator, row("other@uz.test", "Aziza Karimova", "")), answer_2="different")
    result(coordinator, page)
    with reading() as session:
        assert enrolment_of(session, "other@uz.test")


def test_the_same_person_keeps_the_known_account_its_address_and_its_name(
    coordinator: Any, reading: Any, world: Any
) -> None:
    page = upload(coordinator, row("other@uz.test", "Азиза Каримова", MINISTRY, position="Head"))
    page = correct(coordinator, page, answer_2=world.trainee)
    assert "the known account" in page.text
    result(coordinator, page)
    with reading() as session:
        known = enrolment_of(session, world.trainee)
        assert (known.position, known.user.full_name) == ("Head", "Aziza Karimova")
        assert accounts.find("other@uz.test") is None


def test_a_decision_can_be_taken_again(coordinator: Any) -> None:
    page = correct(coordinator, upload(coordinator, row("o@uz.test", "Aziza Karimova", "")), answer_2="different")
    page = correct(coordinator, page, back="2")
    assert "Same person?" in page.text


def test_somebody_who_joined_since_the_decision_is_asked_about_again(coordinator: Any, load: Any) -> None:
    page = correct(coordinator, upload(coordinator, row("o@uz.test", "Aziza Karimova", "")), answer_2="different")
    assert "Go on to confirm" in page.text
    load(row("third@uz.test", "Азиза Каримова"), different={2: ["aziza@uz.test"]})
    page = coordinator.get(place(page))
    assert "third@uz.test" in page.text and "Go on to confirm" not in page.text


def test_one_person_twice_in_a_list_is_told_and_stops_nothing(coordinator: Any) -> None:
    page = upload(coordinator, row("a@uz.test", "Dilnoza Gʻulomova"), row("b@uz.test", "Ғуломова Дилноза"))
    assert "2 rows would be imported." in page.text
    decide = coordinator.get(f"{place(page)}?show=decide")
    assert list(rows_of(decide)) == [2, 3] and "Perhaps twice in this list" in decide.text
    page = correct(coordinator, page, answer_2="different")
    assert rows_of(coordinator.get(f"{place(page)}?show=decide")) == {}


# ---- confirmed, written, watched


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


def order(browser: Any, page: Any, **more: Any) -> None:
    """Confirm without letting the job run."""
    plan = hidden(browser.get(f"{place(page)}/confirm"), "plan")
    assert browser.send(f"{place(page)}/confirm", {"plan": plan, **more}).status_code == 302


def not_done(browser: Any, page: Any) -> str:
    """What the page says of an import that was not done."""
    work(browser)
    shown = browser.get(f"{place(page)}/progress")
    assert shown.status_code == 200 and "Nothing was written." in shown.text and "Refresh" not in shown.headers
    return str(shown.text)


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


# ---- lists under way


def test_a_list_under_way_is_found_again_on_the_first_page(coordinator: Any, world: Any, browser_of: Any) -> None:
    page = correct(coordinator, upload(coordinator, *BAD), cell_4_email="broken@uz.test")
    again = browser_of(world.coordinator)  # another session, after the first has expired
    assert place(page) in again.get(START).text
    assert "3 rows would be imported." in again.get(place(page)).text


def test_a_list_can_be_dropped(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    assert "Drop this list?" in coordinator.get(f"{place(page)}/drop").text
    coordinator.send(f"{place(page)}/drop")
    assert coordinator.get(place(page)).status_code == 404
    with reading() as session:
        assert session.scalar(select(RosterDraft)) is None


def test_a_list_is_gone_a_week_after_the_last_change(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    with clock.at(clock.now() + timedelta(days=6)):
        work(coordinator)
        with reading() as session:
            assert draft_in(session)
    with clock.at(clock.now() + timedelta(days=8)):
        work(coordinator)
        with reading() as session:
            assert session.scalar(select(RosterDraft)) is None
    assert coordinator.get(place(page)).status_code == 404


def test_a_list_that_was_touched_lives_on(coordinator: Any, reading: Any, unit: Any) -> None:
    upload(coordinator, *GOOD)
    with unit() as session:
        draft_in(session).changed_at = clock.now() + timedelta(days=5)
    with clock.at(clock.now() + timedelta(days=8)):
        work(coordinator)
        with reading() as session:
            assert draft_in(session)
    with clock.at(clock.now() + timedelta(days=13)):
        work(coordinator)
        with reading() as session:
            assert session.scalar(select(RosterDraft)) is None


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n0000", "cannot be read as a table"),
        ("empty.csv", b"\n", "is empty"),
        ("table.pdf", b"%PDF-1.7", "cannot be read as a table"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    coordinator: Any, name: str, data: bytes, words: str, reading: Any
) -> None:
    page = upload(coordinator, name=name, data=data)
    assert page.status_code == 422 and words in page.text and "Check the list" in page.text
    with reading() as session:
        assert session.scalar(select(RosterDraft)) is None


def test_no_file_is_said_to_be_missing(coordinator: Any) -> None:
    page = coordinator.send(START, {})
    assert page.status_code == 422 and "Choose a file first." in page.text


def test_a_csv_is_read_as_well(coordinator: Any) -> None:
    data = "sep=;\r\nФИО;Почта\r\nАнна Ли;anna@uz.test\r\n".encode()
    assert "1 row would be imported." in upload(coordinator, name="list.csv", data=data).text


# ---- downloads


def test_the_empty_list_is_recognised_in_every_language(app: Any, coordinator: Any) -> None:
    for lang in LANGS:
        answer = coordinator.get("/cohorts/uz-1/import/template.xlsx", query_string={"lang": lang.value})
        assert answer.headers["Content-Disposition"].startswith("attachment")
        with app.app_context(), i18n.speaking(lang):
            from flask_babel import gettext

            assert [field_of(gettext(one)) for one in COLUMNS.values()] == list(COLUMNS)
            assert field_of(gettext(workbooks.REASON)) is None


def test_the_rows_to_correct_can_be_downloaded_corrected_and_sent_again(coordinator: Any) -> None:
    page = upload(coordinator, *BAD)
    answer = coordinator.get(f"{place(page)}/rows.xlsx")
    sheet = read_sheet(answer.data, "rows.xlsx")
    assert [cells["full_name"] for _, cells in sheet.rows] == ["Broken Person", "One Twin", "Two Twin"]
    assert sheet.ignored == ("What to correct",)


def test_no_cell_of_a_download_becomes_a_formula_or_a_link(coordinator: Any) -> None:
    cells = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd", "https://evil.test/x"]
    page = upload(coordinator, *(row(cell, cell, cell) for cell in cells))
    answer = coordinator.get(f"{place(page)}/rows.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        text = "".join(archive.read(one).decode() for one in archive.namelist())
    assert "<f>" not in text and "hyperlink" not in text and "=cmd" in text


def test_the_result_names_what_becomes_of_each_row(coordinator: Any) -> None:
    page = upload(coordinator, *BAD, row("a@uz.test", "Aziza Karimova", ""))
    page = correct(coordinator, page, out="5")
    before = workbook_of(coordinator.get(f"{place(page)}/result.xlsx"))
    assert before[0][0] == "Row" and before[0][-2:] == ["Status", "What to correct"]
    told = {one[0]: one[-2] for one in before[1:]}
    assert told == {"2": "new", "3": "new", "4": "to correct", "5": "left out", "6": "to correct", "7": "same person?"}
    assert "not an e-mail address" in before[3][-1]
    result(coordinator, page, partial="1")
    assert workbook_of(coordinator.get(f"{place(page)}/result.xlsx")) == before, "as it was when it was imported"


# ---- attacks


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


def test_an_import_is_listed_with_who_did_it(coordinator: Any) -> None:
    with clock.at(clock.now() - timedelta(minutes=1)):
        result(coordinator, upload(coordinator, *GOOD))
    page = coordinator.get(START).text
    assert "Lists imported so far" in page and "Coordinator uz" in page


# ---- many rows


def test_a_page_takes_as_many_statements_for_300_rows_as_for_3(coordinator: Any, queries: Any) -> None:
    def statements(count: int) -> int:
        people = [row(f"p{n}@uz.test", f"Person Number{n}", f"Entity {n % 10}", lang="klingon") for n in range(count)]
        here = place(upload(coordinator, *people))
        with queries() as seen:
            assert coordinator.get(f"{here}?show=all").status_code == 200
        return len(seen)

    assert statements(300) <= statements(3)


def test_a_list_is_read_once_while_it_is_looked_through(coordinator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page, read = upload(coordinator, *GOOD), []
    monkeypatch.setattr(roster_reading, "read_sheet", lambda *given: read.append(given))
    assert coordinator.get(place(page)).status_code == 200 and read == []


def test_the_memory_of_lists_is_bounded() -> None:
    cache = roster_reading._Cache(3000)
    sheets = [read_sheet(workbook(*crowd(count)), "x.xlsx") for count in (1, 1, 1, 1, 50)]
    for place_, sheet in enumerate(sheets):
        cache.put((str(place_), ""), sheet)
    assert cache.bytes <= 3000 and cache.get(("4", "")) is None, "one that is too large is not kept"
    assert cache.get(("3", "")) is sheets[3] and cache.get(("0", "")) is None, "the last ones are"


def test_the_result_counts_the_rows_that_a_person_left_out(coordinator: Any) -> None:
    page = upload(coordinator, *GOOD)
    coordinator.send(place(page), {"out": "2"})
    shown = result(coordinator, page).text
    assert re.search(r"Rows left out.*?>1<", shown, re.DOTALL)


OLD = "ФИО;E-mail\r\nИванов Иван;i@uz.test\r\nПетрова Анна;p@uz.test\r\n".encode("cp1251")


def test_who_sees_wrong_letters_has_them_read_in_another_way(coordinator: Any) -> None:
    page = upload(coordinator, name="list.csv", data=OLD)
    assert "They were read as" in page.text and "windows-1251" in page.text and "Иванов Иван" in page.text
    columns = f"{place(page)}/columns"
    other = coordinator.get(f"{columns}?encoding=koi8-r&header_row=1")
    assert "Иванов" not in other.text and '<option value="koi8-r" selected' in other.text
    fields = {"sheet": "0", "header_row": "1", "encoding": "koi8-r", "column-0": "full_name", "column-1": "email"}
    assert "Иванов" not in coordinator.get(coordinator.send(columns, fields).location).text
    back = coordinator.send(columns, {**fields, "encoding": ""})
    assert "Иванов Иван" in coordinator.get(back.location).text


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", "cannot be read, first in line 1"), ("rot13", "")])
def test_letters_that_cannot_be_read_so_are_read_as_before(coordinator: Any, encoding: str, said: str) -> None:
    page = upload(coordinator, name="list.csv", data=OLD)
    shown = coordinator.get(f"{place(page)}/columns?encoding={encoding}")
    assert said in shown.text and "Иванов Иван" in shown.text


def test_a_text_without_a_header_has_its_columns_told_apart(coordinator: Any) -> None:
    page = upload(coordinator, name="list.csv", data=b"Karimov, Aziz;a@uz.test;Adliya\nAliyeva, Oy;o@uz.test;Moliya\n")
    assert page.request.path.endswith("/columns") and page.text.count('name="column-') == 3
    fields = {"sheet": "0", "header_row": "0", "column-0": "full_name", "column-1": "email", "column-2": "entity"}
    shown = coordinator.get(coordinator.send(f"{place(page)}/columns", fields).location)
    assert "Karimov, Aziz" in shown.text and len(rows_of(shown)) == 2
