"""Speed and memory of the main work, in CPU milliseconds of one process: the least and the median of one run.

    make bench              LONG=1 issues 3,700 certificates in one order instead of 370

Compare the ratios within a run. The first lines say how quick this machine is: a page that does nothing, our own
unit, and one password hash, which took 27 ms where the goals were set. The goals are a tenth of what Moodle costs
for the same work; a machine that shares its cores shows them in the least, not in the median.
"""

import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import delete, select

from config import ROOT
from diploma.accounts.models import User
from diploma.accounts.passwords import hash_password
from diploma.certificates.models import Certificate
from diploma.cohorts.models import Cohort
from diploma.core import db, jobs
from diploma.core.lang import LANGS, Lang
from diploma.core.ratelimit import Bucket
from diploma.coursework.models import AssignmentPolicy, Marking, MarkingState
from diploma.demo import story, texts, work
from tests import certificate_cost, issue_cost, release_cost, roster_cost, weights
from tests.cohorts.nasty import xlsx
from tests.conftest import Client, sign_in
from tests.coursework.offline.conftest import Sheet, sent, sheet_of
from tests.drills.server import Installation
from tests.installation import demonstration

M2 = "m2-challenge-assessment"
LESSON = f"/modules/{M2}/lessons/02-evidence-and-assumptions"
PASSWORD = story.PASSWORD
PEOPLE, WORKS = 115, 95  # the rest hand in while they are measured


def cpu(step: Callable[[], object], rounds: int = 25) -> tuple[float, float]:
    """(least, median) CPU time of ``step`` in milliseconds, after two warm-up rounds."""
    spent = []
    for number in range(rounds + 2):
        start = time.process_time()
        step()
        if number > 1:
            spent.append((time.process_time() - start) * 1000)
    return min(spent), median(spent)


@contextmanager
def installation() -> Iterator[Flask]:
    """The demonstration, with 100 works in one marking queue."""
    with demonstration() as app:
        with app.app_context():
            _fill_queue()
        yield app


def _fill_queue() -> None:
    from diploma.accounts import service as accounts
    from diploma.cohorts import service as cohorts
    from diploma.learning import catalogue

    hashed = hash_password(PASSWORD)
    with db.unit_of_work() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-2026-1"))
        content = catalogue.content(cohort.revision_id)
        for number in range(PEOPLE):
            user = accounts.create_user(f"bench{number}@demo.test", f"Bench Person {number}", Lang.UZ_LATN)
            accounts.set_password(user, hashed)
            enrolment = cohorts.enrol(cohort, user)
            cohorts.waive_prerequisite(enrolment, M2, story.FIRST_MODULE["uz"])
            if number < WORKS:
                work._hand_in(enrolment, content.modules[M2], 3, number, cohort.time_zone)
    jobs.drain()


def _without_names(app: Flask) -> None:
    with app.app_context(), db.unit_of_work() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-2026-1"))
        session.add(AssignmentPolicy(cohort_id=cohort.id, module="", area="marking", values={"anonymous": True}))


def browser(app: Flask, email: str) -> Client:
    _refill(app)
    made: Client = app.test_client()  # type: ignore[assignment]
    sign_in(made, email, PASSWORD)
    return made


