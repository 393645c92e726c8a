"""A drawing of strangers: only shapes get through, written anew; everything else is refused with line and reason."""

import re

import pytest

from diploma.core import vectors
from diploma.core.vectors import Refused, read

NS = 'xmlns="http://www.w3.org/2000/svg"'
RECT = '<rect width="9" height="9"/>'


def svg(inside: str, attributes: str = 'viewBox="0 0 100 50"') -> bytes:
    return f"<svg {NS} {attributes}>\n{inside}</svg>".encode()


def test_shapes_are_written_anew() -> None:
    drawing = read(
        svg('<g id="x" transform="rotate(45,50 50)"><path fill="#FFF" d="M10-20.5.5 1 2 3a5 5 0 01-10-1e1z"/></g>')
    )
    path = "<path d='M10 -20.5L0.5 1L2 3a5 5 0 0 1 -10 -10z' fill='#fff'/>"
    assert drawing.shapes == f"<g transform='rotate(45 50 50)'>{path}</g>"
    assert drawing.box == "0 0 100 50"


@pytest.mark.parametrize(
    "shape",
    [
        RECT,
        '<rect x="-1" y="1" width="1" height="1" rx="1" ry=".5" fill="none" stroke="#000" stroke-width="2"/>',
        '<circle cx="5" cy="5" r="5" stroke-dasharray="2.4, 3.9" stroke-linecap="round"/>',
        '<ellipse cx="5" cy="5" rx="5" ry="3" stroke-linejoin="bevel" stroke-miterlimit="4"/>',
        '<polygon points="0,0 1,0 1,1" fill-rule="evenodd"/><polyline points="0 0 1 1"/>',
        '<path d="M0 0H1V1h-1v-1l1 1C1 1 1 1 2 2S3 3 4 4Q5 5 6 6T7 7 8 8Z m1 1"/>',
        '<g transform="translate(1) scale(2 3)"><g transform="matrix(1 0 0 1 0 0) skewX(3)"><path d="M0 0"/></g></g>',
        "<!-- made by hand -->" + RECT,
    ],
)
def test_what_is_read_again_is_the_same(shape: str) -> None:
    drawing = read(svg(shape))
    assert read(drawing.svg()) == drawing


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ('<image href="http://127.0.0.1/x.png"/>', "<image> is not one of"),
        ('<use href="#x"/>', "<use> is not one of"),
        ("<script>alert(1)</script>", "<script> is not one of"),
        ("<style>*{fill:red}</style>", "<style> is not one of"),
        ("<text>Ministry</text>", "<text> is not one of"),
        ("<defs/>", "<defs> is not one of"),
        ('<linearGradient id="g"/>', "<linearGradient> is not one of"),
        ("<foreignObject/>", "<foreignObject> is not one of"),
        ('<animate attributeName="x"/>', "<animate> is not one of"),
        ("<a>" + RECT + "</a>", "<a> is not one of"),
        (f"<svg {NS}/>", "<svg> cannot stand here"),
        ('<rect xmlns="http://www.w3.org/1999/xhtml"/>', "<rect> cannot stand here"),
        ('<rect width="9" height="9" style="fill:url(http://x)"/>', "style of <rect> is not allowed"),
        ('<rect width="9" height="9" class="a"/>', "class of <rect> is not allowed"),
        ('<rect width="9" height="9" onclick="x()"/>', "onclick of <rect> is not allowed"),
        ('<rect width="9" height="9" opacity=".5"/>', "opacity of <rect> is not allowed"),
        ('<rect width="9" height="9" fill-opacity=".5"/>', "fill-opacity of <rect> is not allowed"),
        ('<rect width="9" height="9" clip-path="url(#c)"/>', "clip-path of <rect> is not allowed"),
        ('<rect width="9" height="9" filter="url(#c)"/>', "filter of <rect> is not allowed"),
        ('<rect width="9" height="9" xmlns:x="http://www.w3.org/1999/xlink" x:href="#a"/>', "href of <rect>"),
        ('<rect width="9" height="9" fill="url(#g)"/>', "fill of <rect>: 'url(#g)' is not a colour"),
        ('<rect width="9" height="9" fill="currentColor"/>', "fill of <rect>"),
        ('<rect width="9" height="9" fill="#12345678"/>', "fill of <rect>"),
        ('<rect width="9" height="9" stroke="rgba(0,0,0,.5)"/>', "stroke of <rect>"),
        ('<rect width="-9" height="9"/>', "width of <rect>: '-9' is less than nothing"),
        ('<rect width="9em" height="9"/>', "width of <rect>: '9em' is not a number"),
        ('<rect width="1e9" height="9"/>', "width of <rect>: '1e9' is not a number up to"),
        ('<rect width="nan" height="9"/>', "width of <rect>: 'nan' is not a number"),
        ('<path d="L0 0"/>', "d of <path>: 'L0 0' is not a step"),
        ('<path d="M0"/>', "d of <path>: '' is not what follows M"),
        ('<path d="M0 0a1 1 0 2 1 3 3"/>', "is not what follows a"),
        ('<path d="M0 0 B"/>', "'B' is not a step"),
        ('<polygon points="0 0 1"/>', "points are pairs"),
        ('<g transform="translate(1 2 3)"/>', "is not a transformation"),
        ('<g transform="url(1)"/>', "is not a transformation"),
        ('<g transform="rotate(1"/>', "is not a transformation"),
        ('<rect width="9" height="9" stroke-linecap="wide"/>', "is none of butt, round, square"),
        ("Ministry" + RECT, "the text 'Ministry'"),
        ("<![CDATA[x]]>" + RECT, "CDATA are not allowed"),
        ("<?xml-stylesheet href='x'?>" + RECT, "instructions and CDATA are not allowed"),
        (RECT * 200, "more than 200 elements"),
        ("<g>" * 8 + "</g>" * 8, "or 8 within each other"),
        ("", "a drawing has a viewBox and shapes"),
        ("<rect>", "not XML"),
        ('<path d="M0 0' + "l1.234 5.678" * 900 + '"/>', "larger than 10 kB even when"),
    ],
)
def test_anything_else_is_refused_with_its_reason(inside: str, reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        read(svg(inside))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "not XML"),
        (b"\x89PNG\r\n", "not XML"),
        (f"<html {NS}/>".encode(), "<html> cannot stand here"),
        (b"<svg viewBox='0 0 1 1'/>", "<svg> cannot stand here"),
        (svg(RECT, 'width="10" height="10"'), "a drawing has a viewBox"),
        (svg(RECT, 'viewBox="0 0 0 10"'), "the viewBox has four numbers"),
        (svg(RECT, 'viewBox="0 0 10"'), "the viewBox has four numbers"),
        (svg(RECT, 'viewBox="0 0 9 9" onload="x()"'), "onload of <svg> is not allowed"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "document types, entities"),
        (b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + svg(RECT), "document types, entities"),
        (svg(RECT) + b" " * vectors.MOST_BYTES, "larger than 64 kB"),
        ('<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16") + svg(RECT), "not XML"),
    ],
)
def test_any_other_file_is_refused(file: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        read(file)


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(Refused) as refused:
        read(svg(f"{RECT}\n{RECT}\n<text/>"))
    assert refused.value.line == 4


def test_the_size_on_a_screen_is_forgotten() -> None:
    assert read(svg(RECT, 'width="3cm" height="3cm" version="1.1" viewBox="0 0 9 9"')) == read(
        svg(RECT, 'viewBox="0 0 9 9"')
    )


def test_a_drawing_within_a_page_is_cut_at_its_frame() -> None:
    placed = read(svg('<circle r="900"/>')).at(1, 2.5, 3, 4)
    assert placed == "<svg x='1' y='2.5' width='3' height='4' viewBox='0 0 100 50'><circle r='900'/></svg>"
