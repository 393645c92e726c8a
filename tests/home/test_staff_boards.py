"""Staff read what waits for them; every figure follows the data, and nobody sees those of another government."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import CohortState
from diploma.cohorts.partners import profiles
from diploma.cohorts.roster import importing
from diploma.cohorts.roster.importing import Source
from diploma.cohorts.roster.sheet import read_sheet
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from tests.coursework.conftest import levels, user
from tests.home.conftest import Office, cohort
from tests.world import M2, World, person

Read = Callable[[str], str]
LIST = "E-mail,F.I.Sh.\nnew@uz.test,Янги Одам\nno address,Бирор Киши\n,Яна Бири\n"


def row(page: str, name: str) -> str:
    """The line of a cohort in a table, as it is sent."""
    return next(one for one in re.findall(r"<tr>.*?</tr>", page, re.S) if name in one)


# ---- marking


def test_what_waits_is_counted_by_language_with_a_way_to_it(
    world: World, hand_in: Any, dashboard: Read, addresses: Read
) -> None:
    assert "Nothing waits" in dashboard(world.instructor)
    hand_in(world.trainee, at=clock.now() - timedelta(days=9), lang=Lang.RU)
    hand_in(world.trainee_2, key="2" * 20, lang=Lang.UZ_CYRL)
    hand_in(world.other_trainee, key="3" * 20, lang=Lang.AR)
    page = dashboard(world.instructor)
    assert "2 scripts wait" in page and "9 days ago" in page and "1 script waits longer than a week." in page
    sent = addresses(world.instructor)
    assert "/marking/?language=ru" in sent and "/marking/?language=uz-Cyrl" in sent and "language=ar" not in sent
    assert "1 script waits" in dashboard(world.other_instructor)


def test_what_was_begun_is_found_again(world: World, hand_in: Any, unit: Any, dashboard: Read) -> None:
    handed = hand_in(world.trainee)
    assert "Begun by you" not in dashboard(world.instructor)
    with unit() as session:
        begun = Judged({"statement": "proficient"})
        marking.save_marking(session.get_one(Marking, handed.marking), begun, by=user(world.instructor))
    assert "Begun by you, not finished Aziza Karimova saved today" in dashboard(world.instructor)
    with unit() as session:
        marking.mark(session.get_one(Marking, handed.marking), Judged(levels()), by=user(world.instructor))
    page = dashboard(world.instructor)
    assert "Begun by you" not in page and "Release 1 mark" in page and "Nothing waits" in page


def test_what_another_began_is_not_mine(
    world: World, hand_in: Any, unit: Any, dashboard: Read, password_hash: str
) -> None:
    handed = hand_in(world.trainee)
    with unit() as session:
        second = person("second@uz.test", "Second", password_hash, Role.INSTRUCTOR, cohort_id=cohort(session).id)
        marking.save_marking(session.get_one(Marking, handed.marking), Judged({}), by=second)
    assert "Begun by you" not in dashboard(world.instructor)
    assert "Begun by you" in dashboard("second@uz.test")


def test_a_sheet_is_to_be_filled_until_it_is_saved(world: World, unit: Any, dashboard: Read, addresses: Read) -> None:
    with unit() as session:
        then = clock.now() - timedelta(days=1)
        live = cohorts.plan_session(cohort(session), M2, "Clinic", then, Decimal(2))
        ahead = cohorts.plan_session(cohort(session), M2, "Next clinic", then + timedelta(days=3), Decimal(2))
        foreign = cohorts.plan_session(cohort(session, "ae-1"), M2, "Foreign clinic", then, Decimal(2))
        assert ahead.id and foreign.id
    for email in (world.instructor, world.coordinator):
        page = dashboard(email)
        assert "Sheets to fill 1" in page and "Next clinic" in page and "Foreign" not in page
        assert f'href="/sessions/{live.id}"' in addresses(email)
    with unit() as session:
        cohorts.save_sheet(session.merge(live), [])
    assert "Sheets to fill" not in dashboard(world.instructor)


def test_a_closed_cohort_asks_for_no_sheets(world: World, unit: Any, dashboard: Read) -> None:
    with unit() as session:
        cohorts.plan_session(cohort(session), M2, "Clinic", clock.now() - timedelta(days=1), Decimal(2))
        cohorts.move_cohort(cohort(session), CohortState.MARKING)
        cohorts.move_cohort(cohort(session), CohortState.CLOSED)
    assert "Sheets to fill" not in dashboard(world.coordinator)


# ---- people


def test_the_worst_stand_first_with_what_they_have_not_done(
    world: World, hand_in: Any, dashboard: Read, addresses: Read
) -> None:
    hand_in(world.trainee)
    with clock.at(clock.now() + timedelta(days=9)):
        page = dashboard(world.coordinator)
    assert "People who are behind 2 people" in page and "assignment overdue by 2 days" in page
    assert page.index("Bobur Toshmatov") < page.index("Aziza Karimova")
    assert "سالم" not in page and "سالم" in dashboard(world.other_coordinator)


def test_who_never_signed_in_is_counted_by_invitation(
    world: World, unit: Any, dashboard: Read, addresses: Read
) -> None:
    assert "not invited" not in dashboard(world.coordinator)
    with unit() as session:
        for name in ("a", "b", "c"):
            one = accounts.create_user(f"{name}@uz.test", "Kishi", Lang.RU)
            cohorts.enrol(cohort(session), one)
            if name == "c":
                accounts.invite(one, "http://localhost")
    page, sent = dashboard(world.coordinator), addresses(world.coordinator)
    assert "2 not invited" in page and "1 invited, never signed in" in page
    assert "/cohorts/uz-1/roster?standing=new" in sent and "/cohorts/uz-1/roster?standing=invited" in sent
    assert "not invited" not in dashboard(world.other_coordinator)


def test_rows_that_stayed_out_of_the_last_list_are_remembered(world: World, unit: Any, dashboard: Read) -> None:
    def load(text: str) -> None:
        with unit() as session:
            by, where = user(world.coordinator), cohort(session)
            checked = importing.check(where, read_sheet(text.encode(), "list.csv"), by=by)
            assert importing.apply(where, checked, Source("list.csv", "0" * 64), by=by)

    load(LIST)
    assert "2 rows of the last list stayed out" in dashboard(world.coordinator)
    assert "stayed out" not in dashboard(world.other_coordinator)
    load("E-mail,F.I.Sh.\nother@uz.test,Яна Одам\n")
    assert "stayed out" not in dashboard(world.coordinator)


# ---- cohorts


def test_the_director_sees_every_cohort_and_sums_that_add_up(
    world: World, hand_in: Any, set_mark: Any, release: Any, office: Office, addresses: Read
) -> None:
    handed = [hand_in(world.trainee), hand_in(world.other_trainee, key="2" * 20)]
    set_mark(handed[0], "exemplary")
    set_mark(handed[1], "proficient", by=world.other_instructor)
    page = addresses(world.director)
    assert figures(row(page, "Cohort uz 1")) == ["2", "2", "2", "0%", "–", "0"]
    release(handed[0])
    office.issue(world.trainee_2)
    page = addresses(world.director)
    assert figures(row(page, "Cohort uz 1")) == ["2", "2", "1", "50%", "100", "1"]
    assert figures(row(page, "Cohort ae 1")) == ["1", "1", "1", "0%", "–", "0"]
    assert figures(page[page.index('<tr class="sum">') :]) == ["3", "3", "2", "33%", "100", "1"]
    for address in (
        "/cohorts/uz-1/roster?standing=active",
        "/cohorts/uz-1/behind",
        "/certificates/cohorts/uz-1?group=",
    ):
        assert f'href="{address}' in page


def figures(line: str) -> list[str]:
    """What the cells of a line say, up to the dates."""
    cells = re.findall(r"<td.*?</td>", line, re.S)[:6]
    return [re.sub(r"<[^>]+>", " ", one).split()[0] for one in cells]


def test_each_government_sees_its_own_cohorts_only(world: World, addresses: Read) -> None:
    for email, own, foreign in (
        (world.coordinator, "uz-1", "ae-1"),
        (world.instructor, "uz-1", "ae-1"),
        (world.other_coordinator, "ae-1", "uz-1"),
    ):
        page = addresses(email)
        assert f"/cohorts/{own}" in page and foreign not in page and "Total" not in page


def test_who_may_not_see_certificates_is_not_shown_their_number(world: World, office: Office, dashboard: Read) -> None:
    office.issue(world.trainee)
    assert "Certificates issued" in dashboard(world.coordinator)
    assert "Certificates issued" not in dashboard(world.instructor)


def test_archived_cohorts_have_left_the_dashboard(world: World, unit: Any, dashboard: Read) -> None:
    with unit() as session:
        for state in (CohortState.MARKING, CohortState.CLOSED, CohortState.ARCHIVED):
            cohorts.move_cohort(cohort(session), state)
    assert "Cohort uz 1" not in dashboard(world.director)
    assert "You have no cohort yet" in dashboard(world.coordinator)


# ---- certificates


def test_the_registrar_sees_how_many_wait_for_which_step(world: World, office: Office, addresses: Read) -> None:
    assert "Nobody of your cohorts has earned a certificate yet." in addresses(world.registrar)
    office.complete(world.trainee, world.other_trainee)
    office.approve(world.trainee_2)
    page = addresses(world.registrar)
    assert steps(row(page, "Cohort uz 1")) == ["1", "0", "0", "1", "0"]
    assert steps(page[page.index('<tr class="sum">') :]) == ["2", "0", "0", "1", "0"]
    assert "/certificates/cohorts/uz-1?group=eligible" in page and "/certificates/cohorts/uz-1?group=ready" in page
    assert "group=names" not in page


def steps(line: str) -> list[str]:
    return [re.sub(r"<[^>]+>", " ", one).split()[0] for one in re.findall(r"<td.*?</td>", line, re.S)[:5]]


def test_a_registrar_of_one_government_counts_only_there(
    world: World, unit: Any, office: Office, addresses: Read, password_hash: str
) -> None:
    office.complete(world.trainee, world.other_trainee)
    with unit() as session:
        abroad = cohort(session, "ae-1").partner_id
        person("registrar@ae.test", "Registrar ae", password_hash, Role.REGISTRAR, partner_id=abroad)
    page = addresses("registrar@ae.test")
    assert "ae-1" in page and "uz-1" not in page and steps(row(page, "Cohort ae 1")) == ["1", "0", "0", "0", "0"]


# ---- people with several roles, or none


def test_somebody_with_several_roles_reads_their_own_study_first(
    world: World, unit: Any, dashboard: Read, hand_in: Any
) -> None:
    with unit() as session:
        accounts.grant_role(user(world.trainee), Role.INSTRUCTOR, cohort_id=cohort(session).id)
        accounts.grant_role(user(world.trainee), Role.COORDINATOR, partner_id=cohort(session).partner_id)
    hand_in(world.trainee)
    page = dashboard(world.trainee)
    places = [page.index(text) for text in ("Your way to the diploma", "Marking", "People who are behind", "Cohorts")]
    assert places == sorted(places) and "Nothing waits" in page  # one's own work is never one's own to mark


def test_each_part_keeps_to_the_reach_of_its_own_role(
    world: World, unit: Any, office: Office, dashboard: Read, addresses: Read
) -> None:
    """Coordinator and registrar in ``ae``, and an instructor in ``uz``: seen there, not looked after."""
    office.complete(world.trainee, world.other_trainee)
    with unit() as session:
        both = user(world.other_coordinator)
        accounts.grant_role(both, Role.INSTRUCTOR, cohort_id=cohort(session).id)
        accounts.grant_role(both, Role.REGISTRAR, partner_id=cohort(session, "ae-1").partner_id)
    page = dashboard(world.other_coordinator)
    assert "Cohort uz 1" in page and "Everybody keeps up" in page and "Bobur" not in page
    sent = addresses(world.other_coordinator)
    assert "/certificates/cohorts/ae-1?group=eligible" in sent and "/certificates/cohorts/uz-1" not in sent


def test_certificates_of_a_cohort_that_one_only_looks_after_wait_for_another(
    world: World, unit: Any, office: Office, addresses: Read
) -> None:
    office.complete(world.trainee, world.other_trainee)
    with unit() as session:
        abroad = cohort(session, "ae-1").partner_id
        accounts.grant_role(user(world.coordinator), Role.REGISTRAR, partner_id=abroad)
    sent = addresses(world.coordinator)
    assert "/cohorts/ae-1?group=eligible" in sent and "/cohorts/uz-1?group=eligible" not in sent


def test_somebody_without_a_role_is_told_what_is_there(
    world: World, unit: Any, dashboard: Read, password_hash: str
) -> None:
    with unit():
        person("guest@uz.test", "Guest", password_hash, None)
    assert "You are not enrolled in a cohort at the moment." in dashboard("guest@uz.test")


def test_a_coordinator_without_a_cohort_is_shown_where_to_begin(
    world: World, unit: Any, dashboard: Read, password_hash: str
) -> None:
    with unit():
        fresh = profiles.create_partner("eg", {"en": "Egypt"}, "Africa/Cairo", ["ar"])
        person("coordinator@eg.test", "Coordinator", password_hash, Role.COORDINATOR, partner_id=fresh.id)
    assert "You have no cohort yet" in dashboard("coordinator@eg.test")


def test_a_name_cannot_bring_markup(world: World, unit: Any, addresses: Read) -> None:
    with unit():
        user(world.trainee).full_name = "<b>Aziza</b>"
    assert "<b>Aziza" not in addresses(world.coordinator) and "&lt;b&gt;Aziza" in addresses(world.coordinator)
