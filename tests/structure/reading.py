"""What a person reads on a page: its visible texts, each with the language in which it is marked."""

import io
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-kept")  # attributes that are read aloud or shown
SILENT = {"script", "style", "code", "kbd"}  # what is copied, and what stands on a key, is in no language
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Reader(HTMLParser):
    """Collects ``texts``: (language, text); ``lang`` and ``dir`` are those of the page, ``attributes`` all of them.

    ``bare`` are the texts that share the page's direction: no ``<bdi>`` and no ``dir`` between them and the page.
    The title of a page stands in no line of text.
    """

    texts: list[tuple[str, str]] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)  # element, name, value
    bare: list[str] = field(default_factory=list)
    lang: str = ""
    dir: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str, bool]] = [("", "", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        lang = given.get("lang", self._open[-1][1])
        if tag == "html":
            self.lang, self.dir = lang, given.get("dir", "")
        self.attributes += [(tag, name, value) for name, value in given.items()]
        self.texts += [(lang, given[name]) for name in SPOKEN if given.get(name)]
        if tag not in VOID:
            apart = self._open[-1][2] or tag in ("bdi", "title") or (tag != "html" and "dir" in given)
            self._open.append((tag, lang, apart))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._open[-1][0] not in SILENT:
            self.texts.append((self._open[-1][1], text))
            if not self._open[-1][2]:
                self.bare.append(text)


def read(page: str) -> Reader:
    """Read a whole page; elements that are not closed in their order are an error.

    What a search found is marked inside of its word or name, and read with it.
    """
    reader = Reader()
    reader.feed(page.replace("<mark>", "").replace("</mark>", ""))
    reader.close()
    return reader


def said(answer: Any) -> str:
    """The words of a page, or of all parts of a workbook."""
    if not answer.data.startswith(b"PK"):
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())
