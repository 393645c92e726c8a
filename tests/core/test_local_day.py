"""The day in a row's own zone, as SQL, is the day that the application says."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.core import clock
from diploma.core.local_day import local_day

ZONES = ("UTC", "Asia/Tashkent", "Asia/Dubai", "Asia/Kathmandu", "America/Lima", "Pacific/Kiritimati")


@pytest.mark.parametrize("hour", [0, 4, 9, 10, 18, 19, 20, 23])
def test_each_row_has_the_day_of_its_own_zone(hour: int, world: Any, unit: Any) -> None:
    with unit() as session, clock.at(datetime(2026, 12, 31, hour, 59, 59, 250_000, UTC)):
        someone = session.scalars(select(User).where(User.email == world.trainee)).one()
        for zone in ZONES:
            session.add(RoleGrant(user_id=someone.id, role=Role.AUDITOR, time_zone=zone, starts_on=clock.today(zone)))
        session.flush()
        zone, here = RoleGrant.time_zone, local_day(RoleGrant.time_zone)
        own = (RoleGrant.role == Role.AUDITOR, RoleGrant.user_id == someone.id)
        rows = session.execute(select(zone, here, here == RoleGrant.starts_on).where(*own)).all()
        assert sorted(rows) == sorted((zone, clock.today(zone), True) for zone in ZONES)
