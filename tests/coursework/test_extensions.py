"""Requests for more time, dates that staff give, lateness that is waived; and what each does to works and marks."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import EnvironBuilder

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import own_dates, planning
from diploma.cohorts import service as cohorts
from diploma.cohorts.effective import Source
from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import DateKind, GroupMember, OwnDates
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause as LeaveCause
from diploma.cohorts.models import Cohort, CohortState
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.outbox import Job
from diploma.coursework import dates, deadlines, late_changes, policies, results
from diploma.coursework.extensions import changes, given, rules, waivers
from diploma.coursework.extensions import service as extensions
from diploma.coursework.extensions.changes import REACH
from diploma.coursework.extensions.given import Given
from diploma.coursework.extensions.models import Cause, ExtensionRequest, RequestState
from diploma.coursework.extensions.rules import ExtensionPolicy
from diploma.coursework.extensions.service import Asked, Verdict
from diploma.coursework.models import AssignmentPolicy, Marking, Submission, SubmissionVersion
from diploma.gradebook import pace
from diploma.learning import access as learning
from diploma.quizzes import service as quizzes
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.coursework.samples import SlowBody
from tests.world import M2, World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]
BASE = "http://localhost"
DAY = timedelta(days=1)
ASK = f"/modules/{M2}/assignment/extension"
QUEUE = "/cohorts/uz-1/extensions"
SAID = {"days": "5", "cause": "illness", "note": "Two weeks at home.", "key": "k" * 20}


def cohort() -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()


def due(email: str) -> deadlines.Deadline:
    found = deadlines.of(enrolment(email), M2)
    assert found
    return found


def ask(email: str, days: int = 5, key: str = "k", at: datetime | None = None) -> ExtensionRequest:
    said = Asked(days, Cause.ILLNESS, key=key)
    return extensions.ask(enrolment(email), M2, said, at=at or clock.now(), base_url=BASE, by=user(email))


def grant(request: ExtensionRequest, by: str = "instructor@uz.test", **verdict: Any) -> None:
    extensions.grant(request, Verdict("So decided.", **verdict), base_url=BASE, by=user(by))


def give(to: Any, by: str = "coordinator@uz.test", reason: str = "A common trip.", **moments: Any) -> OwnDates:
    return given.give(to, Given(M2, reason, **moments), base_url=BASE, by=user(by))


def say(module: str, **values: int) -> None:
    """What the cohort decides about asking."""
    policy = ExtensionPolicy(**values)
    shown = policies.seen(REACH.effects(cohort(), module, policy))
    by = user("coordinator@uz.test")
    policies.change(REACH, cohort(), module, policy, reason="So decided.", version=0, shown=shown, by=by)


def kinds(session_: Any = session) -> list[str]:
    return list(session_.scalars(select(audit.AuditEvent.kind)))


@pytest.fixture
def asked(world: World, unit: Unit) -> int:
    """A request of the first trainee for five days."""
    with unit():
        return ask(world.trainee).id


@pytest.fixture
def late(world: World, hand_in: Hand, reading: Unit) -> Handed:
    """A work that came eight days late: it counts at most 80."""
    with reading():
        at = due(world.trainee).due_at + 8 * DAY
    return hand_in(world.trainee, at=at)


@pytest.fixture
def late_mark(late: Handed, set_mark: Callable[..., None]) -> Handed:
    set_mark(late, "exemplary")
    return late


# ---- asking


def test_a_trainee_asks_and_the_date_moves_when_it_is_granted(world: World, unit: Unit) -> None:
    with unit():
        before = due(world.trainee)
        grant(ask(world.trainee))
        after = due(world.trainee)
        assert after.due_at == before.due_at + 5 * DAY
        assert (after.source, after.dates.days(after.zone)) == (Source.EXTENSION, 5)
        assert after.dates.layer and after.dates.layer.reason == "So decided."
        assert due(world.trainee_2).source is Source.COHORT


def test_a_request_tells_those_who_decide_and_the_decision_tells_the_trainee(world: World, unit: Unit) -> None:
    with unit():
        grant(ask(world.trainee))
        mails = [one.payload for one in session.scalars(select(Job).where(Job.kind == "mail"))]
    told = {one["to"]: one["lang"] for one in mails}
    assert told == {world.instructor: "en", world.coordinator: "en", world.trainee: "uz-Latn"}


def test_the_same_form_sent_twice_makes_one_request(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    for _ in range(2):
        assert browser.send(ASK, SAID, page=ASK).status_code == 302
    with reading():
        assert session.scalar(select(func.count()).select_from(ExtensionRequest)) == 1


def test_a_second_request_waits_for_the_first(world: World, unit: Unit, asked: int) -> None:
    with unit(), pytest.raises(Refused, match="not decided yet"):
        ask(world.trainee, key="another")


def test_no_path_around_the_service_makes_a_second_open_request(world: World, unit: Unit, asked: int) -> None:
    with unit(), pytest.raises(IntegrityError), session.begin_nested():
        first = session.get_one(ExtensionRequest, asked)
        names = ("enrolment_id", "cohort_id", "module", "days", "cause", "due_at", "wanted_at", "asked_at")
        session.add(ExtensionRequest(key="other", **{name: getattr(first, name) for name in names}))


def test_nobody_asks_for_somebody_else(world: World, unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match="for yourself only"):
        extensions.ask(
            enrolment(world.trainee), M2, Asked(5, Cause.WORK), at=clock.now(), base_url=BASE, by=user(world.trainee_2)
        )


@pytest.mark.parametrize("days", [0, 15, -3])
def test_no_more_days_are_asked_for_than_the_cohort_lets(world: World, unit: Unit, days: int) -> None:
    with unit(), pytest.raises(Refused, match="1 to 14 days"):
        ask(world.trainee, days)


def test_a_cohort_may_let_nobody_ask(world: World, unit: Unit) -> None:
    with unit():
        say(M2, most_days=0)
        with pytest.raises(Refused, match="nobody asks"):
            ask(world.trainee)


def test_after_the_deadline_one_asks_only_as_long_as_the_cohort_says(world: World, unit: Unit) -> None:
    with unit():
        moment = due(world.trainee).due_at + DAY
        with pytest.raises(Refused, match="time to ask"):
            ask(world.trainee, at=moment)
        say(M2, ask_until=2)
        assert ask(world.trainee, at=moment).state is RequestState.ASKED


def test_the_arrival_of_the_request_decides_whether_it_came_in_time(
    world: World, browser_of: Open, reading: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body may take its time: what counts is when the request began."""
    with reading():
        last = due(world.trainee).due_at
    present = {"now": last - timedelta(seconds=1)}
    monkeypatch.setattr(clock, "now", lambda: present["now"])
    browser = browser_of(world.trainee)
    builder = EnvironBuilder(path=ASK, method="POST", data={"csrf_token": browser.token(ASK), **SAID})
    environ = builder.get_environ()
    body = SlowBody(environ["wsgi.input"].read())
    body.wait = lambda: present.update(now=last + timedelta(minutes=9))
    assert browser.open(environ | {"wsgi.input": body}).status_code == 302
    with reading():
        assert session.scalars(select(ExtensionRequest)).one().asked_at == last - timedelta(seconds=1)


