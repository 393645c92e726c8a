"""A government with one object of every kind, built through the services, and people who ask for them.

The tests of this folder walk all routes and all pages, so they need an object behind each address: a work with a file, an
open and a finished quiz attempt, marks, live sessions, an imported roster, certificates at every step, a role, links.
All of them are the government ``uz``'s; people of ``ae`` hold the same roles there and have work of their own.
"""

import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import Purpose, RoleGrant, User, UserSession
from diploma.accounts.permissions import Role
from diploma.certificates import issuers, subscriptions
from diploma.certificates import service as certificates
from diploma.certificates.models import Certificate
from diploma.certificates.rules import module_award
from diploma.cohorts import roster_service
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment, Presence, RosterImport
from diploma.cohorts.roster_service import Source
from diploma.cohorts.sheet import read_sheet
from diploma.core import clock, db
from diploma.core.lang import Lang
from diploma.coursework import service as coursework
from diploma.coursework.models import DraftFile
from diploma.coursework.rules import SentFile
from diploma.learning import catalogue
from diploma.learning import service as learning
from diploma.learning.structure import PartKind
from diploma.quizzes import service as quizzes
from tests.conftest import Client
from tests.world import M2, person

ROSTER = "E-mail,F.I.Sh.,Tashkilot,Til\r\nlisted@uz.test,Нодира Алиева,Адлия вазирлиги,uz-Cyrl\r\n"
FILE = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
WORK = " ".join(["Лицензия продлевается в трёх окнах."] * 60)
DECLARED = ["own_work", "no_personal_data", "consent"]
NAMES = {Lang.UZ_LATN: "Olim Karimov", Lang.UZ_CYRL: "Олим Каримов", Lang.RU: "Олим Каримов"}

# Trainees of ``uz`` on their way to a certificate; each has taken one step more than the one before.
STEPS = ("earned", "unnamed", "named", "ready", "holder", "revoked")
ABROAD = {Role.REGISTRAR: "registrar@ae.test", Role.DIRECTOR: "director@ae.test"}
STAFF = ("instructor@uz.test", "coordinator@uz.test", "instructor@ae.test", "coordinator@ae.test",
         "registrar@test.test", "director@test.test", *ABROAD.values())  # fmt: skip
TRAINEES = ("aziza@uz.test", "bobur@uz.test", "salem@ae.test", "holder@uz.test", "unnamed@uz.test")


@dataclass
class Stage:
    """What tests name: ``ids`` of objects and public names by what they are, and the doors of signed-in browsers."""

    app: Flask
    ids: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def browser(self, email: str = "") -> Client:
        """A fresh browser, signed in as ``email``, or a visitor's."""
        client: Client = self.app.test_client()  # type: ignore[assignment]
        if email:
            client.set_cookie("session", self.cookies[email])
        return client


class Renderer:
    """Draws nothing: a file that begins like a PDF, at once."""

    def render(self, snapshot: Any) -> bytes:
        return f"%PDF-1.7\n{snapshot.to_json()}\n%%EOF\n".encode()


def build(stage: Stage, password_hash: str) -> None:
    """Put everything on the stage; an application context is open, the world stands already."""
    stage.app.extensions[subscriptions.RENDERER] = Renderer()
    with db.unit_of_work():
        cohort = _cohort("uz-1")
        stage.ids |= {"cohort": cohort.slug, "partner": cohort.partner.slug, "enrolment": _enrolment("aziza@uz.test").id,
                      "entity": _enrolment("aziza@uz.test").entity_id}  # fmt: skip
        _people(cohort, password_hash)
        stage.ids |= _work(stage.app) | _attempts() | _sessions(cohort) | _roster(cohort) | _links()
    with db.unit_of_work():
        stage.ids |= _certificates(cohort)
    with db.unit_of_work():
        subscriptions.draw_now(stage.ids["certificate"]) if False else None
        _sign_in(stage, [*STAFF, *TRAINEES])


def _cohort(slug: str) -> Cohort:
    return db.session.scalars(select(Cohort).where(Cohort.slug == slug)).one()


def _user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def _enrolment(email: str) -> Enrolment:
    return db.session.scalars(select(Enrolment).join(Enrolment.user).where(User.email == email)).one()
