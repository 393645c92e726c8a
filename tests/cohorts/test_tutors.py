"""Tutors: who may be one, how they are given, when they end, what pages and lists say of them."""

import io
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts import standings, tutors
from diploma.cohorts.intakes import cloning
from diploma.cohorts.intakes.cloning import ClonePlan
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import CohortState, RosterImport
from diploma.cohorts.roster import undoing
from diploma.cohorts.tutor_models import Ending, Tutorship
from diploma.cohorts.tutoring import allocation
from diploma.cohorts.tutoring.allocation import Plan, Way, Wish
from diploma.core import clock, outbox
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused, Stale
from diploma.core.lang import Lang
from diploma.core.listing import Asked
from tests.cohorts.conftest import cohort_of, crowd, enrolment_of, row
from tests.world import person

PAGE, ROSTER = "/cohorts/uz-1/tutors", "/cohorts/uz-1/roster"
Give = Callable[..., Plan]


def user(email: str) -> User:
    found = accounts.find(email)
    assert found
    return found


def grant_of(email: str) -> RoleGrant:
    return next(one for one in user(email).grants if one.role is Role.INSTRUCTOR)


@pytest.fixture
def second(world: Any, unit: Any) -> str:
    """A second instructor of the first cohort, who works in Uzbek alone."""
    with unit() as session:
        made = person("nodira@uz.test", "Nodira Second", "x", Role.INSTRUCTOR, cohort_id=cohort_of(session).id)
        made.work_languages = ["uz-Cyrl", "uz-Latn"]
    return "nodira@uz.test"


@pytest.fixture
def give(world: Any, unit: Any) -> Give:
    """``give(tutor, …)``: look at a proposal and save it at once, by the coordinator."""

    def run(
        *named: str, way: Way = Way.HAND, to: Collection[str] | None = (world.trainee,), again: bool = False
    ) -> Plan:
        with unit() as session:
            cohort, wish = cohort_of(session), Wish(way, {user(one).id for one in named}, again)
            chosen = None if to is None else {enrolment_of(session, one).id for one in to}
            seen = allocation.propose(cohort, chosen, wish).mark
            return allocation.allocate(cohort, chosen, wish, seen, by=user(world.coordinator))

    return run


def tutor_of(session: Any, email: str, slug: str = "uz-1") -> str | None:
    found = tutors.of(enrolment_of(session, email, slug))
    return found and found.email


# ---- who may be a tutor


def test_a_tutor_is_given_and_changed_with_a_history_and_no_mail(
    world: Any, give: Give, second: str, reading: Any
) -> None:
    give(world.instructor)
    give(second)
    with reading() as session:
        assert tutor_of(session, world.trainee) == second
        last, first = tutors.history(enrolment_of(session, world.trainee))
        assert (last.row.tutor.email, last.ending, last.row.by_id) == (second, None, user(world.coordinator).id)
        assert (first.row.tutor.email, first.ending) == (world.instructor, Ending.CHANGED)
        assert first.row.until == last.row.since and first.row.ended_by_id == user(world.coordinator).id
        given = select(AuditEvent).where(AuditEvent.kind == "tutors.allocated").order_by(AuditEvent.number)
        said = session.scalars(given).all()
        people = [user(world.instructor).id, user(second).id]
        assert said[1].detail["changes"] == [[enrolment_of(session, world.trainee).id, *people]]
        assert session.scalar(select(func.count()).select_from(outbox.Job)) == 0


def test_nobody_can_be_named_who_is_no_instructor_of_this_cohort(
    world: Any, unit: Any, second: str, second_cohort: str
) -> None:
    """Another government's, another cohort's, a coordinator, one whose role has ended, nobody: the same words."""
    with unit() as session:
        person("next@uz.test", "Next", "x", Role.INSTRUCTOR, cohort_id=cohort_of(session, "uz-2").id)
        person("wide@uz.test", "Wide", "x", Role.INSTRUCTOR, partner_id=cohort_of(session).partner_id)
        accounts.end_role(grant_of(second))
        one = enrolment_of(session, world.trainee)
        refused = set()
        for email in (world.other_instructor, "next@uz.test", "wide@uz.test", world.coordinator, second):
            for way in Way:
                with pytest.raises(Refused) as said:
                    allocation.propose(cohort_of(session), {one.id}, Wish(way, {user(email).id}))
                refused.add(said.value.message)
        with pytest.raises(Refused) as said:
            allocation.propose(cohort_of(session), {one.id}, Wish(Way.HAND, {987_654}))
        assert refused == {said.value.message}