def test_the_form_decides_nothing(world: World, browser_of: Open, reading: Unit) -> None:
    """Mass assignment: state, date and person are no fields."""
    more = {"state": "granted", "wanted_at": "2030-01-01T00:00", "given_days": "90", "enrolment_id": "2", "answer": "x"}
    browser_of(world.trainee).send(ASK, SAID | more, page=ASK)
    with reading():
        made = session.scalars(select(ExtensionRequest)).one()
        assert (made.state, made.given_days, made.answer) == (RequestState.ASKED, None, "")
        assert made.enrolment_id == enrolment(world.trainee).id
        assert made.wanted_at == made.due_at + 5 * DAY


def test_what_was_handed_in_in_time_needs_no_more_time(world: World, unit: Unit, handed: Handed) -> None:
    with unit(), pytest.raises(Refused, match="in time"):
        ask(world.trainee)


def test_a_request_is_withdrawn_by_its_author_alone(world: World, unit: Unit, asked: int) -> None:
    with unit():
        request = session.get_one(ExtensionRequest, asked)
        with pytest.raises(Refused, match="your own"):
            extensions.withdraw(request, by=user(world.trainee_2))
        extensions.withdraw(request, by=user(world.trainee))
        with pytest.raises(Refused, match="decided or withdrawn"):
            grant(request)


