"""What a roster would do is told before anything is done."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from diploma.cohorts.roster.judging import (
    LIMITS,
    Action,
    Code,
    Known,
    Line,
    Membership,
    Person,
    Plan,
    Problem,
    as_json,
    check,
)
from diploma.cohorts.roster.messages import PROBLEMS, problem_message
from diploma.cohorts.roster.sheet import Layout, Sheet, read_sheet
from diploma.cohorts.roster.vocabulary import FIELDS
from tests.cohorts import nasty

ALI = {"email": "ali@mail.test", "full_name": "Ali Valiyev", "entity": "Adliya vazirligi", "language": "uz-Latn"}
ALI_AS_KNOWN = Person("Ali Valiyev", "Adliya vazirligi", "uz-Latn", "trainee", membership=Membership.HERE)


def sheet(*rows: dict[str, str]) -> Sheet:
    """A sheet with a header in row 1 and every field."""
    return Sheet(
        Layout(1, {name: (column,) for column, name in enumerate(FIELDS)}),
        FIELDS,
        [(number, {name: row.get(name, "") for name in FIELDS}) for number, row in enumerate(rows, 2)],
        "utf-8",
    )


def known(
    people: dict[str, Person] | None = None,
    *,
    entities: dict[str, int] | None = None,
    elsewhere: Callable[[str], bool] = lambda email: False,
    default_language: str = "en",
) -> Known:
    return Known(people or {}, entities or {}, elsewhere, default_language)


def plan(*rows: dict[str, str], people: dict[str, Person] | None = None, default_language: str = "en") -> Plan:
    return check(sheet(*rows), known(people, default_language=default_language), nasty.ALLOWED)


def only_line(found: Plan) -> Line:
    assert not found.problems
    [line] = found.lines
    return line


def faults(found: Plan) -> set[tuple[int, str, str]]:
    return {(problem.row, problem.column, problem.code.value) for problem in found.problems}


def applied(found: Plan) -> dict[str, Person]:
    """The people as they are known after the plan was carried out."""
    return {
        line.email: Person(
            line.full_name,
            line.entity,
            line.language,
            line.role,
            line.position,
            line.phone,
            line.personnel_number,
            Membership.HERE,
        )
        for line in found.lines
    }


def test_a_new_person_is_created_with_the_defaults() -> None:
    line = only_line(plan({"email": "ALI@Mail.test", "full_name": "Ali"}, default_language="ru"))
    assert (line.email, line.language, line.role, line.action) == ("ali@mail.test", "ru", "trainee", Action.CREATE)


def test_a_person_as_known_is_unchanged() -> None:
    assert only_line(plan(ALI, people={"ali@mail.test": ALI_AS_KNOWN})).action is Action.UNCHANGED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("full_name", "Ali Valiyev Karim oʻgʻli"),
        ("entity", "Moliya vazirligi"),
        ("language", "русский"),
        ("role", "instructor"),
        ("position", "Bosh mutaxassis"),
        ("phone", "+998901234567"),
        ("personnel_number", "17"),
    ],
)
def test_each_new_value_is_an_update(name: str, value: str) -> None:
    assert only_line(plan({**ALI, name: value}, people={"ali@mail.test": ALI_AS_KNOWN})).action is Action.UPDATE


@pytest.mark.parametrize(
    ("name", "stored", "given"),
    [
        ("entity", "Adliya vazirligi", "АДЛИЯ ВАЗИРЛИГИ"),
        ("phone", "+998 90 123-45-67", "998901234567"),
        ("full_name", "Oʻktam", "O'ktam"),
        ("language", "uz-Latn", "oʻzbekcha"),
        ("personnel_number", "A-17", "a-17"),
    ],
)
def test_another_spelling_of_a_value_is_no_update(name: str, stored: str, given: str) -> None:
    person = Person(**{**asdict(ALI_AS_KNOWN), name: stored})
    assert only_line(plan({**ALI, name: given}, people={"ali@mail.test": person})).action is Action.UNCHANGED


def test_a_blank_cell_keeps_the_current_value() -> None:
    person = replace(ALI_AS_KNOWN, role="instructor", position="Boshliq", phone="1", personnel_number="17")
    line = only_line(plan({"email": "ali@mail.test", "full_name": "Ali Valiyev"}, people={"ali@mail.test": person}))
    assert line == Line(
        2,
        "ali@mail.test",
        person.full_name,
        person.entity,
        "uz-Latn",
        "instructor",
        "Boshliq",
        "1",
        "17",
        Action.UNCHANGED,
    )


def test_a_known_person_outside_any_cohort_is_an_update() -> None:
    person = replace(ALI_AS_KNOWN, membership=Membership.NOWHERE)
    assert only_line(plan(ALI, people={"ali@mail.test": person})).action is Action.UPDATE


def test_a_person_of_another_cohort_of_the_partner_moves() -> None:
    person = replace(ALI_AS_KNOWN, membership=Membership.ELSEWHERE)
    assert only_line(plan(ALI, people={"ali@mail.test": person})).action is Action.MOVE


def test_the_same_file_again_changes_nothing() -> None:
    roster = read_sheet(nasty.xlsx(*nasty.three_hundred()), "list.xlsx")
    first = check(roster, nasty.KNOWN, nasty.ALLOWED)
    again = check(roster, replace(nasty.KNOWN, people=applied(first)), nasty.ALLOWED)
    assert again.counts == {Action.UNCHANGED: first.ready}


def test_a_personnel_number_of_somebody_else_waits_for_a_decision() -> None:
    person = replace(ALI_AS_KNOWN, personnel_number="A-17")
    found = plan(
        {"email": "new@mail.test", "full_name": "Other", "personnel_number": "a-17"}, people={"ali@mail.test": person}
    )
    assert only_line(found).action is Action.CONFLICT
    assert found.ready == 0


def test_a_personnel_number_that_two_people_share_already_stops_neither() -> None:
    person = replace(ALI_AS_KNOWN, personnel_number="17")
    people = {"ali@mail.test": person, "b@mail.test": person}
    assert only_line(plan({**ALI, "personnel_number": "17"}, people=people)).action is Action.UNCHANGED


@pytest.mark.parametrize("entity", ["Адлия вазирлиги", ""])
def test_a_known_name_under_a_new_address_waits_for_a_decision(entity: str) -> None:
    found = plan(
        {"email": "new@mail.test", "full_name": "Али Валиев", "entity": entity}, people={"ali@mail.test": ALI_AS_KNOWN}
    )
    assert only_line(found).action is Action.CONFLICT


def test_a_namesake_of_another_entity_is_a_new_person() -> None:
    found = plan(
        {**ALI, "email": "new@mail.test", "entity": "Moliya vazirligi"}, people={"ali@mail.test": ALI_AS_KNOWN}
    )
    assert only_line(found).action is Action.CREATE


def test_a_namesake_who_has_a_row_of_their_own_is_another_person() -> None:
    found = plan(ALI, {**ALI, "email": "new@mail.test"}, people={"ali@mail.test": ALI_AS_KNOWN})
    assert [line.action for line in found.lines] == [Action.UNCHANGED, Action.CREATE]


def test_an_unknown_entity_is_planned_once_and_is_no_error() -> None:
    entities = ["Sog'liqni saqlash vazirligi", "СОҒЛИҚНИ САҚЛАШ ВАЗИРЛИГИ", "Adliya vazirligi", ""]
    rows = [
        {"email": f"{n}@mail.test", "full_name": f"A{n}", "entity": entity, "language": "uz-Latn"}
        for n, entity in enumerate(entities)
    ]
    found = check(sheet(*rows), known(entities={"adliya vazirligi": 1}), nasty.ALLOWED)
    assert (found.new_entities, found.problems) == (["Sogʻliqni saqlash vazirligi"], [])


def test_the_entity_of_a_conflict_is_not_planned() -> None:
    people = {"x@mail.test": Person("Ali", "Yangi idora")}
    assert (
        plan({"email": "new@mail.test", "full_name": "Ali", "entity": "Yangi idora"}, people=people).new_entities == []
    )


def test_apostrophes_outside_uzbek_stay_as_typed() -> None:
    assert only_line(plan({**ALI, "language": "en", "full_name": "Sean O'Brien"})).full_name == "Sean O'Brien"


def test_both_rows_of_a_duplicate_are_listed() -> None:
    assert faults(plan(ALI, {**ALI, "email": "ALI@mail.test"})) == {
        (2, "email", "duplicate_in_file"),
        (3, "email", "duplicate_in_file"),
    }


def test_a_personnel_number_may_stand_in_one_row_only() -> None:
    rows = [{"email": f"{n}@mail.test", "full_name": "A", "personnel_number": "A-17"} for n in range(2)]
    assert faults(plan(*rows)) == {(row, "personnel_number", "duplicate_in_file") for row in (2, 3)}


def test_a_repeated_address_that_is_none_is_not_called_a_duplicate() -> None:
    assert {code for _, _, code in faults(plan({**ALI, "email": "none"}, {**ALI, "email": "none"}))} == {"bad_email"}


@pytest.mark.parametrize(
    "email",
    [
        "ali",
        "ali@",
        "ali@mail",
        "a li@mail.test",
        "ali@mail..test",
        ".ali@mail.test",
        "аli@mail.test",
        "ali@почта.рф",
        "Ali <ali@mail.test>",
        "ali@mail.test, vali@mail.test",
        "ali@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_told(email: str) -> None:
    assert faults(plan({**ALI, "email": email})) == {(2, "email", "bad_email")}


@pytest.mark.parametrize("email", ["ali@mail.test", "a.b+c@sub.mail.uz", "o'ktam@mail.test", "first_last-1@gov.ae"])
def test_ordinary_addresses_are_accepted(email: str) -> None:
    assert only_line(plan({**ALI, "email": email})).email == email


@pytest.mark.parametrize("name", LIMITS)
def test_a_text_beyond_its_limit_is_told_and_not_repeated_in_full(name: str) -> None:
    [problem] = plan({**ALI, name: "a" * (LIMITS[name] + 1)}).problems
    assert (problem.column, problem.code) == (name, Code.TOO_LONG)
    assert len(problem.value) <= 121


@pytest.mark.parametrize("name", [name for name in LIMITS if name != "email"])
def test_a_text_at_its_limit_is_accepted(name: str) -> None:
    assert only_line(plan({**ALI, name: "a" * LIMITS[name]}))


@pytest.mark.parametrize("value", ["?айрат", "Шав?ат", "Сало?", "????", "\ufffdайрат", "Ali\ufffd"])
def test_letters_that_were_lost_are_no_name(value: str) -> None:
    assert faults(plan({**ALI, "full_name": value})) == {(2, "full_name", "lost_letters")}


def test_a_question_mark_by_itself_is_no_lost_letter() -> None:
    assert not plan({**ALI, "position": "Ekspert (?)"}).problems


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", ["=1+1", "@SUM(A1)", "+A1", "-A1", "＝1", "＠A1", "＋A1", "－A1", "+1+cmd|' /C'!A0"])
def test_what_begins_like_a_formula_is_never_taken(name: str, value: str) -> None:
    assert faults(plan({**ALI, name: value})) == {(2, name, "formula")}


@pytest.mark.parametrize("phone", ["+998 (90) 123-45-67", "+998901234567, +998711234567", "-5"])
def test_a_telephone_number_is_no_formula(phone: str) -> None:
    assert only_line(plan({**ALI, "phone": phone})).phone == phone


def test_a_cell_computed_by_a_formula_is_told_though_it_looks_plain() -> None:
    computed = replace(sheet(ALI), formulas=frozenset({(2, "full_name")}))
    assert faults(check(computed, known(), nasty.ALLOWED)) == {(2, "full_name", "formula")}


def test_a_role_that_one_may_not_give_is_told() -> None:
    assert faults(plan({**ALI, "role": "Администратор"})) == {(2, "role", "role_not_allowed")}
    assert only_line(plan({**ALI, "role": "Преподаватель"})).role == "instructor"


def test_an_address_elsewhere_is_told_in_one_word() -> None:
    found = check(sheet(ALI), known(elsewhere=lambda email: email == "ali@mail.test"), nasty.ALLOWED)
    assert faults(found) == {(2, "email", "belongs_elsewhere")}
    assert problem_message(found.problems[0], str) == "This address cannot be added here."


def test_a_missing_optional_column_is_no_error() -> None:
    layout = Layout(1, {"email": (0,), "full_name": (1,)})
    narrow = Sheet(layout, ("E-mail", "ФИО"), [(2, {"email": "a@mail.test", "full_name": "A"})], "utf-8")
    assert only_line(check(narrow, known(), nasty.ALLOWED)).action is Action.CREATE


def test_a_blank_row_is_a_note_and_no_error() -> None:
    found = plan(ALI, {}, {**ALI, "email": "b@mail.test"})
    assert (found.rows, found.ready, found.errors) == (2, 2, [])
    assert found.problems == [Problem(3, "", "", Code.BLANK_ROW)]


def test_rows_are_the_ready_the_conflicts_and_those_with_errors() -> None:
    found = check(read_sheet(nasty.xlsx(*nasty.three_hundred()), "list.xlsx"), nasty.KNOWN, nasty.ALLOWED)
    assert found.rows == found.ready + found.counts[Action.CONFLICT] + len({problem.row for problem in found.errors})


def test_every_code_has_a_sentence() -> None:
    assert set(PROBLEMS) == set(Code)


def test_the_sentence_of_a_long_text_names_the_limit() -> None:
    assert "120 characters" in problem_message(Problem(2, "full_name", "", Code.TOO_LONG), str)


def test_the_json_has_the_fields_that_were_agreed() -> None:
    found = plan(ALI, {**ALI, "email": "ali"}, people={"ali@mail.test": replace(ALI_AS_KNOWN, entity="")})
    assert as_json(found, lambda problem: f"{problem.code}!") == {
        "rows": 2,
        "ready": 1,
        "create": 0,
        "update": 1,
        "move": 0,
        "unchanged": 0,
        "conflict": 0,
        "new_entities": 1,
        "errors": [{"row": 3, "column": "email", "value": "ali", "code": "bad_email", "message": "bad_email!"}],
    }
