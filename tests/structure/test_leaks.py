"""A mark before its release shows nowhere, and a marker who is not told never: all that people can open is compared
between worlds that differ in that alone.

The addresses come from the URL map, the register of routes and the tour, so a new page is looked at by itself; the
links of each page that turn its order round, filter or page it are followed. What is compared is whatever an answer
says: status, headers (an ETag too), every byte of the page or file. Mails and other jobs are compared as rows. Source:
spec assessment, "Release"; ``PLACES`` stands in docs/security.md.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from config import ROOT
from diploma.accounts.permissions import Role
from diploma.core import clock, db, jobs
from diploma.core.outbox import Job
from diploma.coursework import marking, results, rules
from diploma.coursework.allocation import leases
from diploma.coursework.marking import Judged
from diploma.coursework.models import AssignmentPolicy, Marking, MarkingState
from diploma.coursework.releasing import service as releasing
from tests.structure import tour
from tests.structure.routes import CONSTANTS, CONTENT, REGISTER, Doors, told
from tests.structure.stage import Stage, enrolment_of, user_of
from tests.world import person

AUTHOR, FELLOW, MANAGER, REGISTRAR = "aziza@uz.test", "bobur@uz.test", "manager@uz.test", "registrar@test.test"
BLIND = (AUTHOR, FELLOW, MANAGER, REGISTRAR)  # for them an unreleased mark does not exist
STAFF = ("coordinator@uz.test", "director@test.test")  # they may see that a work is marked, never how
WORDS = ("Молчаливые пользователи", "Без возражений")  # of the two comments
POINTS = "Пришла к концу"  # why one member of a group got other points
QUERIES = (*WORDS, "50.75", "50,75", "95")
# What a place is, by what its address or its row says: each must have been opened by somebody.
PLACES = {
    "pages of the assignment, the receipt and the result": re.compile(r"/assignment|/receipts/|/result"),
    "dashboard, programme and module pages": re.compile(r"^/(dashboard|modules/)"),
    "totals, means and the marks of a cohort": re.compile(r"/marks|/cohorts/$|/partners/"),
    "progress, completion, who is behind": re.compile(r"/behind|/people/\d+|/roster"),
    "certificates and what is missing for them": re.compile(r"^/certificates"),
    "attempts, dates and requests for more time": re.compile(r"/attempts|/dates|/extension"),
    "search and suggestions": re.compile(r"^/search\?"),
    "calendars and sessions": re.compile(r"/calendar|/sessions/"),
    "files and exports": re.compile(r"\.xlsx|\.pdf|/files/|/template"),
    "entities and their people": re.compile(r"^/entities"),
    "discussions, announcements and messages": re.compile(r"/discussions|/announcements|/messages"),
    "long work and its progress": re.compile(r"^/jobs/"),
    "the order of lists": re.compile(r"[?&]sort="),
}
ONCE = re.compile(r'name="(?:key|page)"[^>]*value="[^"]*"|value="[^"]*"(?= name="key")')
LINK = re.compile(r'href="([^"#]*\?[^"#]*)')
ALIKE = re.compile(r"^/(static|verify|styleguide)|[?&](lang|alt|rubric|section|v|next)=")  # says nothing else
CHANCE = ("Date", "Expires", "Set-Cookie")  # headers that are another at each answer


@pytest.fixture
def doors(stage: Stage) -> Iterator[Doors]:
    """The stage at one instant, with all work of the job runner done."""
    with clock.at(clock.now() + timedelta(minutes=5)):
        with stage.app.app_context():
            jobs.drain()
        yield Doors(stage)


# ---- the walk


def addresses(doors: Doors, who: str) -> list[str]:
    """Every address that the product has, with the objects of the register, and what the tour opens as this person."""
    found = set()
    for endpoint, rule in doors.rules.items():
        if "GET" not in (rule.methods or ()) or endpoint == "static":
            continue
        if endpoint in REGISTER:
            found.add(doors.address(endpoint))
        elif not rule.arguments - CONTENT.keys() - CONSTANTS.keys():
            built = rule.build(CONSTANTS | CONTENT, append_unknown=False)
            found.add(built[1] if built else "/")
    own = tour.PAGES.get(who, "").split()
    found |= {one.format(**tour.PLACES, **doors.stage.ids) for one in own}
    return sorted(found | {f"/search?q={one}" for one in QUERIES})


def open_all(doors: Doors, who: str, paths: list[str]) -> dict[str, Any]:
    return {path: seen(doors.ask(who, "GET", path)) for path in paths}


def explored(doors: Doors, who: str) -> list[str]:
    """What this person can open, and the orders, filters and further pages to which that leads. Looking leaves its
    traces here, such as a lesson that was opened, and none afterwards. What their role forbids stays out whatever the
    marks are; what is not there (404) may come to be there, and is asked for again.
    """
    answers = {path: doors.ask(who, "GET", path) for path in addresses(doors, who)}
    links = {
        urljoin(path, unescape(link))
        for path, answer in answers.items()
        if answer.status_code == 200 and answer.mimetype == "text/html" and "?" not in path
        for link in LINK.findall(answer.text)
    }
    more = sorted(one for one in links - answers.keys() if one.startswith("/") and not ALIKE.search(one))
    open_all(doors, who, more)
    return [path for path, answer in answers.items() if answer.status_code != 403] + more


def seen(answer: TestResponse) -> tuple[Any, ...]:
    """All that an answer says but its tokens; of a workbook the sheets, without the time at which it was made."""
    headers = tuple(sorted((name, value) for name, value in answer.headers if name not in CHANCE))
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            names = sorted(book.namelist())
            return answer.status_code, [(one, book.read(one)) for one in names if "docProps" not in one]
    if answer.mimetype != "text/html":
        return answer.status_code, answer.data, headers
    status, body, _headers = told(answer)
    return status, ONCE.sub("", body), tuple(one for one in headers if one[0] != "Content-Length")


def different(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [path for path, one in before.items() if after[path] != one]


def rows(doors: Doors, *but: str) -> list[tuple[str, Any]]:
    """The outbox: every mail and job, but those to the people named."""
    with doors.stage.app.app_context():
        found = db.session.scalars(select(Job).order_by(Job.id)).all()
        return [(one.key, one.payload) for one in found if one.payload.get("to") not in but]


# ---- the worlds


def judge(doors: Doors, comment: str, level: int, **others: int) -> None:
    """Give the author's work a mark that is not released; levels are counted from the best, which is 0."""
    with doors.stage.app.app_context():
        with db.unit_of_work() as session:
            row = session.get_one(Marking, doors.stage.ids["marking"])
            rubric = results.rubric_of(row.work)
            levels = {one.id: rubric.levels[others.get(one.id, level)].id for one in rubric.criteria}
            marking.mark(row, Judged(levels, comment), by=user_of("instructor@uz.test"))
        jobs.drain()


