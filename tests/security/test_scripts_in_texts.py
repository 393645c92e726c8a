"""Hostile names, titles and texts in Chromium: no dialog, no report of the content policy, no foreign request.

``sit_down`` fails the test at the first of them.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.coursework import marking, service
from diploma.coursework.models import Marking
from diploma.coursework.rules import SentFile
from diploma.learning import catalogue
from diploma.learning.structure import PartKind
from tests.world import M2, World

pytestmark = pytest.mark.browser
EVIL = (
    "</textarea></title></script><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
    "\"' autofocus onfocus=alert(4) x='\u202e{{ 7*7 }}%(x)s"
)
WORK = f"{EVIL}\n\n" + "Five plain words stand here. " * 90


@pytest.fixture
def planted(world: World, unit: Any, app: Any) -> int:
    """The id of a marked work; everything that people write around it is hostile."""
    with unit() as session:
        people = {one.email: one for one in session.scalars(select(User))}
        for one in people.values():
            accounts.rename(one, f"{EVIL} {one.id}")
        cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
        cohort.names = cohort.partner.names = {"en": EVIL, "ar": EVIL}
        soon = clock.now() + timedelta(days=2)
        cohorts.plan_session(cohort, M2, EVIL, soon, Decimal("1.5"), place=f"javascript:alert(5) {EVIL}")
        author = people[world.trainee]
        enrolment = session.scalars(select(Enrolment).where(Enrolment.user_id == author.id)).one()
        enrolment.entity.dated_names[-1].names = {"en": EVIL, "ar": EVIL}
        draft = service.open_draft(enrolment, M2, Lang.EN, by=author)
        service.save_draft(draft, service.Written(WORK, Lang.EN, EVIL), by=author)
        task = catalogue.content(cohort.revision_id).modules[M2].assignment
        part = next(one for one in task.parts if one.kind is PartKind.FILE)
        service.attach_file(draft, part, SentFile(f"{EVIL}.pdf", "0" * 64, 9, "pdf"), by=author)
        made = service.submit(draft, "k" * 20, task.declarations, received_at=clock.now(), base_url="", by=author)
        row = session.scalars(select(Marking).where(Marking.work_id == made.id)).one()
        marking.save_marking(row, marking.Judged({}, EVIL), by=people[world.instructor])
        return row.id


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("aziza@uz.test", ["/dashboard", f"/modules/{M2}", f"/modules/{M2}/assignment", "/certificates/names"]),
        ("instructor@uz.test", ["/dashboard", "/marking/", "/marking/{id}", "/cohorts/uz-1", "/sessions/1"]),
        ("coordinator@uz.test", ["/cohorts/uz-1/roster", "/cohorts/uz-1/people/1", "/cohorts/uz-1/roles"]),
        ("director@test.test", ["/partners/", "/partners/uz", "/cohorts/uz-1/settings", "/certificates/cohorts/uz-1"]),
    ],
)
def test_no_script_in_a_text_runs(
    planted: int, sit_down: Callable[..., Page], who: str, paths: list[str], lang: str
) -> None:
    page = sit_down(who, lang=lang)
    for path in paths:
        answer = page.goto(path.format(id=planted))
        assert answer is not None and answer.status == 200, path
        assert page.locator("img[src=x], svg[onload], [onfocus], main script").count() == 0
