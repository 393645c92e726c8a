"""The tree of a partner by day: names, places, ends and mergers, and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.cohorts import service
from diploma.cohorts.entities import changing, lookups
from diploma.cohorts.entities.tree import Tree
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Entity, EntityKind, EntityMove, Partner
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.cohorts.conftest import cohort_of, enrolment_of, row


class Country:
    """Entities of ``uz`` by short names, made in an open unit of work; ``today`` is its date."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.partner = session.scalar(select(Partner).where(Partner.slug == "uz"))
        self.today = clock.today("Asia/Tashkent")
        self.ministry = session.scalar(select(Entity).where(Entity.partner_id == self.partner.id))

    def add(self, name: str, parent: Entity | None = None, **more: Any) -> Entity:
        return changing.create_entity(self.partner, {"en": name}, parent=parent, **more)

    def day(self, ahead: int) -> date:
        return self.today + timedelta(days=ahead)

    def tree(self, ahead: int = 0) -> Tree:
        return Tree(lookups.of_partner(self.partner.id), self.day(ahead))


@pytest.fixture
def country(world: Any, unit: Any) -> Any:
    with unit() as session:
        yield Country(session)


# ---- by day


def test_the_tree_of_a_day_has_the_places_of_that_day(country: Country) -> None:
    old, new = country.add("Old ministry"), country.add("New ministry")
    agency = country.add("Agency", old)
    changing.move_entity(agency, new, country.day(5))
    assert country.tree(4).parent(agency.id) == old.id
    assert country.tree(5).parent(agency.id) == new.id
    assert agency.id in country.tree().below(old.id) and agency.id not in country.tree(5).below(old.id)


def test_an_entity_is_in_the_tree_from_its_first_day_until_before_its_last(country: Country) -> None:
    agency = country.add("Agency", opened_on=country.day(3))
    changing.close_entity(agency, country.day(6))
    assert [agency.stands_on(country.day(n)) for n in (2, 3, 5, 6)] == [False, True, True, False]
    names = [[one.entity.id for one in country.tree(n).branches(Lang.EN)] for n in (2, 3, 6)]
    assert [agency.id in found for found in names] == [False, True, False]


def test_a_name_of_tomorrow_is_not_shown_today(country: Country) -> None:
    changing.rename_entity(country.ministry, {"en": "Tomorrow"}, country.day(1))
    assert country.ministry.name(Lang.EN) == "Ministry of Examples (uz)"
    assert country.ministry.name(Lang.EN, country.day(1)) == "Tomorrow"


def test_the_search_finds_an_earlier_name_in_another_script(country: Country) -> None:
    agency = country.add("Кадастр агентлиги")
    changing.rename_entity(agency, {"en": "Registers"}, country.today)
    assert country.tree().matching("kadastr") == {agency.id}


@pytest.mark.parametrize("step", ["rename", "move", "close", "merge"])
def test_the_past_is_changed_only_with_a_reason_which_is_recorded(country: Country, step: str) -> None:
    agency = country.add("Agency", country.ministry)
    verbs: dict[str, Callable[..., None]] = {
        "rename": lambda **more: changing.rename_entity(agency, {"en": "Other"}, country.day(-3), **more),
        "move": lambda **more: changing.move_entity(agency, None, country.day(-3), **more),
        "close": lambda **more: changing.close_entity(agency, country.day(-3), **more),
        "merge": lambda **more: changing.merge_entity(agency, country.ministry, country.day(-3), **more),
    }
    with pytest.raises(Refused, match="This day has passed"):
        verbs[step](reason="  ")
    verbs[step](reason="Decree 12")
    found = country.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert found.kind.startswith("entity.") and "Decree 12" in str(found.detail)


# ---- no circles, no strangers


def test_nothing_stands_below_itself(country: Country) -> None:
    below = country.add("Below", country.ministry)
    deeper = country.add("Deeper", below)
    for target in (country.ministry, below, deeper):
        with pytest.raises(Refused, match=r"below itself|stands there already"):
            changing.move_entity(country.ministry, target, country.today)


def test_a_move_that_closes_a_circle_on_a_later_day_is_refused(country: Country) -> None:
    first, second = country.add("First"), country.add("Second")
    changing.move_entity(first, second, country.day(10))
    with pytest.raises(Refused, match="below itself"):
        changing.move_entity(second, first, country.day(2))


def test_what_was_read_before_somebody_elses_move_is_read_again(country: Country) -> None:
    first, second = country.add("First"), country.add("Second")
    assert country.tree().above(first.id) == []  # everything is loaded, and then overtaken
    values = {"entity_id": first.id, "parent_id": second.id, "partner_id": country.partner.id}
    country.session.execute(insert(EntityMove).values(valid_from=country.today, **values))
    with pytest.raises(Refused, match="below itself"):
        changing.move_entity(second, first, country.today)


def test_an_entity_of_another_partner_is_neither_parent_nor_target(country: Country) -> None:
    foreign = country.session.scalar(select(Entity).where(Entity.partner_id != country.partner.id))
    with pytest.raises(Refused, match="another partner"):
        changing.move_entity(country.ministry, foreign, country.today)
    with pytest.raises(Refused, match="same partner"):
        changing.merge_entity(country.add("Agency"), foreign, country.today)


