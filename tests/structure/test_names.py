"""A name never changes places with the words beside it: it is isolated on every page.

Source: spec interface, "Decisions" (``<bdi>`` on every name, code and score).
"""

import re

import pytest

from diploma.core.lang import Lang
from tests.structure.conftest import Walk
from tests.structure.reading import read

OTHER_DIRECTION = re.compile("[A-Za-zА-яЁёЎўҚқҒғҲҳ]")
ISOLATED = re.compile("\u2068[^\u2069]*\u2069")


def loose(texts: list[str], names: list[str]) -> list[str]:
    """The texts of an Arabic page in which a name written from left to right stands free beside other words."""
    left = [ISOLATED.sub("", text) for text in texts if text not in names]
    return [text for text in left if any(name in text for name in names)]


def test_every_name_is_isolated(walk: Walk, lang: Lang) -> None:
    names = [name for name in walk.names if " " in name and OTHER_DIRECTION.search(name)]
    found = {(where, text) for where, page in walk.read for text in loose(page.bare, names)}
    assert sorted(found) == []


@pytest.fixture
def lang() -> Lang:
    return Lang.AR


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("<p>مرحباً، Aziza Karimova</p>", 1),
        ("<p>مرحباً، <bdi>Aziza Karimova</bdi></p>", 0),
        ("<p>مرحباً، \u2068Aziza Karimova\u2069.</p>", 0),
        ("<h1>Aziza Karimova</h1>", 0),
        ("<p dir='auto'>Aziza Karimova</p>", 0),
    ],
)
def test_a_free_name_is_seen(html: str, count: int) -> None:
    assert len(loose(read(f"<html lang='ar' dir='rtl'>{html}</html>").bare, ["Aziza Karimova"])) == count