def test_a_request_of_somebody_else_is_not_found(world: World, browser_of: Open, asked: int) -> None:
    for email in (world.trainee_2, world.other_trainee):
        browser = browser_of(email)
        assert browser.send(f"{ASK}/{asked}/withdraw", {}, page="/account").status_code == 404


def test_the_page_shows_the_request_and_its_answer_and_no_markup_of_it(
    world: World, browser_of: Open, unit: Unit, asked: int
) -> None:
    with unit():
        extensions.refuse(
            session.get_one(ExtensionRequest, asked), Verdict("<b>No</b>"), base_url=BASE, by=user(world.instructor)
        )
    page = browser_of(world.trainee).get(ASK).text
    assert "&lt;b&gt;No&lt;/b&gt;" in page and "<b>No</b>" not in page


# ---- deciding


def test_staff_of_another_government_find_no_request(world: World, browser_of: Open, asked: int) -> None:
    for email in (world.other_instructor, world.other_coordinator):
        assert browser_of(email).get(f"{QUEUE}/{asked}").status_code == 404
        assert browser_of(email).get("/cohorts/ae-1/extensions").status_code == 200
        assert browser_of(email).get(f"/cohorts/ae-1/extensions/{asked}").status_code == 404


def test_a_request_of_another_government_is_not_among_those_chosen(
    world: World, browser_of: Open, reading: Unit, asked: int
) -> None:
    form = {"do": "grant", "answer": "Yes.", "request": str(asked)}
    browser_of(world.other_instructor).send("/cohorts/ae-1/extensions", form, page="/account")
    with reading():
        assert session.get_one(ExtensionRequest, asked).state is RequestState.ASKED


def test_a_trainee_decides_nothing(world: World, browser_of: Open, asked: int) -> None:
    answer = browser_of(world.trainee).send(f"{QUEUE}/{asked}", {"do": "grant", "answer": "x"}, page="/account")
    assert answer.status_code == 403


def test_nobody_decides_on_their_own_request(world: World, unit: Unit, browser_of: Open, asked: int) -> None:
    """Also not who is an instructor of the cohort in which they learn."""
    with unit():
        accounts.grant_role(user(world.trainee), Role.INSTRUCTOR, cohort_id=cohort().id)
        with pytest.raises(Refused, match="own request"):
            grant(session.get_one(ExtensionRequest, asked), by=world.trainee)
    assert browser_of(world.trainee).get(f"{QUEUE}/{asked}").status_code == 404


def test_who_decides_second_is_told_and_changes_nothing(world: World, unit: Unit, asked: int) -> None:
    with unit():
        request = session.get_one(ExtensionRequest, asked)
        grant(request)
        with pytest.raises(Refused, match="decided or withdrawn"):
            extensions.refuse(request, Verdict("No."), base_url=BASE, by=user(world.coordinator))
        assert session.scalar(select(func.count()).select_from(OwnDates)) == 1


def test_another_date_than_was_asked_for_can_be_granted(
    world: World, browser_of: Open, reading: Unit, asked: int
) -> None:
    page = browser_of(world.instructor).get(f"{QUEUE}/{asked}").text
    shown = re.search(r'name="until"[^>]*value="([^"]+)"', page)
    assert shown
    wanted = datetime.fromisoformat(shown[1]) - 3 * DAY
    form = {"do": "grant", "answer": "Two days.", "until": wanted.strftime("%Y-%m-%dT%H:%M")}
    assert browser_of(world.instructor).send(f"{QUEUE}/{asked}", form, page=f"{QUEUE}/{asked}").status_code == 302
    with reading():
        assert session.get_one(ExtensionRequest, asked).given_days == 2
        assert due(world.trainee).dates.days("Asia/Tashkent") == 2


