"""What certificates do when a name is corrected: open ones wait for it, of issued ones the registrar hears."""

from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.certificates import subscriptions
from diploma.certificates.models import CertificateState
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.certificates.conftest import Office
from tests.world import World

PREFIX = "mail:name-corrected:7:"


def _correct(office: Office, world: World, unit: Any, lang: Lang) -> None:
    """The coordinator corrected a name, and the outbox brings the news; twice, as after a break."""
    with unit():
        user = office.user(world.trainee)
        accounts.correct_names(user, "", {lang: "Азиза Карим" if lang is Lang.RU else "Aziza Karim"})
        for _ in range(2):
            payload = {"user_id": user.id, "langs": [lang.value], "request_id": 7}
            subscriptions._correct(payload, None)


def _mails(session: Any) -> list[Any]:
    return list(session.scalars(select(Job).where(Job.key.startswith(PREFIX))).all())


def test_an_approved_certificate_waits_for_the_name_again(world: World, office: Office, unit: Any) -> None:
    office.approve(world.trainee)
    _correct(office, world, unit, Lang.RU)
    with unit():
        row = office.row(world.trainee)
        assert (row.state, row.approvals) == (CertificateState.DRAFTED, [])


def test_a_name_that_it_does_not_bear_leaves_a_certificate_alone(world: World, office: Office, unit: Any) -> None:
    office.approve(world.trainee)
    _correct(office, world, unit, Lang.EN)
    with unit():
        assert office.row(world.trainee).state is CertificateState.APPROVED


@pytest.mark.parametrize(("lang", "count"), [(Lang.RU, 1), (Lang.EN, 0)])
def test_an_issued_certificate_stays_and_the_registrar_is_told_once(
    world: World, office: Office, unit: Any, lang: Lang, count: int
) -> None:
    issued = office.issue(world.trainee)
    _correct(office, world, unit, lang)
    with unit() as session:
        row, mails = office.row(world.trainee), _mails(session)
        assert (row.state, row.serial, row.snapshot) == (
            CertificateState.ISSUED,
            issued.serial,
            issued.snapshot.to_json(),
        )
        assert [one.payload["to"] for one in mails] == [world.registrar] * count
        assert all(issued.serial in one.payload["body"] for one in mails)
