"""Setting a call up and running it on the screens alone, as a coordinator does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.admissions import calls
from diploma.admissions.models import AdmissionSeat
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.admissions.conftest import SLUG, read_all, states, the_call, user, written

ADMISSION = f"/cohorts/{SLUG}/admission"


@pytest.fixture
def browser(call: str, browser_of: Any) -> Any:
    return browser_of("coordinator@uz.test")


def terms(**changed: Any) -> dict[str, Any]:
    said = {"opens_at": "2026-03-01T09:00", "closes_at": "2026-03-20T18:00", "entry": "both", "places": 60}
    return said | {"waiting": 20, "offer_days": 7, "gap": 25, "reading_days": 14} | changed


def test_a_call_is_changed_in_the_zone_of_its_cohort(browser: Any, reading: Any) -> None:
    assert browser.send(f"{ADMISSION}/settings", terms()).status_code == 302
    with reading() as session:
        held = the_call(session)
        assert held.opens_at.isoformat() == "2026-03-01T04:00:00+00:00" and held.places == 60  # Tashkent is UTC+5
        assert len(session.scalars(select(AdmissionSeat)).all()) == 60
    assert 'value="2026-03-01T09:00"' in browser.get(f"{ADMISSION}/settings").text
    assert browser.send(f"{ADMISSION}/settings", terms(places=2)).status_code == 302
    with reading() as session:
        assert len(session.scalars(select(AdmissionSeat)).all()) == 2


@pytest.mark.parametrize(
    "wrong", [{"closes_at": "2026-02-01T09:00"}, {"places": 0}, {"places": 10**20}, {"entry": "all"}, {"gap": -1}]
)
def test_terms_that_cannot_be_are_refused(browser: Any, wrong: dict[str, Any]) -> None:
    assert browser.send(f"{ADMISSION}/settings", terms(**wrong)).status_code == 422


def test_a_cohort_has_one_call_and_a_begun_one_none(call: str, unit: Any) -> None:
    now = clock.now()
    plan = calls.Terms(now, now + timedelta(days=1), calls.Entry.BOTH, 1)
    for slug, why in ((SLUG, "has a call"), ("uz-1", "has begun")):
        with unit() as session, pytest.raises(Refused, match=why):
            cohort = session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
            calls.open_call(cohort, plan)


def test_a_question_with_answers_to_choose_from_is_asked_and_taken_away(
    browser: Any, client: Any, reading: Any, unit: Any
) -> None:
    said = {"kind": "choice", "name_en": "Where?", "name_ru": "Где?", "required": "y"}
    said |= {"choices_en": "Here\nThere", "choices_ru": "Здесь\nТам"}
    assert browser.send(f"{ADMISSION}/questions", said | {"choices_ru": "Здесь"}).status_code == 422
    assert browser.send(f"{ADMISSION}/questions", said | {"choices_en": "Here", "choices_ru": ""}).status_code == 422
    assert browser.send(f"{ADMISSION}/questions", said).status_code == 302
    with reading() as session:
        asked = calls.plan_of(the_call(session)).questions[-1]
        assert asked.choices == ({"en": "Here", "ru": "Здесь"}, {"en": "There", "ru": "Там"})
    page = f"{ADMISSION}/questions"
    assert browser.send(f"{page}/remove", {"question": asked.id}, page=page).status_code == 302
    with reading() as session:
        assert [one.id for one in calls.plan_of(the_call(session)).questions] == ["why"]


def test_a_criterion_is_weighed_and_taken_away(browser: Any, reading: Any) -> None:
    page = f"{ADMISSION}/criteria"
    assert browser.send(page, {"name_en": "Means", "weight": "0"}).status_code == 422
    assert browser.send(page, {"name_en": "Means", "weight": "30"}).status_code == 302
    with reading() as session:
        made = calls.plan_of(the_call(session)).criteria[-1]
        assert (made.texts, made.weight) == ({"en": "Means"}, 30)
    assert browser.send(f"{page}/remove", {"criterion": made.id}, page=page).status_code == 302


def test_a_paragraph_of_the_partner_stands_in_the_letter_of_its_language_alone(
    browser: Any, apply: Any, mails: Any
) -> None:
    page = f"{ADMISSION}/letters/confirmation"
    assert browser.send(page, {"text_ru": "Ждём вас в марте."}).status_code == 302
    assert "Ждём вас в марте." in browser.get(page).text
    apply("ru@mail.test", language=Lang.RU)
    apply("uz@mail.test", language=Lang.UZ_LATN)
    sent = {one.to: one.body for one in mails()}
    assert "Ждём вас в марте." in sent["ru@mail.test"] and "Ждём" not in sent["uz@mail.test"]


def test_from_rules_to_offers_on_the_screens_alone(
    browser: Any, apply: Any, readers: list[str], unit: Any, reading: Any, after: Any, mails: Any, browser_of: Any
) -> None:
    said = {"service": "excluding", "service_years": "3", "levels": "advisory", "levels_named": "executive", "quota": 3}
    assert browser.send(f"{ADMISSION}/rules", said).status_code == 302
    page = browser.get(f"{ADMISSION}/rules").text
    assert 'value="3"' in page and browser.send(f"{ADMISSION}/rules", {"entities": "excluding"}).status_code == 422
    for number, years in enumerate((5, 5, 5, 5, 1)):
        apply(f"p{number}@mail.test", years=years)
    with after():
        browser = browser_of("coordinator@uz.test")
        assert browser.send(f"{ADMISSION}/readers/give-out", {}, page=f"{ADMISSION}/readers").status_code == 302
        with unit() as session:
            read_all(session, {f"p{number}@mail.test": 4 - number for number in range(4)})
        page = browser.get(f"{ADMISSION}/decision").text
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        assert browser.send(f"{ADMISSION}/decision", {"seen": seen}, page=f"{ADMISSION}/decision").status_code == 302
        assert sorted(one.to for one in mails() if "/offers/" in one.body) == [f"p{n}@mail.test" for n in range(3)]
    with reading() as session:
        assert [*states(session).values()] == ["offered", "offered", "offered", "waiting", "refused"]
        page = browser.get(f"{ADMISSION}?sort=rank&state=offered&q=nodira").text
    assert page.count("/admission/applications/") == 3


def test_readers_are_named_with_their_own_entity(browser: Any, readers: list[str], reading: Any) -> None:
    with reading() as session:
        one, entity = user(session, readers[0]).id, written(session).entity_id
    assert browser.send(f"{ADMISSION}/readers", {"reader": one, f"entity-{one}": entity}).status_code == 302
    with reading() as session:
        assert [(row.user_id, row.entity_id) for row in calls.readers(the_call(session))] == [(one, entity)]


def test_the_operator_tidies_up(call: str, apply: Any, app: Any, reading: Any) -> None:
    apply("old@mail.test")
    with clock.at(clock.now() + timedelta(days=400)):
        said = app.test_cli_runner().invoke(args=["admissions", "tidy"]).output
    assert said == "0 expired, 1 erased\n"
