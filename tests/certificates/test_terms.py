"""The certified assessor: who earns it, how long it holds, who is reminded, how it is renewed. The attacks are here."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.certificates import overview, registry, rules, service, status
from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.overview import Group
from diploma.certificates.snapshot import Award, Snapshot
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, CohortAward, Enrolment, Presence
from diploma.core import clock, db
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.certificates.conftest import NAMES, Issued, facts, words

S = CertificateState
TASHKENT = ZoneInfo("Asia/Tashkent")


def morning(day):
    """Noon of a day in Tashkent."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=TASHKENT).astimezone(UTC)


@dataclass(frozen=True)
class Training:
    """Brings the trainee of the world towards the award."""

    office: object
    email: str

    def enrolment(self):
        query = select(Enrolment).join(Enrolment.user).join(Enrolment.cohort)
        return db.session.scalars(query.where(User.email == self.email, Cohort.slug == "uz-1")).one()

    def attend(self, presence=Presence.PRESENT):
        enrolment = self.enrolment()
        enrolment.cohort.award = CohortAward.ASSESSOR
        held = clock.now() - timedelta(days=3)
        live = cohorts.plan_session(enrolment.cohort, "assessor", "Day one", held, Decimal(24))
        cohorts.save_sheet(live, [cohorts.SheetEntry(enrolment.id, presence, None)])

    def graduate(self, session, state=S.ISSUED):
        """A diploma of the same person, from another cohort."""
        elsewhere = session.scalars(select(Cohort).where(Cohort.slug == "ae-1")).one()
        made = Certificate(
            enrolment=cohorts.enrol(elsewhere, self.office.user(self.email)), award="diploma", state=state,
            drafted_at=clock.now(), serial="GID-2026-AE-000900", token="D" * 16, snapshot="{}", snapshot_hash="",
            issued_at=clock.now(), reason="as told")  # fmt: skip
        session.add(made)
        session.flush()
        return made

    def issue(self):
        [made] = service.draft_eligible(self.enrolment().cohort)
        for tag, name in NAMES[self.email].items():
            service.confirm_name(made.enrolment.user, Lang(tag), name)
        report = service.issue_all([made])
        assert not report.refused
        return made


@pytest.fixture
def training(office, world):
    return Training(office, world.trainee)


@pytest.fixture
def assessor(training, unit) -> Issued:
    """An issued certificate of an assessor."""
    with unit() as session:
        training.attend()
        training.graduate(session)
        return facts(training.issue())


def newest(session):
    return session.scalars(
        select(Certificate).where(Certificate.award == "assessor").order_by(Certificate.id.desc())
    ).first()


def letters(session):
    return session.scalars(select(Job).where(Job.key.like("mail:certificate_ends:%")).order_by(Job.id)).all()


# ---- the days


@pytest.mark.parametrize(
    ("begins_on", "last_day"),
    [
        (date(2026, 7, 15), date(2029, 7, 14)),
        (date(2026, 1, 1), date(2028, 12, 31)),
        (date(2028, 2, 29), date(2031, 2, 28)),
        (date(2025, 3, 1), date(2028, 2, 29)),
        (date(2026, 2, 28), date(2029, 2, 27)),
    ],
)
def test_three_years_end_on_the_day_before_the_anniversary(begins_on, last_day):
    assert rules.last_day(begins_on, 3) == last_day


def test_four_years_from_a_leap_day_end_before_the_next_leap_day():
    assert rules.last_day(date(2028, 2, 29), 4) == date(2032, 2, 28)


