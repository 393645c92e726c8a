"""The life of the Tashkent cohort: its calendar, the next intake, a person who is put off, a name that is wrong."""

from datetime import date, timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.calendars import free_days
from diploma.cohorts.intakes import cloning, shifting
from diploma.cohorts.intakes.cloning import ClonePlan
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.names import name_requests
from diploma.cohorts.rules import instant
from diploma.cohorts.service import ModuleDates, SessionPlan
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang

# Month and day of the holidays with a fixed date; those of the moon are set each year by decree.
FIXED = (
    (1, 1, "uz-Latn: Yangi yil | uz-Cyrl: Янги йил | ru: Новый год | en: New Year"),
    (3, 8, "uz-Latn: Xotin-qizlar kuni | uz-Cyrl: Хотин-қизлар куни | ru: Женский день | en: Women’s Day"),
    (3, 21, "uz-Latn: Navroʻz | uz-Cyrl: Наврўз | ru: Навруз | en: Navruz"),
    (5, 9, "uz-Latn: Xotira va qadrlash kuni | uz-Cyrl: Хотира ва қадрлаш куни | ru: День памяти и почестей"),
    (9, 1, "uz-Latn: Mustaqillik kuni | uz-Cyrl: Мустақиллик куни | ru: День независимости | en: Independence Day"),
    (10, 1, "uz-Latn: Oʻqituvchi va murabbiylar kuni | uz-Cyrl: Ўқитувчи ва мураббийлар куни | ru: День учителя"),
    (12, 8, "uz-Latn: Konstitutsiya kuni | uz-Cyrl: Конституция куни | ru: День Конституции | en: Constitution Day"),
)
REASON = "Surxondaryoga xizmat safari, keyingi oqimda davom etadi."
WRONG = "Отчество на русском: «Тимуровна», как в паспорте."


def write(cohort: Cohort) -> None:
    coordinator = _user("coordinator.uz")
    _keep_calendar(cohort, coordinator)
    intake = _open_next(cohort, coordinator)
    with clock.at(clock.now() - timedelta(days=6)):
        leaves = Leave(Cause.WORKLOAD, REASON)
        enrolments.defer(_enrolment("uz.13"), leaves, to=intake, by=coordinator)
    asking = _enrolment("uz.16")
    spelling = {Lang.RU: "Юсупова Лола Тимуровна"}
    name_requests.ask(asking, "", spelling, WRONG, base_url=current_app.config["BASE_URL"], by=asking.user)


def _keep_calendar(cohort: Cohort, coordinator: User) -> None:
    """The holidays of this year and the next, as a pasted list."""
    years = (cohort.starts_on.year, cohort.starts_on.year + 1)
    lines = [f"{date(year, month, day)} {names}" for year in years for month, day, names in FIXED]
    free_days.paste(cohort.partner, "\n".join(lines), by=coordinator)


def _open_next(cohort: Cohort, coordinator: User) -> Cohort:
    """The next intake with every date as it is proposed."""
    first = shifting.next_first_day(cohort.starts_on, cohort.ends_on)
    years, zone = first.year - cohort.starts_on.year, cohort.time_zone
    found = cloning.propose(cohort, first)
    sessions = [
        SessionPlan(one.module, one.title, instant(at.at, zone), Decimal(one.hours), one.workshop, one.place)
        for one, at in found.sessions
    ]
    plan = ClonePlan(
        slug=shifting.next_name(cohort.slug, years),
        names={tag: shifting.next_name(name, years) for tag, name in cohort.names.items()},
        starts_on=first,
        ends_on=found.last.at.date(),
        edition_id=cohort.edition_id,
        revision_id=cohort.revision_id,
        dates=[ModuleDates(key, *(instant(one.at, zone) for one in dates)) for key, dates in found.modules.items()],
        sessions=sessions,
        instructors=cloning.instructors(cohort, but=coordinator),
    )
    return cloning.clone(cohort, plan, by=coordinator)


def _user(login: str) -> User:
    return session.scalars(select(User).where(User.email == f"{login}@demo.test")).one()


def _enrolment(login: str) -> Enrolment:
    return session.scalars(select(Enrolment).where(Enrolment.user_id == _user(login).id)).one()