def pages(app: Flask) -> Iterator[tuple[str, tuple[float, float], str]]:
    """(what, (least, median) CPU ms, goal) of every measured piece of work."""
    visitor: Client = app.test_client()  # type: ignore[assignment]
    trainee, instructor = browser(app, "trainee.uz@demo.test"), browser(app, "instructor.uz@demo.test")
    coordinator = browser(app, "coordinator.uz@demo.test")
    with app.app_context():
        script = db.session.scalar(select(Marking.id).where(Marking.state == MarkingState.WAITING))
        token = db.session.scalar(select(Certificate.token).where(Certificate.token.is_not(None)))

    def get(client: Client, path: str) -> Callable[[], None]:
        def step() -> None:
            assert client.get(path).status_code == 200, path

        return step

    yield "a page that does nothing (/healthz)", cpu(get(visitor, "/healthz")), ""
    yield "one password hash", cpu(lambda: hash_password(PASSWORD)), ""
    yield "dashboard of a trainee", cpu(get(trainee, "/dashboard")), "9"
    yield "dashboard of an instructor", cpu(get(instructor, "/dashboard")), ""
    yield "dashboard of a coordinator", cpu(get(coordinator, "/dashboard")), ""
    yield "dashboard of the director, 203 people", cpu(get(browser(app, "director@demo.test"), "/dashboard")), ""
    yield "programme page", cpu(get(trainee, "/modules/")), "10"
    yield "module page", cpu(get(trainee, f"/modules/{M2}")), "10"
    yield "lesson", cpu(get(trainee, LESSON)), "8"
    yield "lesson in two languages", cpu(get(trainee, f"{LESSON}?alt=ar")), ""
    yield "assignment page", cpu(get(trainee, f"/modules/{M2}/assignment")), "10"
    yield "marking queue with 100 works", cpu(get(instructor, "/marking/")), "25"
    yield "one script beside its rubric", cpu(get(instructor, f"/marking/{script}")), "15"
    yield "who marks what, 100 works", cpu(get(coordinator, "/cohorts/uz-2026-1/allocation")), "25"
    _without_names(app)
    yield "marking queue with 100 works without names", cpu(get(instructor, "/marking/?sort=name")), "25"
    yield "one script without its author", cpu(get(instructor, f"/marking/{script}")), "15"
    yield "people of a cohort, 124 rows", cpu(get(coordinator, "/cohorts/uz-2026-1/roster")), "20"
    yield "verification page", cpu(get(visitor, f"/verify/{token}")), "8"
    yield "sign-in: form, POST, dashboard", cpu(lambda: _sign_in(app), 10), "45"
    annex = work._evidence_table(Lang.UZ_LATN, 1)  # made before the clock runs
    waiting = iter([browser(app, f"bench{number}@demo.test") for number in range(WORKS, PEOPLE)])
    yield "submit: form, POST with a file, receipt", cpu(lambda: _submit(next(waiting), annex), 15), "30"


def _sign_in(app: Flask) -> None:
    client = browser(app, "trainee.uz@demo.test")
    assert client.get("/dashboard").status_code == 200


def _refill(app: Flask) -> None:
    with app.app_context(), db.unit_of_work() as session:
        session.execute(delete(Bucket))


def _submit(client: Client, annex: bytes) -> None:
    path = f"/modules/{M2}/assignment"
    page = client.get(path).text
    hidden = dict(re.findall(r'name="(csrf_token|key|base)"[^>]*value="([^"]*)"', page))
    form = {"text": texts.WORKS[Lang.UZ_LATN][0], "language": "uz-Latn", "do": "submit", **hidden}
    form["declared"] = re.findall(r'name="declared" value="(\w+)"', page)
    form["annex"] = (io.BytesIO(annex), "annex.xlsx")
    answer = client.post(path, data=form)
    assert answer.status_code == 302, answer.status_code
    assert client.get(answer.headers["Location"]).status_code == 200


def offline(app: Flask) -> Iterator[tuple[str, float, str]]:
    """(what, CPU ms, goal) of 80 works taken along and of their sheet brought back; each once, after a warm-up."""
    client, place = browser(app, "instructor.uz@demo.test"), "/marking/offline"

    def taken() -> Sheet:
        with client.get(f"{place}/works.zip?module={M2}") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as made:
            return sheet_of(made.read("marks.xlsx"))

    def spent(step: Callable[[], Any]) -> tuple[Any, float]:
        start = time.process_time()
        return step(), (time.process_time() - start) * 1000

    taken()
    sheet, milliseconds = spent(taken)
    yield f"{len(sheet.rows) - 2} works and their sheet, taken along", milliseconds, "600"
    sheet.rows = sheet.rows[:82]
    for row in sheet.rows[2:]:
        sheet.fill(row[sheet.column("receipt")], 4, comment="Marked on the way.")
    data = sheet.saved()
    page, milliseconds = spent(lambda: sent(client, data))
    yield f"sheet of {len(sheet.rows) - 2} works: upload and check", milliseconds, "800"
    form = {"file": page.request.args["file"], "keep": "mark"}
    _answer, milliseconds = spent(lambda: client.send(f"{place}/sheets/save", form, page=f"{place}/"))
    yield f"sheet of {len(sheet.rows) - 2} works: marks set", milliseconds, "2500"