@pytest.mark.parametrize(
    ("left", "days"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_the_reminder_is_the_last_one_that_is_due(left, days):
    assert rules.reminder(date(2029, 7, 14), date(2029, 7, 14) - timedelta(days=left)) == days


def test_a_term_begins_after_the_old_end_or_today_when_that_is_past():
    ended = date(2029, 7, 14)
    assert rules.next_term(ended, date(2029, 6, 1)) == date(2029, 7, 15)
    assert rules.next_term(ended, ended) == date(2029, 7, 15)
    assert rules.next_term(ended, date(2029, 9, 1)) == date(2029, 9, 1)


# ---- who earns it


@pytest.mark.parametrize(
    ("presence", "diploma", "unmet"),
    [
        (Presence.PRESENT, S.ISSUED, []),
        (Presence.ABSENT, S.ISSUED, [rules.Requirement.ATTENDANCE]),
        (Presence.PRESENT, S.REVOKED, [rules.Requirement.DIPLOMA]),
        (Presence.PRESENT, S.SUSPENDED, [rules.Requirement.DIPLOMA]),
        (Presence.ABSENT, None, [rules.Requirement.ATTENDANCE, rules.Requirement.DIPLOMA]),
    ],
)
def test_attendance_and_a_valid_diploma_earn_it(training, unit, presence, diploma, unmet):
    with unit() as session:
        training.attend(presence)
        if diploma:
            training.graduate(session, diploma)
        cohort = training.enrolment().cohort
        lines = overview.groups(cohort)[Group.INELIGIBLE if unmet else Group.ELIGIBLE]
        [mine] = [one for one in lines if one.enrolment.user.email == training.email]
        assert (mine.award, mine.missing) == ("assessor", unmet)
        assert +overview.counts([cohort])[cohort.id] == ({} if unmet else {Group.ELIGIBLE: 1})


def test_a_diploma_of_somebody_else_earns_nothing(training, office, world, unit):
    with unit() as session:
        training.attend()
        training.graduate(session).enrolment = office.enrolment(world.other_trainee)
        session.flush()
        with pytest.raises(Refused, match="no valid diploma"):
            service.draft(training.enrolment(), "assessor")


def test_it_states_its_hours_and_its_last_day(assessor):
    fixed = assessor.snapshot
    assert (fixed.award, fixed.hours, fixed.module, fixed.band) == (Award.ASSESSOR, 24, None, None)
    assert fixed.valid_until == rules.last_day(fixed.issued_on, 3)


def test_the_last_day_is_counted_where_it_is_issued(training, unit):
    """Late in the evening of UTC it is the next day in Tashkent."""
    with clock.at(datetime(2027, 3, 9, 20, 30, tzinfo=UTC)), unit() as session:
        training.attend()
        training.graduate(session)
        assert training.issue().valid_until == date(2030, 3, 9)


def test_other_certificates_hold_for_ever(aziza, reading, world, office):
    with reading():
        assert office.row(world.trainee).valid_until is None and not office.row(world.trainee).expired


# ---- the end


@pytest.mark.parametrize(("after", "said"), [(0, "This certificate is valid"), (1, "This certificate has expired")])
def test_it_is_valid_until_its_last_day_is_over_in_the_zone_of_its_issuer(assessor, client, after, said):
    last = datetime(*assessor.snapshot.valid_until.timetuple()[:3], 23, 59, tzinfo=TASHKENT)
    with clock.at(last.astimezone(UTC) + timedelta(minutes=after)):
        page = words(client.get(f"/verify/{assessor.token}?lang=en"))
    assert said in page
    assert assessor.serial in page


@pytest.mark.parametrize(("step", "said"), [(status.revoke, "is revoked"), (status.suspend, "is suspended")])
def test_what_happened_to_it_stands_before_the_end(assessor, client, unit, step, said):
    with unit() as session:
        step(newest(session), "Examined")
    with clock.at(morning(assessor.snapshot.valid_until + timedelta(days=5))):
        page = words(client.get(f"/verify/{assessor.token}?lang=en"))
    assert said in page and "has expired" not in page


def test_a_last_day_moved_in_the_database_is_not_believed(assessor, client, unit):
    with unit() as session:
        newest(session).valid_until += timedelta(days=3650)
        session.flush()
        assert any("last day" in one.reason for one in registry.check())
    with clock.at(morning(assessor.snapshot.valid_until + timedelta(days=1))):
        page = words(client.get(f"/verify/{assessor.token}?lang=en"))
    assert "cannot be confirmed now" in page


def test_its_holder_sees_that_it_has_expired(assessor, browser_of, world):
    with clock.at(morning(assessor.snapshot.valid_until + timedelta(days=1))):
        page = words(browser_of(world.trainee).get("/certificates/?lang=en"))
    assert "Expired" in page


# ---- reminders


def test_the_holder_is_reminded_three_times_in_their_language(assessor, office, reading):
    for days in (91, 90, 60, 30, 7, 0):
        with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=days))):
            office.work()
            office.work()
    with reading() as session:
        sent = letters(session)
    assert len(sent) == 3
    assert {one.payload["lang"] for one in sent} == {"uz-Latn"}
    assert all(assessor.serial in one.payload["body"] for one in sent)


