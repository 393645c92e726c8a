"""Writes .ods tables, and changes of their XML."""

import datetime
import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.cohorts.nasty.rows import ALI, HEADER, VALI, Row

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(f'xmlns:{name}="{_URN}{name}:1.0"' for name in ("office", "table", "text", "style", "drawing"))
MANIFEST = (
    f'<m:manifest xmlns:m="{_URN}manifest:1.0"><m:file-entry m:full-path="content.xml">{{}}</m:file-entry></m:manifest>'
)
HIDDEN = (
    '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/>'
    "</style:style>"
)


def ods(*rows: Row, **parts: Any) -> bytes:
    """A document of one table."""
    return document(table("".join(map(row, rows))), **parts)


def document(
    tables: str, *, kind: str = TYPE, manifest: str = "", front: str = "", more: dict[str, bytes] | None = None
) -> bytes:
    """A document of these tables; ``front`` stands before the root of the content."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{front}<office:document-content {_SPACES}><office:automatic-styles>'
        f"{HIDDEN}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {
        "mimetype": kind.encode(),
        "content.xml": content.encode(),
        "META-INF/manifest.xml": MANIFEST.format(manifest).encode(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, **(more or {})}.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def table(rows: str, style: str = "shown") -> str:
    return f'<table:table table:name="List" table:style-name="{style}"><table:table-column/>{rows}</table:table>'


def row(values: Row, repeated: int = 1) -> str:
    cells = "".join(value if isinstance(value, Xml) else cell(value) for value in values)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


class Xml(str):
    """A cell as it shall stand."""


def cell(value: Any, *, repeated: int = 1, down: int = 1, across: int = 1, formula: str = "", shown: str = "") -> Xml:
    """A cell with a value of its type."""
    attributes = {"number-columns-repeated": repeated, "number-rows-spanned": down, "number-columns-spanned": across}
    tags = "".join(f' table:{name}="{count}"' for name, count in attributes.items() if count > 1)
    tags += f" table:formula={quoteattr(formula)}" if formula else ""
    match value:
        case "" | None:
            return Xml(f"<table:table-cell{tags}/>")
        case bool():
            tags += f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        case int() | float():
            tags += f' office:value-type="float" office:value="{value}"'
        case datetime.date():
            tags += f' office:value-type="date" office:date-value="{value.isoformat()}"'
        case datetime.timedelta():
            minutes = int(value.total_seconds()) // 60
            tags += f' office:value-type="time" office:time-value="PT{minutes // 60:02}H{minutes % 60:02}M00S"'
        case _:
            tags += ' office:value-type="string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in (shown or str(value)).split("\n"))
    return Xml(f"<table:table-cell{tags}>{lines}</table:table-cell>")


def covered(count: int = 1) -> Xml:
    return Xml(f'<table:covered-table-cell table:number-columns-repeated="{count}"/>')


def plain_ods() -> bytes:
    return ods(HEADER, ALI, VALI)
