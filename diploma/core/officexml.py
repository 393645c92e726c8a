"""Reads the XML parts of office files without trusting them."""

import itertools
from collections.abc import Callable
from xml.parsers import expat

from diploma.core.grid import Refusal, SheetRefused

MAX_DEPTH = 60  # elements within each other; office programs stay below 20
MAX_ELEMENTS = 500_000  # of one part: 10,000 rows of 16 cells, each written with three elements

Start = Callable[[str, dict[str, str]], None]


def parse(xml: bytes, start: Start = lambda tag, attributes: None, **handlers: Callable[[str], None]) -> None:
    """Feed a part to expat's handlers.

    What another reader might read otherwise than expat is refused: document types and their entities, comments,
    instructions, CDATA, other encodings than UTF-8.
    """
    elements = itertools.count(1)
    depth = 0
    end = handlers.pop("EndElementHandler", None)

    def counted(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if next(elements) > MAX_ELEMENTS:
            raise SheetRefused(Refusal.TOO_LARGE)
        if depth > MAX_DEPTH:  # a reader that asks what an element stands in would ask for each of them
            raise SheetRefused(Refusal.UNSAFE)
        start(local(tag), attributes)

    def ended(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end:
            end(tag)

    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.StartCdataSectionHandler = _refuse_unsafe
    parser.CommentHandler = parser.ProcessingInstructionHandler = _refuse_unsafe
    parser.StartElementHandler, parser.EndElementHandler = counted, ended
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise SheetRefused(Refusal.NOT_A_TABLE) from None


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def _refuse_unsafe(*_: object) -> None:
    raise SheetRefused(Refusal.UNSAFE)