def issue(count: int) -> issue_cost.Cost:
    """What it costs to issue and draw certificates of a module in one order, in a fresh installation."""
    with demonstration() as app, app.app_context():
        with db.unit_of_work() as session:
            cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-2026-1"))
            by = session.scalar(select(User).where(User.email == "registrar@demo.test"))
            issue_cost.order(cohort, M2, count, by)
        return issue_cost.spent()


def certificates(count: int) -> Iterator[str]:
    """Lines about certificates: beside other libraries, over a thousand, and in one order."""
    for what, cost in certificate_cost.costs():
        if isinstance(cost, str):
            yield f"{what:42} {cost}"
            continue
        goal = "   goal ≤ 95 ms, 45 kB" if what.startswith("ours") else ""
        yield f"{what:42} {min(cost.ms):8.1f} {median(cost.ms):8.1f} ms {cost.bytes / 1000:6.1f} kB{goal}"
    yield f"{'growth of a renderer over 1,000':42} {certificate_cost.ours(1_000).growth:8.1f} MB   goal ≤ 5"
    done = issue(count)
    yield (
        f"{f'{done.certificates:,} in one order, all cores':42} {done.wall:8.1f} s on the clock; CPU: renderers "
        f"{done.renderers:.1f} s, runner {done.runner:.1f} s ({'make bench LONG=1: 3,700' if count < 3_700 else 'all'})"
    )


def rosters(app: Flask) -> Iterator[tuple[str, float, str]]:
    """(what, CPU ms, goal) of checking and importing 3,700 new people of 60 entities, reading the workbook included."""
    from diploma.accounts import service as accounts
    from diploma.cohorts.roster import importing
    from diploma.cohorts.roster.importing import Source
    from diploma.cohorts.roster.sheet import read_sheet

    header = ["E-mail", "F.I.Sh.", "Tashkilot", "Til", "Rol", "Lavozim", "Telefon", "Tabel raqami"]
    given = ("Aziz", "Bobur", "Dilnoza", "Farrux")
    names = [f"{given[n % 4]} Nomi{n}ov" for n in range(3_700)]
    rows = [
        [f"b{n}@bench.test", name, f"Vazirlik {n % 60}", "uz-Latn", "", "Mutaxassis", f"+998 90 {n:07}", f"T{n}"]
        for n, name in enumerate(names)
    ]
    data = xlsx(header, *rows)
    with app.app_context():
        start = time.process_time()
        with db.unit_of_work() as session:
            cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-2026-1"))
            by = accounts.find("coordinator.uz@demo.test")
            checked = importing.check(cohort, read_sheet(data, "list.xlsx"), by=by)
            yield "check of a list of 3,700 people", (time.process_time() - start) * 1000, "3000"
            assert importing.apply(cohort, checked, Source("list.xlsx", "0" * 64), by=by)
        yield "check and import of 3,700 people", (time.process_time() - start) * 1000, "11000"


def release() -> tuple[int, float]:
    """(marks, CPU seconds) of releasing 3,700 marks of one assignment, in a fresh installation."""
    with demonstration() as app, app.app_context():
        with db.unit_of_work() as session:
            cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-2026-1"))
            by = session.scalar(select(User).where(User.email == "instructor.uz@demo.test"))
            release_cost.ready(cohort, M2, 3_700, by)
        db.session.remove()
        cohort = db.session.scalar(select(Cohort).where(Cohort.slug == "uz-2026-1"))
        by = db.session.scalar(select(User).where(User.email == "instructor.uz@demo.test"))
        return release_cost.seconds(cohort, M2, by)


