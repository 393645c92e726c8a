"""The pages of an admission ask the database as often for thirty applications as for three."""

from typing import Any

from diploma.admissions import calls
from diploma.admissions.models import Application, ApplicationState, Reading
from diploma.cohorts.entities.changing import create_entity
from diploma.core import clock
from diploma.core.lang import Lang
from tests.admissions.conftest import SLUG, the_call, user

PAGES = ("", "/decision", "/readers", "/registrations", "/applications.xlsx")


def crowd(session: Any, first: int, count: int) -> None:
    """Applications that both readers have read, each of an entity of its own."""
    call = the_call(session)
    people = [user(session, one) for one in ("coordinator@uz.test", "instructor@uz.test")]
    calls.name_readers(call, {one.id: None for one in people}, by=people[0])
    for number in range(first, first + count):
        entity = create_entity(call.cohort.partner, {"en": f"Office {number}"})
        made = Application(
            call_id=call.id, email=f"p{number}@mail.test", full_name=f"Person {number}", name_search=f"person {number}",
            language=Lang.EN, entity_id=entity.id, state=ApplicationState.READING, created_at=clock.now(),
            submitted_at=clock.now(), years=3, answers={"why": "Because"},
        )  # fmt: skip
        session.add(made)
        session.flush()
        for place, reader in enumerate(people, 1):
            session.add(
                Reading(
                    application_id=made.id,
                    reader_id=reader.id,
                    number=place,
                    levels={"idea": 3, "reach": 2},
                    assigned_at=clock.now(),
                    done_at=clock.now(),
                )
            )


def test_more_applications_ask_no_more_often(call: str, unit: Any, browser_of: Any, queries: Any) -> None:
    browser, counts = browser_of("coordinator@uz.test"), []
    addresses = [*(f"/cohorts/{SLUG}/admission{page}" for page in PAGES), "/readings/"]
    for first, count in ((0, 3), (3, 27)):
        with unit() as session:
            crowd(session, first, count)
        found = {}
        for address in addresses:
            with queries() as seen:
                assert browser.get(address).status_code == 200
            found[address] = len(seen)
        counts.append(found)
    assert counts[0] == counts[1]
