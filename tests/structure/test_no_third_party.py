"""No page sends its reader's browser anywhere else, and every answer forbids it to go.

Source: spec interface, "Decisions" (strict Content-Security-Policy, no third-party request).
"""

import re
from urllib.parse import urlsplit

import pytest

from diploma.core.lang import Lang
from diploma.core.web import HEADERS
from tests.structure.conftest import Walk
from tests.structure.reading import Reader, read

OWN = "localhost"
LANGUAGES = pytest.mark.parametrize("lang", [Lang.EN, Lang.AR])  # addresses do not depend on the language
ADDRESSES = {
    *("src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data", "cite", "background", "ping"),
    *("manifest", "content", "data-ahead", "data-autosave", "data-progress-url"),
}
LINKEDIN = "https://www.linkedin.com/profile/add?"
SOURCES = re.compile(r"[a-z-]+( '(none|self)')+")


def foreign(page: Reader) -> list[tuple[str, str, str]]:
    """(element, attribute, address) of everything on a page that leads to another host, or runs by itself."""
    return [one for one in page.attributes if _leads_away(*one)]


def _leads_away(element: str, name: str, value: str) -> bool:
    if name.startswith("on") or name == "style" or element in ("style", "iframe", "object", "embed", "base"):
        return True
    if name == "http-equiv":
        return True
    if element == "a" and value.startswith(("mailto:", "tel:")):  # the reader's own programs; nothing is fetched
        return False
    if element == "a" and value.startswith(LINKEDIN):  # a holder's own step to their profile; nothing is fetched
        return False
    addresses = value.split(",") if name == "srcset" else [value]
    return name in ADDRESSES and any(_other_host(one.strip()) for one in addresses)


def _other_host(address: str) -> bool:
    """A scheme or a host of its own; the text of a ``content`` attribute is no address and has neither."""
    parts = urlsplit(address.replace("\\", "/"))
    return bool(parts.netloc or (parts.scheme and " " not in address)) and parts.netloc != OWN


@LANGUAGES
def test_no_page_leads_to_another_host(lang: Lang, walk: Walk) -> None:
    assert {name: found for name, page in walk.read if (found := foreign(page))} == {}


@LANGUAGES
def test_every_page_carries_the_policy(lang: Lang, walk: Walk) -> None:
    without = {one.name for one in walk.pages if HEADERS.items() - one.headers.items()}
    assert without == set()


def test_the_policy_names_no_host() -> None:
    parts = [one.strip() for one in HEADERS["Content-Security-Policy"].split(";")]
    assert parts[0] == "default-src 'none'" and all(SOURCES.fullmatch(one) for one in parts)


@pytest.mark.parametrize(
    "breach",
    [
        '<img src="https://cdn.example/a.png">',
        '<img srcset="/a.png 1x, //cdn.example/b.png 2x">',
        '<a href="//example.org">x</a>',
        '<a href="javascript:go()">x</a>',
        '<form action="https://example.org"></form>',
        '<button formaction="https://example.org">x</button>',
        '<img src="data:image/png;base64,x">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<meta http-equiv="refresh" content="0">',
        '<svg><use xlink:href="https://cdn.example/i.svg"></use></svg>',
        '<p style="color: red">x</p>',
        '<p onclick="go()">x</p>',
    ],
)
def test_a_way_out_is_found(breach: str) -> None:
    assert foreign(read(breach))


@pytest.mark.parametrize(
    "good",
    ['<a href="/verify">x</a>', '<a href="#top">x</a>', '<a href="?page=2">x</a>', '<img src="/static/a.png?v=1">',
     f'<a href="http://{OWN}/verify/x">x</a>', '<meta name="viewport" content="width=device-width, initial-scale=1">',
     '<a href="mailto:office@diploma.test">x</a>'],
)  # fmt: skip
def test_what_stays_here_is_let_through(good: str) -> None:
    assert foreign(read(good)) == []
