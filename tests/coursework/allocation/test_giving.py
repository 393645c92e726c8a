"""Works given to markers: evenly, by language, by hand; never to whom they must not go; saved as they were seen."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts.models import CohortState, Enrolment
from diploma.cohorts.tutoring import allocation as tutoring
from diploma.core import audit, clock, jobs
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.lang import Lang
from diploma.core.sharing import Helper
from diploma.coursework import access, marking
from diploma.coursework.access import Wanted, Whose
from diploma.coursework.allocation import conflicts, service, workload
from diploma.coursework.allocation.policy import Way
from diploma.coursework.allocation.service import Plan, Wish
from diploma.coursework.allocation.sharing import Work, share
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from diploma.coursework.moderation import readings
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, cohort_of
from tests.coursework.conftest import Handed, Unit, enrolment, levels, user
from tests.coursework.moderation import conftest as second
from tests.world import World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]
PAGE = "/cohorts/uz-1/allocation"


# ---- the rule


def test_language_comes_first_and_within_it_loads_differ_by_one_at_most() -> None:
    both, russian = Helper(1, frozenset({Lang.RU, Lang.AR})), Helper(2, frozenset({Lang.RU}))
    works = [Work(n, Lang.RU) for n in range(6)] + [Work(n, Lang.AR) for n in range(6, 9)]
    goes = share(works, [both, russian], by_language=True)
    assert all(goes[n] == 1 for n in range(6, 9)) and Counter(goes.values()) == {1: 5, 2: 4}
    assert goes == share(works, [both, russian], by_language=True)


def test_a_language_that_nobody_works_in_decides_nothing() -> None:
    goes = share([Work(n, Lang.EN) for n in range(4)], [Helper(1), Helper(2)], by_language=True)
    assert Counter(goes.values()) == {1: 2, 2: 2}


def test_who_is_barred_gets_nothing_and_what_all_are_barred_from_goes_to_nobody() -> None:
    works = [Work(1, Lang.RU, barred=frozenset({1})), Work(2, Lang.RU, barred=frozenset({1, 2})), Work(3, Lang.RU)]
    assert share(works, [Helper(1, load=9), Helper(2)], by_language=False) == {1: 2, 3: 2}


def test_what_can_stay_with_its_marker_stays() -> None:
    works = [Work(1, Lang.RU, present=2), Work(2, Lang.RU, present=1), Work(3, Lang.RU), Work(4, Lang.RU)]
    goes = share(works, [Helper(1), Helper(2)], by_language=False)
    assert goes[1] == 2 and goes[2] == 1 and Counter(goes.values()) == {1: 2, 2: 2}


# ---- giving


def evenly(*people: str, again: bool = False) -> Wish:
    return Wish(Way.EVENLY, {user(one).id for one in people}, again)


def to(email: str = "") -> Wish:
    return Wish(Way.HAND, {user(email).id} if email else ())


def give(wish: Wish, chosen: set[int] | None = None) -> Plan:
    seen = service.propose(cohort_of(), chosen, wish).mark
    return service.allocate(cohort_of(), chosen, wish, seen, by=user("coordinator@uz.test"))


def given() -> dict[int, str]:
    rows = session.scalars(select(Marking).where(Marking.allocated_to_id.is_not(None)))
    return {one.id: one.allocated_to.email for one in rows if one.allocated_to}


@pytest.fixture
def four(crowd: Callable[[int], list[Handed]], second_instructor: str) -> list[Handed]:
    return crowd(4)


def test_works_are_shared_out_evenly_and_the_event_names_each(
    four: list[Handed], world: World, second_instructor: str, unit: Unit
) -> None:
    with unit():
        give(evenly(world.instructor, second_instructor))
        assert Counter(given().values()) == {world.instructor: 2, second_instructor: 2}
        event = session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "markings.allocated")).one()
        assert sorted(one[:2] for one in event.detail["changes"]) == [[one.marking, None] for one in four]
        assert give(evenly(world.instructor, second_instructor)).changes == []


def test_a_proposal_that_was_overtaken_is_refused(
    four: list[Handed], world: World, second_instructor: str, unit: Unit
) -> None:
    with unit():
        seen = service.propose(cohort_of(), None, evenly(world.instructor)).mark
        give(to(second_instructor), {four[0].marking})
    with pytest.raises(Stale), unit():
        service.allocate(cohort_of(), None, evenly(world.instructor), seen, by=user(world.coordinator))


def test_what_was_given_and_not_begun_can_be_given_anew_and_taken_back(
    four: list[Handed], world: World, second_instructor: str, unit: Unit
) -> None:
    with unit():
        give(to(world.instructor))
        assert give(evenly(second_instructor)).changes == []
        give(evenly(world.instructor, second_instructor, again=True))
        assert Counter(given().values()) == {world.instructor: 2, second_instructor: 2}
        give(to(), {four[0].marking})
        assert four[0].marking not in given() and len(given()) == 3


def test_what_is_begun_or_open_on_a_desk_stays(
    four: list[Handed], world: World, second_instructor: str, unit: Unit, browser_of: Open
) -> None:
    browser_of(world.instructor).get(f"/marking/{four[1].marking}")
    with unit():
        begun = session.get_one(Marking, four[0].marking)
        marking.save_marking(begun, Judged(levels()), by=user(world.instructor))
    with unit():
        plan = give(to(second_instructor))
        assert plan.begun == 2 and sorted(given()) == [four[2].marking, four[3].marking]


def test_nobody_is_given_what_a_conflict_keeps_from_them(
    four: list[Handed], world: World, second_instructor: str, unit: Unit
) -> None:
    with unit():
        first = session.get_one(Marking, four[0].marking)
        give(to(second_instructor), {four[0].marking})
        conflicts.declare(first, "We are cousins.", by=user(second_instructor))
        conflicts.declare(first, "We are cousins.", by=user(second_instructor))
    with unit():
        assert given() == {}
        plan = give(to(second_instructor))
        assert [one.id for one in plan.alone] == [four[0].marking]
    with pytest.raises(Refused), unit():
        row = session.get_one(Marking, four[0].marking)
        marking.save_marking(row, Judged(levels()), by=user(second_instructor))


def test_a_work_never_goes_to_its_author(handed: Handed, world: World, unit: Unit) -> None:
    with unit():
        accounts.grant_role(user(world.trainee), Role.INSTRUCTOR, cohort_id=cohort_of().id)
    with unit():
        assert [one.id for one in give(to(world.trainee)).alone] == [handed.marking]
        give(evenly(world.trainee, world.instructor))
        assert given() == {handed.marking: world.instructor}


@pytest.mark.parametrize("tie", ["enrolled", "manager"])
def test_somebody_of_the_same_entity_is_kept_away_where_the_cohort_says_so(
    tie: str, handed: Handed, second_instructor: str, decide: Decide, world: World, unit: Unit
) -> None:
    with unit():
        entity = enrolment(world.trainee).entity_id
        if tie == "enrolled":
            session.add(replace_user(enrolment(world.trainee_2), second_instructor))
            session.flush()
        else:
            accounts.grant_role(user(second_instructor), Role.LINE_MANAGER, entity_id=entity)
    with unit():
        assert service.propose(cohort_of(), None, to(second_instructor)).alone == []
    decide(own_entity=False)
    with unit():
        assert [one.id for one in service.propose(cohort_of(), None, to(second_instructor)).alone] == [handed.marking]
    with pytest.raises(Refused), unit():
        row = session.get_one(Marking, handed.marking)
        marking.save_marking(row, Judged(levels()), by=user(second_instructor))


def tutor(email: str, of: str) -> None:
    """Make an instructor of the cohort the tutor of a person, as a coordinator does."""
    wish, one = tutoring.Wish(tutoring.Way.HAND, {user(email).id}), {enrolment(of).id}
    seen = tutoring.propose(cohort_of(), one, wish).mark
    tutoring.allocate(cohort_of(), one, wish, seen, by=user("coordinator@uz.test"))


def test_works_go_to_the_tutors_of_their_authors(
    handed: Handed, hand_in: Hand, second_instructor: str, world: World, unit: Unit
) -> None:
    hand_in(world.trainee_2, key="2" * 20)
    with unit():
        tutor(second_instructor, world.trainee)
        plan = give(Wish(Way.TUTOR))
        assert given() == {handed.marking: second_instructor} and len(plan.alone) == 1


def test_the_tutor_is_kept_away_where_the_cohort_says_so(
    handed: Handed, second_instructor: str, decide: Decide, world: World, unit: Unit
) -> None:
    decide(own_tutor=False)
    with unit():
        assert service.propose(cohort_of(), None, to(second_instructor)).alone == []
        tutor(second_instructor, world.trainee)
        assert [one.id for one in service.propose(cohort_of(), None, to(second_instructor)).alone] == [handed.marking]
    with pytest.raises(Refused), unit():
        row = session.get_one(Marking, handed.marking)
        marking.save_marking(row, Judged(levels()), by=user(second_instructor))


def test_a_draft_that_nobody_else_may_open_is_handed_over_by_the_coordinator(
    handed: Handed, second_instructor: str, world: World, unit: Unit, browser_of: Open
) -> None:
    with unit():
        second.decide()
        row = session.get_one(Marking, handed.marking)
        marking.save_marking(row, Judged(levels(), "Begun."), by=user(world.instructor))
    first, other, page = browser_of(world.instructor), browser_of(second_instructor), f"/marking/{handed.marking}"
    with unit():
        assert give(to(second_instructor), {handed.marking}).begun == 1  # open on a desk
    assert other.get(page).status_code == 404
    with clock.at(clock.now() + timedelta(hours=1)), unit():
        assert give(to(second_instructor)).begun == 1  # not by sharing out
        give(to(second_instructor), {handed.marking})
    assert first.get(page).status_code == 404
    assert "Begun." in other.get(page).text
    with clock.at(clock.now() + timedelta(hours=1)), unit():
        row = session.get_one(Marking, handed.marking)
        marking.mark(row, Judged(levels()), by=user(second_instructor))


def test_who_has_declared_a_conflict_gives_no_second_mark(
    handed: Handed, set_mark: Callable[..., None], second_instructor: str, unit: Unit
) -> None:
    with unit():
        conflicts.declare(session.get_one(Marking, handed.marking), "We are cousins.", by=user(second_instructor))
    set_mark(handed, "weak")
    with unit():
        second.decide()
        second.begin()
    with pytest.raises(Refused, match="conflict of interest"), unit():
        second.assign(handed, second_instructor)
    with unit():
        held = second.moderation_of(handed).round
        assert readings.spread(held, cohort_of(), by=user("coordinator@uz.test")).given == {}


def replace_user(like: Enrolment, email: str) -> Enrolment:
    return Enrolment(
        cohort_id=like.cohort_id, user_id=user(email).id, entity_id=like.entity_id, enrolled_at=clock.now()
    )


def test_somebody_who_does_not_mark_here_cannot_be_named(handed: Handed, world: World, unit: Unit) -> None:
    for stranger in (world.other_instructor, world.coordinator, world.trainee_2):
        with pytest.raises(Refused), unit():
            give(to(stranger))
    with unit():
        assert given() == {}


def test_the_database_knows_no_allocation_without_its_time(handed: Handed, world: World, unit: Unit) -> None:
    with pytest.raises(IntegrityError), unit():
        session.execute(update(Marking).values(allocated_to_id=user(world.instructor).id))


def test_a_closed_cohort_gives_nothing(handed: Handed, world: World, unit: Unit) -> None:
    with unit():
        session.execute(update(type(cohort_of())).values(state=CohortState.CLOSED))
    with pytest.raises(Refused), unit():
        give(to(world.instructor))


def test_new_works_are_given_by_the_rule_of_the_cohort(
    app: Flask, second_instructor: str, decide: Decide, hand_in: Hand, world: World, unit: Unit
) -> None:
    with unit():
        user(second_instructor).language = Lang.RU
    decide(new_works=Way.LANGUAGE)
    russian, english = hand_in(world.trainee, lang=Lang.RU), hand_in(world.trainee_2, key="2" * 20)
    with app.app_context():
        jobs.drain()
    with unit():
        assert given() == {russian.marking: second_instructor, english.marking: world.instructor}


# ---- the pages


def test_a_coordinator_gives_chosen_works_after_seeing_who_gets_what(
    four: list[Handed], world: World, second_instructor: str, browser_of: Open, reading: Unit
) -> None:
    browser, ids = browser_of(world.coordinator), [str(one.marking) for one in four[:2]]
    page = browser.get(PAGE).text
    assert "Instructor uz" in page and "4 works were given to nobody" in page
    with reading():
        marker = str(user(second_instructor).id)
    sent = {"marking": ids, "way": "hand", "person": marker}
    shown = browser.send(PAGE, {**sent, "do": "show"}).text
    seen = shown.rpartition('name="seen" value="')[2].partition('"')[0]
    assert browser.send(PAGE, {**sent, "do": "save", "seen": "x"}).status_code == 409
    assert browser.send(PAGE, {**sent, "do": "save", "seen": seen}).status_code == 302
    with reading():
        assert given() == {four[0].marking: second_instructor, four[1].marking: second_instructor}
        mine = access.queue(user(second_instructor), Wanted(), 1)
        assert [one.whose for one in mine] == [Whose.MINE, Whose.MINE, Whose.NOBODY, Whose.NOBODY]
        assert len(access.queue(user(second_instructor), Wanted(whose=Whose.NOBODY), 1)) == 2


def test_works_of_another_cohort_cannot_be_given_by_their_ids(
    hand_in: Hand, world: World, browser_of: Open, reading: Unit, unit: Unit
) -> None:
    foreign = hand_in(world.other_trainee, lang=Lang.AR)
    browser = browser_of(world.coordinator)
    with reading():
        marker = str(user(world.instructor).id)
        assert service.propose(cohort_of(), {foreign.marking}, to(world.instructor)) == Plan(
            loads=[service.Load(user(world.instructor), 0, 0)]
        )
    sent = {"marking": str(foreign.marking), "way": "hand", "person": marker, "do": "save", "seen": "x"}
    browser.send(PAGE, sent)
    assert browser.send("/cohorts/ae-1/allocation", sent, page=PAGE).status_code == 404
    with reading():
        assert given() == {}


def test_a_marker_cannot_give_works(handed: Handed, world: World, browser_of: Open) -> None:
    browser = browser_of(world.instructor)
    sent = {"everything": "1", "way": "language", "do": "save"}
    assert browser.send(PAGE, sent, page="/marking/").status_code == browser.get(PAGE).status_code == 403


def test_the_page_names_no_author_where_the_cohort_marks_without_names(
    handed: Handed, decide: Decide, world: World, browser_of: Open
) -> None:
    decide(anonymous=True)
    browser = browser_of(world.coordinator)
    for page in (browser.get(PAGE).text, browser.send(PAGE, {"everything": "1"}).text):
        assert "Karimova" not in page
    assert handed.receipt in browser.get(PAGE).text


def test_the_load_of_a_marker_is_what_waits_at_the_median_of_what_they_marked(
    four: list[Handed], world: World, unit: Unit
) -> None:
    with unit():
        give(to(world.instructor))
    for handed, minutes in zip(four[:3], (10, 30, 20), strict=True):
        with unit():
            marking.save_marking(session.get_one(Marking, handed.marking), Judged({}), by=user(world.instructor))
            start = clock.now()
        with clock.at(start + timedelta(minutes=minutes)), unit():
            row = session.get_one(Marking, handed.marking)
            marking.mark(row, Judged(levels()), by=user(world.instructor))
    with unit():
        load = {one.marker.email: one for one in workload.of(cohort_of())}[world.instructor]
        assert (load.waiting, load.marked, load.minutes, load.ahead) == (1, 3, 20, 20)
