"""Draw a page as PDF with WeasyPrint: in the renderer process only, after ``FONTCONFIG_FILE`` has been set.

The document comes from our own template, in which every text is escaped, and can reach nothing: a fetcher serves
two drawings from memory and refuses any other address. What WeasyPrint only warns of (a missing glyph, an unknown
property, an image that does not load) stops the rendering: a certificate is right or does not exist.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pydyf
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.images import SVGImage
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from diploma.certificates.drawing import transcript
from diploma.certificates.drawing.compose import (
    STYLE,
    TEMPLATE,
    TEMPLATES,
    TRANSCRIPT_STYLE,
    TRANSCRIPT_TEMPLATE,
    Page,
    compose,
)
from diploma.certificates.drawing.ink import Ink, Stamp
from diploma.certificates.snapshot import Award, Snapshot
from diploma.core import vectors
from diploma.core.vectors import Drawing

TAGS = {"/P", "/H1", "/H2"}  # structure elements of the blocks
# PDF/A lets a file claim PDF/UA-1 only together with a description of the claim's schema (ISO 19005-3, 6.6.2.3.3).
PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""


class Unprintable(Exception):
    """The engine refused or warned; the message says what of."""


class SealedFetcher(URLFetcher):  # type: ignore[misc]  # of a package without types
    """Serves the given SVG drawings by their exact address, refuses everything else and remembers the refusals.

    The list matters: WeasyPrint swallows the error when the address stands inside a drawing.
    """

    def __init__(self, drawings: Mapping[str, str]) -> None:
        super().__init__(allow_redirects=False)
        self.drawings = drawings
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url not in self.drawings:
            self.refused.append(url)
            raise FatalURLFetchingError(f"refused: {url[:200]}")
        return URLFetcherResponse(url, self.drawings[url].encode(), {"Content-Type": "image/svg+xml"})


@lru_cache
def fonts() -> FontConfiguration:
    """One per process: a fresh one for each certificate costs a third of the time and leaks memory."""
    return FontConfiguration()


@lru_cache
def style(path: Path = STYLE) -> CSS:
    """A parsed style sheet, once per process."""
    css = path.read_text(encoding="utf-8")
    return CSS(string=css, font_config=fonts(), url_fetcher=SealedFetcher({}))


@lru_cache
def templates() -> Environment:
    """The compiled templates, one environment per process."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(snapshot: Snapshot, drawings: Mapping[str, bytes]) -> bytes:
    """The PDF of one certificate: PDF/A-3a and PDF/UA-1, the same bytes for the same snapshot on every machine
    with the same fonts and libraries. ``drawings`` are the logos and seals that it names, by digest.

    ``Misfit`` or ``Unprintable`` when it cannot be drawn faithfully.
    """
    if snapshot.award is Award.TRANSCRIPT:
        return _transcript(snapshot, named_drawings(snapshot, drawings))
    page = compose(snapshot, named_drawings(snapshot, drawings))
    html = templates().get_template(TEMPLATE).render(page=page)
    shown: dict[str, str | Ink | Stamp] = {"certificate:drawing": Ink(page.drawing), "certificate:qr": page.qr_code}
    if page.marks:
        shown["certificate:marks"] = page.marks

    def finish(_document: Document, pdf: Any) -> None:
        mark_languages(page, pdf)
        pack(pdf)

    return to_pdf(html, shown, pdf_identifier=snapshot.sha256().encode(), finisher=finish)


def named_drawings(snapshot: Snapshot, files: Mapping[str, bytes]) -> dict[str, Drawing]:
    """Every drawing that the snapshot names, by digest: another file than the one that was issued is not drawn."""
    for digest in snapshot.drawings():
        if hashlib.sha256(files.get(digest, b"")).hexdigest() != digest:
            raise Unprintable(f"the drawing {digest} is missing or another one")
    return {digest: vectors.read(files[digest]) for digest in snapshot.drawings()}


