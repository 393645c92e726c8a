"""Whose day it is: at two in the morning in Tashkent, UTC still has yesterday."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.access import reach
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import appointments
from diploma.cohorts.entities import access as entity_access
from diploma.cohorts.entities import changing
from diploma.cohorts.models import Partner
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.cohorts.conftest import cohort_of, row

TODAY = date(2031, 5, 10)
NIGHT = datetime(2031, 5, 9, 21, tzinfo=UTC)  # 02:00 of TODAY in Tashkent
DAY = timedelta(days=1)


@pytest.fixture
def partner(world: Any, unit: Any) -> str:
    with unit() as session:
        found = cohort_of(session).partner
        assert found.time_zone == "Asia/Tashkent"
        return str(found.slug)


def _partner(session: Any) -> Partner:
    return session.scalars(select(Partner).where(Partner.slug == "uz")).one()  # type: ignore[no-any-return]


def _holds(session: Any, email: str) -> bool:
    found = session.scalars(select(User).where(User.email == email)).one()
    return bool(reach(found, Permission.MANAGE_COHORT).partners)


def test_an_appointment_of_today_holds_at_once(partner: str, unit: Any, reading: Any) -> None:
    with unit() as session, clock.at(NIGHT):
        appointments.appoint(
            "new@uz.test", Role.COORDINATOR, partner=_partner(session), full_name="New", starts_on=TODAY, ends_on=TODAY
        )
    for moment, held in ((NIGHT - 3 * timedelta(hours=1), False), (NIGHT, True), (NIGHT + DAY, False)):
        with reading() as session, clock.at(moment):
            assert _holds(session, "new@uz.test") is held


def test_without_days_it_begins_today_and_ends_at_once(partner: str, unit: Any, reading: Any) -> None:
    with unit() as session, clock.at(NIGHT):
        appointments.appoint("new@uz.test", Role.COORDINATOR, partner=_partner(session), full_name="New")
        grant = session.scalars(select(RoleGrant).join(RoleGrant.user).where(User.email == "new@uz.test")).one()
        assert (grant.starts_on, grant.time_zone) == (TODAY, "Asia/Tashkent")
        with pytest.raises(Refused, match="cannot lie in the past"):
            accounts.end_role(grant, last_day=TODAY - DAY)
        accounts.end_role(grant)
        assert grant.ends_on == TODAY - DAY and not grant.holds_at(clock.now())


def test_a_trainee_of_the_night_is_enrolled_by_the_clocks_of_the_cohort(partner: str, load: Any, unit: Any) -> None:
    with clock.at(NIGHT):
        load(row("new@uz.test"))
    with unit() as session:
        grant = session.scalars(select(RoleGrant).join(RoleGrant.user).where(User.email == "new@uz.test")).one()
        assert (grant.starts_on, grant.time_zone) == (TODAY, "Asia/Tashkent")


def test_the_tree_and_the_names_of_today_are_those_of_the_partners_day(partner: str, unit: Any, world: Any) -> None:
    with unit() as session, clock.at(NIGHT):
        place = _partner(session)
        upper = changing.create_entity(place, {"en": "Upper"})
        lower = changing.create_entity(place, {"en": "Lower"})
        changing.move_entity(lower, upper, TODAY)
        changing.rename_entity(lower, {"en": "Renamed"}, TODAY)
        assert lower.name(Lang.EN) == "Renamed"
        with pytest.raises(Refused, match="This day has passed"):
            changing.move_entity(lower, None, TODAY - DAY)
        director = session.scalars(select(User).where(User.email == world.director)).one()
        scope, _found = entity_access.entity(director, lower.id)
        assert scope.tree.day == TODAY and scope.tree.parent(lower.id) == upper.id
        changing.merge_entity(lower, upper, TODAY)
        assert lower.current is upper