def test_an_extension_goes_past_the_last_day_of_the_cohort_only_explicitly(
    world: World, unit: Unit, asked: int
) -> None:
    with unit():
        request = session.get_one(ExtensionRequest, asked)
        until = due(world.trainee).dates.cut_off_at + DAY
        with pytest.raises(Refused, match="explicitly"):
            grant(request, until=until)
        grant(request, until=until, past_end=True)
        assert due(world.trainee).closes_at == until


def test_an_extension_is_later_than_the_present_date(world: World, unit: Unit, asked: int) -> None:
    with unit(), pytest.raises(Refused, match="after the present one"):
        grant(session.get_one(ExtensionRequest, asked), until=due(world.trainee).due_at - DAY)


def test_a_decision_needs_a_reason(world: World, unit: Unit, asked: int) -> None:
    with unit(), pytest.raises(Refused, match="Say why"):
        extensions.refuse(
            session.get_one(ExtensionRequest, asked), Verdict("  "), base_url=BASE, by=user(world.instructor)
        )


@pytest.mark.parametrize("step", [enrolments.withdraw, enrolments.defer])
def test_who_has_left_or_is_put_off_gets_no_more_time(
    world: World, unit: Unit, asked: int, step: Callable[..., None]
) -> None:
    with unit():
        step(enrolment(world.trainee), Leave(LeaveCause.HEALTH))
        with pytest.raises(Refused, match="no longer active"):
            grant(session.get_one(ExtensionRequest, asked))
        with pytest.raises(Refused, match="no longer active"):
            give(enrolment(world.trainee), due_at=clock.now() + 9 * DAY)
        with pytest.raises(Refused, match="active in a running cohort"):
            ask(world.trainee, key="again")


def test_a_selection_is_decided_at_once_and_each_refusal_is_named(world: World, unit: Unit, asked: int) -> None:
    with unit():
        other = ask(world.trainee_2)
        extensions.withdraw(other, by=user(world.trainee_2))
        both = [session.get_one(ExtensionRequest, asked), other]
        outcome = extensions.decide_many(
            both, extensions.grant, Verdict("All."), base_url=BASE, by=user(world.instructor)
        )
        assert outcome.done == 1
        assert [name for name, _why in outcome.refused] == [user(world.trainee_2).full_name]


def test_a_second_extension_takes_the_place_of_the_first(world: World, unit: Unit, asked: int) -> None:
    with unit():
        before = due(world.trainee).due_at
        grant(session.get_one(ExtensionRequest, asked))
        grant(ask(world.trainee, 3, key="again"))
        assert due(world.trainee).due_at == before + 8 * DAY
        live = select(func.count()).select_from(OwnDates).where(OwnDates.ended_at.is_(None))
        assert session.scalar(live) == 1


def test_the_queue_counts_what_was_asked_and_granted_and_how_long_it_took() -> None:
    start = clock.now()

    def one(state: RequestState, hours: int | None, given_days: int | None = None) -> ExtensionRequest:
        closed_at = None if hours is None else start + timedelta(hours=hours)
        return ExtensionRequest(module=M2, state=state, asked_at=start, closed_at=closed_at, given_days=given_days)

    whole, parts = rules.figures(
        [
            one(RequestState.GRANTED, 2, 4),
            one(RequestState.GRANTED, 10, 3),
            one(RequestState.REFUSED, 6),
            one(RequestState.WITHDRAWN, 90),
            one(RequestState.ASKED, None),
        ]
    )
    assert (whole.asked, whole.granted, whole.refused, whole.waiting, whole.days) == (5, 2, 1, 1, 7)
    assert (whole.wait, whole.oldest) == (timedelta(hours=6), start)
    assert list(parts) == [M2]


def test_the_dashboard_of_those_who_decide_counts_what_waits(world: World, browser_of: Open, asked: int) -> None:
    for email in (world.instructor, world.coordinator):
        page = browser_of(email).get("/dashboard").text
        assert "1 request for more time" in page and f'href="{QUEUE}"' in page
    assert "request for more time" not in browser_of(world.other_coordinator).get("/dashboard").text


def test_a_change_of_the_rules_names_whose_open_request_asks_for_more(world: World, unit: Unit, asked: int) -> None:
    with unit():
        found = REACH.effects(cohort(), M2, ExtensionPolicy(most_days=3))
        assert [(one.person, dict(one.params)) for one in found] == [
            (user(world.trainee).full_name, {"days": 5, "most": 3})
        ]
        assert REACH.effects(cohort(), M2, ExtensionPolicy(most_days=5)) == []


