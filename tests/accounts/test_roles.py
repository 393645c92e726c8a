"""Roles: granted within one's own reach, taken away at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service
from diploma.accounts.access import reach
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTABLE, GRANTS, Permission, Role
from diploma.core import clock
from diploma.core.errors import Refused


def user(session: Any, email: str) -> User:
    found: User = session.scalars(select(User).where(User.email == email)).one()
    return found


def test_a_role_that_is_taken_away_on_its_first_day_holds_no_longer(world: Any, unit: Any, browser_of: Any) -> None:
    person = browser_of(world.instructor)
    assert person.get("/marking/").status_code == 200
    with unit() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user(session, world.instructor).id)).one()
        service.end_role(grant)
    assert person.get("/marking/").status_code == 403


def test_a_role_holds_only_between_its_dates(world: Any, unit: Any, reading: Any) -> None:
    today = clock.now().date()
    with unit() as session:
        someone = user(session, world.registrar)
        service.grant_role(
            someone, Role.AUDITOR, starts_on=today + timedelta(days=2), ends_on=today + timedelta(days=4)
        )
    for days, held in ((0, False), (2, True), (4, True), (5, False)):
        with clock.at(clock.now() + timedelta(days=days)), reading() as session:
            assert bool(reach(user(session, world.registrar), Permission.SEE_AUDIT)) is held


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMIN, Role.REGISTRAR, Role.COORDINATOR])
def test_a_coordinator_grants_no_role_above_their_own(world: Any, unit: Any, role: Role) -> None:
    with pytest.raises(Refused), unit() as session:
        service.grant_role(user(session, world.trainee), role, by=user(session, world.coordinator))


def test_nobody_grants_a_role_to_themselves(world: Any, unit: Any) -> None:
    with pytest.raises(Refused), unit() as session:
        service.grant_role(user(session, world.director), Role.REGISTRAR, by=user(session, world.director))


def test_a_last_day_before_the_first_is_refused(world: Any, unit: Any) -> None:
    today = clock.now().date()
    with pytest.raises(Refused), unit() as session:
        service.grant_role(
            user(session, world.trainee), Role.AUDITOR, starts_on=today, ends_on=today - timedelta(days=1)
        )


def test_every_role_of_the_closed_list_is_described() -> None:
    assert set(GRANTS) == set(Role)
    assert all(roles <= set(Role) for roles in GRANTABLE.values())
