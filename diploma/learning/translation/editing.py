"""Puts texts into content files and leaves every other byte as it is. Pure: from the text of a file to its new text.

Lines may end with ``\\n`` or ``\\r\\n``; what is new ends as the file's first line does.
"""

import json
import re
from collections.abc import Iterable, Mapping

from diploma.learning.authoring.lessonfile import parse_lesson
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.tomlfile import KeyPath, Layout, layout
from diploma.learning.translation.places import Place

NEW_OVERLAY = 'status = "draft"\n'

Piece = tuple[int, bool, str]  # where to write it, whether it begins a table, and the text

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LISTS = ("accepted",)  # texts that are lists of forms; one stands in each line of the text
_FENCE = "+++"


def put(raw: str, texts: Mapping[Place, str], order: Iterable[str] = ()) -> str:
    """The file with ``texts`` at their places; ``order`` are the anchors of the source, where new sections go by."""
    page = any(one.file.endswith(".md") for one in texts)
    keys = {one.path: text for one, text in texts.items() if not one.section}
    sections = {str(one.path[0]): text for one, text in texts.items() if one.section}
    if not page:
        return put_keys(raw or NEW_OVERLAY, keys)
    return put_sections(_put_front(raw or _new_page(keys), keys), sections, [*order])


def put_keys(raw: str, texts: Mapping[KeyPath, str]) -> str:
    """A TOML document with these values: replaced where they stand, else added to their table."""
    values = layout(raw).values
    there = [path for path in texts if path in values]
    for path in sorted(there, key=values.__getitem__, reverse=True):
        start, end = values[path]
        raw = raw[:start] + _literal(texts[path], raw[start:end], _ending(raw)) + raw[end:]
    return _add(raw, {path: text for path, text in texts.items() if path not in values})


def put_sections(raw: str, texts: Mapping[str, str], order: list[str]) -> str:
    """A page with these sections, by anchor: replaced where they stand, else put in their place in ``order``."""
    ending, lines = _ending(raw), raw.split("\n")
    spans = _spans(raw, lines)
    for anchor in sorted(texts.keys() & spans.keys(), key=spans.__getitem__, reverse=True):
        start, end = spans[anchor]
        lines[start:end] = _lines(texts[anchor], ending)
    for anchor in [one for one in order if one in texts and one not in spans]:
        lines = _add_section(lines, anchor, texts[anchor], order, ending)
    return "\n".join(lines)


def _new_page(texts: Mapping[KeyPath, str]) -> str:
    """A page with nothing but its front matter, in which the status comes last of the plain keys."""
    plain = "".join(f"{_keys(path)} = {_string(text)}\n" for path, text in texts.items() if len(path) == 1)
    return f"{_FENCE}\n{plain}{NEW_OVERLAY}{_FENCE}\n"


def _put_front(raw: str, texts: Mapping[KeyPath, str]) -> str:
    """The page with these values in its front matter."""
    if not texts:
        return raw
    lines = raw.split("\n")
    end = next(number for number, line in enumerate(lines[1:], 1) if line.startswith(_FENCE))
    front = put_keys("\n".join(lines[1:end]) + "\n", texts)
    return "\n".join([lines[0], front.removesuffix("\n"), *lines[end:]])


def _spans(raw: str, lines: list[str]) -> dict[str, tuple[int, int]]:
    """First line and line after the last one of each section, without the blank lines that follow it."""
    page = parse_lesson("", raw.replace("\r\n", "\n"))
    assert not isinstance(page, Mistake), "only pages that were loaded are edited"
    starts = [one.line - 1 for one in page.sections]
    spans = {}
    for section, start, end in zip(page.sections, starts, [*starts, len(lines)][1:], strict=True):
        while not lines[end - 1].strip():
            end -= 1
        spans[section.anchor] = start, end
    return spans


def _add_section(lines: list[str], anchor: str, text: str, order: list[str], ending: str) -> list[str]:
    spans = _spans("\n".join(lines), lines)
    later = [spans[one][0] for one in order[order.index(anchor) :] if one in spans]
    new, blank = _lines(text, ending), ending.removesuffix("\n")
    if later:
        at = min(later)
        return [*lines[:at], *new, blank, *lines[at:]]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return [*lines, blank, *new, ""]


