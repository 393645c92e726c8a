"""Pictures of the main pages of the demonstration, and contact sheets of them, to be looked at one by one.

    make shots                       all pages, in instance/shots
    python -m tests.shots FOLDER [WORD …]   those whose name contains one of the words

``<page>-<language>-<width>.png`` shows a page at its full height. A sheet shows the pages of one person: a row for
each, a column for each language at each width.
"""

import logging
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from flask import Flask
from markupsafe import escape
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select

from config import ROOT
from diploma.certificates.models import Certificate
from diploma.cohorts.models import Cohort, Enrolment, LiveSession
from diploma.core import db
from diploma.core.batch import Batch
from diploma.core.lang import Lang
from diploma.coursework.models import Marking, MarkingState
from diploma.demo.story import PASSWORD
from tests.chromium import launched, served
from tests.installation import demonstration

M2 = "/modules/m2-challenge-assessment"
UZ = "/cohorts/uz-2026-1"
LANGUAGES = (Lang.AR, Lang.EN, Lang.UZ_CYRL)
WIDTHS = (360, 1280)
CUT = 3000  # px: a longer page shows its beginning

# Who → name of the picture: address. Names in braces are those of ``_ids``.
PAGES: dict[str, dict[str, str]] = {
    "visitor": {
        "home": "/",
        "help": "/help",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
        "contact": "/contact",
        "programme": "/modules/",
        "glossary": "/glossary",
        "search": "/search?q=muammo",
        "sign-in": "/sign-in",
        "verify": "/verify",
        "verify-valid": "/verify/{token}",
        "verify-unknown": "/verify/0000000000000000",
        "not-found": "/no-such-page",
        "styleguide": "/styleguide",
    },
    "trainee.uz": {
        "dashboard": "/dashboard",
        "module": M2,
        "lesson": f"{M2}/lessons/02-evidence-and-assumptions",
        "lesson-parallel": f"{M2}/lessons/01-from-complaint-to-challenge?alt=ru",
        "notes": f"{M2}/notes",
        "print": f"{M2}/print",
        "quiz": f"{M2}/quiz",
        "assignment": f"{M2}/assignment",
        "assignment-print": f"{M2}/assignment/print",
        "worksheet": f"{M2}/worksheets/evidence-table",
        "worksheet-matrix": f"{M2}/worksheets/weighted-matrix",
        "worksheet-print": f"{M2}/worksheets/weighted-matrix/print",
        "result": f"{M2}/result",
        "names": "/certificates/names",
        "account": "/account",
    },
    "nearly.uz": {"dashboard-nearly": "/dashboard", "result-nearly": f"{M2}/result"},
    "graduate.uz": {"dashboard-graduate": "/dashboard", "certificates-holder": "/certificates/"},
    "instructor.uz": {
        "dashboard-instructor": "/dashboard",
        "queue": "/marking/",
        "script": "/marking/{marking}",
        "bank": "/marking/comments/",
        "sheet": "/sessions/{session}",
        "workshop": f"{M2}/workshops/w1",
    },
    "coordinator.uz": {
        "dashboard-coordinator": "/dashboard",
        "cohorts": "/cohorts/",
        "cohort": UZ,
        "behind": f"{UZ}/behind",
        "marks": f"{UZ}/marks",
        "roster": f"{UZ}/roster",
        "person": f"{UZ}/people/{{enrolment}}",
        "import": f"{UZ}/import",
        "settings": f"{UZ}/settings",
        "roles": f"{UZ}/roles",
    },
    "translator": {
        "dashboard-translator": "/dashboard",
        "desk": "/translations/",
        "desk-module": f"/translations/uz-Cyrl{M2.removeprefix('/modules')}",
        "desk-text": f"/translations/uz-Cyrl{M2.removeprefix('/modules')}/lessons/01-from-complaint-to-challenge/idea",
        "desk-upload": "/translations/uz-Cyrl/uploads/",
    },
    "reader": {
        "desk-read": f"/translations/ar{M2.removeprefix('/modules')}/lessons/01-from-complaint-to-challenge/example",
    },
    "director": {"dashboard-director": "/dashboard", "partners": "/partners/", "corrections": "/corrections/"},
    "registrar": {
        "dashboard-registrar": "/dashboard",
        "certificates": "/certificates/",
        "certificates-cohort": "/certificates/cohorts/uz-2026-1",
        "jobs": "/jobs/",
        "job": "/jobs/{job}",
    },
}