def test_rules_of_asking_are_stored_as_an_area(world: World, unit: Unit) -> None:
    with unit():
        say(M2, most_days=3, ask_until=-1)
        assert [one.area for one in session.scalars(select(AssignmentPolicy))] == ["extensions"]
        assert policies.of(extensions.EXTENSIONS, cohort(), M2) == ExtensionPolicy(3, -1)


# ---- dates that are given


def test_a_person_stands_before_their_group_and_the_group_before_the_cohort(world: World, unit: Unit) -> None:
    with unit():
        usual = due(world.trainee).due_at
        group = groups.make(cohort(), "First", by=user(world.coordinator))
        groups.put(group, [enrolment(one).id for one in (world.trainee, world.trainee_2)])
        give(group, due_at=usual + 2 * DAY)
        own = give(enrolment(world.trainee), due_at=usual + DAY)
        assert [due(one).source for one in (world.trainee, world.trainee_2)] == [Source.PERSON, Source.GROUP]
        assert [due(one).due_at for one in (world.trainee, world.trainee_2)] == [usual + DAY, usual + 2 * DAY]
        given.end(own, "A mistake.", base_url=BASE, by=user(world.coordinator))
        assert (due(world.trainee).source, own.ended_reason) == (Source.GROUP, "A mistake.")


def test_dates_reach_reading_the_quiz_who_is_behind_and_the_page_of_a_person(world: World, unit: Unit) -> None:
    with unit():
        who = enrolment(world.trainee)
        assert M2 in next(one.lags for one in pace.paces([cohort()])[cohort().id].behind if one.enrolment_id == who.id)
        later = clock.now() + 2 * DAY
        give(who, opens_at=later, due_at=later + 4 * DAY)
        door = learning.trainee(user(world.trainee), who).door(M2)
        assert door.opens_at == later
        assert own_dates.of_user(cohort(), who.user_id)[M2].due_at == later + 4 * DAY
        assert [
            one.enrolment_id for one in pace.paces([cohort()])[cohort().id].behind if one.enrolment_id == who.id
        ] == []
        with pytest.raises(Refused, match="not open yet"):
            quizzes.start(who, M2, by=user(world.trainee))


def test_a_person_of_another_government_gets_no_dates_here(world: World, browser_of: Open, reading: Unit) -> None:
    with reading():
        theirs, ours = enrolment(world.other_trainee).id, enrolment(world.trainee).id
    form = {"to": f"p{theirs}", "module": M2, "due_at": "2030-01-01T10:00", "reason": "x"}
    page = "/cohorts/uz-1/dates"
    assert browser_of(world.coordinator).send(page, form, page=page).status_code == 422
    form["to"] = f"p{ours}"
    assert browser_of(world.other_coordinator).send(page, form, page="/account").status_code == 404
    with reading():
        assert session.scalar(select(func.count()).select_from(OwnDates)) == 0


def test_dates_are_found_only_under_their_own_cohort(world: World, unit: Unit, browser_of: Open) -> None:
    with unit():
        made = give(enrolment(world.trainee), due_at=clock.now() + 9 * DAY).id
    assert browser_of(world.coordinator).get(f"/cohorts/uz-1/dates/{made}/end").status_code == 200
    assert browser_of(world.other_coordinator).get(f"/cohorts/ae-1/dates/{made}/end").status_code == 404


def test_nobody_gives_dates_to_themselves(world: World, unit: Unit) -> None:
    with unit():
        who = enrolment(world.trainee)
        group = groups.make(cohort(), "First")
        groups.put(group, [who.id])
        for to in (who, group):
            with pytest.raises(Refused, match="to themselves"):
                give(to, by=world.trainee, due_at=clock.now() + 9 * DAY)


