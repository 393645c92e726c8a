"""Every page as Chromium shows it: it fits a narrow screen and a zoomed one, its targets can be hit, no number is
turned round, axe finds no violation, and no stranger is asked.

``bin/test`` looks at each page in the other direction and in the longest words, with axe in one of the two, at each
width and in each colour scheme in turn. ``make drill`` takes everything. Source: WCAG 2.2, 1.4.10 reflow, 2.5.8 target
size; spec interface, "Accessibility".
"""

from collections.abc import Iterator
from contextlib import contextmanager
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
TAKEN = (Lang.AR, Lang.UZ_CYRL)  # the other direction, and the longest words
SIGHTS = [(360, "light"), (1280, "dark"), (360, "dark"), (1280, "light")]
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(' | ')}`)"""
WIDTHS = (320, 360, 640)  # reflow; a small phone; 1280 at 200 %
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= edge) return ''
  const clipped = one => one && one !== document.body
    && (getComputedStyle(one).overflowX !== 'visible' || clipped(one.parentElement))
  const wide = [...document.body.querySelectorAll('*')].find(one => {
    const box = one.getBoundingClientRect()
    return box.width > 2 && (box.right > edge + 1 || box.left < -1) && !clipped(one.parentElement)
  })
  return wide ? wide.outerHTML.slice(0, 160) : 'something that is hidden'
}"""
# Links inside a sentence or a cell are exempt; an input inside its label is hit as a whole.
SMALL = """() => {
  const targets = document.querySelectorAll('main :is(a, button, summary, select, input:not([type=hidden]))')
  return [...targets].filter(one => {
  const box = one.getBoundingClientRect()
  const inline = getComputedStyle(one).display === 'inline' || one.closest('p:not(.row), .prose, td, th, dd')
  const labelled = one.matches('input[type=checkbox], input[type=radio]')
  return box.width && !inline && !labelled && Math.round(box.height) < 44
  }).map(one => one.outerHTML.slice(0, 120))
}"""
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


def misfits(page: Page) -> Iterator[str]:
    """What does not fit on the page that is open, at any of the widths."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if wide := page.evaluate(TOO_WIDE):
            yield f"wider than {width} px: {wide}"
        yield from (f"{number} is turned round at {width} px" for number in page.evaluate(TURNED))
    page.set_viewport_size({"width": 360, "height": 800})
    yield from (f"less than 44 px high: {target}" for target in page.evaluate(SMALL))


def violations(page: Page, sight: tuple[int, str]) -> list[str]:
    """What axe finds on the page that is open, at a width and in a colour scheme."""
    width, scheme = sight
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    found: list[str] = page.evaluate(RUN_AXE)
    return found


def look(chromium: Browser, site: str, stage: Stage, who: str, lang: Lang, sights: Any) -> dict[Any, list[str]]:
    """The faults of a person's pages in one language; ``sights(number)`` are those of the page of that number."""
    found = {}
    with seat(chromium, site, stage, who) as (page, troubles):
        for number, path in enumerate(addresses(who, stage)):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang.value}")
            found[path, WIDTHS] = [*misfits(page), *troubles]
            if wanted := sights(number):
                page.evaluate(AXE)
            for sight in wanted:
                found[path, sight] = violations(page, sight)
            troubles.clear()
    return {key: wrong for key, wrong in found.items() if wrong}


def sight(lang: Lang, number: int) -> list[tuple[int, str]]:
    """How axe sees the page of a number in a language of ``TAKEN``; nothing when it sees it in the other one."""
    return [SIGHTS[number // len(TAKEN) % len(SIGHTS)]] if TAKEN[number % len(TAKEN)] is lang else []


@pytest.mark.parametrize("lang", TAKEN)
@pytest.mark.parametrize("who", WHO, ids=lambda who: who or "a visitor")
def test_every_page_can_be_used_by_everybody(chromium: Browser, site: str, stage: Stage, who: str, lang: Lang) -> None:
    assert look(chromium, site, stage, who, lang, lambda number: sight(lang, number)) == {}


def test_axe_sees_each_page_once_and_both_languages_at_each_sight() -> None:
    assert all(sum(len(sight(lang, number)) for lang in TAKEN) == 1 for number in range(16))
    assert len({(lang, *one) for lang in TAKEN for number in range(16) for one in sight(lang, number)}) == 8


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
    ],
)
def test_a_violation_is_seen(chromium: Browser, body: str, rule: str) -> None:
    page = chromium.new_page()
    page.set_content(f"<!doctype html><html lang='en'><title>A</title><body style='margin: 0'>{body}")
    page.evaluate(AXE)
    assert any(one.startswith(rule) for one in violations(page, (360, "light")))
    page.close()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<main><h1>A</h1><pre style='inline-size: 500px'>x</pre></main>", "wider than 360 px: <pre"),
        ("<main><h1>A</h1><button style='display: block; block-size: 40px'>x</button></main>", "less than 44 px high"),
        ("<main><h1 lang='ar' dir='rtl'>الموعد 2026-12-03</h1></main>", "2026-12-03 is turned round"),
    ],
)
def test_what_does_not_fit_is_seen(chromium: Browser, body: str, fault: str) -> None:
    page = chromium.new_page()
    page.set_content(f"<!doctype html><html lang='en'><title>A</title><body style='margin: 0'>{body}")
    assert any(one.startswith(fault) for one in misfits(page))
    page.close()
