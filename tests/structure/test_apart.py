"""What happens in one government changes nothing that the people of another can see: no list,
figure, search, file or mail.

``test_isolation`` asks for objects by their address; this looks at everything else a page could give away, such as a
count, by comparing what the others see before and after. Source: spec cohorts, "Tenancy".
"""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.cohorts import service as cohorts
from diploma.cohorts.entities import changing
from diploma.cohorts.invitations import inviting
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.roster import importing
from diploma.cohorts.roster.importing import Source
from diploma.cohorts.roster.sheet import read_sheet
from diploma.core import clock, db, mail
from diploma.core.outbox import Job
from tests.structure.routes import CONTENT, FOREIGNERS, REGISTER, Asker, Doors, told
from tests.structure.stage import Stage
from tests.structure.test_isolation import PRIVATE
from tests.world import M2

QUERIES = ("Salem", "Marker", "marker@uz.test", "uz-1", "Adliya", "marker", "салем")
# The same person, but for the address, is known in the other government: what could be counted twice would show.
LIST = """E-mail,Full name,Entity,Language
marker@{slug}.test,Salem Marker,Adliya vazirligi,en
second@{slug}.test,Salem Example,Ministry of Examples (ae),en
"""


ONCE = re.compile(r'(?<=name="key" )[^>]*value="[^"]*"|value="[^"]*"(?= name="key")')  # of a form that is sent once


@pytest.fixture
def doors(stage: Stage) -> Doors:
    return Doors(stage)


def act_in(stage: Stage, slug: str) -> None:
    """A busy day: people imported and invited, a role given, a session planned, an entity added, a person withdrawn."""
    with stage.app.app_context(), db.unit_of_work():
        cohort = db.session.scalars(select(Cohort).where(Cohort.slug == f"{slug}-1")).one()
        by = db.session.scalars(select(User).where(User.email == f"coordinator@{slug}.test")).one()
        sheet = read_sheet(LIST.format(slug=slug).encode(), "list.csv")
        assert importing.apply(cohort, importing.check(cohort, sheet, by=by), Source("list.csv", "1" * 64), by=by)
        enrolled = (
            select(Enrolment).join(Enrolment.user).where(User.email.in_([f"marker@{slug}.test", f"second@{slug}.test"]))
        )
        first, second = db.session.scalars(enrolled.order_by(User.email)).all()
        inviting.invite(cohort, "http://localhost", [first.id], by=by)
        enrolments.withdraw(second, Leave(Cause.OTHER, "moved"), by=by)
        accounts.grant_role(first.user, Role.INSTRUCTOR, cohort_id=cohort.id, by=by)
        changing.create_entity(cohort.partner, {"en": "Marker Agency"}, by=by)
        cohorts.plan_session(cohort, M2, "Marker session", clock.now(), Decimal(2))


def addresses(doors: Doors) -> list[str]:
    """Every page and file that names no object, those of the other government's own cohort, and searches."""
    found = []
    for rule in doors.rules.values():
        places = rule.arguments - CONTENT.keys()
        named = REGISTER.get(rule.endpoint)
        own = named is not None and set(named.places.values()) <= {"cohort", "partner"}
        if "GET" in (rule.methods or ()) and rule.endpoint != "static" and (not places or own):
            here = {
                place: "ae" if what == "partner" else "ae-1" for place, what in (named.places if named else {}).items()
            }
            built = rule.build(CONTENT | {"state": "running", "area": "late"} | here, append_unknown=False)
            found.append(built[1] if built else "")
    return sorted(filter(None, found)) + [f"/search?q={one}" for one in QUERIES]


def seen(answer: TestResponse) -> Any:
    """What a person sees; of a workbook the sheets, without the time at which it was made."""
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return answer.status_code, [book.read(name) for name in sorted(book.namelist()) if name.startswith("xl/")]
    status, body, headers = told(answer)
    return status, ONCE.sub("", body), headers.get("Location", "")


def everything(doors: Doors, who: Asker) -> dict[str, Any]:
    return {address: seen(doors.ask(who.email, "GET", address)) for address in addresses(doors)}


@pytest.mark.parametrize("who", FOREIGNERS, ids=lambda who: who.email)
def test_nothing_that_happens_in_one_government_is_seen_in_another(who: Asker, doors: Doors) -> None:
    everything(doors, who)  # what they change by looking, such as a lesson that was opened, is no matter here
    before = everything(doors, who)
    assert len([one for one in before.values() if one[0] == 200]) > 10
    act_in(doors.stage, "uz")
    after = everything(doors, who)
    assert [address for address in before if before[address] != after[address]] == []


def test_who_sees_all_governments_sees_what_happened(doors: Doors) -> None:
    """Else the test above would pass on acts that nobody could see."""
    director = Asker("director@test.test", Role.DIRECTOR)
    before = everything(doors, director)
    act_in(doors.stage, "uz")
    after = everything(doors, director)
    assert {"/cohorts/", "/dashboard", "/search?q=Salem"} <= {one for one in before if before[one] != after[one]}


def test_mails_name_nothing_of_another_government(stage: Stage) -> None:
    mails = select(Job).where(Job.kind == mail.KIND)
    with stage.app.app_context():  # among those of the stage is one to a person of one who applied to the other
        known = {one.id for one in db.session.scalars(mails)}
    for slug in ("uz", "ae"):
        act_in(stage, slug)
    words = {
        "ae": (*PRIVATE, "uz.test", "Uzbekistan"),
        "uz": ("@ae.test", "ae-1", "United Arab Emirates", "سارة المثال"),
    }
    with stage.app.app_context():
        sent = [one.payload for one in db.session.scalars(mails) if one.id not in known]
    told_of = {
        slug: [
            one for one in sent if one["to"].endswith(f"@{slug}.test") for word in words[slug] if word in one["body"]
        ]
        for slug in words
    }
    assert {one["to"] for one in sent} >= {"marker@uz.test", "marker@ae.test"}
    assert told_of == {"ae": [], "uz": []}


def test_the_walk_reaches_the_lists_and_the_files(app: Flask, doors: Doors) -> None:
    assert {"/dashboard", "/cohorts/", "/cohorts/ae-1/roster", "/cohorts/ae-1/import/template.xlsx"} <= {
        *addresses(doors)
    }