def test_dates_follow_each_other_and_the_last_day_is_moved_explicitly(world: World, unit: Unit) -> None:
    with unit():
        who, last = enrolment(world.trainee), due(world.trainee).dates.cut_off_at
        with pytest.raises(Refused, match="later last day"):
            give(who, due_at=last + DAY)
        with pytest.raises(Refused, match="follow each other"):
            give(who, opens_at=last, due_at=last - DAY)
        with pytest.raises(Refused, match="at least one date"):
            give(who)
        give(who, due_at=last + DAY, cut_off_at=last + 2 * DAY)
        assert due(world.trainee).closes_at == last + 2 * DAY


def test_the_database_keeps_one_of_each_kind_and_a_reason_for_its_end(world: World, unit: Unit) -> None:
    with unit():
        who, at = enrolment(world.trainee), clock.now()
        row = {"cohort_id": who.cohort_id, "module": M2, "enrolment_id": who.id, "reason": "x", "at": at, "due_at": at}
        session.add(OwnDates(kind=DateKind.PERSON, **row))
        session.flush()
        for wrong in (
            {"kind": DateKind.PERSON},
            {"kind": DateKind.GROUP},
            {"kind": DateKind.EXTENSION, "ended_at": at},
        ):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.add(OwnDates(**row | wrong))


def test_a_person_who_moves_has_the_dates_of_where_they_are(world: World, unit: Unit) -> None:
    with unit():
        here, who = cohort(), enrolment(world.trainee)
        group = groups.make(here, "First")
        groups.put(group, [who.id])
        give(who, due_at=clock.now() + 9 * DAY)
        there = _intake(here)
        enrolments.move(who, there, "She asked for it.", by=user(world.coordinator))
        assert due(world.trainee).source is Source.COHORT
        assert groups.group_of(who) is None
        assert session.scalar(select(func.count()).select_from(GroupMember)) == 0
        assert own_dates.of_people([who.id]) == own_dates.in_cohorts([there.id]) == {}
        enrolments.move(who, here, "Back again.", by=user(world.coordinator))
        assert due(world.trainee).source is Source.PERSON


def test_a_request_stays_behind_when_its_person_moves(world: World, unit: Unit, browser_of: Open, asked: int) -> None:
    with unit():
        enrolments.move(enrolment(world.trainee), _intake(cohort()), "She asked.", by=user(world.coordinator))
        with pytest.raises(Refused, match="no longer active in the cohort"):
            grant(session.get_one(ExtensionRequest, asked))
        assert ask(world.trainee, key="again").cohort.slug == "uz-2"
    assert browser_of(world.instructor).get(f"{QUEUE}/{asked}").status_code == 404


def _intake(here: Cohort) -> Cohort:
    """Another running cohort of the partner with the same dates."""
    names = ("edition_id", "revision_id", "starts_on", "ends_on", "seats", "languages", "certificate_languages")
    made = planning.create_cohort(here.partner, "uz-2", {"en": "Two"}, **{name: getattr(here, name) for name in names})
    for state in (CohortState.OPEN, CohortState.RUNNING):
        cohorts.move_cohort(made, state)
    term = here.modules[0]
    cohorts.set_module_dates(made, cohorts.ModuleDates(M2, term.opens_at, term.due_at, term.cut_off_at))
    return made


# ---- works and marks


def test_trainee_and_marker_read_why_the_date_is_another(
    world: World, browser_of: Open, unit: Unit, hand_in: Hand
) -> None:
    with unit():
        grant(ask(world.trainee))
    assert "Your date: extended by 5 days" in browser_of(world.trainee).get(f"/modules/{M2}/assignment").text
    made = hand_in(world.trainee)
    page = browser_of(world.instructor).get(f"/marking/{made.marking}").text
    assert "The date was extended by 5 days" in page and "So decided." in page
    assert "Your date: extended by 5 days" in browser_of(world.trainee).get(f"/receipts/{made.receipt}").text
    assert "extended by" not in browser_of(world.trainee_2).get(f"/modules/{M2}/assignment").text


def test_the_queue_of_markers_counts_late_days_from_the_date_of_the_person(
    world: World, browser_of: Open, unit: Unit, late: Handed
) -> None:
    browser = browser_of(world.instructor)
    assert "8 days late" in browser.get("/marking/").text
    with unit():
        give(enrolment(world.trainee), due_at=due(world.trainee).due_at + 6 * DAY)
    assert "2 days late" in browser.get("/marking/").text


