"""Takes the name of its writer out of a PDF: properties, metadata, authors of comments, attachments.

The text of the pages and of the comments stays as it is. Other kinds are not opened: too many places of an office
document name people.
"""

import io
from contextlib import suppress

import pikepdf

MOST_PAGES = 1_000
_ABOUT = ("/Metadata", "/PieceInfo", "/LastModified")


def without_names(data: bytes) -> bytes | None:
    """The PDF without what names a person beside its pages; ``None`` when that cannot be said of it."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted or not 0 < len(pdf.pages) <= MOST_PAGES:
                return None
            _scrub(pdf)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError):
        return None
    return out.getvalue()


def _scrub(pdf: pikepdf.Pdf) -> None:
    with suppress(KeyError):
        del pdf.trailer["/Info"]
    for key in (*_ABOUT, "/Collection", "/AF"):
        _drop(pdf.Root, key)
    if "/Names" in pdf.Root:
        _drop(pdf.Root["/Names"], "/EmbeddedFiles")
    for page in pdf.pages:
        for key in _ABOUT:
            _drop(page.obj, key)
        for note in page.obj.get("/Annots", []):
            if isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") != "/Widget":  # /T of a field is its name
                _drop(note, "/T")
                _drop(note, "/FS")


def _drop(holder: pikepdf.Object, key: str) -> None:
    if key in holder:
        del holder[key]