@pytest.mark.parametrize("wrong", ["foreign", "itself"])
def test_the_database_refuses_such_a_place_too(country: Country, wrong: str) -> None:
    foreign = country.session.scalar(select(Entity.id).where(Entity.partner_id != country.partner.id))
    parent = {"foreign": foreign, "itself": country.ministry.id}[wrong]
    values = {"entity_id": country.ministry.id, "parent_id": parent, "partner_id": country.partner.id}
    with pytest.raises(IntegrityError), country.session.begin_nested():
        country.session.execute(insert(EntityMove).values(valid_from=country.today, **values))


def test_a_tree_has_no_more_than_twelve_levels(country: Country) -> None:
    last = country.ministry
    for level in range(2, changing.LEVELS + 1):
        last = country.add(f"Level {level}", last)
    with pytest.raises(Refused, match="12 levels"):
        country.add("One more", last)
    with pytest.raises(Refused, match="12 levels"):
        changing.move_entity(country.ministry, country.add("Above"), country.today)


# ---- ends


def test_an_entity_with_others_below_is_not_closed(country: Country) -> None:
    above = country.add("Above")
    below = country.add("Below", above)
    with pytest.raises(Refused, match="Move or close them first"):
        changing.close_entity(above, country.day(1))
    changing.close_entity(below, country.day(1))
    changing.close_entity(above, country.day(1))


def test_an_entity_below_which_another_will_stand_is_not_closed(country: Country) -> None:
    above, later = country.add("Above"), country.add("Later")
    changing.move_entity(later, above, country.day(9))
    with pytest.raises(Refused, match="Move or close them first"):
        changing.close_entity(above, country.day(2))


def test_an_entity_with_people_is_merged_and_not_closed(country: Country) -> None:
    with pytest.raises(Refused, match="Merge it into the entity that takes them over"):
        changing.close_entity(country.ministry, country.today)


def test_a_merged_entity_counts_where_it_went_with_what_stood_below(country: Country) -> None:
    target = country.add("Target")
    below = country.add("Below", country.ministry)
    changing.merge_entity(country.ministry, target, country.day(2))
    assert country.tree(1).below(target.id) == {target.id}
    assert country.tree(2).below(target.id) == {target.id, country.ministry.id, below.id}
    assert country.tree(2).parent(below.id) == target.id
    assert enrolment_of(country.session, "aziza@uz.test").entity_id == country.ministry.id  # history stays


def test_people_of_a_merged_entity_are_shown_where_it_went(country: Country) -> None:
    target = country.add("Target")
    changing.merge_entity(country.ministry, target, country.today)
    country.session.expire_all()
    assert enrolment_of(country.session, "aziza@uz.test").entity.current.name(Lang.EN) == "Target"


def test_an_entity_is_not_merged_into_one_below_itself(country: Country) -> None:
    below = country.add("Below", country.add("Between", country.ministry))
    with pytest.raises(Refused, match="below itself"):
        changing.merge_entity(country.ministry, below, country.today)


def test_a_closed_entity_is_not_changed_any_more(country: Country) -> None:
    agency = country.add("Agency")
    changing.merge_entity(agency, country.ministry, country.today)
    for step in (
        lambda: changing.close_entity(agency, country.day(1)),
        lambda: changing.merge_entity(agency, country.ministry, country.day(1)),
        lambda: changing.move_entity(agency, country.ministry, country.day(1)),
        lambda: changing.rename_entity(agency, {"en": "New"}, country.day(1)),
    ):
        with pytest.raises(Refused, match="closed"):
            step()


def test_a_list_that_names_a_merged_entity_leads_to_its_successor(
    world: Any, unit: Any, load: Any, check: Any, reading: Any
) -> None:
    load(row("old@uz.test", entity="Adliya vazirligi"))
    with unit() as session:
        here = Country(session)
        old, target = enrolment_of(session, "old@uz.test").entity, here.add("Target")
        changing.merge_entity(old, target, here.today)
        wanted = target.id
    load(row("new@uz.test", "New Person", entity="Adliya vazirligi"))
    with reading() as session:
        assert enrolment_of(session, "new@uz.test").entity_id == wanted
    assert check(row("old@uz.test", entity="Adliya vazirligi")).plan.lines[0].action == "unchanged"


def test_a_kind_is_one_of_the_list(country: Country) -> None:
    changing.set_kind(country.ministry, EntityKind.MINISTRY)
    assert country.ministry.kind == "ministry" and {one.value for one in EntityKind} == {
        *("ministry", "agency", "centre_of_government", "university", "company", "other")
    }


def test_a_withdrawn_person_does_not_keep_an_entity_open(country: Country) -> None:
    agency = country.add("Agency")
    user = accounts.create_user("gone@uz.test", "Gone Person", Lang.EN)
    enrolments.withdraw(service.enrol(cohort_of(country.session), user, entity=agency), Leave(Cause.OTHER, "Left"))
    changing.close_entity(agency, country.today)
    assert agency.closed_on == country.today
