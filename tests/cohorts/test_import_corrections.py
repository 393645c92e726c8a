"""Rows corrected and decided on the screen: cells, values in all their rows, the same person or another."""

from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.cohorts.models import RosterImport
from diploma.cohorts.roster import corrections
from tests.cohorts import nasty
from tests.cohorts.conftest import HEADER, enrolment_of, row
from tests.cohorts.import_screen import BAD, GOOD, MINISTRY, correct, draft_in, hidden, place, result, rows_of, upload


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
