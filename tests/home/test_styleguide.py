"""The page of components: every macro of the library is shown there with its purpose; production does not have it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from config import ROOT
from diploma.core.lang import LANGS
from diploma.home import styleguide
from tests.structure.reading import read

TEMPLATES = ROOT / "diploma" / "templates"
LIBRARY = styleguide.library(TEMPLATES)


def test_the_library_is_read_as_a_whole() -> None:
    names = re.findall(r"\{%-? macro (\w+)", (TEMPLATES / "components.html").read_text("utf-8"))
    assert list(LIBRARY) == names


@pytest.mark.parametrize("name", LIBRARY)
def test_a_macro_is_shown_with_its_purpose_and_its_call(client: Any, name: str) -> None:
    macro = LIBRARY[name]
    assert macro.about, f"{name} has no comment above it"
    assert macro.call, f"{name} is not shown in home/styleguide.html"


def test_each_specimen_has_its_place_and_its_heading(client: Any) -> None:
    page = read(client.get("/styleguide").text)
    ids = [value for _tag, name, value in page.attributes if name == "id"]
    assert set(LIBRARY) <= set(ids)
    assert sorted(one for one in ids if ids.count(one) > 1) == []


@pytest.mark.parametrize("lang", [one.value for one in LANGS])
def test_the_page_opens_in_every_language(client: Any, lang: str) -> None:
    answer = client.get(f"/styleguide?lang={lang}")
    assert answer.status_code == 200 and f'<html lang="{lang}"' in answer.text


def test_production_has_no_such_page(app: Flask, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    assert client.get("/styleguide").status_code == 404


def test_the_call_that_is_told_is_the_call_that_was_made(client: Any) -> None:
    assert "{{ fraction(18, 20)" not in client.get("/styleguide").text  # said inside a sentence, not alone
    assert "share=fraction(18, 20)" in client.get("/styleguide").text
    assert LIBRARY["steps"].call == (
        "{{ steps([_('Upload'), _('Check'), _('Confirm')], 2, _('Steps of the import')) }}"
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_specimen_is_wider_than_the_screen(world: Any, sit_down: Callable[..., Any], width: int) -> None:
    page = sit_down(lang="ar", width=width)
    page.goto("/styleguide?lang=ar")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