def test_a_cohort_that_moves_its_dates_eases_no_mark(world: World, unit: Unit, late_mark: Handed) -> None:
    with unit():
        term = cohort().modules[0]
        later = cohorts.ModuleDates(M2, term.opens_at, term.due_at + 9 * DAY, term.cut_off_at + 9 * DAY)
        cohorts.set_module_dates(cohort(), later)
        given.recount([enrolment(world.trainee).id], M2, by=None)
        assert session.get_one(Marking, late_mark.marking).counted == 80


def test_a_change_of_late_rules_counts_from_the_date_of_the_person(world: World, unit: Unit, late_mark: Handed) -> None:
    """Who was given time afterwards is not named among those whom a stricter rule concerns."""
    with unit():
        strict = replace(policies.of(dates.LATE, cohort(), M2), cap=60)
        assert [one.person for one in late_changes.effects(cohort(), M2, strict) if one.person] != []
        give(enrolment(world.trainee), due_at=due(world.trainee).due_at + 8 * DAY)
        assert [one.person for one in late_changes.effects(cohort(), M2, strict) if one.person] == []


def test_what_is_handed_in_keeps_the_date_that_held_and_whose_it_was(world: World, unit: Unit, hand_in: Hand) -> None:
    with unit():
        grant(ask(world.trainee))
        until = due(world.trainee).due_at
    made = hand_in(world.trainee, at=until - timedelta(minutes=1))
    other = hand_in(world.trainee_2, at=until - timedelta(minutes=1))
    with unit():
        held = [session.get_one(SubmissionVersion, one.version) for one in (made, other)]
        assert [(one.due_at, one.due_source) for one in held] == [
            (until, Source.EXTENSION),
            (due(world.trainee_2).due_at, Source.COHORT),
        ]


def test_an_extension_moves_the_last_day_on_which_work_is_accepted(world: World, unit: Unit, hand_in: Hand) -> None:
    with unit():
        say(M2, most_days=30)
        last = due(world.trainee).dates.cut_off_at
        grant(ask(world.trainee, 20), past_end=True)
    made = hand_in(world.trainee, at=last + 5 * DAY)
    assert made.receipt
    with pytest.raises(Refused, match="time to hand in"):
        hand_in(world.trainee_2, at=last + 5 * DAY)


def test_an_extension_after_a_late_work_raises_its_unreleased_mark(world: World, unit: Unit, late_mark: Handed) -> None:
    with unit():
        say(M2, ask_until=20)
        assert session.get_one(Marking, late_mark.marking).counted == 80
        grant(ask(world.trainee, 7))
        one = session.get_one(Marking, late_mark.marking)
        assert (one.raw, one.counted) == (100, 100) and results.deductions(one) == []
        told = session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "mark.recounted")).one()
        assert (told.detail["before"], told.detail["after"]) == ("80", "100")
        version = session.get_one(SubmissionVersion, late_mark.version)
        assert version.due_source is Source.COHORT  # what was handed in is not rewritten


def test_the_end_of_dates_given_afterwards_lowers_it_again(world: World, unit: Unit, late_mark: Handed) -> None:
    with unit():
        until = due(world.trainee).due_at + 6 * DAY
        own = give(enrolment(world.trainee), due_at=until)
        assert session.get_one(Marking, late_mark.marking).counted == 100
        given.end(own, "A mistake.", base_url=BASE, by=user(world.coordinator))
        assert session.get_one(Marking, late_mark.marking).counted == 80


def test_a_work_never_becomes_late_by_a_date_that_is_given_or_ended_later(
    world: World, unit: Unit, hand_in: Hand, set_mark: Callable[..., None]
) -> None:
    with unit():
        usual = due(world.trainee).due_at
        own = give(enrolment(world.trainee), due_at=usual + 6 * DAY).id
    made = hand_in(world.trainee, at=usual + 6 * DAY)
    set_mark(made, "exemplary")
    with unit():
        given.end(session.get_one(OwnDates, own), "It is over.", base_url=BASE, by=user(world.coordinator))
        give(enrolment(world.trainee), due_at=usual - 3 * DAY)
        assert session.get_one(Marking, made.marking).counted == 100