def test_nobody_becomes_their_own_tutor(world: Any, unit: Any, give: Give) -> None:
    with unit() as session:
        accounts.grant_role(user(world.trainee), Role.INSTRUCTOR, cohort_id=cohort_of(session).id)
    plan = give(world.trainee, to=(world.trainee, world.trainee_2))
    assert [one.user.email for one in plan.alone] == [world.trainee]
    assert [one.enrolment.user.email for one in plan.changes] == [world.trainee_2]


def test_people_of_another_cohort_are_not_there(world: Any, unit: Any, second_cohort: str) -> None:
    with unit() as session:
        ids = {enrolment_of(session, "karim@uz.test", "uz-2").id, enrolment_of(session, "salem@ae.test", "ae-1").id}
        wish = Wish(Way.HAND, {user(world.instructor).id})
        plan = allocation.allocate(cohort_of(session), ids, wish, "", by=user(world.coordinator))
        assert plan.changes == [] and session.scalars(select(Tutorship)).all() == []


def test_a_closed_cohort_stays_as_it_is(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort_of(session).state = CohortState.CLOSED
        with pytest.raises(Refused, match="closed"):
            allocation.propose(cohort_of(session), None, Wish(Way.EVENLY, {user(world.instructor).id}))


# ---- sharing out


def test_people_who_have_a_tutor_are_kept_unless_asked(world: Any, give: Give, second: str, load: Any) -> None:
    load(*crowd(4))
    give(world.instructor, to=None)
    load(row("late@uz.test", "Late Comer"))
    both = (world.instructor, second)
    kept = give(*both, way=Way.EVENLY, to=None)
    assert [one.enrolment.user.email for one in kept.changes] == ["late@uz.test"] and kept.kept == 6
    again = give(*both, way=Way.EVENLY, to=None, again=True)
    assert sorted(one.after for one in again.loads) == [3, 4]
    assert len(again.changes) == 2  # who can stay stays


def test_the_language_of_a_person_decides_and_what_an_instructor_said_of_theirs(
    world: Any, give: Give, second: str, load: Any, unit: Any
) -> None:
    load(row("ru@uz.test", "Russian Writer", lang="ru"))
    with unit():
        user(world.instructor).work_languages = ["ru"]
    plan = give(world.instructor, second, way=Way.LANGUAGE, to=None)
    assert {one.enrolment.user.email: (one.after.email, one.lang) for one in plan.changes} == {  # type: ignore[union-attr]
        "ru@uz.test": (world.instructor, Lang.RU),
        world.trainee: (second, Lang.UZ_LATN),
        world.trainee_2: (second, Lang.UZ_CYRL),
    }


def test_a_proposal_that_is_no_longer_true_is_not_saved(world: Any, unit: Any, second: str, load: Any) -> None:
    with unit() as session:
        cohort, by = cohort_of(session), user(world.coordinator)
        wish = Wish(Way.EVENLY, {user(world.instructor).id, user(second).id})
        seen = allocation.propose(cohort, None, wish).mark
    load(row("late@uz.test", "Late Comer"))
    with unit() as session, pytest.raises(Stale):
        allocation.allocate(cohort_of(session), None, wish, seen, by=by)
    with unit() as session:
        seen = allocation.propose(cohort_of(session), None, wish).mark
        accounts.end_role(grant_of(second))
        with pytest.raises(Stale):
            allocation.allocate(cohort_of(session), None, wish, seen, by=by)
        assert session.scalars(select(Tutorship)).all() == []


def test_a_form_sent_twice_changes_once(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort, by, wish = cohort_of(session), user(world.coordinator), Wish(Way.HAND, {user(world.instructor).id})
        seen = allocation.propose(cohort, None, wish).mark
        allocation.allocate(cohort, None, wish, seen, by=by)
        assert allocation.allocate(cohort, None, wish, seen, by=by).changes == []
        assert session.scalar(select(func.count()).select_from(Tutorship)) == 2


def test_giving_many_asks_as_often_as_giving_two(world: Any, give: Give, second: str, load: Any, queries: Any) -> None:
    def asked() -> int:
        with queries() as sent:
            give(world.instructor, second, way=Way.LANGUAGE, to=None)
        return len(sent)

    few = asked()
    load(*crowd(60))
    assert asked() == few


# ---- when it ends


def test_the_role_ends_and_so_does_the_tutor_everywhere(world: Any, give: Give, second: str, unit: Any) -> None:
    give(world.instructor)
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        accounts.end_role(grant_of(world.instructor))
        session.flush()
        assert tutors.of(one) is None and standings.member_of(one).tutor is None
        assert tutors.loads(cohort_of(session)) == {} and not tutors.is_one(user(world.instructor))
        assert [tenure.ending for tenure in tutors.history(one)] == [Ending.ROLE_ENDED]
    give(second)
    with unit() as session:
        assert [one.ending for one in tutors.history(enrolment_of(session, world.trainee))] == [
            None,
            Ending.ROLE_ENDED,
        ]


def test_a_role_with_a_last_day_ends_the_tutor_on_it(world: Any, give: Give, unit: Any) -> None:
    give(world.instructor)
    with unit() as session:
        accounts.end_role(grant_of(world.instructor), last_day=clock.now().date() + timedelta(days=2))
        session.flush()
        assert tutor_of(session, world.trainee) == world.instructor
        with clock.at(clock.now() + timedelta(days=3)):
            assert tutor_of(session, world.trainee) is None


def test_who_is_named_just_after_midnight_of_the_cohort_is_in_office_at_once(world: Any, unit: Any) -> None:
    with unit() as session, clock.at(datetime(2026, 11, 3, 19, 30, tzinfo=UTC)):  # half past midnight in Tashkent
        accounts.grant_role(
            user(world.coordinator), Role.INSTRUCTOR, cohort_id=cohort_of(session).id, time_zone="Asia/Tashkent"
        )
        assert world.coordinator in [one.email for one in tutors.instructors(cohort_of(session))]


@pytest.mark.parametrize("step", [enrolments.withdraw, enrolments.defer])
def test_who_leaves_has_no_tutor_and_who_returns_has_theirs_again(world: Any, give: Give, unit: Any, step: Any) -> None:
    give(world.instructor)
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        step(one, Leave(Cause.HEALTH))
        session.flush()
        assert tutors.of(one) is None and tutors.loads(cohort_of(session)) == {}
        enrolments.take_back(one, "")
        session.flush()
        assert tutor_of(session, world.trainee) == world.instructor


def test_a_tutor_stays_behind_when_the_person_moves(world: Any, give: Give, unit: Any, second_cohort: str) -> None:
    give(world.instructor)
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        accounts.grant_role(user(world.instructor), Role.INSTRUCTOR, cohort_id=cohort_of(session, "uz-2").id)
        enrolments.move(one, cohort_of(session, "uz-2"), "New region", by=user(world.coordinator))
        assert tutors.of(one) is None
        (over,) = tutors.history(one)
        assert (over.ending, over.row.until) == (Ending.MOVED, one.moved_at)


def test_taking_an_import_back_gives_movers_their_tutor_again_and_forgets_the_new_people(
    world: Any, give: Give, unit: Any, load: Any, second_cohort: str
) -> None:
    give(world.instructor)
    load(row(world.trainee, "Aziza Karimova", "Ministry of Examples (uz)"), row("new@uz.test"), cohort="uz-2")
    with unit() as session:
        there = cohort_of(session, "uz-2")
        person("there@uz.test", "There", "x", Role.INSTRUCTOR, cohort_id=there.id)
        wish, by = Wish(Way.EVENLY, {user("there@uz.test").id}), user(world.coordinator)
        saved = allocation.allocate(there, None, wish, allocation.propose(there, None, wish).mark, by=by)
        assert len(saved.changes) == 3
    with unit() as session:
        made = session.scalars(select(RosterImport).order_by(RosterImport.id.desc())).first()
        done = undoing.undo(made, cohort_of(session, "uz-2"), 2, by=user(world.coordinator))
        assert not done.stay
    with unit() as session:
        assert tutor_of(session, world.trainee) == world.instructor
        left = session.scalars(select(Tutorship).order_by(Tutorship.id)).all()
        assert [one.enrolment.user.email for one in left] == [world.trainee, "karim@uz.test"]


def test_a_clone_has_the_instructors_and_no_tutors(world: Any, give: Give, unit: Any) -> None:
    give(world.instructor)
    with unit() as session:
        source, today = cohort_of(session), clock.now().date()
        made = cloning.clone(
            source,
            ClonePlan(
                "uz-9", {"en": "Next"}, today, today + timedelta(days=90), source.edition_id, source.revision_id,
                (), (), [user(world.instructor)],
            ),
            by=user(world.coordinator),
        )  # fmt: skip
        assert [one.email for one in tutors.instructors(made)] == [world.instructor]
        assert session.scalars(select(Tutorship.cohort_id)).all() == [source.id]


# ---- pages


def test_the_list_and_its_workbook_show_filter_and_sort_by_tutor(
    world: Any, give: Give, second: str, browser_of: Any, reading: Any
) -> None:
    give(second)
    with reading() as session:
        cohort = cohort_of(session)

        def names(sort: str = "name", tutor: int | None = None) -> list[str]:
            rows = standings.members(cohort, Asked(sort), Lang.EN, tutor=tutor).rows
            return [one.user.full_name.split()[0] for one in rows]

        assert names("tutor") == ["Bobur", "Aziza"] and names("-tutor") == ["Aziza", "Bobur"]
        assert names(tutor=user(second).id) == ["Aziza"] and names(tutor=standings.NOBODY) == ["Bobur"]
    coordinator = browser_of(world.coordinator)
    book = CalamineWorkbook.from_filelike(io.BytesIO(coordinator.get(f"{ROSTER}.xlsx?tutor=none").data))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert "Tutor" in head and [one[0] for one in rows] == ["Bobur Toshmatov"]
    assert coordinator.get(f"{ROSTER}?tutor=99999999999999999999999").status_code == 200


def test_a_coordinator_sees_the_proposal_and_saves_it(world: Any, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    with reading() as session:
        tutor, one = user(world.instructor).id, enrolment_of(session, world.trainee).id
    form = {"enrolment": one, "way": "hand", "tutor": tutor}
    shown = browser.send(PAGE, {**form, "do": "show"})
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    old = browser.send(PAGE, {**form, "do": "save", "seen": "x"})
    assert (shown.status_code, old.status_code) == (200, 409) and "changed since you looked" in old.text
    assert seen in old.text  # the new proposal stands there
    assert browser.send(PAGE, {**form, "do": "save", "seen": seen}).status_code == 302
    with reading() as session:
        assert tutor_of(session, world.trainee) == world.instructor
        assert tutor_of(session, world.trainee_2) is None
    page = browser_of(world.trainee).get("/dashboard?lang=en").text
    assert "Your tutor" in page and f"mailto:{world.instructor}" in page


def test_only_who_manages_the_cohort_gives_tutors(world: Any, browser_of: Any, reading: Any) -> None:
    with reading():
        form = {"everybody": "1", "do": "save", "way": "hand", "tutor": user(world.instructor).id}
    for email, status in (
        (world.instructor, 403),
        (world.trainee, 403),
        (world.other_coordinator, 404),
    ):
        assert browser_of(email).send(PAGE, form, page="/account").status_code == status
    with reading() as session:
        assert session.scalars(select(Tutorship)).all() == []


def test_a_name_with_markup_is_shown_as_it_is(world: Any, give: Give, browser_of: Any, unit: Any) -> None:
    with unit():
        user(world.instructor).full_name = "<script>alert(1)</script>"
    give(world.instructor)
    coordinator, trainee = browser_of(world.coordinator), browser_of(world.trainee)
    for browser, address in (
        (coordinator, PAGE),
        (coordinator, ROSTER),
        (trainee, "/dashboard"),
        (trainee, "/contact"),
    ):
        page = browser.get(address).text
        assert "&lt;script&gt;alert" in page and "<script>alert" not in page


def test_who_marks_says_in_which_languages_and_nobody_else_does(world: Any, browser_of: Any, reading: Any) -> None:
    fields = {"language": "en", "content_language": "", "submission_language": "", "time_zone": "Asia/Tashkent"}
    said = {**fields, "work_languages": ["ru", "uz-Cyrl"]}
    for email in (world.instructor, world.trainee):
        assert browser_of(email).send("/account", said).status_code == 302
    bad = browser_of(world.instructor).send("/account", {**fields, "work_languages": ["klingon"]})
    assert bad.status_code == 200 and "is not a valid choice" in bad.text
    with reading():
        assert user(world.instructor).working_languages() == {Lang.RU, Lang.UZ_CYRL}
        assert user(world.trainee).work_languages == []
