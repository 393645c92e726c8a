"""Applying a roster: what it creates, changes and leaves alone, and whose accounts it may touch."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.access import reach
from diploma.accounts.models import MailedLink, User
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import service
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import CohortState, Enrolment, Entity, RosterImport
from diploma.cohorts.roster import importing
from diploma.cohorts.roster.judging import Action, Code
from diploma.cohorts.roster.sheet import read_sheet
from diploma.cohorts.ties import Own
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.cohorts.conftest import SOURCE, cohort_of, crowd, enrolment_of, row, workbook

Plan = Callable[..., Any]


def actions(checked: Any) -> list[str]:
    return [one.action.value for one in checked.plan.lines]


def codes(checked: Any) -> list[str]:
    return [one.code.value for one in checked.plan.problems]


def count(session: Any, table: Any, *where: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(table).where(*where)))


def roles(session: Any, email: str) -> set[tuple[Role, int | None]]:
    user = accounts.find(email)
    assert user
    return {(one.role, one.cohort_id) for one in user.current_grants(clock.now())}


# ---- what is written


def test_a_new_person_gets_an_account_an_enrolment_and_the_role_of_a_trainee(
    world: Any, load: Plan, reading: Any
) -> None:
    load(row("Dilnoza@UZ.test", "Dilnoza Gʻulomova", position="Bosh mutaxassis", phone="+998 90 123", number="0071"))
    with reading() as session:
        made = enrolment_of(session, "dilnoza@uz.test")
        assert (made.user.full_name, made.user.language, made.user.password_hash) == (
            "Dilnoza Gʻulomova",
            Lang.UZ_LATN,
            None,
        )
        assert (made.position, made.phone, made.personnel_number) == ("Bosh mutaxassis", "+998 90 123", "0071")
        assert made.entity and made.entity.name(Lang.UZ_LATN) == "Adliya vazirligi"
        assert roles(session, "dilnoza@uz.test") == {(Role.TRAINEE, made.cohort_id)}
        assert made.user.time_zone == "Asia/Tashkent"


def test_a_workbook_of_300_people_is_imported_and_the_second_time_changes_nothing(
    world: Any, load: Plan, check: Plan, reading: Any
) -> None:
    people = crowd(300)
    assert load(*people).plan.counts == {Action.CREATE: 300}
    assert check(*people).plan.counts == {Action.UNCHANGED: 300}
    load(*people)
    with reading() as session:
        assert count(session, Enrolment) == 303 and count(session, Entity) == 12
        assert count(session, RosterImport) == 1, "an import that changes nothing leaves no record"


def test_an_import_takes_as_many_statements_for_60_people_as_for_3(world: Any, unit: Any, queries: Any) -> None:
    def statements(*people: list[str]) -> int:
        with queries() as seen, unit() as session:
            checked = importing.check(cohort_of(session), read_sheet(workbook(*people), "list.xlsx"))
            importing.apply(cohort_of(session), checked, SOURCE)
        return len(seen)

    few = statements(*(row(f"a{n}@uz.test", f"A Person{n}") for n in range(3)))
    assert statements(*(row(f"b{n}@uz.test", f"B Person{n}") for n in range(60))) <= few


def test_a_check_writes_nothing(world: Any, check: Plan, reading: Any) -> None:
    check(*crowd(5))
    with reading() as session:
        assert count(session, RosterImport) == 0 and accounts.find("p1@uz.test") is None


def test_an_import_sends_no_invitation(world: Any, load: Plan, reading: Any) -> None:
    load(row("new@uz.test"))
    with reading() as session:
        assert count(session, MailedLink) == 0 and count(session, Job, Job.kind == "mail") == 0


def test_an_import_is_recorded_without_the_values_of_the_file(world: Any, load: Plan, reading: Any) -> None:
    load(row("new@uz.test", "Secret Name"), row("broken", "Other Name"), by=world.coordinator)
    with reading() as session:
        made = session.scalar(select(RosterImport))
        event = session.scalar(select(AuditEvent).where(AuditEvent.kind == "roster.imported"))
        assert (made.report["rows"], made.report["create"], made.report["errors"]) == (
            2,
            1,
            [{"row": 3, "column": "email", "code": "bad_email"}],
        )
        assert "Secret" not in str(made.report) + str(event.detail) and "broken" not in str(made.report)
        assert event.detail["created"] == [accounts.find("new@uz.test").id] and event.actor_id == made.by_id  # type: ignore[union-attr]


def test_faulty_rows_stay_out(world: Any, load: Plan, reading: Any) -> None:
    load(row("good@uz.test"), row("bad"), row("lost@uz.test", "?odir"))
    with reading():
        assert accounts.find("good@uz.test") and accounts.find("lost@uz.test") is None


def test_what_a_known_persons_row_says_anew_is_changed(world: Any, load: Plan, reading: Any) -> None:
    load(row("new@uz.test", "Old Name", "Old entity", position="Old", phone="1", number="1"))
    checked = load(row("new@uz.test", "New Name", "New entity", "ru", position="New", phone="2", number="2"))
    assert actions(checked) == ["update"]
    with reading() as session:
        now = enrolment_of(session, "new@uz.test")
        assert (now.user.full_name, now.user.name_search, now.user.language) == ("New Name", "new name", Lang.RU)
        assert (now.position, now.phone, now.personnel_number, now.entity.name(Lang.EN)) == (
            "New",
            "2",
            "2",
            "New entity",
        )  # type: ignore[union-attr]


def test_an_empty_cell_keeps_what_is_known(world: Any, load: Plan, check: Plan) -> None:
    load(row("new@uz.test", position="Adviser", phone="1", number="1"))
    assert actions(check(row("new@uz.test", entity="", lang=""))) == ["unchanged"]


def test_a_changed_name_is_still_found_by_its_other_scripts(world: Any, load: Plan, unit: Any, reading: Any) -> None:
    with unit():
        user = accounts.find(world.trainee)
        assert user
        accounts.set_name(user, Lang.UZ_CYRL, "Азиза Каримова")
        accounts.set_name(user, Lang.AR, "عزيزة")
    load(row(world.trainee, "Aziza Rahimova", ""))
    with reading():
        found = accounts.find(world.trainee).name_search  # type: ignore[union-attr]
        assert all(one in found for one in ("aziza rahimova", "aziza karimova", "عزيزه"))


def test_another_name_of_the_same_entity_is_no_change(world: Any, load: Plan, check: Plan, unit: Any) -> None:
    load(row("new@uz.test", entity="Adliya vazirligi"))
    with unit() as session:
        from diploma.cohorts.entities import changing

        found = enrolment_of(session, "new@uz.test").entity
        changing.rename_entity(found, {"ru": "Министерство юстиции"}, clock.today("Asia/Tashkent"))
    assert actions(check(row("new@uz.test", entity="Министерство юстиции"))) == ["unchanged"]
    assert actions(check(row("new@uz.test", entity="Adliya vazirligi"))) == ["unchanged"]


def test_an_entity_is_filed_under_the_language_of_its_script(world: Any, load: Plan, reading: Any) -> None:
    load(row("a@uz.test", entity="Адлия вазирлиги"), row("b@uz.test", "B Bek", entity="وزارة العدل"))
    with reading() as session:
        names = [
            one.dated_names[0].names for one in session.scalars(select(Entity).order_by(Entity.id.desc()).limit(2))
        ]
        assert names == [{"uz-Latn": "وزارة العدل"}, {"uz-Cyrl": "Адлия вазирлиги"}]


def test_the_language_that_a_person_chose_stays(world: Any, check: Plan) -> None:
    assert actions(check(row(world.trainee, "Aziza Karimova", "", "ru"))) == ["unchanged"]


def test_a_withdrawn_person_is_not_taken_back_by_a_list(world: Any, load: Plan, unit: Any, reading: Any) -> None:
    with unit() as session:
        enrolments.withdraw(enrolment_of(session, world.trainee), Leave(Cause.OTHER, "left the ministry"))
    assert actions(load(row(world.trainee, "Aziza Karimova", ""))) == ["unchanged"]
    with reading() as session:
        assert enrolment_of(session, world.trainee).state == "withdrawn"


def test_who_is_missing_from_a_list_stays_enrolled(world: Any, load: Plan, reading: Any) -> None:
    load(row("new@uz.test"))
    with reading() as session:
        assert enrolment_of(session, world.trainee).state == "active"


def test_a_closed_cohort_takes_nobody(world: Any, load: Plan, unit: Any) -> None:
    with unit() as session:
        for state in (CohortState.MARKING, CohortState.CLOSED):
            service.move_cohort(cohort_of(session), state)
    with pytest.raises(Refused, match="closed"):
        load(row("new@uz.test"))


def test_missing_seats_are_counted(world: Any, reading: Any) -> None:
    with reading() as session:
        cohort = cohort_of(session)
        assert (
            importing.seats_missing(cohort, importing.check(cohort, read_sheet(workbook(*crowd(28)), "list.xlsx"))) == 0
        )
        assert (
            importing.seats_missing(cohort, importing.check(cohort, read_sheet(workbook(*crowd(31)), "list.xlsx"))) == 3
        )


# ---- moving between cohorts


def test_a_person_moves_between_cohorts_of_one_partner_with_their_enrolment(
    second_cohort: str, load: Plan, check: Plan, reading: Any
) -> None:
    with reading() as session:
        before = enrolment_of(session, "karim@uz.test", "uz-2").id
    assert actions(load(row("karim@uz.test", "Karim Second"))) == ["move"]
    with reading() as session:
        moved = enrolment_of(session, "karim@uz.test")
        assert moved.id == before and moved.entity is not None
        assert roles(session, "karim@uz.test") == {(Role.TRAINEE, moved.cohort_id)}
    assert actions(check(row("karim@uz.test", "Karim Second"))) == ["unchanged"]


def test_a_completed_enrolment_stays_where_it_is(second_cohort: str, load: Plan, unit: Any, reading: Any) -> None:
    with unit() as session:
        from diploma.cohorts.models import EnrolmentState

        enrolment_of(session, "karim@uz.test", "uz-2").state = EnrolmentState.COMPLETED
    load(row("karim@uz.test", "Karim Second"))
    with reading() as session:
        assert enrolment_of(session, "karim@uz.test").id != enrolment_of(session, "karim@uz.test", "uz-2").id


# ---- roles


def test_a_staff_role_is_given_without_an_enrolment_and_only_once(
    world: Any, load: Plan, check: Plan, reading: Any
) -> None:
    people = [row("teach@uz.test", "Teacher One", role="instructor", position="Docent", number="5")]
    load(*people, by=world.coordinator)
    with reading() as session:
        assert roles(session, "teach@uz.test") == {(Role.INSTRUCTOR, cohort_of(session).id)}
        assert count(session, Enrolment, Enrolment.user_id == accounts.find("teach@uz.test").id) == 0  # type: ignore[union-attr]
    assert actions(check(*people, by=world.coordinator)) == ["unchanged"]


def test_a_trainee_may_be_given_a_second_role(world: Any, load: Plan, check: Plan, reading: Any) -> None:
    people = [row(world.trainee, "Aziza Karimova", "", role="instructor")]
    assert actions(load(*people, by=world.coordinator)) == ["update"]
    with reading() as session:
        assert roles(session, world.trainee) == {
            (role, cohort_of(session).id) for role in (Role.TRAINEE, Role.INSTRUCTOR)
        }
    assert actions(check(*people, by=world.coordinator)) == ["unchanged"]


@pytest.mark.parametrize("role", ["coordinator", "director", "registrar", "admin", "auditor", "moderator"])
def test_a_file_of_a_coordinator_gives_no_role_above_their_own(world: Any, check: Plan, role: str) -> None:
    assert codes(check(row("new@uz.test", role=role), by=world.coordinator)) == ["role_not_allowed"]
    assert codes(check(row("new@uz.test", role=role))) == ["role_not_allowed"], "nor does the operator's"


def test_roles_held_at_another_partner_give_no_right_here(world: Any, check: Plan, unit: Any) -> None:
    with unit() as session:
        accounts.grant_role(accounts.find(world.coordinator), Role.DIRECTOR, cohort_id=cohort_of(session, "ae-1").id)
    assert codes(check(row("new@uz.test", role="registrar"), by=world.coordinator)) == ["role_not_allowed"]


# ---- whose accounts


def elsewhere(checked: Any) -> bool:
    return codes(checked) == [Code.BELONGS_ELSEWHERE.value]


def test_another_partners_people_are_out_of_reach(world: Any, check: Plan) -> None:
    assert elsewhere(check(row(world.other_trainee, "Salem"), by=world.coordinator))
    assert elsewhere(check(row(world.other_trainee, "Salem")))


@pytest.mark.parametrize(
    "email", ["director@test.test", "registrar@test.test", "coordinator@ae.test", "instructor@ae.test"]
)
def test_staff_of_the_programme_and_of_others_are_out_of_reach(world: Any, check: Plan, email: str) -> None:
    assert elsewhere(check(row(email, "New Name"), by=world.coordinator))


def test_a_person_with_a_tie_to_another_partner_is_out_of_reach(world: Any, check: Plan, unit: Any) -> None:
    with unit() as session:
        accounts.grant_role(accounts.find(world.trainee_2), Role.INSTRUCTOR, cohort_id=cohort_of(session, "ae-1").id)
    assert elsewhere(check(row(world.trainee_2, "Bobur Toshmatov"), by=world.coordinator))


def test_a_former_tie_counts_as_well(world: Any, check: Plan, unit: Any) -> None:
    with unit():
        accounts.end_role(accounts.grant_role(accounts.find(world.trainee_2), Role.AUDITOR))  # type: ignore[arg-type]
    assert elsewhere(check(row(world.trainee_2, "Bobur Toshmatov"), by=world.coordinator))


def test_an_enrolment_elsewhere_is_a_tie_without_any_role(world: Any, check: Plan, unit: Any) -> None:
    with unit() as session:
        who = enrolment_of(session, world.trainee_2).user_id
        other = cohort_of(session, "ae-1").id
        session.add(Enrolment(cohort_id=other, user_id=who, enrolled_at=clock.now()))
    assert elsewhere(check(row(world.trainee_2, "Bobur Toshmatov"), by=world.coordinator))


def test_an_address_in_a_disguise_is_recognised(world: Any, check: Plan) -> None:
    assert elsewhere(check(row("salem@ＡＥ.test", "Salem"), by=world.coordinator))


def test_nobody_imports_themselves(world: Any, check: Plan) -> None:
    assert elsewhere(check(row(world.coordinator, "Coordinator uz", role="instructor"), by=world.coordinator))


def test_the_coordinator_of_one_cohort_reaches_its_people_only(second_cohort: str, check: Plan) -> None:
    found = check(
        row("karim@uz.test", "Karim Second", ""),
        row("aziza@uz.test", "Aziza Karimova"),
        row("coordinator@uz.test", "Other Name"),
        by="narrow@uz.test",
        cohort=second_cohort,
    )
    assert actions(found) == ["unchanged"]
    assert codes(found) == ["belongs_elsewhere"] * 2


def test_a_person_without_any_right_reaches_nobody(world: Any, reading: Any) -> None:
    with reading() as session:
        held = reach(accounts.find(world.trainee), Permission.IMPORT_ROSTER)
        own = Own(cohort_of(session).partner_id, held)
        assert not held and not own.has(accounts.find(world.trainee_2))  # type: ignore[arg-type]


def test_a_refused_address_says_nothing_of_the_account(world: Any, check: Plan) -> None:
    checked = check(row(world.other_trainee, "Salem"), by=world.coordinator)
    assert "سالم" not in repr(checked.plan) and checked.register.accounts.keys().isdisjoint({world.other_trainee})


# ---- one person or two


def test_a_namesake_waits_for_a_decision(world: Any, load: Plan, reading: Any) -> None:
    people = [row("other@uz.test", "Aziza Karimova", "Ministry of Examples (uz)")]
    assert actions(load(*people)) == ["conflict"]
    with reading():
        assert accounts.find("other@uz.test") is None


def test_a_decided_namesake_joins_and_stays_decided(world: Any, load: Plan, check: Plan, reading: Any) -> None:
    people = [row("other@uz.test", "Aziza Karimova", "Ministry of Examples (uz)")]
    load(*people, different={2: [world.trainee]})
    with reading() as session:
        assert enrolment_of(session, "other@uz.test")
    assert actions(check(*people)) == ["unchanged"]


def test_the_holder_of_a_personnel_number_is_named(world: Any, load: Plan, check: Plan) -> None:
    load(row("first@uz.test", "First Person", number="N-17"))
    ((line, known),) = importing.conflicts(check(row("second@uz.test", "Second Person", number="n-17")))
    assert (line.row, [email for email, _ in known]) == (2, ["first@uz.test"])


def test_the_number_of_another_partners_person_is_free(world: Any, load: Plan, check: Plan) -> None:
    load(row("arab@ae.test", "Arab Person", lang="ar", number="N-17"), cohort="ae-1")
    assert actions(check(row("new@uz.test", number="N-17"))) == ["create"]


def test_users_are_never_doubled(world: Any, load: Plan, reading: Any) -> None:
    load(*crowd(20))
    load(*crowd(25))
    with reading() as session:
        assert count(session, User, User.email.like("p%")) == 25
