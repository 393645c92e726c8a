"""Every page as Chromium shows it: no violation that axe finds, nothing too wide, no number turned round, no stranger.

``bin/test`` takes a pairwise selection: each page in Arabic and in one more language, each language at each width in
each colour scheme. ``make drill`` takes them all. Source: spec interface, "Accessibility".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from diploma.core.lang import LANGS, Lang
from tests.chromium import TURNED
from tests.structure import tour
from tests.structure.stage import Stage

pytestmark = pytest.mark.browser
AXE = AXE_FILE_PATH.read_text("utf-8")
SIGHTS = [(360, "light"), (1280, "dark"), (360, "dark"), (1280, "light")]
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(' | ')}`)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WHO = [*tour.PAGES]


def addresses(who: str, stage: Stage) -> list[str]:
    """The pages of a person, refusals that a GET meets included."""
    others = [path for email, method, path, _form, _status in tour.OTHERS if email == who and method == "GET"]
    paths = [*tour.PAGES[who].split(), *(one for one in others if not one.endswith(".pdf"))]
    return [one.format(**tour.PLACES, **stage.ids) for one in paths]


@contextmanager
def seat(chromium: Browser, site: str, stage: Stage, who: str) -> Iterator[tuple[Page, list[str]]]:
    """A tab of this person, and what it complained of: scripts, the content policy, other hosts."""
    context = chromium.new_context(base_url=site)
    context.add_cookies([{"name": "session", "value": stage.doors[who][0] or "none", "url": site}])
    page, troubles = context.new_page(), []
    page.on("request", lambda one: troubles.append(one.url) if not one.url.startswith((site, "data:")) else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda one: troubles.append(one.text) if "Content Security Policy" in one.text else None)
    yield page, troubles
    context.close()


def faults(page: Page, sight: tuple[int, str]) -> Iterator[str]:
    """What is wrong with the page that is open, at a width and in a colour scheme."""
    width, scheme = sight
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    if (over := page.evaluate(TOO_WIDE)) > 0:
        yield f"{over} px wider than the screen"
    yield from (f"{number} is turned round" for number in page.evaluate(TURNED))
    yield from page.evaluate(RUN_AXE)


def look(chromium: Browser, site: str, stage: Stage, who: str, lang: Lang, sights: Any) -> dict[Any, list[str]]:
    """The faults of a person's pages in one language; ``sights(number)`` are those of the page of that number."""
    found = {}
    with seat(chromium, site, stage, who) as (page, troubles):
        for number, path in enumerate(addresses(who, stage)):
            if not sights(number):
                continue
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang.value}")
            page.evaluate(AXE)
            for sight in sights(number):
                found[path, sight] = [*faults(page, sight), *troubles]
                troubles.clear()
    return {key: wrong for key, wrong in found.items() if wrong}


def selected(lang: Lang, number: int) -> list[tuple[int, str]]:
    """The sight of a page in a language, in turn; none in a language that this page does without."""
    others = [one for one in LANGS if one is not Lang.AR]
    if lang not in (Lang.AR, others[number % len(others)]):
        return []
    return [SIGHTS[(number + number // len(others) + LANGS.index(lang)) % len(SIGHTS)]]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("who", WHO, ids=lambda who: who or "a visitor")
def test_every_page_can_be_used_by_everybody(chromium: Browser, site: str, stage: Stage, who: str, lang: Lang) -> None:
    assert look(chromium, site, stage, who, lang, partial(selected, lang)) == {}


def test_each_language_is_seen_at_each_sight() -> None:
    seen = {(lang, *sight) for lang in LANGS for number in range(16) for sight in selected(lang, number)}
    assert len(seen) == len(LANGS) * len(SIGHTS)


@pytest.mark.drill
@pytest.mark.parametrize(("who", "lang"), [*product(WHO, LANGS)])
def test_every_page_at_every_sight(chromium: Browser, site: str, stage: Stage, who: str, lang: Lang) -> None:
    assert look(chromium, site, stage, who, lang, lambda _: SIGHTS) == {}


# ---- the guard itself


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<main><h1>A</h1><img src='x'></main>", "image-alt"),
        ("<main><h1>A</h1><p style='color: #ccc'>pale</p></main>", "color-contrast"),
        ("<main><h1>A</h1><input></main>", "label"),
        ("<main><h1>A</h1><pre style='inline-size: 500px'>x</pre></main>", "140 px wider"),
        ("<main><h1 lang='ar' dir='rtl'>الموعد 2026-12-03</h1></main>", "2026-12-03 is turned round"),
    ],
)
def test_a_fault_is_seen(chromium: Browser, body: str, rule: str) -> None:
    page = chromium.new_page()
    page.set_content(f"<!doctype html><html lang='en'><title>A</title><body style='margin: 0'>{body}")
    page.evaluate(AXE)
    assert any(one.startswith(rule) for one in faults(page, (360, "light")))
    page.close()
