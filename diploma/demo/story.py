"""Lives through the demonstration's weeks: who is enrolled, reads, answers, hands in, marks and issues."""

import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.passwords import hash_password
from diploma.accounts.permissions import Role
from diploma.certificates import bulk, issuers
from diploma.certificates import service as certificates
from diploma.certificates.models import Certificate
from diploma.cohorts import planning, tutors
from diploma.cohorts import service as cohorts
from diploma.cohorts.entities import lookups
from diploma.cohorts.invitations import inviting
from diploma.cohorts.models import Cohort, CohortAward, CohortState, Enrolment, Entity, Partner, Presence
from diploma.cohorts.partners import profiles
from diploma.cohorts.roster import drafts, importing
from diploma.cohorts.roster.sheet import read_sheet
from diploma.cohorts.tutoring import allocation
from diploma.cohorts.tutoring.allocation import Way, Wish
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework.allocation import service as works
from diploma.coursework.allocation.policy import Way as WorkWay
from diploma.coursework.releasing import planning as planned
from diploma.demo import (
    admission,
    bodies,
    dates,
    desk,
    letters,
    life,
    margins,
    peers,
    people,
    reviews,
    talk,
    work,
    worksheets,
)
from diploma.learning import catalogue

PASSWORD = "innovation-demo"
CAUGHT_UP, ISSUED = timedelta(days=3), timedelta(days=2)
MODULE = "m2-challenge-assessment"
FIRST_MODULE = {  # why module 2 is open to people who have not completed module 1 here
    "uz": "Биринчи модуль оқим шу тизимга ўтишидан олдин ўқиб бўлинган.",
    "ae": "أنهت الدفعة المساق الأول قبل انتقالها إلى هذا النظام.",
}
EVERYBODY: dict[str, tuple[tuple[str, str, str, int], ...]] = {"uz": people.UZ, "ae": people.AE, "eg": people.EG}


@dataclass(frozen=True)
class Plan:
    """A cohort of the demonstration; days count from today."""

    partner: str
    slug: str
    names: dict[str, str]
    award: CohortAward
    begins: int
    ends: int
    seats: int
    certificate_languages: tuple[str, ...]


PLANS = (
    Plan(
        "uz",
        "uz-2026-1",
        {
            "en": "Tashkent, intake 1",
            "ar": "طشقند، الدفعة 1",
            "ru": "Ташкент, поток 1",
            "uz-Latn": "Toshkent, 1-oqim",
            "uz-Cyrl": "Тошкент, 1-оқим",
        },
        CohortAward.DIPLOMA,
        -56,
        126,
        30,
        ("ar", "en", "ru", "uz-Latn", "uz-Cyrl"),
    ),
    Plan(
        "ae",
        "ae-2026-1",
        {
            "en": "Abu Dhabi, intake 1",
            "ar": "أبوظبي، الدفعة 1",
            "ru": "Абу-Даби, поток 1",
            "uz-Latn": "Abu-Dabi, 1-oqim",
            "uz-Cyrl": "Абу-Даби, 1-оқим",
        },
        CohortAward.DIPLOMA,
        -49,
        133,
        30,
        ("ar", "en"),
    ),
    Plan(
        "eg",
        "eg-2026-w1",
        {
            "en": "Cairo, Foundation workshop 1",
            "ar": "القاهرة، الورشة التأسيسية 1",
            "ru": "Каир, вводный семинар 1",
            "uz-Latn": "Qohira, 1-kirish seminari",
            "uz-Cyrl": "Қоҳира, 1-кириш семинари",
        },
        CohortAward.FOUNDATION,
        -14,
        -13,
        40,
        ("ar", "en"),
    ),
)


def is_seeded() -> bool:
    return session.scalar(select(User.id).where(User.email == "director@demo.test")) is not None


def live_until_today() -> None:
    """Everything up to this morning, in the order in which it happened."""
    content = catalogue.latest()
    if content is None:
        raise RuntimeError("publish the content first: flask --app wsgi content publish")
    hashed = hash_password(PASSWORD)
    made = {plan.slug: _open_cohort(plan, content, hashed) for plan in PLANS}
    _appoint_staff(made, hashed)
    desk.work(hashed)
    for plan in PLANS[:2]:
        _teach(made[plan.slug], content)
        _share_out(made[plan.slug])
    _give_works(made["uz-2026-1"])
    _plan_release(made["uz-2026-1"])
    margins.write()
    worksheets.write()
    talk.happen()
    _import_list(made["uz-2026-1"])
    letters.send(made["uz-2026-1"])
    _begin_list(made["uz-2026-1"])
    _hold_workshop(made["eg-2026-w1"])
    life.write(made["uz-2026-1"])
    admission.write(made["uz-2026-1"])
    dates.write(made["uz-2026-1"])
    peers.write(made["uz-2026-1"])
    reviews.write(made["uz-2026-1"])