def low(doors: Doors) -> None:
    judge(doors, WORDS[0], 3, voices=1, causes=1)


def high(doors: Doors) -> None:
    """As if the other mark had never been: only what is said of the work differs."""
    with doors.stage.app.app_context(), db.unit_of_work() as session:
        row = session.get_one(Marking, doors.stage.ids["marking"])
        rubric = results.rubric_of(row.work)
        levels = {one.id: rubric.levels[0].id for one in rubric.criteria}
        raw = rules.raw_mark(rubric, levels)
        values = {"levels": levels, "comment": WORDS[1], "raw": raw, "counted": raw}
        session.execute(update(Marking).where(Marking.id == row.id).values(**values))


def adjust(doors: Doors) -> None:
    """As if the work were that of a group, and the author got fewer points than the others."""
    with doors.stage.app.app_context(), db.unit_of_work() as session:
        values = {"adjustment": {"points": -7, "reason": POINTS}}
        session.execute(update(Marking).where(Marking.id == doors.stage.ids["marking"]).values(**values))


def let_go(doors: Doors) -> None:
    with doors.stage.app.app_context():
        with db.unit_of_work() as session:
            row = session.get_one(Marking, doors.stage.ids["marking"])
            assert releasing.release([row], base_url="", by=user_of("instructor@uz.test")).done
        jobs.drain()


# ---- before the release