def take(app: Flask, browser: Browser, site: str, folder: Path, words: list[str]) -> None:
    """Write the pictures of the pages whose name contains one of ``words`` (all without), then the sheets."""
    ids = _ids(app)
    for who, pages in PAGES.items():
        chosen = {name: path for name, path in pages.items() if not words or any(word in name for word in words)}
        if not chosen:
            continue
        context = _sit_down(browser, site, who)
        for (name, path), lang, width in product(chosen.items(), LANGUAGES, WIDTHS):
            _picture(context, path.format(**ids), lang, width, folder / f"{name}-{lang.value}-{width}.png")
        context.close()
        _sheet(browser, folder, who, list(chosen))
        print(f"{who}: {', '.join(chosen)}")


def _ids(app: Flask) -> dict[str, object]:
    uz = select(Cohort.id).where(Cohort.slug == "uz-2026-1").scalar_subquery()
    with app.app_context():
        return {
            "token": db.session.scalar(select(Certificate.token).where(Certificate.token.is_not(None))),
            "marking": db.session.scalar(select(Marking.id).where(Marking.state == MarkingState.WAITING)),
            "session": db.session.scalar(select(LiveSession.id).where(LiveSession.cohort_id == uz)),
            "job": db.session.scalar(select(Batch.token)),
            "enrolment": db.session.scalar(select(Enrolment.id).where(Enrolment.cohort_id == uz)),
        }


def _sit_down(browser: Browser, site: str, who: str) -> BrowserContext:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    if who != "visitor":
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#email", f"{who}@demo.test")
        page.fill("#password", PASSWORD)
        page.click("main form button")
        page.wait_for_url("**/dashboard*")
        page.close()
    return context


def _picture(context: BrowserContext, path: str, lang: Lang, width: int, file: Path) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang.value}")
    height = min(page.evaluate("document.documentElement.scrollHeight"), CUT)
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    page.close()


def _sheet(browser: Browser, folder: Path, who: str, names: list[str]) -> None:
    """Six pictures to a row, each cut below; the file names stand beneath."""
    page = browser.new_page(viewport={"width": 2000, "height": 900})
    (folder / "sheet.html").write_text("".join(_rows(names)), "utf-8")
    page.goto((folder / "sheet.html").as_uri())
    page.screenshot(path=folder / f"sheet-{who}.png", full_page=True)
    page.close()
    (folder / "sheet.html").unlink()


SHEET = """<!doctype html><meta charset=utf-8><style>
body { margin: 8px; font: 14px sans-serif; background: #777 } p { display: flex; gap: 8px; margin: 8px 0 }
span { block-size: 520px; overflow: hidden } img { display: block }
</style>"""


def _rows(names: list[str]) -> Iterator[str]:
    yield SHEET
    for name in names:
        yield f"<h2>{escape(name)}</h2><p>"
        for width, lang in product(WIDTHS, LANGUAGES):
            shown = 170 if width == min(WIDTHS) else 470
            yield f"<span><img src='{escape(name)}-{lang.value}-{width}.png' width={shown} alt=''></span>"
        yield "</p>"


def main() -> None:
    folder, words = Path((sys.argv[1:] or [str(ROOT / "instance" / "shots")])[0]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with demonstration() as app, served(app) as site, launched() as browser:
        take(app, browser, site, folder, words)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
