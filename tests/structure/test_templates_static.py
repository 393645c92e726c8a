"""The templates as text: what the content security policy forbids, what a form must carry, what may not be fetched.

Source: spec/interface.md, "Decisions" (strict Content-Security-Policy, no third-party request); spec/trust.md (CSRF).
Certificates are rendered to PDF and mails are read elsewhere: their templates follow their own rules. What extends
``base.html`` is a page of ours, wherever it lies.
"""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "diploma" / "templates"
ELSEWHERE = {*TEMPLATES.glob("certificates/**/*.html"), *TEMPLATES.glob("mail/**/*.html")}
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if path not in ELSEWHERE or "'base.html'" in path.read_text("utf-8")
)

EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL | re.IGNORECASE)
TOKEN = re.compile(r"\b(csrf\(\)|csrf_token\(\)|csrf_field\b|\w+\.csrf_token\b|\w+\.hidden_tag\()")
SET_ONCE = re.compile(r"\{% set [\w, ]*\bcsrf_field\b[^%]*=[^%]*\bcsrf\(\)")  # for a form that a page repeats
FORBIDDEN = {
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "event handler": re.compile(r"[\s\"']on[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "data address": re.compile(r"=\s*[\"']?data:", re.IGNORECASE),
    "foreign address": re.compile(r"https?://|=\s*[\"']//", re.IGNORECASE),
}


def faults(text: str) -> set[str]:
    """The names of what a template holds and must not; comments are not looked at."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    found = {name for name, pattern in FORBIDDEN.items() if pattern.search(text)}
    # Without expressions a > ends a tag; of them only the token stays.
    bare = EXPRESSION.sub(lambda match: "TOKEN" if TOKEN.search(match[0]) else "", text)
    if "csrf_field" in text and not SET_ONCE.search(text):
        found.add("form without token")
    sent = [body for tag, body in FORM.findall(bare) if re.search(r"method\s*=\s*[\"']?post", tag, re.IGNORECASE)]
    if not all("TOKEN" in body for body in sent):
        found.add("form without token")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_keeps_the_policy(page: Path) -> None:
    assert faults(page.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ('<p style="color: red">', "style attribute"),
        ("<style>p { color: red }</style>", "style element"),
        ("<script>go()</script>", "inline script"),
        ('<script type="module" defer>go()</script>', "inline script"),
        ('<button onclick="go()">', "event handler"),
        ("<body class='a'onload='go()'>", "event handler"),
        ('<a href="javascript:go()">', "script address"),
        ('<img src="data:image/png;base64,x">', "data address"),
        ('<link rel="stylesheet" href="https://cdn.example/a.css">', "foreign address"),
        ('<script src="//cdn.example/a.js"></script>', "foreign address"),
        ('<form method="post"><button>Go</button></form>', "form without token"),
        ('<form class="{{ \'a\' if n > 1 }}" method="POST"><button>Go</button></form>', "form without token"),
        ('<form method="post">{{ csrf() }}</form><form method="post"></form>', "form without token"),
        ('<form method="post">{{ csrf_field }}</form>', "form without token"),
    ],
)
def test_a_breach_is_found(bad: str, fault: str) -> None:
    assert faults(bad) == {fault}


@pytest.mark.parametrize(
    "good",
    [
        "<script src=\"{{ asset('build/app.js') }}\" defer></script>",
        '<form method="get"><button>Go</button></form>',
        '<form method="post">{{ csrf() }}<button>Go</button></form>',
        '<form method="post">{{ form.hidden_tag() }}</form>',
        '<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>',
        '{# <p style="x"> https://example.test #}<svg stroke-width="2" data-on="x"></svg>',
        '<p data-station="a" class="section">one = "two"</p>',
    ],
)
def test_what_is_allowed_is_let_through(good: str) -> None:
    assert faults(good) == set()