def content_check() -> tuple[int, float]:
    """(written modules, CPU ms) of ``content check`` over all content, the interpreter's start included."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "content", "check", "--json"]
    spent = []
    for _ in range(3):
        before = os.times()
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        after = os.times()
        children = (after.children_user + after.children_system) - (before.children_user + before.children_system)
        spent.append(children * 1000)
    return len(json.loads(done.stdout)["bars"]), median(spent)


def heavy(app: Flask) -> Iterator[tuple[str, int, int]]:
    """(page, bytes of a first visit, bytes when the frame is there already) in Arabic, compressed as they are sent."""
    visitor: Client = app.test_client()  # type: ignore[assignment]
    trainee, instructor = browser(app, "trainee.uz@demo.test"), browser(app, "instructor.uz@demo.test")
    for client, path in [
        *((visitor, path) for path in ("/", "/modules/", "/verify", "/sign-in")),
        *((trainee, path) for path in ("/dashboard", f"/modules/{M2}", LESSON, f"{LESSON}?alt=ru")),
        *((trainee, f"/modules/{M2}/{part}") for part in ("quiz", "assignment", "result")),
        *((instructor, path) for path in ("/marking/", "/cohorts/uz-2026-1", "/cohorts/uz-2026-1/roster")),
    ]:
        alone = weights.page(client.get(f"{path}{'&' if '?' in path else '?'}lang=ar").text)
        yield path, weights.frame(Lang.AR) + alone, alone


def memory(process: str = "self") -> int:
    """Resident megabytes of a process: by default this one, which served all of the above."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1000


def server_memory(app: Flask) -> int:
    """Resident megabytes of a web server of its own with eight threads, after sign-ins and pages of four roles."""
    installation = Installation(Path(app.instance_path))
    server = installation.start_web()
    try:
        for number in range(24):
            role = ("trainee.uz", "instructor.uz", "coordinator.uz", "director")[number % 4]
            _visit(installation, f"{role}@demo.test" if number < 8 else f"bench{number}@demo.test")
        (worker,) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        return memory(worker)
    finally:
        installation.stop()


def _visit(installation: Installation, email: str) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', installation.get("/sign-in", "")[2])
    assert token
    fields: dict[str, str | list[str]] = {"csrf_token": token[1], "email": email, "password": PASSWORD}
    assert installation.post("/sign-in", installation.fresh_cookie, fields)[0] == 302, email
    cookie = installation.fresh_cookie
    for lang in LANGS:
        for path in ("/dashboard", "/modules/", LESSON, f"/modules/{M2}/assignment", "/search?q=dalil"):
            installation.get(f"{path}{'&' if '?' in path else '?'}lang={lang.value}", cookie)
    for path in ("/marking/", "/cohorts/", "/cohorts/uz-2026-1", "/cohorts/uz-2026-1/roster"):
        installation.get(path, cookie)


def main() -> None:
    with installation() as app:
        for what, spent, goal in pages(app):
            print(f"{what:42} {spent[0]:8.1f} {spent[1]:8.1f} ms" + (f"   goal ≤ {goal}" if goal else ""))
        for what, spent_once, goal in (*offline(app), *rosters(app)):
            print(f"{what:42} {spent_once:8.1f} ms   goal ≤ {goal}")
        marks, spent_once = release()
        print(f"{f'releasing {marks:,} marks, CPU s':42} {spent_once:8.1f} s    goal ≤ 5")
        for line in certificates(3_700 if "--long" in sys.argv else 370):
            print(line)
        modules, spent = content_check()
        print(f"{f'content check, {modules} modules, five languages':42} {spent:8.1f} ms   goal ≤ 3000")
        for what, first, alone in heavy(app):
            print(f"{what:60} {first / 1000:6.1f} kB, then {alone / 1000:5.1f} kB   goal ≤ 60, 20")
        print(f"{'memory of this process':42} {memory():8} MB")
        print(f"{'memory of a web server with eight threads':42} {server_memory(app):8} MB   goal ≤ 150")
        for what, make in roster_cost.formats():
            seconds, megabytes = roster_cost.spent(make)
            what = f"roster of {roster_cost.ROWS} × 8, {what}: check"
            print(f"{what:42} {seconds * 1000:8.0f} ms {megabytes:5} MB   goal ≤ 3000, 300")
        with app.app_context():
            print(f"{'people in the database':42} {db.session.query(User).count():8}")


if __name__ == "__main__":
    main()
