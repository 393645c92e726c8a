"""A real browser against the application, on loopback: fixtures of every folder of tests.

A plugin of ``tests/conftest.py``, so that a process starts one Playwright: a second one beside it is refused.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.conftest import PASSWORD

# Every number with a sign inside (10/5, 23:59, 2026-2027) whose last figure does not stand to the right of its first.
TURNED = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node; (node = walk.nextNode());) {
    for (const match of node.data.matchAll(/\\d+(?:[.,:/–-]\\d+)+/g)) {
      const [first, last] = [match.index, match.index + match[0].length - 1].map(at => {
        const range = document.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + 1)
        return range.getBoundingClientRect()
      })
      if (first.width && first.top === last.top && first.left >= last.left) found.push(match[0])
    }
  }
  return found
}"""


@contextmanager
def launched() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


class _Handler(WSGIRequestHandler):
    timeout = 10  # seconds: a browser also opens connections on which it never asks for anything


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of a running server of ``app``."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
    server.daemon_threads = False  # server_close waits for what a closing page still sends: the database goes next
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a running server of this test's application."""
    with served(app) as address:
        yield address


@pytest.fixture
def sit_down(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """``sit_down("aziza@uz.test", lang="ar")``: a browser of this person, signed in; no e-mail: a visitor.

    A request to another host, an error on the console or a script's exception fails the test.
    """
    contexts, troubles = [], []

    def open_browser(
        email: str = "", lang: str = "en", width: int = 1280, scheme: str = "light", js: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=js,
            base_url=site,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: troubles.append(one.url) if not one.url.startswith((site, "data:")) else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda one: troubles.append(one.text) if "Content Security Policy" in one.text else None)
        page.on("dialog", lambda one: troubles.append(f"dialog: {one.message}"))
        if email:
            page.goto(f"/sign-in?lang={lang}")
            page.fill("#email", email)
            page.fill("#password", PASSWORD)
            page.click("main form button")
            page.wait_for_url("**/dashboard*")
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert troubles == []