def test_a_runner_that_comes_late_sends_one_mail(assessor, office, reading):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=5))):
        office.work()
    with reading() as session:
        assert [one.key.rpartition(":")[2] for one in letters(session)] == ["7"]


def test_nobody_is_reminded_after_the_end(assessor, office, reading):
    with clock.at(morning(assessor.snapshot.valid_until + timedelta(days=1))):
        office.work()
    with reading() as session:
        assert not letters(session)


@pytest.mark.parametrize("step", [status.revoke, status.suspend, status.reissue])
def test_a_certificate_that_is_not_the_valid_one_reminds_nobody(assessor, office, unit, reading, step):
    with unit() as session:
        step(newest(session), "Examined")
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=30))):
        office.work()
    with reading() as session:
        valid = [one.id for one in session.scalars(select(Certificate).where(Certificate.state == S.ISSUED))]
        assert all(int(one.key.split(":")[2]) in valid for one in letters(session))
        assert len(letters(session)) == (1 if step is status.reissue else 0)


# ---- renewal


def test_renewed_early_it_begins_after_the_old_end(assessor, unit, client):
    ends_on = assessor.snapshot.valid_until
    with clock.at(morning(ends_on - timedelta(days=40))):
        with unit() as session:
            made = facts(status.renew(newest(session), "Assessed again"))
        assert made.snapshot.valid_until == rules.last_day(ends_on + timedelta(days=1), 3)
        assert made.serial == f"{assessor.serial}-R2"
        assert "is valid" in words(client.get(f"/verify/{made.token}?lang=en"))
        old = client.get(f"/verify/{assessor.token}?lang=en")
    assert "Replaced by a newer version" in words(old) and made.serial in words(old)
    for code in (made.token, rules.shown_token(made.token)):
        assert code not in old.text


def test_renewed_late_it_begins_today(assessor, unit):
    today = assessor.snapshot.valid_until + timedelta(days=20)
    with clock.at(morning(today)), unit() as session:
        assert status.renew(newest(session), "Late").valid_until == rules.last_day(today, 3)


def test_a_renewed_one_reminds_of_its_own_end(assessor, office, unit, reading):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=80))), unit() as session:
        made = facts(status.renew(newest(session), "Assessed again"))
    for ends_on in (assessor.snapshot.valid_until, made.snapshot.valid_until):
        with clock.at(morning(ends_on - timedelta(days=7))):
            office.work()
    with reading() as session:
        assert [one.key for one in letters(session)] == [f"mail:certificate_ends:{made.id}:7"]


@pytest.mark.parametrize(("days", "early"), [(91, True), (90, False)])
def test_terms_are_not_heaped_up_ahead(assessor, unit, days, early):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=days))), unit() as session:
        if early:
            with pytest.raises(Refused, match="too early"):
                status.renew(newest(session), "Again")
        else:
            made = status.renew(newest(session), "Again")
            with pytest.raises(Refused, match="too early"):
                status.renew(made, "And again")


@pytest.mark.parametrize("step", [status.revoke, status.suspend])
def test_a_revoked_or_suspended_one_is_not_renewed(assessor, unit, step):
    with clock.at(morning(assessor.snapshot.valid_until)), unit() as session:
        step(newest(session), "Examined")
        with pytest.raises(Refused, match="state"):
            status.renew(newest(session), "Again")


def test_a_certificate_that_does_not_end_is_not_renewed(aziza, office, world, unit):
    with unit(), pytest.raises(Refused, match="does not end"):
        status.renew(office.row(world.trainee), "Again")