def issue_first_certificates() -> None:
    """The graduate's certificate, approved and ordered by the registrar; the others wait for their names."""
    registrar, graduate = _user("registrar"), _user("graduate.uz")
    held = session.scalars(select(Enrolment).where(Enrolment.user_id == graduate.id)).one()
    mine = session.scalars(select(Certificate).where(Certificate.enrolment_id == held.id)).all()
    for certificate in mine:
        for issuer in issuers.waiting(certificate):
            certificates.approve(certificate, issuer, by=registrar)
    back = f"/certificates/cohorts/{held.cohort.slug}?group=issued"
    bulk.issue(held.cohort, mine, back=back, key="graduate", by=registrar)


# ---- opening


def _open_cohort(plan: Plan, content: catalogue.Content, hashed: str) -> Cohort:
    today = clock.now().date()
    pack = content.partner(plan.partner)
    with clock.at(_moment(plan.begins - 20, 9, pack["time_zone"])):
        partner = profiles.create_partner(plan.partner, pack["title"], pack["time_zone"], pack["languages"])
        entities = bodies.found(partner)
        bodies.dress(partner)
        cohort = planning.create_cohort(
            partner,
            plan.slug,
            plan.names,
            edition_id=content.edition_id,
            revision_id=content.revision_id,
            award=plan.award,
            starts_on=today + timedelta(days=plan.begins),
            ends_on=today + timedelta(days=plan.ends),
            seats=plan.seats,
            languages=partner.languages,
            certificate_languages=list(plan.certificate_languages),
        )
        cohorts.move_cohort(cohort, CohortState.OPEN)
        for login, full_name, lang, entity in EVERYBODY[plan.partner]:
            _enrol(cohort, partner, entities[entity], login, full_name, Lang(lang), hashed)
    with clock.at(_moment(plan.begins - 15, 9, cohort.time_zone)):
        _invite(cohort, (".24", ".40"))
    with clock.at(_moment(plan.begins, 9, cohort.time_zone)):
        cohorts.move_cohort(cohort, CohortState.RUNNING)
    return cohort


def _enrol(
    cohort: Cohort, partner: Partner, entity: Entity, login: str, full_name: str, lang: Lang, hashed: str
) -> None:
    user = accounts.create_user(f"{login}@demo.test", full_name, lang, time_zone=partner.time_zone)
    enrolment = cohorts.enrol(cohort, user, entity=entity)
    if cohort.award is CohortAward.DIPLOMA:
        cohorts.waive_prerequisite(enrolment, MODULE, FIRST_MODULE[partner.slug])
    if not login.endswith((".19", ".24", ".40", *letters.INVITED)):  # some have never opened their account
        accounts.set_password(user, hashed)
        user.last_seen_at = clock.now()


def _invite(cohort: Cohort, logins: tuple[str, ...]) -> None:
    """Some got the mail and never followed it; the others were not invited yet."""
    roll = session.scalars(select(Enrolment).join(User).where(Enrolment.cohort_id == cohort.id)).all()
    chosen = {one.id for one in roll if one.user.email.partition("@")[0].endswith(logins)}
    inviting.invite(cohort, current_app.config["BASE_URL"], enrolments=chosen)


def _import_list(cohort: Cohort) -> None:
    """A list with the positions of some people; one row has no address and stayed out."""
    with clock.at(_moment(-20, 11, cohort.time_zone)):
        coordinator = _user("coordinator.uz")
        checked = importing.check(cohort, read_sheet(people.POSITIONS.encode(), people.LIST), by=coordinator)
        source = importing.Source(people.LIST, hashlib.sha256(people.POSITIONS.encode()).hexdigest())
        importing.apply(cohort, checked, source, by=coordinator)


def _begin_list(cohort: Cohort) -> None:
    """A list that its coordinator has begun to look through."""
    blob = current_app.extensions["files"].put(io.BytesIO(people.NEXT_PEOPLE.encode()))
    drafts.start(cohort, importing.Source(people.NEXT_LIST, blob.sha256), by=_user("coordinator.uz"))


def _appoint_staff(made: dict[str, Cohort], hashed: str) -> None:
    by_slug = {cohort.partner.slug: cohort.partner for cohort in made.values()}
    for login, full_name, lang, role, scope in people.STAFF:
        user = accounts.create_user(f"{login}@demo.test", full_name, Lang(lang))
        accounts.set_password(user, hashed)
        kind, _, name = scope.partition(":")
        user.time_zone = by_slug[name[:2]].time_zone if name else "Asia/Dubai"
        accounts.grant_role(
            user,
            Role(role),
            cohort_id=made[name].id if kind == "cohort" else None,
            partner_id=by_slug[name].id if kind == "partner" else None,
            entity_id=_body(by_slug[name[:2]], name[3:]).id if kind == "entity" else None,
            time_zone=by_slug[name[:2]].time_zone if name else "UTC",
            starts_on=clock.now().date() - timedelta(days=90),
        )
    for login, spellings in people.SPELLINGS.items():
        user = _user(login)
        for lang, full_name in spellings.items():
            certificates.confirm_name(user, Lang(lang), full_name, by=user)


