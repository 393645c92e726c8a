"""The Markdown of the course's authors as safe HTML.

Everything leaves through one allowlist (nh3). Nothing here knows a language, a request or a database.
"""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

ANCHOR = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*$")
ONLY = re.compile(r":::[ \t]*only[ \t]+([a-z]{2}(?:[ ,]+[a-z]{2})*)[ \t]*")
ONLY_END = re.compile(r":::[ \t]*")

_TAGS = {
    "p",
    "br",
    "hr",
    "strong",
    "em",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_SAFE_LINK = re.compile(r"https://.+|(?!//)[^:?#]*(?:[?#].*)?")
_ADDRESS = re.compile(r"https://[^\s<>\"«»“”]{3,2000}")
_AFTER_ADDRESS = ".,;:!?)]}'،؛؟…"
_EMPTY_LINES = re.compile(r"\n\s*\n")
_BLOCK_END = re.compile(r"<br>|</(?:p|li|h[1-6]|t[rdh]|blockquote|pre)>")


@dataclass(frozen=True)
class Section:
    """One section of a lesson as it is shown; ``title`` is plain text, ``html`` is safe."""

    anchor: str
    title: str
    html: Markup


@dataclass(frozen=True)
class Source:
    """One section as it was written: ``markdown`` begins with its heading, ``line`` counts from 0."""

    anchor: str
    title: str
    markdown: str
    line: int


def sections(markdown: str, country: str | None = None) -> list[Section]:
    """The ``## Title {#anchor}`` sections for a reader of ``country`` (``uz``); None sees every country's blocks.

    Text before the first heading is a section without anchor and title.
    """
    tokens = _markdown.parse(select(markdown, country))
    return [
        Section(str(heading.attrGet("id") or ""), _words(title), _safe(body))
        if heading
        else Section("", "", _safe(body))
        for heading, title, body in _split(tokens)
        if heading or body
    ]


def split(markdown: str) -> list[Source]:
    """The same sections as source text, with the blocks of every country."""
    lines = markdown.split("\n")
    heads = [
        (heading.attrGet("id") if heading else None, title.content if title else "", _first_line(heading or body[0]))
        for heading, title, body in _split(_blocks_only.parse(markdown))
        if heading or body
    ]
    spans = pairwise([*(line for _anchor, _title, line in heads), len(lines)])
    return [
        Source(str(anchor or ""), title, "\n".join(lines[start:end]).strip("\n"), start)
        for (anchor, title, _line), (start, end) in zip(heads, spans, strict=True)
    ]


def render(markdown: str, country: str | None = None) -> Markup:
    """Markdown without sections (a brief) as safe HTML."""
    return _safe(_markdown.parse(select(markdown, country)))


def from_plain(text: str) -> Markup:
    """What a person typed, with its paragraphs and lines; nothing in it is Markdown. Addresses with https are links."""
    blocks = (block.strip("\n") for block in _EMPTY_LINES.split(text))
    html = "".join(f"<p>{'<br>'.join(_linked(line) for line in block.split(chr(10)))}</p>" for block in blocks if block)
    return Markup(_cleaner.clean(html))


def select(markdown: str, country: str | None) -> str:
    """The Markdown without the ``:::only`` blocks of other countries; None keeps all blocks."""
    kept: list[str] = []
    wanted: list[str] | None = None
    for line in markdown.split("\n"):
        if opening := ONLY.fullmatch(line):
            wanted = re.findall("[a-z]+", opening[1])
        elif wanted is not None and ONLY_END.fullmatch(line):
            wanted = None
        elif wanted is None or country is None or country in wanted:
            kept.append(line)
    return "\n".join(kept)


def plain(html: str) -> str:
    """The words of an HTML fragment: no tags, no entities, a line per block."""
    text = entities.unescape(nh3.clean(_BLOCK_END.sub("\n", html), tags=set()))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _linked(line: str) -> str:
    """A line as HTML; signs of a sentence that stand behind an address do not belong to it."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(line):
        address = found[0].rstrip(_AFTER_ADDRESS)
        shown = entities.escape(address)
        parts += [entities.escape(line[at : found.start()]), f'<a href="{shown}">{shown}</a>']
        at = found.start() + len(address)
    return "".join([*parts, entities.escape(line[at:])])


def _anchors(state: StateCore) -> None:
    """Core rule: ``{#anchor}`` at the end of a heading becomes its id (the attrs plugin leaves it literal)."""
    for heading, title in pairwise(state.tokens):
        anchor = ANCHOR.search(title.content) if heading.type == "heading_open" else None
        if anchor:
            heading.attrSet("id", anchor[1])
            title.content = title.content[: anchor.start()]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.core.ruler.after("block", "anchors", _anchors)
    return parser


_markdown = _parser()
_blocks_only = _parser().disable(["inline", "text_join"])  # where sections begin; ten times faster


def _split(tokens: list[Token]) -> Iterator[tuple[Token | None, Token | None, list[Token]]]:
    """Heading, its inline token and the tokens below it, cut at each top-level ``##``."""
    opened = (token.type == "heading_open" and token.tag == "h2" and not token.level for token in tokens)
    starts = [index for index, heads in enumerate(opened) if heads]
    yield None, None, tokens[: starts[0] if starts else None]
    for start, end in pairwise([*starts, len(tokens)]):
        yield tokens[start], tokens[start + 1], tokens[start + 3 : end]


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _words(title: Token | None) -> str:
    return "".join(child.content for child in (title and title.children) or [])


def _safe(tokens: list[Token]) -> Markup:
    return Markup(_cleaner.clean(_markdown.renderer.render(tokens, _markdown.options, {})))


def _link(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "href" and not _SAFE_LINK.fullmatch(value) else value


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    attribute_filter=_link,
    set_tag_attribute_values={"th": {"scope": "col"}},
    url_schemes={"https"},
    link_rel="noopener noreferrer",
)
