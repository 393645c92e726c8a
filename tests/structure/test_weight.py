"""No page is heavier than its budget, and everything goes out compressed with headers that let browsers keep it.

Source: spec interface, "Decisions" (first visit at most 60 kB, a repeat lesson at most 20 kB).
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from diploma.core.lang import LANGS, Lang
from tests import weights
from tests.conftest import Client
from tests.structure.conftest import Walk


@pytest.mark.parametrize("lang", LANGS)
def test_a_first_visit_to_any_page_stays_within_its_budget(lang: Lang, walk: Walk) -> None:
    pages = [one for one in walk.pages if "/styleguide" not in one.name]  # in no production
    heavy = {one.name: weights.page(one.html) + weights.frame(lang) for one in pages}
    assert {name: size for name, size in heavy.items() if size > weights.FIRST} == {}


@pytest.mark.parametrize("lang", LANGS)
def test_the_next_page_stays_within_its_budget(lang: Lang, walk: Walk) -> None:
    heavy = {one.name: weights.page(one.html) for one in walk.pages}
    assert {name: size for name, size in heavy.items() if size > weights.REPEAT} == {}


@pytest.mark.parametrize("path", ["/", "/static/build/app.css", "/static/build/app.js"])
@pytest.mark.parametrize(("asked", "sent"), [("gzip, deflate, br, zstd", "br"), ("", None), ("identity", None)])
def test_a_text_goes_out_compressed_to_whoever_reads_it(client: Client, path: str, asked: str, sent: Any) -> None:
    answer = client.get(path, headers={"Accept-Encoding": asked}, buffered=True)
    assert answer.headers.get("Content-Encoding") == sent
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_an_old_browser_gets_its_page_with_gzip(client: Client) -> None:
    assert client.get("/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def test_assets_are_kept_for_a_year_under_an_address_that_changes_with_them(client: Client) -> None:
    page = client.get("/").text
    for name in ("app.css", "app.js", "icon.svg"):
        address = re.search(rf'"(/static/build/{re.escape(name)}\?v=[0-9a-f]{{10}})"', page)
        assert address, name
        assert client.get(address[1], buffered=True).headers["Cache-Control"] == "public, max-age=31536000"


def test_a_page_of_somebody_is_kept_nowhere(browser_of: Any, world: Any, client: Client) -> None:
    assert browser_of(world.trainee).get("/dashboard").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "no-cache"


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGS)
def test_a_first_visit_makes_six_requests(chromium: Browser, site: str, world: Any, lang: Lang) -> None:
    context = chromium.new_context()
    page, asked = context.new_page(), []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{site}/?lang={lang.value}", wait_until="networkidle")
    context.close()
    assert len(asked) <= 6, asked