@pytest.mark.parametrize("who", BLIND)
def test_an_unreleased_mark_does_not_exist(who: str, doors: Doors) -> None:
    """Not marked, marked with 50.75, marked with 100: three worlds that look the same to the byte. Released, the mark
    is there for its author, or all this would say nothing; for a fellow trainee and a manager it still is not."""
    paths = explored(doors, who)
    unmarked, sent = open_all(doors, who, paths), rows(doors)
    assert sum(one[0] == 200 for one in unmarked.values()) > 15
    low(doors)
    marked = open_all(doors, who, paths)
    assert (different(unmarked, marked), rows(doors)) == ([], sent), "a page, a mail or another job tells of it"
    high(doors)
    better = open_all(doors, who, paths)
    assert (different(marked, better), rows(doors)) == ([], sent)
    adjust(doors)
    adjusted = open_all(doors, who, paths)
    assert (different(better, adjusted), rows(doors)) == ([], sent), "something tells of the points of one member"
    if who == REGISTRAR:
        return
    let_go(doors)
    changed, receipt = (
        different(better, after := open_all(doors, who, paths)),
        f"/receipts/{doors.stage.ids['receipt']}",
    )
    assert {"/dashboard", receipt} <= set(changed) if who == AUTHOR else changed == []
    assert (WORDS[1] in str(after[receipt])) is (who == AUTHOR)
    assert [path for path in paths if POINTS in str(after[path])] == [] or who == AUTHOR
    assert (POINTS in str(after[receipt])) is (who == AUTHOR)


@pytest.mark.parametrize("who", STAFF)
def test_who_is_no_marker_never_sees_how_a_work_is_marked(who: str, doors: Doors) -> None:
    """Not in any page of coordinators and directors but those of second marking, whose figures are about marks."""
    paths = [one for one in explored(doors, who) if "/second-marking" not in one]
    low(doors)
    marked = open_all(doors, who, paths)
    high(doors)
    assert different(marked, open_all(doors, who, paths)) == []
    told_back = [path for path in paths if path.startswith("/search")]  # a page says what was asked of it
    assert not any(word in str(marked[path][1]) for path in set(paths) - {*told_back} for word in WORDS)


def test_every_place_of_the_list_is_looked_at(doors: Doors) -> None:
    """The list stands in the documentation: a place at which no address is left would be a promise without a test."""
    asked = {path for who in (*BLIND, *STAFF) for path in addresses(doors, who)}
    assert [place for place, pattern in PLACES.items() if not any(pattern.search(one) for one in asked)] == []
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    assert [place for place in PLACES if place not in page] == []


# ---- after the release: the marker


@pytest.fixture
def told_by(doors: Doors, password_hash: str) -> Callable[[str], dict[str, Any]]:
    """Release the author's mark as given by this marker, in a cohort that keeps to itself who marked."""
    with doors.stage.app.app_context(), db.unit_of_work() as session:
        cohort = enrolment_of(AUTHOR).cohort
        session.add(AssignmentPolicy(cohort_id=cohort.id, module="", area="marking", values={"hide_marker": True}))
        person("quarter@marker.test", "Zebulon Quartermark", password_hash, Role.INSTRUCTOR, cohort_id=cohort.id)
    paths = explored(doors, AUTHOR)

    def release(marker: str) -> dict[str, Any]:
        with doors.stage.app.app_context():
            with db.unit_of_work() as session:
                row, by = session.get_one(Marking, doors.stage.ids["marking"]), user_of(marker)
                if row.state is MarkingState.WAITING:
                    rubric = results.rubric_of(row.work)
                    if leases.held_by_other(row, by):
                        leases.take_over(row, "Zebulon's turn", by=by)
                    levels = {one.id: rubric.levels[0].id for one in rubric.criteria}
                    marking.mark(row, Judged(levels, WORDS[1]), by=by)
                    releasing.release([row], base_url="", by=by)
                row.marker_id = by.id
            jobs.drain()
        return open_all(doors, AUTHOR, paths)

    return release


def test_a_marker_who_is_not_told_stands_in_no_page_file_header_or_mail(
    told_by: Callable[[str], dict[str, Any]], doors: Doors
) -> None:
    after = told_by("quarter@marker.test")
    mails = [payload for key, payload in rows(doors) if key.startswith("mail:") and payload["to"] == AUTHOR]
    found = [path for path, one in after.items() if "Quartermark" in str(one) or "quarter@" in str(one)]
    assert found == [] and mails and not any("Quartermark" in str(one) or "quarter@" in str(one) for one in mails)
    assert WORDS[1] in str(after[f"/receipts/{doors.stage.ids['receipt']}"]), "the mark itself is shown"
    assert different(after, told_by("again@uz.test")) == [], "and who it was changes nothing"


def test_a_marker_who_is_told_stands_there(told_by: Callable[[str], dict[str, Any]], doors: Doors) -> None:
    """Else the test above would pass on a name that no page shows."""
    with doors.stage.app.app_context(), db.unit_of_work() as session:
        for one in session.scalars(select(AssignmentPolicy).where(AssignmentPolicy.area == "marking")):
            session.delete(one)
    assert "Quartermark" in str(told_by("quarter@marker.test")[f"/receipts/{doors.stage.ids['receipt']}"])
