"""Binds a feedback PDF, in a sealed process alone: a leaf with what was said, then the files with their notes.

The files are strangers'. Their pages come into a new document, so that nothing that hangs on the old one comes along
(scripts, actions at opening, embedded files, forms, metadata), and of the pages themselves every action but a link to a
web page is taken away, as is whatever refers to another file. A note is data in a PDF string, which
the library writes: no sign of it can end the string.
"""

import io
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from diploma.core import sealed

CPU_SECONDS = 40
MOST_PAGES = 1_000  # of one file; a longer one is left out and said to be
DEEPEST = 60  # containers within each other
WHOLE = 10_000
BADGE = 16  # points of the square with the number

_OF_A_PAGE = {"/Type", "/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/UserUnit"}
_OF_A_PAGE |= {"/Resources", "/Contents", "/Group", "/Annots"}
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
# What does something, holds a file, or points to one outside.
_AWAY = {"/AA", "/OpenAction", "/JS", "/JavaScript", "/EF", "/AF", "/EmbeddedFiles", "/XFA", "/Ref", "/OPI", "/URLS"}
_AWAY |= {
    "/PieceInfo",
    "/Metadata",
    "/Next",
    "/RichMediaContent",
    "/RichMediaSettings",
    "/Movie",
    "/Sound",
    "/FS",
    "/Dest",
}
_OUTSIDE = {"/F", "/FFilter", "/FDecodeParms"}  # of a stream: its bytes would lie in another file
_KEPT_NOTES = {"/Link", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Square", "/Circle", "/Line", "/Ink"}
_KEPT_NOTES |= {"/Stamp", "/Text", "/Widget", "/Polygon", "/PolyLine"}
_WEB = ("https://", "http://", "mailto:")


class Unreadable(Exception):
    """A file whose pages cannot be bound."""


def bind(html: str, css: str, files: list[dict[str, Any]], title: str, lang: str) -> bytes:
    """``files``: of each its path, its number and its notes. One that cannot be read is said to be on the leaf."""
    made, failed = Pdf.new(), []
    for one in files:
        try:
            _take(made, Path(one["path"]), one["notes"])
        except (Unreadable, pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, KeyError, RecursionError):
            failed.append(one["number"])
    if failed:  # what was taken of them before is not trusted either
        rest = [one for one in files if one["number"] not in failed]
        shown = "".join(f"#file-{number} {{ display: block }}" for number in failed)
        return bind(html, css + shown, rest, title, lang)
    with Pdf.open(io.BytesIO(_leaf(html, css))) as leaf:
        for number, page in enumerate(leaf.pages):
            made.pages.insert(number, page)
        made.Root.Lang = String(lang)
        made.docinfo["/Title"] = String(title)
        out = io.BytesIO()
        made.save(out, min_version="1.7", stream_decode_level=pikepdf.StreamDecodeLevel.none, deterministic_id=True)
    return out.getvalue()


def _leaf(html: str, css: str) -> bytes:
    """What was said as pages of their own. The text reaches nothing: no address is fetched."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]  # of a package without types
        def fetch(self, url: str, headers: object = None) -> Any:
            raise FatalURLFetchingError("nothing is fetched")

    fetcher = Nothing(allow_redirects=False)
    document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[CSS(string=css, url_fetcher=fetcher)])
    return bytes(document.write_pdf())


# ---- a file of somebody else


def _take(made: Pdf, path: Path, notes: list[dict[str, Any]]) -> None:
    with Pdf.open(path, suppress_warnings=True) as source:
        if not 0 < len(source.pages) <= MOST_PAGES:
            raise Unreadable
        first, count = len(made.pages), len(source.pages)
        for page in source.pages:
            _strip(page.obj)
        made.pages.extend(source.pages)
        for number in range(first, first + count):
            _clean(made.pages[number].obj, set())
        for note in notes:
            if note["page"] > count:
                raise Unreadable
            _write(made, made.pages[first + note["page"] - 1].obj, note)


def _strip(page: Object) -> None:
    """Leave of a page what it looks like, before it is taken over."""
    for key in _INHERITED:
        if key not in page and (found := _above(page, key)) is not None:
            page[key] = found
    for key in set(page.keys()) - _OF_A_PAGE - {"/Parent"}:
        del page[key]
    if "/Annots" in page:
        page.Annots = Array([one for one in _notes(page.Annots) if _stays(one)])


def _above(page: Object, key: str) -> Object | None:
    at, steps = page.get("/Parent"), 0
    while isinstance(at, Dictionary) and steps < DEEPEST:
        if key in at:
            return at[key]
        at, steps = at.get("/Parent"), steps + 1
    return None


def _notes(found: Object) -> Iterator[Object]:
    yield from (one for one in found if isinstance(one, Dictionary)) if isinstance(found, Array) else ()


def _stays(note: Object) -> bool:
    """Whether an annotation of the author's only looks like something; its ties to others and to pages go."""
    for key in ("/Popup", "/IRT", "/Parent", "/P", "/Dest", *(("/A",) if not _harmless(note.get("/A")) else ())):
        if key in note:
            del note[key]
    return str(note.get("/Subtype", "")) in _KEPT_NOTES


def _clean(found: Object, seen: set[tuple[int, int]], deep: int = 0) -> None:
    """Take away what does something, in everything that a page reaches."""
    if deep > DEEPEST:
        raise Unreadable
    if found.is_indirect:
        if found.objgen in seen:
            return
        seen.add(found.objgen)
    if isinstance(found, (Dictionary, Stream)):
        for key in set(found.keys()) & (_AWAY | (_OUTSIDE if isinstance(found, Stream) else set())):
            del found[key]
        for key in ("/A", "/PA"):
            if key in found and not _harmless(found[key]):
                del found[key]
    if isinstance(found, (Dictionary, Stream)):
        children = [found[key] for key in found.keys() if key != "/Parent"]  # noqa: SIM118 - an object of a PDF
    else:
        children = list(found) if isinstance(found, Array) else []
    for child in children:
        if isinstance(child, (Dictionary, Stream, Array)):
            _clean(child, seen, deep + 1)


def _harmless(action: Object | None) -> bool:
    """Whether an action only opens a web page when somebody presses it. What is no dictionary is no action."""
    if not isinstance(action, Dictionary):
        return True
    return str(action.get("/S", "")) == "/URI" and str(action.get("/URI", "")).casefold().startswith(_WEB)


# ---- the notes


def _write(made: Pdf, page: Object, note: dict[str, Any]) -> None:
    """Put a note into a page: an area is highlighted, a point gets the sign of a remark; both show their number."""
    left, bottom, right, top = _seen(page)
    turn = int(page.get("/Rotate", 0)) % 360 if isinstance(page.get("/Rotate", 0), int) else 0
    corners = [
        _on_paper(Decimal(x) / WHOLE, Decimal(y) / WHOLE, (left, bottom, right, top), turn)
        for x, y in ((note["x"], note["y"]), (note["x"] + note["w"], note["y"] + note["h"]))
    ]
    (x1, x2), (y1, y2) = (sorted(one[axis] for one in corners) for axis in (0, 1))
    area = note["w"] > 0 and note["h"] > 0
    if not area:
        x1, y1 = min(max(x1, left), max(right - BADGE, left)), min(max(y1 - BADGE, bottom), max(top - BADGE, bottom))
        x2, y2 = x1 + BADGE, y1 + BADGE
    made_note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Highlight if area else Name.Text,
        Rect=Array([x1, y1, x2, y2]),
        Contents=String(note["text"]),
        NM=String(f"note-{note['number']}"),
        F=4,  # is printed
        C=Array([Decimal("0.98"), Decimal("0.85"), Decimal("0.35")]),
        AP=Dictionary(N=_look(made, x2 - x1, y2 - y1, str(note["number"]), area)),
    )
    if area:
        made_note.QuadPoints = Array([x1, y2, x2, y2, x1, y1, x2, y1])
    else:
        made_note.Name = Name.Comment
    if note["author"]:
        made_note.T = String(note["author"])
    if "/Annots" not in page:
        page.Annots = Array()
    page.Annots.append(made.make_indirect(made_note))


