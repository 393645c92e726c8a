"""Marks and answers appear nowhere for a line manager: all routes are walked, with words of marks planted.

Source: spec cohorts, "Tenancy"; issue 5, part 6 ("never marks or answers").
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from diploma.cohorts.models import Attendance, Enrolment
from diploma.core import db
from diploma.coursework.models import Marking
from diploma.quizzes.models import QuizAttempt
from tests.structure.reading import said
from tests.structure.routes import CONTENT, REGISTER, Doors
from tests.structure.stage import SENTENCES, Stage, enrolment_of

MANAGER, COORDINATOR = "manager@uz.test", "coordinator@uz.test"
MARK = Decimal("73.19")
PLANTED = ("73.19", "73,19", "Хорошая работа", SENTENCES[next(iter(SENTENCES))], "+998901112233", "Ошибка в имени")


@pytest.fixture
def doors(stage: Stage) -> Doors:
    """Everybody of the first cohort belongs to the manager's entity, with one mark for all."""
    with stage.app.app_context(), db.unit_of_work() as session:
        entity = stage.ids["entity"]
        cohort = enrolment_of("aziza@uz.test").cohort_id
        people = update(Enrolment).where(Enrolment.cohort_id == cohort)
        session.execute(people.values(entity_id=entity, phone="+998901112233"))
        session.execute(update(Marking).where(Marking.counted.is_not(None)).values(counted=MARK, raw=MARK))
        session.execute(update(Attendance).values(workshop_mark=MARK))
        session.execute(update(QuizAttempt).where(QuizAttempt.score.is_not(None)).values(score=MARK))
    return Doors(stage)


def answers(doors: Doors, who: str) -> Iterator[tuple[str, Any]]:
    """What ``who`` gets at each address of the product that can be read."""
    for endpoint, rule in doors.rules.items():
        if "GET" not in (rule.methods or ()) or endpoint == "static":
            continue
        if endpoint in REGISTER:
            yield endpoint, doors.ask(who, "GET", doors.address(endpoint))
        elif not rule.arguments - CONTENT.keys():
            yield endpoint, doors.ask(who, "GET", rule.build(CONTENT)[1])  # type: ignore[index]


def test_a_line_manager_reads_no_mark_and_no_answer_anywhere(doors: Doors) -> None:
    found, opened = {}, set()
    for endpoint, answer in answers(doors, MANAGER):
        opened |= {endpoint} if answer.status_code == 200 else set()
        found[endpoint] = [word for word in PLANTED if word in said(answer)]
    assert {"entities.index", "entities.people", "entities.people_file", "home.dashboard"} <= opened
    assert {endpoint: words for endpoint, words in found.items() if words} == {}


def test_the_planted_words_are_there_for_who_may_read_them(doors: Doors) -> None:
    """Else the test above would pass on words that nobody can see."""
    seen = "".join(answer.text for _, answer in answers(doors, COORDINATOR) if answer.mimetype == "text/html")
    seen += doors.ask("instructor@uz.test", "GET", f"/marking/{doors.stage.ids['marked']}").text
    assert "73.19" in seen and "+998901112233" in seen and "Хорошая работа" in seen and PLANTED[3] in seen


def test_a_line_manager_opens_no_page_of_a_cohort_or_a_certificate(doors: Doors) -> None:
    words = ("cohorts.", "gradebook.", "marking.", "certificates.", "coursework.", "quizzes.", "bank.")
    opened = {
        endpoint
        for endpoint, answer in answers(doors, MANAGER)
        if endpoint in REGISTER and endpoint.startswith(words) and answer.status_code not in (403, 404)
    }
    assert opened == set()
