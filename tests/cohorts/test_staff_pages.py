"""Creating partners, entities and cohorts; dates, steps and texts of a cohort."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.models import Cohort, CohortState, Entity, Partner
from diploma.cohorts.rules import clocks_show, instant
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.lang import Lang
from diploma.learning.models import ContentText, Revision
from tests.cohorts.conftest import cohort_of
from tests.world import M2

SETTINGS = "/cohorts/uz-1/settings"
PARTNER = {"slug": "eg", "name_en": "Egypt", "name_ar": "مصر", "time_zone": "Africa/Cairo", "languages": ["ar", "en"]}
COHORT = {
    "slug": "uz-2026-9",
    "name_en": "Ninth",
    "award": "diploma",
    "starts_on": "2027-01-10",
    "ends_on": "2027-06-10",
    "seats": "25",
    "languages": ["uz-Latn", "ru"],
    "certificate_languages": ["uz-Latn"],
    "time_zone": "Asia/Samarkand",
}


@pytest.fixture
def director(world: Any, browser_of: Any) -> Any:
    return browser_of(world.director)


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


# ---- partners and entities


def test_the_director_creates_a_partner(director: Any, reading: Any) -> None:
    done = director.send("/partners/new", PARTNER)
    assert done.location == "/partners/eg" and "Egypt" in director.get("/partners/").text
    with reading() as session:
        made = session.scalar(select(Partner).where(Partner.slug == "eg"))
        assert (made.names, made.time_zone, made.languages) == (
            {"en": "Egypt", "ar": "مصر"},
            "Africa/Cairo",
            ["ar", "en"],
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "UZ!"},
        {"slug": "uz"},
        {"slug": "-"},
        {"name_en": "", "name_ar": ""},
        {"time_zone": "Mars/Olympus"},
        {"languages": []},
        {"languages": ["xx"]},
    ],
)
def test_a_wrong_partner_is_shown_again_with_what_was_typed(director: Any, reading: Any, wrong: dict[str, Any]) -> None:
    page = director.send("/partners/new", {**PARTNER, **wrong})
    assert page.status_code == 422 and "Nothing was saved yet" in page.text
    assert 'value="Egypt"' in page.text or "name_en" in wrong
    with reading() as session:
        assert len(session.scalars(select(Partner)).all()) == 2


def test_a_coordinator_sees_their_partner_and_creates_none(coordinator: Any) -> None:
    page = coordinator.get("/partners/").text
    assert "Uzbekistan" in page and "Emirates" not in page and "/partners/new" not in page
    assert coordinator.get("/partners/new").status_code == 403


def test_a_director_of_one_partner_creates_no_other(world: Any, unit: Any, browser_of: Any) -> None:
    from diploma.accounts import service as accounts
    from diploma.accounts.permissions import Role

    with unit() as session:
        accounts.grant_role(accounts.find(world.coordinator), Role.DIRECTOR, partner_id=cohort_of(session).partner_id)
    browser = browser_of(world.coordinator)
    assert browser.get("/partners/new").status_code == 403
    assert browser.send("/partners/new", PARTNER, page="/partners/").status_code == 403


def test_entities_form_a_tree(coordinator: Any, reading: Any) -> None:
    coordinator.send(
        "/partners/uz/entities/new", {"name_uz_latn": "Vazirlar Mahkamasi", "name_ru": "Кабинет Министров"}
    )
    with reading() as session:
        parent = session.scalars(select(Entity).order_by(Entity.id.desc())).first().id
    assert (
        coordinator.send("/partners/uz/entities/new", {"name_en": "Agency", "parent": str(parent)}).status_code == 302
    )
    with reading() as session:
        assert session.scalars(select(Entity).order_by(Entity.id.desc())).first().parent_id == parent
    page = coordinator.get("/partners/uz").text
    assert re.search(
        r"Кабинет Министров</bdi>(?:(?!</li>).)*<ul class=\"tree\">(?:(?!</ul>).)*<bdi>Agency</bdi>", page, re.S
    )


def test_an_entity_of_another_partner_is_no_parent(coordinator: Any, reading: Any) -> None:
    with reading() as session:
        foreign = session.scalar(select(Entity).join(Partner).where(Partner.slug == "ae")).id
    page = coordinator.send("/partners/uz/entities/new", {"name_en": "Agency", "parent": str(foreign)})
    assert page.status_code == 422


def test_an_entity_known_in_another_spelling_is_not_created_twice(coordinator: Any) -> None:
    coordinator.send("/partners/uz/entities/new", {"name_uz_latn": "Sogʻliqni saqlash vazirligi"})
    page = coordinator.send("/partners/uz/entities/new", {"name_uz_cyrl": "Соғлиқни сақлаш вазирлиги"})
    assert page.status_code == 422 and "There is an entity" in page.text


def test_an_entity_is_renamed_from_a_day_on(coordinator: Any, reading: Any) -> None:
    with reading() as session:
        entity = session.scalar(select(Entity).join(Partner).where(Partner.slug == "uz")).id
    path = f"/entities/{entity}/rename"
    assert 'value="Ministry of Examples (uz)"' in coordinator.get(path).text
    assert (
        coordinator.send(
            path, {"name_en": "Agency of Examples", "valid_from": "2026-07-01", "reason": "Entered late"}
        ).location
        == f"/partners/uz/entities/{entity}"
    )
    with reading() as session:
        found = session.get(Entity, entity)
        assert (found.name(Lang.EN), found.name(Lang.EN, date(2026, 6, 30))) == (
            "Agency of Examples",
            "Ministry of Examples (uz)",
        )
    assert (
        coordinator.send(path, {"name_en": "Third", "valid_from": "2026-07-01", "reason": "Entered late"}).status_code
        == 422
    )


def test_a_new_name_that_another_entity_has_is_refused(coordinator: Any, reading: Any) -> None:
    coordinator.send("/partners/uz/entities/new", {"name_en": "Agency"})
    with reading() as session:
        first = session.scalar(select(Entity).join(Partner).where(Partner.slug == "uz").order_by(Entity.id)).id
    page = coordinator.send(
        f"/entities/{first}/rename", {"name_en": "AGENCY", "valid_from": "2026-07-01", "reason": "Entered late"}
    )
    assert page.status_code == 422 and "There is an entity" in page.text


# ---- cohorts


def test_a_cohort_is_created_on_the_newest_edition(coordinator: Any, reading: Any) -> None:
    assert "edition 1" in coordinator.get("/partners/uz/cohorts/new").text
    done = coordinator.send("/partners/uz/cohorts/new", COHORT)
    assert done.location == "/cohorts/uz-2026-9/settings#dates"
    with reading() as session:
        made, other = cohort_of(session, "uz-2026-9"), cohort_of(session)
        assert (made.edition_id, made.revision_id, made.partner_id) == (
            other.edition_id,
            other.revision_id,
            other.partner_id,
        )
        assert (made.state, made.seats, made.time_zone, made.certificate_languages) == (
            CohortState.DRAFT,
            25,
            "Asia/Samarkand",
            ["uz-Latn"],
        )
        assert (made.starts_on, made.ends_on) == (date(2027, 1, 10), date(2027, 6, 10))


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "uz-1"},
        {"seats": "0"},
        {"seats": "many"},
        {"ends_on": "2026-01-01"},
        {"award": "king"},
        {"starts_on": "10.01.2027"},
        {"languages": []},
        {"name_en": ""},
    ],
)
def test_a_wrong_cohort_is_shown_again_with_what_was_typed(
    coordinator: Any, reading: Any, wrong: dict[str, Any]
) -> None:
    page = coordinator.send("/partners/uz/cohorts/new", {**COHORT, **wrong})
    assert (page.status_code == 422 and 'value="2027-06-10"' in page.text) or "2026-01-01" in page.text
    with reading() as session:
        assert len(session.scalars(select(Cohort)).all()) == 2


def test_a_request_cannot_set_what_the_form_does_not_ask(coordinator: Any, reading: Any) -> None:
    coordinator.send(
        "/partners/uz/cohorts/new", {**COHORT, "partner_id": "2", "state": "closed", "edition_id": "99", "id": "1"}
    )
    fields = form_fields(coordinator.get("/cohorts/uz-2026-9/settings"))
    coordinator.send("/cohorts/uz-2026-9/settings", {**fields, "partner_id": "2", "slug": "stolen", "edition_id": "99"})
    with reading() as session:
        made, other = cohort_of(session, "uz-2026-9"), cohort_of(session)
        assert (made.partner_id, made.edition_id, made.state) == (other.partner_id, other.edition_id, CohortState.DRAFT)


def form_fields(page: Any, **changed: Any) -> dict[str, Any]:
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
    assert version
    return {
        "name_en": "Renamed",
        "starts_on": "2026-10-01",
        "ends_on": "2027-04-01",
        "seats": "40",
        "languages": ["ru"],
        "certificate_languages": ["ru", "en"],
        "version": version[1],
        **changed,
    }


def test_a_cohorts_plan_is_changed(coordinator: Any, reading: Any) -> None:
    assert coordinator.send(SETTINGS, form_fields(coordinator.get(SETTINGS))).status_code == 302
    with reading() as session:
        cohort = cohort_of(session)
        assert (cohort.names, cohort.seats, cohort.languages) == ({"en": "Renamed"}, 40, ["ru"])
        assert (
            session.scalar(select(AuditEvent).where(AuditEvent.kind == "cohort.changed")).detail["after"]["seats"] == 40
        )


def test_a_plan_that_was_changed_meanwhile_is_not_overwritten_unseen(
    coordinator: Any, director: Any, reading: Any
) -> None:
    opened = form_fields(coordinator.get(SETTINGS), seats="50")
    director.send(SETTINGS, form_fields(director.get(SETTINGS), seats="60"))
    page = coordinator.send(SETTINGS, opened)
    assert page.status_code == 409 and "Somebody else changed this cohort" in page.text and 'value="50"' in page.text
    assert coordinator.send(SETTINGS, form_fields(page, seats="50")).status_code == 302
    with reading() as session:
        assert cohort_of(session).seats == 50


# ---- dates


def dates(
    opens: str = "2026-12-01T09:00", due: str = "2026-12-20T23:59", end: str = "2027-01-10T23:59"
) -> dict[str, str]:
    return {f"{M2}-opens_at": opens, f"{M2}-due_at": due, f"{M2}-cut_off_at": end}


def test_dates_are_typed_in_the_cohorts_zone(coordinator: Any, reading: Any) -> None:
    assert coordinator.send(f"{SETTINGS}/dates", dates(), page=SETTINGS).status_code == 302
    with reading() as session:
        (one,) = cohort_of(session).modules
        assert one.opens_at == datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
        assert one.due_at == datetime(2026, 12, 20, 18, 59, tzinfo=UTC)
    page = coordinator.get(SETTINGS).text
    assert 'value="2026-12-20T23:59"' in page and "Tashkent time" in page


def test_dates_that_did_not_change_leave_no_trace(coordinator: Any, reading: Any) -> None:
    coordinator.send(f"{SETTINGS}/dates", dates(), page=SETTINGS)
    assert (
        "No date was changed."
        in coordinator.send(f"{SETTINGS}/dates", dates(), page=SETTINGS, follow_redirects=True).text
    )
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "cohort.dates_set")).all()
        assert len([one for one in events if one.actor_id]) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (dates(due="2026-11-01T00:00"), "The dates must follow each other"),
        (dates(due=""), "Give all three dates."),
        (dates(opens="", due="", end=""), "A date can be moved, not taken away."),
        (dates(due="tomorrow"), "Not a valid"),
    ],
)
def test_wrong_dates_are_shown_again_and_none_is_saved(
    coordinator: Any, reading: Any, typed: dict[str, str], words: str
) -> None:
    page = coordinator.send(f"{SETTINGS}/dates", typed, page=SETTINGS)
    assert page.status_code == 422 and words in page.text
    assert all(f'value="{one}"' in page.text for one in typed.values() if one.startswith("20"))
    with reading() as session:
        assert cohort_of(session).modules[0].due_at < clock.now() + timedelta(days=8)


def test_a_moved_deadline_reaches_the_trainee(coordinator: Any, browser_of: Any, world: Any) -> None:
    opens, due, end = (clock.now() + timedelta(days=days) for days in (-1, 60, 90))
    coordinator.send(
        f"{SETTINGS}/dates",
        dates(opens=f"{opens:%Y-%m-%dT%H:%M}", due=f"{due:%Y-%m-%dT12:00}", end=f"{end:%Y-%m-%dT12:00}"),
        page=SETTINGS,
    )
    assert f"{due.day} {due:%B %Y}" in browser_of(world.trainee).get(f"/modules/{M2}?lang=en").text


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        (datetime(2026, 5, 5, 14, 0), "Asia/Tashkent", datetime(2026, 5, 5, 9, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 0, 30), "Africa/Cairo", datetime(2026, 6, 30, 21, 30, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59), "UTC", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
    ],
)
def test_clocks_of_a_zone_name_an_instant(local: datetime, zone: str, utc: datetime) -> None:
    assert instant(local, zone) == utc and clocks_show(local, zone)


def test_an_hour_that_is_skipped_is_shown_by_no_clock() -> None:
    assert not clocks_show(datetime(2026, 4, 24, 0, 30), "Africa/Cairo")


# ---- life and texts


def test_a_step_of_a_cohorts_life_is_asked_first(coordinator: Any, reading: Any) -> None:
    path = f"{SETTINGS}/state/marking"
    assert "End teaching?" in coordinator.get(path).text
    assert coordinator.send(path, {}).status_code == 302
    with reading() as session:
        assert cohort_of(session).state is CohortState.MARKING


def test_reopening_needs_a_reason(coordinator: Any, reading: Any) -> None:
    for state in ("marking", "closed"):
        coordinator.send(f"{SETTINGS}/state/{state}", {})
    path = f"{SETTINGS}/state/marking"
    assert coordinator.send(path, {"reason": " "}).status_code == 422
    assert coordinator.send(path, {"reason": "An appeal was accepted"}).status_code == 302
    with reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.kind == "cohort.moved").order_by(AuditEvent.number)
        ).all()
        assert events[-1].detail["reason"] == "An appeal was accepted"


def test_a_step_out_of_order_is_not_taken(coordinator: Any, reading: Any) -> None:
    page = coordinator.send(f"{SETTINGS}/state/archived", {}, page=SETTINGS, follow_redirects=True)
    assert "This step is not open to the cohort now." in page.text
    assert coordinator.get(f"{SETTINGS}/state/paradise").status_code == 404
    with reading() as session:
        assert cohort_of(session).state is CohortState.RUNNING


def test_newer_texts_are_taken_over_and_the_edition_stays(coordinator: Any, unit: Any, reading: Any) -> None:
    assert "The texts are the newest." in coordinator.get(SETTINGS).text
    with unit() as session:
        cohort = cohort_of(session)
        newer = Revision(edition_id=cohort.edition_id, number=2, text_hash="newer", published_at=clock.now())
        session.add(newer)
        session.flush()
        session.add_all(
            ContentText(revision_id=newer.id, place=one.place, lang=one.lang, body=one.body)
            for one in session.scalars(select(ContentText).where(ContentText.revision_id == cohort.revision_id)).all()
        )
        edition = cohort.edition_id
    assert "Take over the newest texts" in coordinator.get(SETTINGS).text
    assert coordinator.send(f"{SETTINGS}/texts", {}).status_code == 302
    with reading() as session:
        assert (cohort_of(session).revision_id, cohort_of(session).edition_id) == (newer.id, edition)
    assert "newest texts already" in coordinator.get(f"{SETTINGS}/texts", follow_redirects=True).text