def test_it_is_not_renewed_when_the_diploma_was_revoked(assessor, unit):
    with clock.at(morning(assessor.snapshot.valid_until)), unit() as session:
        held = session.scalars(select(Certificate).where(Certificate.award == "diploma")).one()
        held.state, held.reason = S.REVOKED, "Copied work"
        session.flush()
        with pytest.raises(Refused, match="no valid diploma"):
            status.renew(newest(session), "Again")


def test_names_are_confirmed_before_it_is_renewed(assessor, office, world, unit):
    with clock.at(morning(assessor.snapshot.valid_until)), unit() as session:
        accounts.set_name(office.user(world.trainee), Lang.RU, "Азиза Иванова", confirmed=False)
        session.flush()
        with pytest.raises(Refused, match="not confirmed"):
            status.renew(newest(session), "Again")


def test_a_reissue_keeps_the_last_day(assessor, unit):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=10))), unit() as session:
        assert status.reissue(newest(session), "Name").valid_until == assessor.snapshot.valid_until


def test_what_has_ended_is_renewed_and_not_reissued(assessor, unit):
    after = morning(assessor.snapshot.valid_until + timedelta(days=1))
    with clock.at(after), unit() as session, pytest.raises(Refused, match="has ended"):
        status.reissue(newest(session), "Name")


# ---- the registrar's page


def test_the_registrar_sees_what_ends_and_renews_it(assessor, browser_of, world, reading):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=40))):
        registrar = browser_of(world.registrar)
        page = registrar.get("/certificates/?lang=en")
        assert "End soon" in words(page) and f"/certificates/{assessor.serial}/renew" in page.text
        asked = words(registrar.get(f"/certificates/{assessor.serial}/renew?lang=en"))
        assert "New last day" in asked and "Aziza Karimova" in asked
        assert registrar.send(f"/certificates/{assessor.serial}/renew", {"reason": "Assessed"}).status_code == 302
        assert f"/certificates/{assessor.serial}/renew" not in registrar.get("/certificates/?lang=en").text
    with reading() as session:
        assert newest(session).serial == f"{assessor.serial}-R2"


def test_what_ends_later_is_not_on_the_list(assessor, browser_of, world):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=100))):
        assert "End soon" not in words(browser_of(world.registrar).get("/certificates/?lang=en"))


@pytest.mark.parametrize(
    ("left", "steps"),
    [(91, {"reissue", "suspend", "revoke"}), (90, {"renew", "reissue", "suspend", "revoke"}),
     (-1, {"renew", "suspend", "revoke"})],
)  # fmt: skip
def test_a_cohorts_page_offers_what_would_not_be_refused(assessor, browser_of, world, left, steps):
    with clock.at(morning(assessor.snapshot.valid_until - timedelta(days=left))):
        page = browser_of(world.registrar).get("/certificates/cohorts/uz-1?group=issued&lang=en").text
    assert set(re.findall(rf"/certificates/{assessor.serial}/(\w+)\"", page)) == steps


@pytest.mark.parametrize("who", ["trainee", "other_trainee", "instructor"])
def test_nobody_without_the_right_renews(assessor, browser_of, world, reading, who):
    with clock.at(morning(assessor.snapshot.valid_until)):
        someone = browser_of(getattr(world, who))
        assert someone.send(f"/certificates/{assessor.serial}/renew", {"reason": "Mine"}).status_code in (403, 404)
        assert "End soon" not in words(someone.get("/certificates/?lang=en"))
    with reading() as session:
        assert newest(session).serial == assessor.serial


def test_no_registrar_renews_their_own(assessor, browser_of, office, world, unit, reading):
    with unit():
        accounts.grant_role(office.user(world.trainee), Role.REGISTRAR)
    with clock.at(morning(assessor.snapshot.valid_until)):
        browser_of(world.trainee).send(f"/certificates/{assessor.serial}/renew", {"reason": "Mine"})
    with reading() as session:
        assert newest(session).serial == assessor.serial


def test_a_stored_snapshot_is_read_again_with_its_last_day(assessor, reading):
    with reading() as session:
        assert Snapshot.from_json(newest(session).snapshot).valid_until == newest(session).valid_until
