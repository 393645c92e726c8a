"""How far a role reaches inside one government; that it reaches no other is in ``structure/test_isolation``."""

from typing import Any

from tests.cohorts.conftest import enrolment_of


def test_lists_hold_only_what_is_within_reach(world: Any, browser_of: Any) -> None:
    browser = browser_of(world.other_coordinator)
    assert "uz-1" not in browser.get("/cohorts/").text and "Uzbekistan" not in browser.get("/partners/").text
    assert "uz-1" not in browser.get("/partners/ae").text


def test_the_coordinator_of_one_cohort_reaches_neither_its_partner_nor_its_sister(
    world: Any, second_cohort: str, live: int, browser_of: Any, reading: Any
) -> None:
    browser = browser_of("narrow@uz.test")
    with reading() as session:
        member = enrolment_of(session, world.trainee)
    assert browser.get(f"/cohorts/{second_cohort}").status_code == 200
    for path in (
        "/cohorts/uz-1",
        "/partners/uz",
        "/partners/uz/cohorts/new",
        f"/sessions/{live}",
        f"/cohorts/{second_cohort}/people/{member.id}",
        f"/entities/{member.entity_id}/rename",
    ):
        assert browser.get(path).status_code == 404, path