def _transcript(snapshot: Snapshot, drawings: Mapping[str, Drawing]) -> bytes:
    """The pages of a transcript."""
    page = transcript.compose(snapshot, drawings)
    html = templates().get_template(TRANSCRIPT_TEMPLATE).render(page=page)

    def finish(document: Document, pdf: Any) -> None:
        mark_pages(document, pdf)
        pack(pdf)

    shown: dict[str, str | Ink | Stamp] = {"certificate:star": page.star}
    shown |= {url: Stamp(image(url, svg)) for url, svg in page.marks.items()}
    return to_pdf(html, shown, css=TRANSCRIPT_STYLE, pdf_identifier=snapshot.sha256().encode(), finisher=finish)


def image(url: str, svg: str) -> SVGImage:
    """A drawing without text as WeasyPrint holds it; it can reach nothing."""
    return SVGImage(ElementTree.fromstring(svg), url, SealedFetcher({}), None)


def to_pdf(html: str, drawings: Mapping[str, str | Ink | Stamp], *, css: Path = STYLE, **options: Any) -> bytes:
    """PDF of ``html``, which can show ``drawings`` (SVG, ink or stamps) by their addresses and reach nothing else.

    ``Unprintable`` at the first complaint.
    """
    fetcher = SealedFetcher({url: one for url, one in drawings.items() if isinstance(one, str)})
    drawn = {url: one for url, one in drawings.items() if not isinstance(one, str)}
    try:
        with complaints() as heard:
            document = HTML(string=html, url_fetcher=fetcher).render(fonts(), stylesheets=[style(css)], cache=drawn)
            claim_accessibility(document)
            pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", **options)
    except FatalURLFetchingError as error:
        raise Unprintable(str(error)) from error
    if problems := [*(f"refused: {url}" for url in fetcher.refused), *heard]:
        raise Unprintable("; ".join(problems)[:500])
    return pdf


def claim_accessibility(document: Document) -> None:
    """Name PDF/UA-1 beside PDF/A-3a in the metadata; WeasyPrint itself can name one standard only."""
    describe = document.metadata.generate_rdf_metadata

    def both(*variant: object) -> bytes:
        rdf: bytes = describe(*variant)
        return rdf.replace(b"</rdf:RDF>", PDF_UA)

    document.metadata.generate_rdf_metadata = both


@contextmanager
def complaints() -> Iterator[list[str]]:
    """Collects what WeasyPrint warns of."""
    heard: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    LOGGER.addHandler(handler)
    try:
        yield heard
    finally:
        LOGGER.removeHandler(handler)


def mark_languages(page: Page, pdf: Any) -> None:
    """Give each block's structure element its language, so that a screen reader changes its voice (PDF/UA 7.2)."""
    elements = [item for item in pdf.objects if isinstance(item, dict) and item.get("S") in TAGS]
    for element, block in zip(elements, page.blocks, strict=True):
        element["Lang"] = f"({block.lang})"  # a PDF string


def mark_pages(document: Document, pdf: Any) -> None:
    """Give each structure element of a transcript the language of its page, as each language begins on a new one, and
    say of each head of a table what it is the head of; WeasyPrint does neither."""
    languages = dict(zip(pdf.page_references, map(_language, document.pages), strict=True))
    structure: Any = (one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/StructElem")
    elements = {one.reference: one for one in structure}
    for element in elements.values():
        if "Pg" in element:
            element["Lang"] = f"({languages[element['Pg']]})"
        if element["S"] == "/TH" and "A" in element:
            group = elements[elements[element["P"]]["P"]]["S"]
            element["A"]["Scope"] = "/Column" if group == "/THead" else "/Row"


def _language(page: Any) -> str:
    """The language of the section that stands on a page."""
    found = next(box for box in page._page_box.descendants() if box.element_tag == "section")
    return str(found.element.attrib["lang"])


def pack(pdf: Any) -> None:
    """Compress each stream now: pydyf would do it once for the file and once more for the file's identifier."""
    for one in pdf.objects:
        if isinstance(one, pydyf.Stream) and one.compress:
            packed = one.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            one.stream, one.compress, one.extra["Filter"] = [packed], False, "/FlateDecode"
