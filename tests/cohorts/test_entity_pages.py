"""The pages of a partner's entities: the tree of a day, search, and the steps by day."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.entities import changing
from diploma.cohorts.models import Entity, Partner
from diploma.core import clock


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


@pytest.fixture
def ids(world: Any, unit: Any) -> dict[str, int]:
    """A ministry with an agency below, another ministry, and an entity of the other government."""
    with unit() as session:
        partner = session.scalar(select(Partner).where(Partner.slug == "uz"))
        ministry = session.scalar(select(Entity).where(Entity.partner_id == partner.id))
        agency = changing.create_entity(partner, {"uz-Cyrl": "Кадастр агентлиги"}, parent=ministry)
        other = changing.create_entity(partner, {"en": "Other ministry"})
        foreign = session.scalar(select(Entity).where(Entity.partner_id != partner.id))
        found = {"ministry": ministry, "agency": agency, "other": other, "foreign": foreign}
        return {name: one.id for name, one in found.items()}


@pytest.fixture
def today() -> Any:
    return clock.today("Asia/Tashkent")


def below(page: str, parent: str, child: str) -> bool:
    """Whether ``child`` stands in the list of ``parent``, in a nested list of its own."""
    found = re.search(
        rf'<li id="e\d+">(?:(?!<li).)*{re.escape(parent)}(?:(?!</li>).)*<ul class="tree">(.*?)</ul>', page, re.S
    )
    return bool(found and child in found[1])


def test_the_tree_of_another_day_is_shown(coordinator: Any, ids: dict[str, int], today: Any) -> None:
    day = today + timedelta(days=1)
    moved = coordinator.send(
        f"/entities/{ids['agency']}/move", {"parent": str(ids["other"]), "valid_from": day.isoformat()}
    )
    assert moved.status_code == 302
    assert below(coordinator.get("/partners/uz").text, "Ministry of Examples (uz)", "Кадастр")
    later = coordinator.get(f"/partners/uz?on={day}").text
    assert below(later, "Other ministry", "Кадастр") and not below(later, "Ministry of Examples (uz)", "Кадастр")
    assert "This is the tree of another day." in later


@pytest.mark.parametrize("on", ["", "yesterday", "2026-13-01", "10000-01-01", "0000-00-00", "9999-12-31"])
def test_a_day_that_is_none_shows_today(coordinator: Any, ids: dict[str, int], on: str) -> None:
    assert coordinator.get(f"/partners/uz?on={on}").status_code == 200


def test_an_entity_is_found_in_another_script_with_what_leads_to_it(coordinator: Any, ids: dict[str, int]) -> None:
    page = coordinator.get("/partners/uz?q=kadastr").text
    assert below(page, "Ministry of Examples (uz)", "Кадастр") and "Other ministry" not in page
    assert "No entity has such a name." in coordinator.get("/partners/uz?q=zzz").text


def test_languages_without_a_name_are_named(coordinator: Any, ids: dict[str, int]) -> None:
    page = coordinator.get(f"/partners/uz/entities/{ids['agency']}").text
    assert re.search("No name in: [^<]*English", page) and not re.search("No name in: [^<]*Ўзбекча", page)


def test_a_step_into_the_past_asks_for_a_reason_and_keeps_what_was_typed(coordinator: Any, ids: dict[str, int]) -> None:
    form = {"name_en": "Earlier", "valid_from": "2020-01-01"}
    page = coordinator.send(f"/entities/{ids['other']}/rename", form)
    assert page.status_code == 422 and "This day has passed." in page.text and 'value="Earlier"' in page.text
    assert coordinator.send(f"/entities/{ids['other']}/rename", form | {"reason": "Decree"}).status_code == 302


@pytest.mark.parametrize(("step", "field"), [("move", "parent"), ("merge", "into")])
@pytest.mark.parametrize("target", ["foreign", "agency"])
def test_no_stranger_and_nothing_from_below_is_offered(
    coordinator: Any, ids: dict[str, int], today: Any, reading: Any, step: str, field: str, target: str
) -> None:
    path = f"/entities/{ids['ministry']}/{step}"
    assert f'value="{ids[target]}"' not in coordinator.get(path).text
    assert coordinator.send(path, {field: str(ids[target]), "valid_from": str(today)}).status_code == 422
    with reading() as session:
        found = session.get(Entity, ids["ministry"])
        assert found.moves == [] and found.merged_into_id is None


def test_an_entity_is_merged_on_its_page(coordinator: Any, ids: dict[str, int], today: Any) -> None:
    path = f"/entities/{ids['agency']}/merge"
    done = coordinator.send(path, {"into": str(ids["other"]), "valid_from": str(today)}, follow_redirects=True)
    assert "Merged into another entity" in done.text
    assert "Merged into it" in coordinator.get(f"/partners/uz/entities/{ids['other']}").text
    assert coordinator.send(path, {"into": str(ids["other"]), "valid_from": str(today)}).status_code == 422


def test_an_entity_is_not_found_under_another_partner(world: Any, browser_of: Any, ids: dict[str, int]) -> None:
    director = browser_of(world.director)
    assert director.get(f"/partners/uz/entities/{ids['agency']}").status_code == 200
    assert director.get(f"/partners/ae/entities/{ids['agency']}").status_code == 404


def test_a_name_cannot_bring_markup(coordinator: Any, ids: dict[str, int]) -> None:
    coordinator.send("/partners/uz/entities/new", {"name_en": "<script>alert(1)</script>", "kind": "agency"})
    assert "<script>alert" not in coordinator.get("/partners/uz").text


def test_fields_beside_the_form_change_nothing(coordinator: Any, ids: dict[str, int], reading: Any) -> None:
    more = {"partner_id": "2", "closed_on": "2020-01-01", "merged_into_id": str(ids["other"])}
    coordinator.send(f"/partners/uz/entities/{ids['agency']}", {"kind": "agency", **more})
    with reading() as session:
        found = session.get(Entity, ids["agency"])
        assert (found.kind, found.partner.slug, found.closed_on, found.merged_into_id) == ("agency", "uz", None, None)
