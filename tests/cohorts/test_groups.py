"""Groups of a cohort: who is in which, how they are made, and who may."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.accounts.models import User
from diploma.cohorts.entities import changing
from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import CohortGroup, DateKind, GroupMember, OwnDates
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.conftest import Client
from tests.world import World

Open = Callable[[str], Client]
Unit = Callable[[], AbstractContextManager[Any]]
PAGE = "/cohorts/uz-1/groups"


def cohort(slug: str = "uz-1") -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.slug == slug)).one()


def enrolment(email: str) -> Enrolment:
    return session.scalars(select(Enrolment).join(Enrolment.user).where(User.email == email)).one()


def in_groups() -> dict[str, int]:
    return {group.name: count for group, count in groups.of(cohort())}


def test_a_person_is_in_one_group_at_most(world: World, unit: Unit) -> None:
    with unit():
        who = enrolment(world.trainee)
        first, second = (groups.make(cohort(), name) for name in ("First", "Second"))
        assert (groups.put(first, [who.id]), groups.put(second, [who.id])) == (1, 1)
        assert in_groups() == {"First": 0, "Second": 1}
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(GroupMember(group_id=first.id, enrolment_id=who.id, cohort_id=who.cohort_id))


def test_no_path_puts_a_person_into_a_group_of_another_cohort(world: World, unit: Unit) -> None:
    with unit():
        theirs, group = enrolment(world.other_trainee), groups.make(cohort(), "First")
        assert groups.put(group, [theirs.id]) == 0
        for where in (group.cohort_id, theirs.cohort_id):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.add(GroupMember(group_id=group.id, enrolment_id=theirs.id, cohort_id=where))


def test_a_cohort_is_divided_by_entity_or_language_and_who_is_in_a_group_stays(world: World, unit: Unit) -> None:
    with unit():
        own = groups.make(cohort(), "First")
        groups.put(own, [enrolment(world.trainee).id])
        assert groups.split(cohort(), groups.by_language) == 1
        assert in_groups() == {"First": 1, Lang.UZ_CYRL.native_name: 1}
        groups.take_out(cohort(), [enrolment(one).id for one in (world.trainee, world.trainee_2)])
        enrolment(world.trainee_2).entity = changing.create_entity(cohort().partner, {"en": "Agency"})
        groups.split(cohort(), groups.by_entity(Lang.EN))
        assert {name for name, count in in_groups().items() if count} == {"Agency", "Ministry of Examples (uz)"}


def test_who_leaves_is_not_counted_and_has_their_group_again_when_taken_back(world: World, unit: Unit) -> None:
    with unit():
        who = enrolment(world.trainee)
        groups.put(groups.make(cohort(), "First"), [who.id])
        enrolments.withdraw(who, Leave(Cause.OWN_WISH))
        assert in_groups() == {"First": 0}
        enrolments.take_back(who, "A mistake.")
        assert in_groups() == {"First": 1}


def test_a_group_with_dates_of_its_own_is_not_dissolved(world: World, unit: Unit) -> None:
    with unit():
        group, at = groups.make(cohort(), "First"), clock.now()
        dates = OwnDates(
            cohort=cohort(), module=world.module, kind=DateKind.GROUP, group_id=group.id, due_at=at, reason="x", at=at
        )
        session.add(dates)
        session.flush()
        with pytest.raises(Refused, match="End them first"):
            groups.dissolve(group, "No need.")
        dates.ended_at, dates.ended_reason = at + timedelta(days=1), "x"
        groups.dissolve(group, "No need.")
        assert in_groups() == {}
        with pytest.raises(Refused, match="dissolved"):
            groups.put(group, [enrolment(world.trainee).id])
        groups.make(cohort(), "First")  # the name is free again


def test_a_name_stands_once(world: World, unit: Unit) -> None:
    with unit():
        groups.make(cohort(), "First")
        second = groups.make(cohort(), "Second")
        with pytest.raises(Refused, match="already"):
            groups.make(cohort(), " First ")
        with pytest.raises(Refused, match="already"):
            groups.rename(second, "First")


def test_a_group_is_made_of_the_people_chosen_on_the_page(world: World, browser_of: Open, app: Any) -> None:
    browser = browser_of(world.coordinator)
    with app.app_context():
        ours, theirs = (enrolment(one).id for one in (world.trainee, world.other_trainee))
    form = {"name": "<i>First</i>", "enrolment": [str(ours), str(theirs)]}
    assert browser.send(PAGE, form).status_code == 302
    with app.app_context():
        assert list(session.scalars(select(GroupMember.enrolment_id))) == [ours]
    page = browser.get(PAGE).text
    assert "&lt;i&gt;First" in page and "<i>First" not in page


def test_a_group_is_found_only_under_its_own_cohort_and_by_those_who_look_after_it(
    world: World, browser_of: Open, unit: Unit
) -> None:
    with unit():
        number = groups.make(cohort(), "First").id
    assert browser_of(world.coordinator).get(f"{PAGE}/{number}").status_code == 200
    other = browser_of(world.other_coordinator)
    assert other.get(f"/cohorts/ae-1/groups/{number}").status_code == 404
    assert other.get(f"{PAGE}/{number}").status_code == 404
    assert browser_of(world.instructor).get(PAGE).status_code == 403


def test_people_of_another_government_are_not_put_into_a_group_by_its_number(
    world: World, browser_of: Open, unit: Unit, app: Any
) -> None:
    with unit():
        number, theirs = groups.make(cohort(), "First").id, enrolment(world.other_trainee).id
    form = {"group": str(number), "enrolment": str(theirs)}
    assert (
        browser_of(world.other_coordinator).send("/cohorts/ae-1/groups/put", form, page="/account").status_code == 404
    )
    with app.app_context():
        assert session.scalars(select(GroupMember)).all() == []
        assert session.get_one(CohortGroup, number).name == "First"
