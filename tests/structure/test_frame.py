"""What holds for every page: it fits a narrow screen and a zoomed one, the focus is seen, targets can be hit.

Source: WCAG 2.2, 1.4.10 reflow, 2.4.7 focus visible, 2.4.11 focus not obscured, 2.5.8 target size; spec interface.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.structure.stage import Stage
from tests.structure.tour import PAGES, PLACES

pytestmark = pytest.mark.browser
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


@pytest.fixture
def visit(chromium: Browser, stage: Stage, site: str) -> Iterator[Callable[..., Iterator[tuple[str, Page]]]]:
    """``visit(who, lang, width)``: the pages of the tour that this person opens, one after the other."""
    contexts = []

    def walk(who: str, lang: str, width: int) -> Iterator[tuple[str, Page]]:
        context = chromium.new_context(viewport={"width": width, "height": 800}, base_url=site)
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": stage.doors[who][0], "url": site}])
        page = context.new_page()
        for address in PAGES[who].format(**PLACES, **stage.ids).split():
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={lang}")
            yield address, page

    yield walk
    for context in contexts:
        context.close()


@pytest.mark.parametrize("who", PAGES)
def test_no_page_is_wider_than_the_screen(visit: Callable[..., Iterator[tuple[str, Page]]], who: str) -> None:
    found = {}
    for lang, widths in (("uz-Cyrl", WIDTHS), ("ar", WIDTHS[:1])):  # the longest words, and the other direction
        for address, page in visit(who, lang, widths[0]):
            for width in widths:
                page.set_viewport_size({"width": width, "height": 800})
                if wide := page.evaluate(TOO_WIDE):
                    found[address, lang, width] = wide
    assert found == {}


@pytest.mark.parametrize("who", PAGES)
def test_targets_are_at_least_44_pixels_high(visit: Callable[..., Iterator[tuple[str, Page]]], who: str) -> None:
    found = {address: small for address, page in visit(who, "en", 360) if (small := page.evaluate(SMALL))}
    assert found == {}


@pytest.mark.parametrize(("who", "address"), [("coordinator@uz.test", "/cohorts/uz-1/roster"), ("", "/sign-in"),
                                              ("coordinator@uz.test", "/cohorts/uz-1/settings")])  # fmt: skip
def test_the_focus_is_seen_wherever_it_goes(chromium: Browser, stage: Stage, site: str, who: str, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 700}, base_url=site)
    context.add_cookies([{"name": "session", "value": stage.doors[who][0], "url": site}])
    page = context.new_page()
    page.goto(f"{address}?lang=en")
    lost, seen = [], 0
    for _ in range(90):
        page.keyboard.press("Tab")
        step = page.evaluate("""() => {
          const one = document.activeElement
          if (!one || one === document.body) return null
          const ringed = [one, ...(one.closest('.choice, .drop, label') ? [one.closest('.choice, .drop, label')] : [])]
          const ring = ringed.some(each => getComputedStyle(each).outlineStyle !== 'none')
          const box = one.getBoundingClientRect()
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 30) / 2)
          const hidden = top && !one.contains(top) && !top.contains(one) && !!top.closest('.dock, .toast')
          return {html: one.outerHTML.slice(0, 100), ring, hidden}
        }""")
        if step is None:
            break
        seen += 1
        if not step["ring"] or step["hidden"]:
            lost.append(step)
    context.close()
    assert seen > 5 and lost == []


def test_the_first_target_skips_to_the_content(chromium: Browser, stage: Stage, site: str) -> None:
    page = chromium.new_page(base_url=site)
    page.goto("/sign-in?lang=ar")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main" and skip.bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()
