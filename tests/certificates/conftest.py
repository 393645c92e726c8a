"""People on their way to a certificate, and a renderer that draws nothing."""

import html
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.certificates import issuers, service, subscriptions
from diploma.certificates.models import Certificate
from diploma.certificates.rules import module_award
from diploma.certificates.snapshot import Snapshot
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock, db, jobs
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from diploma.learning import service as learning
from tests.world import M2, World

NAMES = {
    "aziza@uz.test": {"uz-Latn": "Aziza Karimova", "uz-Cyrl": "Азиза Каримова", "ru": "Азиза Каримова"},
    "bobur@uz.test": {"uz-Latn": "Bobur Toʻxtamatov", "uz-Cyrl": "Бобур Тўхтаматов", "ru": "Бобур Тухтаматов"},
    "salem@ae.test": {"ar": "سالم المثال", "en": "Salem Al Mithal"},
}


@dataclass(frozen=True)
class Issued:
    """What tests know of an issued certificate; never the live row."""

    id: int
    serial: str
    token: str
    snapshot: Snapshot


class Office:
    """Brings people of the world to a step of a certificate's life, through the services."""

    def __init__(self, app: Flask, unit: Callable[[], AbstractContextManager[Any]]) -> None:
        self.app, self.unit = app, unit

    def complete(self, *emails: str) -> None:
        with self.unit() as session:
            for email in emails:
                self.complete_now(session, email)

    def complete_now(self, session: Any, email: str) -> None:
        """Complete the module inside an open unit of work."""
        learning.complete_module(session, self.enrolment(email).id, M2)

    def draft(self, *emails: str) -> None:
        self.complete(*emails)
        with self.unit():
            for email in emails:
                service.draft(self.enrolment(email), module_award(M2))

    def confirm(self, *emails: str) -> None:
        self.draft(*emails)
        self.confirm_names(*emails)

    def confirm_names(self, *emails: str) -> None:
        with self.unit():
            for email in emails:
                for tag, name in NAMES[email].items():
                    service.confirm_name(self.user(email), Lang(tag), name)

    def approve(self, *emails: str) -> None:
        self.confirm(*emails)
        with self.unit():
            for email in emails:
                certificate = self.row(email)
                for issuer in issuers.waiting(certificate):
                    service.approve(certificate, issuer)

    def issue(self, email: str) -> Issued:
        self.approve(email)
        with self.unit():
            return facts(service.issue(self.row(email)))

    def drawn(self, email: str) -> Issued:
        """An issued certificate whose jobs have run."""
        made = self.issue(email)
        self.work()
        return made

    def work(self) -> None:
        """The job runner does what waits."""
        with self.app.app_context():
            jobs.drain()

    def later(self) -> None:
        """The job runner tries again what has failed once."""
        with clock.at(clock.now() + timedelta(minutes=5)):
            self.work()

    def crowd(self, count: int, step: str = "ready") -> list[int]:
        """``count`` more people of the Uzbek cohort at a step (a ``Group``); ids of their certificates."""
        with self.unit() as session:
            cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
            for _ in range(count):
                person = accounts.create_user(f"{secrets.token_hex(6)}@uz.test", "Kishi", Lang.UZ_LATN)
                enrolment = cohorts.enrol(cohort, person)
                for tag, word in (
                    () if step == "names" else (("uz-Latn", "Kishi"), ("uz-Cyrl", "Киши"), ("ru", "Человек"))
                ):
                    accounts.set_name(person, Lang(tag), word, confirmed=True)
                if step != "ineligible":
                    learning.complete_module(session, enrolment.id, M2)
            made = service.draft_eligible(cohort)
            for issuer in ("programme", "partner") if step in ("ready", "issued") else ():
                service.approve_all(made, issuer)
            if step == "issued":
                service.issue_all(made)
            return [one.id for one in made]

    def user(self, email: str) -> User:
        return db.session.scalars(select(User).where(User.email == email)).one()

    def enrolment(self, email: str) -> Enrolment:
        return db.session.scalars(select(Enrolment).join(Enrolment.user).where(User.email == email)).one()

    def row(self, email: str) -> Certificate:
        """The newest version of a person's certificate."""
        return db.session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .join(Enrolment.user)
            .where(User.email == email)
            .order_by(Certificate.version.desc())
        ).first()


def mails(session: Any, template: str) -> list[dict[str, Any]]:
    """What was sent with a template, in the order in which it was."""
    found = session.scalars(select(Job).where(Job.key.like(f"mail:{template}:%")).order_by(Job.id))
    return [one.payload for one in found]


def words(answer: Any) -> str:
    """The text of a page's main part, as a person reads it."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def facts(certificate: Certificate) -> Issued:
    return Issued(certificate.id, certificate.serial, certificate.token, Snapshot.from_json(certificate.snapshot))


class FakeRenderer:
    """Writes the snapshot into something that begins like a PDF, at once."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.drawings: dict[str, bytes] = {}  # of the last certificate

    def render(self, snapshot: Snapshot, drawings: Mapping[str, bytes]) -> bytes:
        self.drawn.append(snapshot.serial)
        self.drawings = dict(drawings)
        return f"%PDF-1.7\n<dc:title>{snapshot.serial}</dc:title>\n{snapshot.to_json()}\n%%EOF\n".encode()


@pytest.fixture
def renderer(app: Flask) -> Iterator[FakeRenderer]:
    """Stands in for the sealed process."""
    kept = app.extensions.get(subscriptions.RENDERER)
    fake = app.extensions[subscriptions.RENDERER] = FakeRenderer()
    yield fake
    app.extensions[subscriptions.RENDERER] = kept


@pytest.fixture
def office(app: Flask, world: World, unit: Any, renderer: FakeRenderer) -> Office:
    return Office(app, unit)


@pytest.fixture
def aziza(office: Office, world: World) -> Issued:
    """Aziza's issued and drawn certificate."""
    return office.drawn(world.trainee)