def _seen(page: Object) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """The part of a page that is seen: left, bottom, right, top."""
    boxes = [[Decimal(str(one)) for one in page[key]] for key in ("/MediaBox", "/CropBox") if key in page]
    sides = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in boxes]
    if not sides:
        return Decimal(0), Decimal(0), Decimal(612), Decimal(792)
    left, bottom = max(one[0] for one in sides), max(one[1] for one in sides)
    right, top = min(one[2] for one in sides), min(one[3] for one in sides)
    return (left, bottom, right, top) if left < right and bottom < top else sides[0]


def _on_paper(x: Decimal, y: Decimal, box: tuple[Decimal, ...], turn: int) -> tuple[Decimal, Decimal]:
    """A point of the page as it is seen, from its upper left corner, in the coordinates of the page as it is stored."""
    left, bottom, right, top = box
    u, v = {0: (x, 1 - y), 90: (y, x), 180: (1 - x, y), 270: (1 - y, 1 - x)}.get(turn, (x, 1 - y))
    return round(left + u * (right - left), 2), round(bottom + v * (top - bottom), 2)


def _look(made: Pdf, width: Decimal, height: Decimal, number: str, area: bool) -> Object:
    """A note as every program draws it: the number in a dark square, over a pale ground when it is an area."""
    wide = BADGE if len(number) < 3 else BADGE + 6
    draw = f"q /See gs 0.98 0.85 0.35 rg 0 0 {width} {height} re f Q " if area else ""
    up = max(height - BADGE, Decimal(0)) if area else Decimal(0)
    draw += f"q 0.49 0.37 0.14 rg 0 {up} {wide} {BADGE} re f Q "
    draw += f"BT 1 1 1 rg /Num 9 Tf {max(wide - 5 * len(number), 0) / 2} {up + 5} Td ({number}) Tj ET"
    look = Stream(made, draw.encode("ascii"))
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, max(width, wide), max(height, BADGE)])
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"))
    see = Dictionary(Type=Name.ExtGState, ca=Decimal("0.45"), BM=Name.Multiply)
    look.Resources = Dictionary(Font=Dictionary(Num=made.make_indirect(font)), ExtGState=Dictionary(See=see))
    return made.make_indirect(look)


def main() -> None:
    sealed.limit(CPU_SECONDS)
    channel = sealed.answer_channel()
    asked = json.loads(sys.stdin.buffer.read())
    sealed.answer(channel, bind(**asked))


if __name__ == "__main__":
    main()
