"""The style sheets: logical properties only, so that one sheet serves both directions of writing; nothing from outside.

Source: spec/interface.md, "Decisions": `@layer`, logical properties only, no third-party request, strict CSP.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2

from diploma.core import assets

CSS = Path(__file__).parents[2] / "static" / "css"
SHEETS = sorted(CSS.glob("*.css"))

PHYSICAL = re.compile(r"(^|-)(left|right|top|bottom)(-|$)|^(min-|max-)?(width|height)$")
BOX = re.compile(r"^(margin|padding|inset|scroll-margin|scroll-padding|border-(width|style|color))$")
FOREIGN = re.compile(r"^\s*(data:|https?:|//)", re.IGNORECASE)


def declarations(css: str) -> Iterator[Any]:
    """Every declaration of a sheet, however deep it stands in layers, media queries and nested rules."""
    pending = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    while pending:
        node = pending.pop()
        if node.type == "error":
            raise AssertionError(f"line {node.source_line}: {node.message}")
        if node.type == "declaration":
            yield node
        elif node.content is not None:
            pending += tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)


def tokens(values: list[Any]) -> Iterator[Any]:
    """The tokens of a value, those inside functions and brackets too."""
    for token in values:
        yield token
        yield from tokens(getattr(token, "arguments", None) or getattr(token, "content", None) or [])


def faults(css: str) -> list[str]:
    """What is wrong with a sheet, one line per declaration."""
    found = []
    for one in declarations(css):
        words = [token.value for token in tokens(one.value) if token.type == "ident"]
        parts = [tinycss2.serialize([token]) for token in one.value if token.type not in ("whitespace", "comment")]
        if PHYSICAL.search(one.name):
            found.append(f"{one.name}: physical property")
        elif not one.name.startswith("--") and {"left", "right"} & set(words):
            found.append(f"{one.name}: physical value")
        elif BOX.match(one.name) and len(parts) == 4 and parts[1] != parts[3]:
            found.append(f"{one.name}: the two sides differ, so it needs the logical properties")
        elif one.name == "border-radius" and len(set(parts)) > 1:
            found.append(f"{one.name}: corners differ, so it needs border-start-start-radius and its kin")
    return found


def addresses(css: str) -> list[str]:
    """Every address a sheet fetches from: of ``url(…)`` and of ``@import``."""
    imports = [token for rule in at_rules(css, "import") for token in rule.prelude]
    found = [token.value for token in imports if token.type == "string"]
    for token in tokens([*imports, *(token for one in declarations(css) for token in one.value)]):
        if token.type == "url":
            found.append(token.value)
        elif token.type == "function" and token.lower_name == "url":
            found += [part.value for part in token.arguments if part.type == "string"]
    return found


def moving(css: str) -> list[str]:
    """The properties that let something move for everybody, also for whoever asked for stillness."""
    found, pending = [], tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    while pending:
        node = pending.pop()
        if node.type == "declaration":
            found += [node.name] if node.name.startswith(("transition", "animation", "scroll-behavior")) else []
        elif node.content is not None and "no-preference" not in tinycss2.serialize(node.prelude):
            pending += tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
    return found


def at_rules(css: str, keyword: str) -> list[Any]:
    """The outermost at-rules of one kind."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return [rule for rule in rules if rule.type == "at-rule" and rule.lower_at_keyword == keyword]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_logical_properties_only(sheet: Path) -> None:
    assert faults(sheet.read_text("utf-8")) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_fetches_nothing(sheet: Path) -> None:
    assert addresses(sheet.read_text("utf-8")) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_nothing_moves_for_whoever_asked_for_stillness(sheet: Path) -> None:
    assert moving(sheet.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("a { transition: color 1s }", ["transition"]),
        ("@media (prefers-reduced-motion: no-preference) { a { transition: color 1s } }", []),
        ("@layer x { @media (min-width: 1px) { a { animation: b 1s } } }", ["animation"]),
    ],
)
def test_what_moves_is_seen(css: str, found: list[str]) -> None:
    assert moving(css) == found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_stands_in_a_layer_as_a_whole(sheet: Path) -> None:
    css = sheet.read_text("utf-8")
    [layer] = at_rules(css, "layer")
    assert len(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)) == 1
    assert tinycss2.serialize(layer.prelude).strip() in re.findall(r"\w+", assets.LAYERS.removeprefix("@layer"))


def test_every_sheet_is_part_of_a_stylesheet_that_is_built() -> None:
    assert {sheet.stem for sheet in SHEETS} == {*assets.SHEETS, *assets.DESK_SHEETS}


@pytest.mark.parametrize(
    "bad",
    [
        "a { margin-left: 1px }",
        "a { padding-right: 1px }",
        "a { border-top: 0 }",
        "a { border-top-left-radius: 2px }",
        "a { scroll-margin-bottom: 1px }",
        "a { left: 0 }",
        "a { width: 1px }",
        "a { max-height: 1px }",
        "a { float: left }",
        "a { text-align: right }",
        "a { background: linear-gradient(to right, red, blue) }",
        "a { margin: 0 1px 0 2px }",
        "a { inset: 0 auto 0 0 }",
        "a { border-radius: 1px 2px }",
        "@layer parts { @media (min-width: 1px) { a { left: 0 } } }",
        "a { & b { right: 0 } }",
        "@page { margin-left: 1cm }",
    ],
)
def test_a_physical_declaration_is_found(bad: str) -> None:
    assert len(faults(bad)) == 1


@pytest.mark.parametrize(
    "good",
    [
        "a { margin-inline-start: 1px; inline-size: 1px; inset-block-start: 0 }",
        "a { border-width: 1px; stroke-width: 2; line-height: 1; outline-width: 1px }",
        "a { padding: 0 1px 2px; border-radius: 50%; border-start-start-radius: 2px }",
        "@media (min-width: 48rem) { a { text-align: start } }",
    ],
)
def test_a_logical_declaration_is_let_through(good: str) -> None:
    assert faults(good) == []


@pytest.mark.parametrize(
    "bad",
    [
        "a { background: url(data:image/svg+xml,x) }",
        'a { background: url("https://fonts.example/a.woff2") }',
        "@font-face { src: url(//cdn.example/a.woff2) }",
        '@import "https://cdn.example/a.css";',
        "@import url(https://cdn.example/a.css);",
    ],
)
def test_a_foreign_address_is_found(bad: str) -> None:
    assert [address for address in addresses(bad) if FOREIGN.match(address)]


def test_the_built_stylesheet_fetches_only_our_own_fonts(tmp_path: Path) -> None:
    built = assets.build(CSS.parent, tmp_path / "build")
    found = addresses((tmp_path / "build" / "app.css").read_text("utf-8"))
    assert not [address for address in found if FOREIGN.match(address)]
    assert {address.partition("?")[0] for address in found} == {path.name for path in built if path.suffix == ".woff2"}


def test_the_built_stylesheet_says_what_the_sheets_say(tmp_path: Path) -> None:
    assets.build(CSS.parent, tmp_path / "build")
    built = (tmp_path / "build" / "app.css").read_text("utf-8")
    source = assets.stylesheet(CSS)
    names = [one.name for one in declarations(source)]
    assert [one.name for one in declarations(built[built.index("@layer tokens{") :])] == names
    assert faults(built) == []