def _lines(text: str, ending: str) -> list[str]:
    return [line + ending.removesuffix("\n") for line in text.strip("\n").split("\n")]


def _ending(raw: str) -> str:
    first, found, _rest = raw.partition("\n")
    return "\r\n" if found and first.endswith("\r") else "\n"


def _add(raw: str, texts: Mapping[KeyPath, str]) -> str:
    """Pairs that are not there yet: into the inline table, or below the header, that holds their like; else a header.

    New tables stand behind the one that has most in common with them.
    """
    if not texts:
        return raw
    found, ending = layout(raw), _ending(raw)
    inside: dict[KeyPath, list[str]] = {}
    below: dict[KeyPath, list[str]] = {}
    for path, text in texts.items():
        inline = next((path[:steps] for steps in range(len(path) - 1, 0, -1) if path[:steps] in found.values), None)
        if inline:
            inside.setdefault(inline, []).append(f"{_keys(path[len(inline) :])} = {_quoted(text, path)}")
        else:
            value = _literal(text, "[" if path[-1] in _LISTS else "", ending)
            below.setdefault(path[:-1], []).append(f"{_keys(path[-1:])} = {value}{ending}")
    pieces = [_in_braces(raw, found.values[path][1] - 1, pairs) for path, pairs in inside.items()]
    for table, lines in below.items():
        head = "" if table in found.ends else f"{ending}[{_keys(table)}]{ending}"
        pieces.append((_line_end(raw, _end(found, table)), bool(head), head + "".join(lines)))
    raw += "" if raw.endswith("\n") or not raw else ending
    for at, _new_table, new in sorted(pieces, key=lambda piece: piece[:2])[::-1]:
        raw = raw[:at] + new + raw[at:]
    return raw


def _in_braces(raw: str, brace: int, pairs: list[str]) -> Piece:
    """What to write before the closing brace of an inline table."""
    at = len(raw[:brace].rstrip())
    return at, False, ("" if raw[at - 1] == "{" else ", ") + ", ".join(pairs)


def _end(found: Layout, table: KeyPath) -> int:
    """The end of a table, of the nearest to it, or of the document."""
    if table in found.ends:
        return found.ends[table]
    nearest = max(found.ends, key=lambda one: (_shared(one, table), found.ends[one]))
    return found.ends[nearest] if _shared(nearest, table) else max(found.ends.values())


def _line_end(raw: str, at: int) -> int:
    """Where the line after that of ``at`` begins; the end of a document whose last line is open gets its end first."""
    end = raw.find("\n", at)
    return end + 1 if end >= 0 else len(raw) + (0 if raw.endswith("\n") or not raw else len(_ending(raw)))


def _shared(first: KeyPath, second: KeyPath) -> int:
    return next((n for n, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), len(first))


def _keys(path: KeyPath) -> str:
    return ".".join(str(one) if _BARE.fullmatch(str(one)) else json.dumps(one, ensure_ascii=False) for one in path)


def _literal(text: str, old: str, ending: str) -> str:
    """A value as TOML, in the manner of the ``old`` one: a list, several lines, or one line."""
    if old.startswith("["):
        return "[" + ", ".join(_string(line) for line in text.split("\n") if line.strip()) + "]"
    if old.startswith(('"""', "'''")) or "\n" in text:
        body = "".join(_unquoted(line) + ending for line in text.strip("\n").split("\n"))
        return f'"""{ending}{body}"""'
    return _string(text)


def _quoted(text: str, path: KeyPath) -> str:
    """A value inside of an inline table: in one line, whatever it holds."""
    return _literal(text, "[", "") if path[-1] in _LISTS else _string(text)


def _string(text: str) -> str:
    return f'"{_escaped(text)}"'


def _unquoted(line: str) -> str:
    """A line of a string of several lines, in which quotation marks may stand as they are, but not three of them."""
    return _escaped(line).replace('\\"', '"').replace('""', '"\\"')


def _escaped(text: str) -> str:
    """The inside of a basic string: JSON and TOML escape alike, but for DEL."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
