"""Roles: granted within one's own reach, taken away at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.accounts import access, service
from diploma.accounts.access import reach
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTABLE, GRANTS, Permission, Role
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang


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


# ---- the languages of translators


def translator(session: Any, email: str, **given: Any) -> RoleGrant:
    return service.grant_role(user(session, email), Role.TRANSLATOR, **given)


def test_to_translate_and_to_approve_are_rights_of_their_own_per_language(world: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        translator(session, world.trainee, translates=[Lang.RU], approves=[Lang.UZ_CYRL])
    with reading() as session:
        someone = user(session, world.trainee)
        assert (access.translates(someone), access.approves(someone)) == ({Lang.RU}, {Lang.UZ_CYRL})


def test_more_languages_later_are_a_grant_of_their_own(world: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        first = translator(session, world.trainee, translates=[Lang.RU])
        assert translator(session, world.trainee, translates=[Lang.RU]) is first
        assert translator(session, world.trainee, approves=[Lang.AR]) is not first
        service.end_role(first)
    with reading() as session:
        someone = user(session, world.trainee)
        assert (access.translates(someone), access.approves(someone)) == (frozenset(), {Lang.AR})


def test_a_right_on_translations_ends_with_its_role(world: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        translator(session, world.trainee, translates=[Lang.RU], ends_on=clock.now().date())
    with clock.at(clock.now() + timedelta(days=1)), reading() as session:
        assert access.translates(user(session, world.trainee)) == frozenset()


def test_no_other_role_carries_languages(world: Any, unit: Any) -> None:
    with pytest.raises(Refused, match="role of a translator"), unit() as session:
        service.grant_role(user(session, world.trainee), Role.INSTRUCTOR, approves=[Lang.RU])
    with pytest.raises(IntegrityError), unit() as session:
        session.add(RoleGrant(user_id=1, role=Role.AUDITOR, starts_on=clock.now().date(), approves=["ru"]))


def test_who_grants_roles_in_one_government_gives_no_right_on_what_all_read(world: Any, unit: Any) -> None:
    with unit() as session:
        local = user(session, world.coordinator)
        service.grant_role(local, Role.DIRECTOR, partner_id=1)
    for right in ("translates", "approves"):
        with pytest.raises(Refused, match="all governments"), unit() as session:
            translator(session, world.trainee, partner_id=1, by=user(session, world.coordinator), **{right: [Lang.RU]})
    with unit() as session:
        translator(session, world.trainee, by=user(session, world.director), translates=[Lang.RU])
