"""The list of cohorts, the workspace, the people and their invitations, one person."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink, User
from diploma.cohorts import service
from diploma.cohorts.invitations.inviting import PAUSE
from diploma.cohorts.models import EnrolmentState, Waiver
from diploma.core import clock, jobs
from diploma.core.audit import AuditEvent
from diploma.core.lang import LANGS, Lang
from diploma.core.outbox import Job
from diploma.learning.models import ModuleCompletion, SectionRead
from tests.cohorts.conftest import M3, cohort_of, crowd, enrolment_of, row
from tests.world import M2

PEOPLE = "/cohorts/uz-1/roster"


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


def number_of(session: Any, *where: Any) -> int:
    return int(session.scalar(select(func.count()).where(*where)))


def person_page(reading: Any, email: str) -> str:
    with reading() as session:
        return f"/cohorts/uz-1/people/{enrolment_of(session, email).id}"


@pytest.mark.parametrize("lang", [one.value for one in LANGS])
def test_every_page_opens_in_every_language(coordinator: Any, live: int, reading: Any, lang: str) -> None:
    person = person_page(reading, "aziza@uz.test")
    for path in (
        "/cohorts/",
        "/cohorts/uz-1",
        PEOPLE,
        "/cohorts/uz-1/import",
        "/cohorts/uz-1/settings",
        "/cohorts/uz-1/roles",
        "/cohorts/uz-1/sessions/new",
        "/partners/",
        "/partners/uz",
        "/partners/uz/entities/new",
        "/partners/uz/cohorts/new",
        "/entities/1/rename",
        f"/sessions/{live}",
        f"/sessions/{live}/edit",
        f"/sessions/{live}/cancel",
        person,
        f"{person}/withdraw",
        "/cohorts/uz-1/settings/state/marking",
    ):
        page = coordinator.get(path, query_string={"lang": lang})
        assert page.status_code == 200 and f'<html lang="{lang}"' in page.text, path


@pytest.mark.parametrize(
    "path",
    [
        "/cohorts/",
        "/cohorts/uz-1",
        PEOPLE,
        "/cohorts/uz-1/roles",
        "/sessions/{live}",
        "/cohorts/uz-1/import",
        "/partners/uz",
    ],
)
def test_a_page_takes_as_many_queries_for_60_people_as_for_3(
    coordinator: Any, live: int, load: Any, queries: Any, path: str
) -> None:
    def asked() -> int:
        with queries() as seen:
            assert coordinator.get(path.format(live=live)).status_code == 200
        return len(seen)

    load(*crowd(3))
    asked()  # what is published is read once per process
    few = asked()
    load(*crowd(60))
    assert asked() == few


# ---- the workspace


def test_the_workspace_shows_people_with_entity_state_and_progress(coordinator: Any, load: Any, unit: Any) -> None:
    load(row("new@uz.test", "Dilnoza Gʻulomova", "Adliya vazirligi"))
    with unit() as session:
        who = enrolment_of(session, "new@uz.test").id
        session.add(SectionRead(enrolment_id=who, module=M2, lesson="l", section="s", at=clock.now()))
        session.add(
            ModuleCompletion(
                enrolment_id=enrolment_of(session, "bobur@uz.test").id, module=M2, completed_at=clock.now()
            )
        )
    page = coordinator.get("/cohorts/uz-1").text
    assert "Dilnoza Gʻulomova" in page and "Adliya vazirligi" in page and "Not invited" in page
    assert re.search(r'class="h4"[^>]*>100<span class="sr"> completed</span>', page)


def test_who_is_past_a_due_date_is_marked_as_late(coordinator: Any, unit: Any) -> None:
    with unit() as session:
        now = clock.now()
        service.set_module_dates(
            cohort_of(session),
            service.ModuleDates(M2, now - timedelta(days=30), now - timedelta(days=1), now + timedelta(days=9)),
        )
    assert coordinator.get("/cohorts/uz-1").text.count('<span class="sr"> late</span>') == 2


def test_a_large_cohort_stands_on_several_pages(coordinator: Any, load: Any) -> None:
    load(*crowd(70))
    assert coordinator.get("/cohorts/uz-1").text.count("/cohorts/uz-1/people/") == 60
    assert coordinator.get("/cohorts/uz-1?page=2").text.count("/cohorts/uz-1/people/") == 12
    assert coordinator.get("/cohorts/uz-1?page=99").status_code == 200
    assert coordinator.get("/cohorts/uz-1?page=x").status_code == 200


def test_only_what_a_person_may_do_here_has_a_button(world: Any, browser_of: Any) -> None:
    page = browser_of(world.instructor).get("/cohorts/uz-1").text
    assert "/cohorts/uz-1/import" not in page and "/cohorts/uz-1/settings" not in page


# ---- the list


@pytest.mark.parametrize("search", ["Ғуломова", "gulomova", "G'ulomova", "dilnoza@", "0071", "غلموفا"])
def test_people_are_found_by_name_in_any_script_address_and_number(
    coordinator: Any, load: Any, unit: Any, search: str
) -> None:
    load(row("dilnoza@uz.test", "Dilnoza Gʻulomova", number="0071"))
    with unit():
        accounts.set_name(accounts.find("dilnoza@uz.test"), Lang.AR, "غلموفا")  # type: ignore[arg-type]
    page = coordinator.get(PEOPLE, query_string={"q": search}).text
    assert "Dilnoza" in page and "Bobur" not in page


def test_a_search_for_a_wildcard_finds_no_one(coordinator: Any) -> None:
    assert "Nobody found" in coordinator.get(PEOPLE, query_string={"q": "%"}).text


def test_people_are_listed_by_where_they_stand(coordinator: Any, load: Any) -> None:
    load(row("new@uz.test", "Newly Come"))
    page = coordinator.get(PEOPLE, query_string={"standing": "new"}).text
    assert "Newly Come" in page and "Aziza" not in page
    assert "Aziza" in coordinator.get(PEOPLE, query_string={"standing": "active"}).text
    assert coordinator.get(PEOPLE, query_string={"standing": "rubbish"}).status_code == 200


# ---- invitations


def test_chosen_people_are_invited_in_their_language(coordinator: Any, load: Any, reading: Any) -> None:
    load(row("new@uz.test", "Newly Come", lang="ru"), row("other@uz.test", "Other Person"))
    with reading() as session:
        who = enrolment_of(session, "new@uz.test").id
    page = coordinator.send(f"{PEOPLE}/invite", {"enrolment": [who]}, page=PEOPLE, follow_redirects=True)
    assert "1 invitation is on its way." in page.text
    with reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail")).all()
        assert [(one.payload["to"], one.payload["lang"]) for one in jobs] == [("new@uz.test", "ru")]
    assert "Newly Come" in coordinator.get(PEOPLE, query_string={"standing": "invited"}).text


def drain(app: Any) -> None:
    with app.app_context():
        jobs.drain()


def test_everybody_who_was_not_invited_is_invited_in_the_background(
    coordinator: Any, load: Any, app: Any, reading: Any
) -> None:
    load(*crowd(5))
    assert "Invite the 5 people" in coordinator.get(PEOPLE).text
    page = coordinator.send(f"{PEOPLE}/invite", {"everybody": "1"}, page=PEOPLE).headers["Location"]
    assert "0 of 5 finished" in coordinator.get(page).text
    drain(app)
    assert "5 of 5 finished" in coordinator.get(page).text
    assert "Invite the" not in coordinator.get(PEOPLE).text
    with reading() as session:
        assert number_of(session, Job.kind == "mail") == 5


def test_while_everybody_is_being_invited_the_button_leads_to_that_work(coordinator: Any, load: Any) -> None:
    load(*crowd(5))
    pages = {
        coordinator.send(f"{PEOPLE}/invite", {"everybody": "1"}, page=PEOPLE).headers["Location"] for _ in range(2)
    }
    assert len(pages) == 1


def test_when_all_have_been_invited_there_is_nothing_left_to_do(coordinator: Any, load: Any, app: Any) -> None:
    load(*crowd(2))
    coordinator.send(f"{PEOPLE}/invite", {"everybody": "1"}, page=PEOPLE)
    drain(app)
    again = coordinator.send(f"{PEOPLE}/invite", {"everybody": "1"}, page=PEOPLE)
    assert again.status_code == 409 and "nothing left to do" in again.text


def test_who_was_invited_or_came_in_the_meantime_gets_no_mail(
    coordinator: Any, load: Any, app: Any, unit: Any, reading: Any
) -> None:
    load(row("one@uz.test", "Invited Meanwhile"), row("two@uz.test", "Came Meanwhile"), row("new@uz.test", "New"))
    load(row("left@uz.test", "Left Meanwhile"))
    page = coordinator.send(f"{PEOPLE}/invite", {"everybody": "1"}, page=PEOPLE).headers["Location"]
    with unit() as session:
        accounts.invite(enrolment_of(session, "one@uz.test").user, "http://localhost")
        enrolment_of(session, "two@uz.test").user.activated_at = clock.now()
        enrolment_of(session, "left@uz.test").state = EnrolmentState.WITHDRAWN
    drain(app)
    said = coordinator.get(page).text
    assert "was invited in the meantime" in said and "needs no invitation any more" in said
    with reading() as session:
        mails = session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
        assert [one.payload["to"] for one in mails] == ["one@uz.test", "new@uz.test"]


@pytest.mark.parametrize("lost", ["role", "account"])
def test_an_order_ends_with_the_right_to_give_it(
    coordinator: Any, load: Any, app: Any, unit: Any, reading: Any, world: Any, browser_of: Any, lost: str
) -> None:
    load(*crowd(2))
    page = coordinator.send(f"{PEOPLE}/invite", {"everybody": "1"}, page=PEOPLE).headers["Location"]
    with unit() as session:
        who = session.scalars(select(User).where(User.email == world.coordinator)).one()
        if lost == "role":
            accounts.end_role(who.grants[0])
        else:
            who.disabled_at = clock.now()
    drain(app)
    assert "no longer has the right to" in browser_of(world.director).get(page).text
    with reading() as session:
        assert number_of(session, Job.kind == "mail") == 0


def test_a_second_click_sends_no_second_mail(coordinator: Any, load: Any, reading: Any) -> None:
    load(row("new@uz.test", "Newly Come"))
    path = person_page(reading, "new@uz.test")
    pages = [coordinator.send(f"{path}/invite", {}, page=path, follow_redirects=True).text for _ in range(2)]
    assert "The invitation is on its way." in pages[0] and "No mail was sent" in pages[1]
    with reading() as session:
        assert number_of(session, MailedLink.id > 0) == 1


def test_nobody_gets_more_than_four_mails_in_a_day(coordinator: Any, load: Any, reading: Any) -> None:
    load(row("new@uz.test", "Newly Come"))
    path = person_page(reading, "new@uz.test")
    for tries in range(6):
        with clock.at(clock.now() + tries * PAUSE):
            coordinator.send(f"{path}/invite", {}, page=path)
    with reading() as session:
        assert number_of(session, MailedLink.id > 0) == 4


def test_who_has_signed_in_gets_no_invitation(coordinator: Any, reading: Any) -> None:
    with reading() as session:
        who = enrolment_of(session, "aziza@uz.test").id
    coordinator.send(f"{PEOPLE}/invite", {"enrolment": [who]}, page=PEOPLE)
    with reading() as session:
        assert number_of(session, Job.kind == "mail") == 0


def test_ids_of_another_cohort_invite_nobody(coordinator: Any, load: Any, reading: Any) -> None:
    load(row("arab@ae.test", "Arab Person", lang="ar"), cohort="ae-1")
    with reading() as session:
        who = enrolment_of(session, "arab@ae.test", "ae-1").id
    coordinator.send(f"{PEOPLE}/invite", {"enrolment": [who]}, page=PEOPLE)
    with reading() as session:
        assert number_of(session, Job.kind == "mail") == 0


# ---- one person


def test_a_prerequisite_is_waived_with_a_reason(
    coordinator: Any, prerequisite: str, reading: Any, browser_of: Any, unit: Any, world: Any
) -> None:
    with unit() as session:
        now = clock.now()
        service.set_module_dates(
            cohort_of(session),
            service.ModuleDates(M3, now - timedelta(days=1), now + timedelta(days=9), now + timedelta(days=20)),
        )
    trainee = browser_of(world.trainee)
    assert trainee.get(f"/modules/{M3}").status_code == 403
    path = person_page(reading, world.trainee)
    page = coordinator.send(
        f"{path}/waive", {"module": M3, "reason": "Taught this subject for years"}, page=path, follow_redirects=True
    )
    assert "Taught this subject for years" in page.text
    assert trainee.get(f"/modules/{M3}").status_code == 200
    with reading() as session:
        waived = select(AuditEvent).where(AuditEvent.kind == "prerequisite.waived").order_by(AuditEvent.id.desc())
        event = session.scalars(waived).first()
        assert event.detail == {"module": M3, "reason": "Taught this subject for years"} and event.actor_id


@pytest.mark.parametrize(
    "fields",
    [
        {"module": M3, "reason": "  "},
        {"module": M2, "reason": "no prerequisite"},
        {"module": "nonsense", "reason": "r"},
        {},
    ],
)
def test_a_waiver_without_a_reason_or_a_prerequisite_is_refused_and_nothing_is_lost(
    coordinator: Any, prerequisite: str, reading: Any, fields: dict[str, str]
) -> None:
    path = person_page(reading, "aziza@uz.test")
    page = coordinator.send(f"{path}/waive", fields, page=path)
    assert page.status_code == 422 and fields.get("reason", "").strip() in page.text
    with reading() as session:
        made = session.scalars(select(Waiver)).all()
        assert M3 not in {one.module for one in made} and fields.get("reason") not in {one.reason for one in made}


def test_an_instructor_sees_a_person_but_waives_nothing(
    world: Any, prerequisite: str, browser_of: Any, reading: Any
) -> None:
    path, browser = person_page(reading, world.trainee), browser_of(world.instructor)
    page = browser.get(path)
    assert page.status_code == 200 and "/waive" not in page.text and "/withdraw" not in page.text
    assert browser.send(f"{path}/waive", {"module": M3, "reason": "r"}, page=path).status_code == 403


def test_a_withdrawal_is_asked_twice_needs_a_reason_and_can_be_taken_back(coordinator: Any, reading: Any) -> None:
    path = person_page(reading, "aziza@uz.test")
    assert "Withdraw Aziza Karimova?" in coordinator.get(f"{path}/withdraw").text
    assert coordinator.send(f"{path}/withdraw", {"cause": ""}).status_code == 422
    assert coordinator.send(f"{path}/withdraw", {"cause": "new_post", "note": "left the ministry"}).status_code == 302
    assert coordinator.send(f"{path}/withdraw", {"cause": "new_post"}).status_code == 409
    assert "Withdrawn" in coordinator.get(path).text
    assert coordinator.send(f"{path}/reinstate", {"reason": "came back"}).status_code == 302
    with reading() as session:
        assert enrolment_of(session, "aziza@uz.test").state == "active"
        kinds = session.scalars(
            select(AuditEvent.kind).where(AuditEvent.kind.like("enrolment.%")).order_by(AuditEvent.number)
        )
        assert kinds.all()[-2:] == ["enrolment.withdrawn", "enrolment.returned"]


def test_a_person_stands_only_under_their_own_cohort(coordinator: Any, second_cohort: str, reading: Any) -> None:
    with reading() as session:
        other = enrolment_of(session, "karim@uz.test", second_cohort).id
    assert coordinator.get(f"/cohorts/{second_cohort}/people/{other}").status_code == 200
    assert coordinator.get(f"/cohorts/uz-1/people/{other}").status_code == 404