def _give_works(cohort: Cohort) -> None:
    """The coordinator has given what waits to the instructor, and the newest work to a moderator."""
    by, nearly = _user("coordinator.uz"), _user("nearly.uz")
    waiting = {one.id: one.work.submission.enrolment.user_id for one, begun in works.to_do(cohort) if not begun}
    newest = [one for one, author in waiting.items() if author != nearly.id][-1:]
    for login, ids in (("instructor.uz", set(waiting)), ("moderator.uz", set(newest))):
        wish = works.Wish(WorkWay.HAND, {_user(login).id})
        works.allocate(cohort, ids, wish, works.propose(cohort, ids, wish).mark, by=by)


def _plan_release(cohort: Cohort) -> None:
    """The marks that are set by then are released together on a morning of this week."""
    instructor = _user(f"instructor.{cohort.partner.slug}")
    planned.plan(cohort, MODULE, _moment(4, 9, cohort.time_zone), version=0, by=instructor)


def _share_out(cohort: Cohort) -> None:
    """Each person has got a tutor in their language; one instructor has said in which ones they work."""
    if cohort.partner.slug == "uz":
        accounts.say_work_languages(_user("tutor.uz"), [Lang.UZ_LATN, Lang.RU])
    wish = Wish(Way.LANGUAGE, {one.id for one in tutors.instructors(cohort)})
    with clock.at(clock.now() - timedelta(days=20)):
        seen = allocation.propose(cohort, None, wish).mark
        allocation.allocate(cohort, None, wish, seen, by=_user(f"coordinator.{cohort.partner.slug}"))


def _body(partner: Partner, name: str) -> Entity:
    found = lookups.find_entity(partner.id, name)
    if found is None:
        raise LookupError(f"no body {name} in the demonstration")
    return found


# ---- teaching


def _teach(cohort: Cohort, content: catalogue.Content) -> None:
    """Module 2 opened five weeks ago, its assignment is due in five days; two workshops were held."""
    zone, today = cohort.time_zone, clock.now().date()
    due = datetime.combine(today + timedelta(days=5), time(23, 59), ZoneInfo(zone))
    cohorts.set_module_dates(cohort, cohorts.ModuleDates(MODULE, _moment(-35, 9, zone), due, due + timedelta(days=14)))
    instructor = _user(f"instructor.{cohort.partner.slug}")
    lang = instructor.language
    roll = list(session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.id)))
    for days, workshop in ((-28, "w1"), (-7, "w2")):
        title = content.say(MODULE, f"module/workshops/{workshop}", lang)
        live = cohorts.plan_session(
            cohort, MODULE, str(title), _moment(days, 10, zone), Decimal(4), workshop=workshop, by=instructor
        )
        with clock.at(_moment(days, 15, zone)):
            cohorts.save_sheet(live, [_entry(one, number, days) for number, one in enumerate(roll)], by=instructor)
    for days in (-2, 3):  # the sheet of the first is still to be filled
        cohorts.plan_session(
            cohort, MODULE, work.QUESTION_HOUR[lang], _moment(days, 16, zone), Decimal(2), by=instructor
        )
    work.fill_bank(instructor, zone)
    for number, enrolment in enumerate(roll):
        work.study(enrolment, content, number, instructor, zone)


def _entry(enrolment: Enrolment, number: int, days: int) -> cohorts.SheetEntry:
    """Most are present; now and then somebody is excused or absent."""
    key = (number * 7 + days) % 23
    presence = (
        Presence.EXCUSED
        if key == 5 and number > 3
        else Presence.ABSENT
        if key in (9, 17) and number > 3
        else Presence.PRESENT
    )
    mark = Decimal(70 + (number * 13 + days) % 27) if presence is Presence.PRESENT else None
    return cohorts.SheetEntry(enrolment.id, presence, mark)


def _hold_workshop(cohort: Cohort) -> None:
    """The Foundation workshop of Cairo: two days of six hours, 40 people, attendance only."""
    coordinator = _user("coordinator.eg")
    roll = list(session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.id)))
    for day, title in ((-14, "ورشة الابتكار الحكومي: اليوم الأول"), (-13, "ورشة الابتكار الحكومي: اليوم الثاني")):
        live = cohorts.plan_session(
            cohort, "foundation", title, _moment(day, 9, cohort.time_zone), Decimal(6), by=coordinator
        )
        with clock.at(_moment(day, 16, cohort.time_zone)):
            cohorts.save_sheet(
                live,
                [
                    cohorts.SheetEntry(one.id, Presence.ABSENT if number in (11, 29) else Presence.PRESENT, None)
                    for number, one in enumerate(roll)
                ],
                by=coordinator,
            )


def _user(login: str) -> User:
    return session.scalars(select(User).where(User.email == f"{login}@demo.test")).one()


def _moment(days: int, hour: int, zone: str) -> datetime:
    """An hour of a day counted from today, in a zone."""
    day: date = clock.now().date() + timedelta(days=days)
    return datetime.combine(day, time(hour), ZoneInfo(zone))