def test_a_released_mark_is_not_touched_by_more_time_or_a_waiver(
    world: World, unit: Unit, late_mark: Handed, release: Callable[..., None]
) -> None:
    release(late_mark)
    with unit():
        give(enrolment(world.trainee), due_at=due(world.trainee).due_at + 9 * DAY)
        with pytest.raises(Refused, match="A released mark is not touched"):
            waivers.waive(_work(late_mark), "A storm.", by=user(world.instructor))
        say(M2, ask_until=30)
        with pytest.raises(Refused, match="released"):
            ask(world.trainee)
        assert session.get_one(Marking, late_mark.marking).counted == 80


def test_who_comes_into_a_group_with_dates_has_their_mark_computed_anew(
    world: World, unit: Unit, late_mark: Handed
) -> None:
    with unit():
        group = groups.make(cohort(), "First")
        give(group, due_at=due(world.trainee).due_at + 8 * DAY)
        groups.put(group, [enrolment(world.trainee).id])
        assert session.get_one(Marking, late_mark.marking).counted == 80
    with unit():
        payload = session.scalars(select(Job.payload).where(Job.kind == groups.CHANGED)).one()
        changes._follow(payload, None)
        assert session.get_one(Marking, late_mark.marking).counted == 100


def test_a_waiver_takes_the_deduction_away_and_says_so_on_the_result(
    world: World, unit: Unit, late_mark: Handed, release: Callable[..., None], browser_of: Open
) -> None:
    with unit():
        waivers.waive(_work(late_mark), "The power was <b>out</b>.", by=user(world.coordinator))
        assert session.get_one(Marking, late_mark.marking).counted == 100
        assert {"lateness.waived", "mark.recounted"} <= set(kinds())
    release(late_mark)
    page = browser_of(world.trainee).get(f"/receipts/{late_mark.receipt}").text
    assert "The deduction was waived:" in page and "The power was &lt;b&gt;out&lt;/b&gt;." in page


def test_a_waiver_is_taken_back_with_a_reason(world: World, unit: Unit, late_mark: Handed) -> None:
    with unit():
        waivers.waive(_work(late_mark), "A storm.", by=user(world.coordinator))
        with pytest.raises(Refused, match="waived already"):
            waivers.waive(_work(late_mark), "Again.", by=user(world.coordinator))
        with pytest.raises(Refused, match="reason"):
            waivers.take_back(_work(late_mark), " ", by=user(world.coordinator))
        waivers.take_back(_work(late_mark), "There was none.", by=user(world.coordinator))
        assert session.get_one(Marking, late_mark.marking).counted == Decimal(80)


def test_nobody_waives_the_lateness_of_their_own_work(world: World, unit: Unit, late: Handed) -> None:
    with unit(), pytest.raises(Refused, match="their own work"):
        waivers.waive(_work(late), "A storm.", by=user(world.trainee))


def test_a_work_is_found_only_under_its_own_cohort(world: World, browser_of: Open, late: Handed) -> None:
    place = f"works/{late.submission}/lateness"
    assert browser_of(world.instructor).get(f"/cohorts/uz-1/{place}").status_code == 200
    assert browser_of(world.other_instructor).get(f"/cohorts/ae-1/{place}").status_code == 404
    assert browser_of(world.trainee).get(f"/cohorts/uz-1/{place}").status_code == 403


def test_who_waives_learns_nothing_of_the_mark(world: World, browser_of: Open, late_mark: Handed) -> None:
    """The coordinator marks nothing: their pages are the same before and after a mark is set."""
    browser = browser_of(world.coordinator)
    for address in ("/cohorts/uz-1/dates", f"/cohorts/uz-1/works/{late_mark.submission}/lateness", QUEUE):
        if address.endswith("dates"):
            assert "Aziza Karimova" in browser.get(address).text
        page = re.sub(r"<(?:meta|input)[^>]*csrf[^>]*>", "", browser.get(address).text)
        assert "exemplary" not in page and not re.search(r"\b(?:80|100)\b", re.sub(r"<[^>]+>", " ", page))


def _work(handed: Handed) -> Submission:
    return session.get_one(Submission, handed.submission)
