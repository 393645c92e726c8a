"""What holds for every page of whoever uses keys alone: the focus is seen, and the first target leads to the content.

Source: WCAG 2.2, 2.4.1 bypass blocks, 2.4.7 focus visible, 2.4.11 focus not obscured; spec interface.
"""

import pytest
from playwright.sync_api import Browser

from tests.structure.stage import Stage

pytestmark = pytest.mark.browser


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
