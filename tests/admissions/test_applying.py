"""Applying: a call's public page, the mailed address, the draft, handing in, nomination; and what tells nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.admissions import access, calls, service
from diploma.admissions.models import AdmissionLink, Application, Entry
from diploma.admissions.models import ApplicationState as S
from diploma.admissions.plan import Effect, Rule, RuleKind
from diploma.cohorts.models import CohortState, Enrolment, EnrolmentState, Entity
from diploma.cohorts.service import move_cohort
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.admissions.conftest import application, entity_of, states, the_call, user, written

ASK = {"full_name": "Нодира Алиева", "email": "nodira@mail.test", "language": "ru"}


def fields(session: Any, **changed: str) -> dict[str, str]:
    said = {"full_name": "Нодира Алиева", "language": "ru", "entity": str(entity_of(session).id), "years": "5"}
    said |= {"position": "Специалист", "level": "senior", "question_why": "Чтобы сократить очередь.", "submit": "1"}
    return said | changed


@pytest.fixture
def own_page(client: Any, call: str, mails: Any) -> str:
    """The address of a fresh draft, as the mail holds it."""
    client.send(f"/apply/{call}", ASK)
    (mail,) = mails()
    assert mail.to == ASK["email"]
    return str(mail.path)


# ---- from the public page to an application


def test_the_page_of_a_call_needs_no_account_and_answers_with_a_mail(client: Any, call: str, mails: Any) -> None:
    answer = client.send(f"/apply/{call}", ASK)
    assert answer.status_code == 200 and "Look into your mail" in answer.text
    (mail,) = mails()
    assert mail.path.startswith("/apply/mine/") and client.get(mail.path).status_code == 200


def test_nothing_exists_before_the_mail_is_asked_for_and_reading_it_confirms_nothing(
    client: Any, own_page: str, reading: Any
) -> None:
    client.get(own_page)
    with reading() as session:
        found = application(session, ASK["email"])
        assert (found.state, found.confirmed_at) == (S.DRAFT, None)


def test_a_draft_is_kept_and_shown_again(client: Any, own_page: str, reading: Any) -> None:
    with reading() as session:
        said = fields(session, years="", level="")
    del said["submit"]
    assert client.send(own_page, said).status_code == 302
    page = client.get(own_page).text
    assert "Специалист" in page and "Чтобы сократить очередь." in page
    with reading() as session:
        assert application(session, ASK["email"]).confirmed_at is not None


def test_what_is_handed_in_is_judged_and_stays_as_it_is(client: Any, own_page: str, reading: Any, mails: Any) -> None:
    with reading() as session:
        said = fields(session)
    assert client.send(own_page, said).status_code == 302
    assert client.send(own_page, said | {"position": "Министр"}, page="/sign-in").status_code == 409
    with reading() as session:
        found = application(session, ASK["email"])
        assert (found.state, found.position) == (S.ELIGIBLE, "Специалист")
    (letter,) = mails()
    assert letter.to == ASK["email"]


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(client: Any, own_page: str, reading: Any) -> None:
    with reading() as session:
        said = fields(session, question_why="", years="", position="Бош мутахассис")
    answer = client.send(own_page, said)
    assert answer.status_code == 422 and answer.text.count('aria-invalid="true"') == 2
    assert "Бош мутахассис" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("question_why", "x" * 4001), ("position", "x" * 201), ("years", "-1"), ("years", "10" * 40), ("level", "king")],
)
def test_odd_and_overlong_answers_are_refused_at_their_field(
    client: Any, own_page: str, reading: Any, field: str, value: str
) -> None:
    with reading() as session:
        said = fields(session, **{field: value})
    assert client.send(own_page, said).status_code == 422


def test_an_entity_of_another_partner_cannot_be_chosen(client: Any, own_page: str, world: Any, reading: Any) -> None:
    with reading() as session:
        own = entity_of(session)
        foreign = session.scalars(select(Entity.id).where(Entity.partner_id != own.partner_id)).first()
        said = fields(session, entity=str(foreign))
    assert client.send(own_page, said).status_code == 422


def test_fields_that_no_page_sends_change_nothing(client: Any, own_page: str, reading: Any) -> None:
    with reading() as session:
        said = fields(session, state="accepted", rank="1", seat="1", email="other@mail.test", question_x="y")
    client.send(own_page, said)
    with reading() as session:
        found = application(session, ASK["email"])
        assert (found.state, found.rank, found.seat, [*found.answers]) == (S.ELIGIBLE, None, None, ["why"])


def test_words_of_an_answer_are_text(client: Any, own_page: str, reading: Any, browser_of: Any) -> None:
    with reading() as session:
        said = fields(session, question_why="<script>alert(1)</script>", full_name="<b onclick=x>A</b>")
    client.send(own_page, said)
    with reading() as session:
        key = application(session, ASK["email"]).id
    staff = browser_of("coordinator@uz.test").get(f"/cohorts/uz-next/admission/applications/{key}").text
    for page in (client.get(own_page).text, staff):
        assert "<script>alert" not in page and "<b onclick" not in page and "&lt;script&gt;" in page


# ---- one application per person


def test_a_second_request_sends_the_same_application_again(client: Any, call: str, mails: Any, reading: Any) -> None:
    client.send(f"/apply/{call}", ASK)
    client.send(f"/apply/{call}", ASK | {"email": "NODIRA@mail.test", "full_name": "Other"})
    first, second = mails()
    assert first.path != second.path
    assert client.get(first.path).status_code == client.get(second.path).status_code == 200
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 1
        assert application(session, ASK["email"]).full_name == ASK["full_name"]


def test_the_answer_tells_nothing_of_applications_or_accounts(client: Any, call: str, world: Any, apply: Any) -> None:
    apply("known@mail.test")
    asked = ["known@mail.test", "new@mail.test", world.trainee, world.other_trainee]
    answers = [client.send(f"/apply/{call}", ASK | {"email": one}) for one in asked]
    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}


def test_the_request_itself_looks_nothing_up(client: Any, call: str, apply: Any, queries: Any, unit: Any) -> None:
    """What takes longer when something exists would tell it: the request makes one job, whatever the address."""
    apply("known@mail.test")
    counts = []
    for one in ("known@mail.test", "unknown@mail.test"):
        token = client.token(f"/apply/{call}")
        with queries() as seen:
            client.post(f"/apply/{call}", data={"csrf_token": token, **ASK, "email": one})
        counts.append([text for text in seen if "rate_buckets" not in text])
    assert counts[0] == counts[1] and not any("FROM applications" in text for text in counts[0])


def test_a_name_carries_no_link_into_the_mail_of_a_stranger(client: Any, call: str, own_page: str, mails: Any) -> None:
    for name in ("Prize http://evil.test", "www.evil.test", "evil.COM now", "ask boss@mail.test"):
        assert client.send(f"/apply/{call}", ASK | {"full_name": name, "email": "victim@mail.test"}).status_code == 422
    assert mails() == []
    assert client.send(f"/apply/{call}", ASK | {"full_name": "А.Б. ибн Ra’no Oʻg‘li-Com"}).status_code == 200


def test_controls_that_turn_letters_round_never_get_into_a_name(client: Any, own_page: str, reading: Any) -> None:
    with reading() as session:
        said = fields(session, full_name="Ali\u202egnp.exe\u2066 \u200fKarim", entity="", entity_other="Of\u202efice")
    client.send(own_page, said)
    with reading() as session:
        found = application(session, ASK["email"])
        assert (found.full_name, found.entity_other) == ("Alignp.exe Karim", "Office")


# ---- links


def test_nothing_keeps_a_copy_of_a_page_behind_a_secret_address(client: Any, own_page: str) -> None:
    for path in (own_page, "/apply/mine/no-such", "/offers/no-such"):
        answer = client.get(path)
        assert "no-store" in answer.headers["Cache-Control"] and answer.headers["X-Robots-Tag"] == "noindex"


def test_a_link_that_nobody_mailed_opens_nothing(client: Any, call: str) -> None:
    answers = [client.get("/apply/mine/no-such"), client.get("/offers/no-such"), client.get("/register/confirm/none")]
    assert {one.status_code for one in answers} == {410}


def test_only_the_hash_of_a_link_is_stored(client: Any, own_page: str, reading: Any) -> None:
    token = own_page.removeprefix("/apply/mine/").partition("?")[0]
    with reading() as session:
        assert token not in {one.token_hash for one in session.scalars(select(AdmissionLink))}


def test_the_link_leads_to_us_whatever_the_host_header_says(client: Any, call: str, mails: Any) -> None:
    token = client.token(f"/apply/{call}")
    client.post(f"/apply/{call}", data={"csrf_token": token, **ASK}, headers={"X-Forwarded-Host": "evil.test"})
    (mail,) = mails()
    assert "evil.test" not in mail.body and "http://localhost/apply/mine/" in mail.body


def test_a_link_expires(client: Any, own_page: str) -> None:
    with clock.at(clock.now() + timedelta(days=401)):
        assert client.get(own_page).status_code == 410


def test_requests_for_one_address_are_slowed_down(client: Any, call: str) -> None:
    assert [client.send(f"/apply/{call}", ASK).status_code for _ in range(6)][-1] == 429


# ---- when a call is open


def test_a_call_that_has_not_opened_does_not_exist(client: Any, call: str) -> None:
    with clock.at(clock.now() - timedelta(days=2)):
        assert client.get(f"/apply/{call}").status_code == 404
    assert client.get("/apply/no-such").status_code == 404


def test_after_the_call_nobody_begins_and_nothing_is_handed_in(
    client: Any, call: str, own_page: str, reading: Any, mails: Any, unit: Any, after: Any
) -> None:
    with reading() as session:
        said = fields(session)
    with after():
        answer = client.send(f"/apply/{call}", ASK | {"email": "late@mail.test"})
        assert "Look into your mail" in answer.text and mails() == []
        assert client.send(own_page, said, page="/sign-in").status_code == 409
        with unit() as session, pytest.raises(Refused, match="no applications any more"):
            service.submit(application(session, ASK["email"]), written(session))
    with reading() as session:
        assert states(session) == {ASK["email"]: "draft"}


def test_a_call_for_nominations_begins_nothing_for_others(client: Any, call: str, unit: Any, mails: Any) -> None:
    with unit() as session:
        the_call(session).entry = Entry.NOMINATION
    client.send(f"/apply/{call}", ASK)
    assert mails() == []


def test_a_cohort_that_has_begun_takes_no_applications(call: str, unit: Any, reading: Any) -> None:
    with unit() as session:
        move_cohort(the_call(session).cohort, CohortState.RUNNING)
    with reading() as session:
        assert not service.is_open(the_call(session))


# ---- nomination


def nominate(browser: Any, **changed: str) -> Any:
    said = {"full_name": "Bobur", "email": "bobur@mail.test", "language": "uz-Latn", "reason": "Knows the queue"}
    return browser.send("/cohorts/uz-next/admission/nominate", said | changed)


def test_a_nominated_person_gets_a_mail_and_writes_the_application(
    call: str, browser_of: Any, client: Any, mails: Any, reading: Any
) -> None:
    assert nominate(browser_of("coordinator@uz.test")).status_code == 302
    (mail,) = mails()
    assert mail.to == "bobur@mail.test" and client.get(mail.path).status_code == 200
    with reading() as session:
        found = application(session, "bobur@mail.test")
        assert (found.state, found.nomination) == (S.DRAFT, "Knows the queue")


def test_who_has_applied_is_not_nominated_again(call: str, apply: Any, browser_of: Any, mails: Any) -> None:
    apply("bobur@mail.test")
    mails()
    assert nominate(browser_of("coordinator@uz.test")).status_code == 422 and mails() == []


def test_a_copy_of_a_letter_holds_no_secret_address(call: str, browser_of: Any, mails: Any, reading: Any) -> None:
    coordinator = browser_of("coordinator@uz.test")
    nominate(coordinator)
    (mail,) = mails()
    with reading() as session:
        key = application(session, "bobur@mail.test").id
    page = coordinator.get(f"/cohorts/uz-next/admission/applications/{key}").text
    assert mail.subject.strip("\u2068\u2069") in page or "nominated" in page
    assert "/apply/mine/" in mail.body and "/apply/mine/" not in page


# ---- rules


def exclude(session: Any, *rules: Rule) -> None:
    held = the_call(session)
    by = user(session, "coordinator@uz.test")
    changed = replace(calls.plan_of(held), rules=rules)
    calls.change_rules(held, changed, len(calls.affected(held, changed)), by=by)


def test_an_excluding_rule_tells_its_sentence_in_the_applicants_language(
    call: str, unit: Any, own_page: str, client: Any, reading: Any
) -> None:
    with unit() as session:
        exclude(session, Rule(RuleKind.SERVICE, Effect.EXCLUDING, 10), Rule(RuleKind.LANGUAGE, Effect.ADVISORY))
    with reading() as session:
        said = fields(session)
    client.send(own_page, said)
    assert "at least 10 years of service" in client.get(own_page.replace("lang=ru", "lang=en")).text
    with reading() as session:
        assert application(session, ASK["email"]).state is S.INELIGIBLE


def test_a_graduate_of_this_partner_is_known_and_one_of_another_is_not_asked(
    call: str, unit: Any, apply: Any, world: Any, reading: Any
) -> None:
    with unit() as session:
        exclude(session, Rule(RuleKind.NOT_GRADUATE, Effect.EXCLUDING))
        for address in (world.trainee, world.other_trainee):
            held = select(Enrolment).where(Enrolment.user_id == user(session, address).id)
            session.scalars(held).one().state = EnrolmentState.COMPLETED
    for address in (world.trainee, world.other_trainee):
        apply(address)
    with reading() as session:
        assert states(session) == {world.trainee: "ineligible", world.other_trainee: "eligible"}


def test_changed_rules_show_whom_they_concern_before_they_are_saved(
    call: str, apply: Any, browser_of: Any, reading: Any
) -> None:
    apply("few@mail.test", years=2, full_name="Few Years")
    apply("many@mail.test", years=9)
    browser = browser_of("coordinator@uz.test")
    said = {"service": "excluding", "service_years": "5"}
    page = browser.send("/cohorts/uz-next/admission/rules", said)
    assert page.status_code == 200 and "Few Years" in page.text and "1 application would change" in page.text
    with reading() as session:
        assert set(states(session).values()) == {"eligible"}
    assert browser.send("/cohorts/uz-next/admission/rules", said | {"seen": "1"}).status_code == 302
    with reading() as session:
        assert states(session) == {"few@mail.test": "ineligible", "many@mail.test": "eligible"}


def test_a_list_that_grew_meanwhile_is_shown_again(call: str, apply: Any, unit: Any) -> None:
    apply("few@mail.test", years=2)
    with unit() as session, pytest.raises(Refused, match="came in meanwhile"):
        held = the_call(session)
        rules = (Rule(RuleKind.SERVICE, Effect.EXCLUDING, 5),)
        by = user(session, "coordinator@uz.test")
        calls.change_rules(held, replace(calls.plan_of(held), rules=rules), 0, by=by)


def test_staff_overrule_with_a_reason_and_later_rules_leave_it(
    call: str, apply: Any, unit: Any, reading: Any, browser_of: Any
) -> None:
    key = apply("few@mail.test", years=2)
    with unit() as session:
        exclude(session, Rule(RuleKind.SERVICE, Effect.EXCLUDING, 5))
    browser, page = browser_of("coordinator@uz.test"), f"/cohorts/uz-next/admission/applications/{key}/overrule"
    assert browser.send(page, {"reason": ""}).status_code == 422
    assert browser.send(page, {"reason": "Led the pilot"}).status_code == 302
    with unit() as session:
        exclude(session, Rule(RuleKind.SERVICE, Effect.EXCLUDING, 6))
    with reading() as session:
        found = application(session, "few@mail.test")
        assert (found.state, found.overruled) == (S.ELIGIBLE, "Led the pilot")


# ---- the end


def test_what_did_not_lead_to_a_place_is_erased_after_its_time(call: str, apply: Any, unit: Any, reading: Any) -> None:
    apply("gone@mail.test")
    with clock.at(clock.now() + timedelta(days=189)), unit():
        assert service.erase_due() == 0
    with clock.at(clock.now() + timedelta(days=191)), unit():
        assert service.erase_due() == 1
    with reading() as session:
        assert states(session) == {} and session.scalars(select(AdmissionLink)).all() == []


def test_the_language_of_a_mail_is_that_of_its_reader(call: str, unit: Any) -> None:
    with unit() as session:
        service.request_link(the_call(session), "A", "a@mail.test", Lang.AR, "http://localhost")
        assert session.scalars(select(Job).where(Job.kind == service.LINK)).one().payload["language"] == "ar"


def test_another_governments_staff_reach_no_call(call: str, browser_of: Any, apply: Any) -> None:
    key = apply("a@mail.test")
    browser = browser_of("coordinator@ae.test")
    for page in ("", "/decision", "/readers", "/rules", "/applications.xlsx", f"/applications/{key}"):
        assert browser.get(f"/cohorts/uz-next/admission{page}").status_code == 404
        assert browser.get(f"/cohorts/ae-1/admission{page}").status_code in (200, 404)
    assert browser.get(f"/cohorts/ae-1/admission/applications/{key}").status_code == 404


def test_the_own_page_is_not_found_by_number(call: str, apply: Any, reading: Any) -> None:
    key = apply("a@mail.test")
    with reading():
        assert access.own_application(str(key)) is None
