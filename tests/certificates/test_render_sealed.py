"""The engine reaches nothing: no address, no file, whatever stands in the document (``spec/trust.md``, 29 vectors).

Hostile HTML is fed straight to the engine, past the template that would have escaped it. Each vector asks a server on
the loopback interface, which no certificate may ever reach, or reads a file.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from diploma.certificates.drawing.fonts import write_config
from tests.certificates.specimens import DRAWINGS, OFFICIAL, diploma

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*icc:ResourceWarning")  # WeasyPrint's colour profile
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
VECTORS = {
    "image": '<img src="{url}">',
    "image with a size set": '<img srcset="{url} 1x"><picture><source srcset="{url}"><img src="{url}"></picture>',
    "object": '<object data="{url}"></object>',
    "embedded content": '<embed src="{url}">',
    "frame": '<iframe src="{url}"></iframe>',
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "icon": '<link rel="icon" href="{url}">',
    "attachment of the document": '<link rel="attachment" href="{url}">',
    "attachment of a link": '<a rel="attachment" href="{url}">x</a>',
    "import": '<style>@import url("{url}");</style>',
    "import by a string": '<style>@import "{url}";</style>',
    "background": '<p style="background: url({url})">x</p>',
    "background of the page": "<style>@page {{ background: url({url}) }}</style>",
    "background in a variable": "<style>p {{ --x: url({url}); background: var(--x) }}</style><p>x</p>",
    "list mark": '<ul style="list-style-image: url({url})"><li>x</li></ul>',
    "generated content": "<style>p::before {{ content: url({url}) }}</style><p>x</p>",
    "border image": '<p style="border: 9px solid; border-image: url({url}) 30">x</p>',
    "mask border": '<p style="mask-border-source: url({url})">x</p>',
    "font": '<style>@font-face {{ font-family: X; src: url("{url}") }} p {{ font-family: X }}</style><p>x</p>',
    "colour profile": '<style>@color-profile --x {{ src: url("{url}") }} p {{ color: color(--x 1) }}</style><p>x</p>',
    "base of relative addresses": '<base href="{url}"><img src="x.png">',
    "drawing with an image": SVG + '<image href="{url}" width="9" height="9"/></svg>',
    "drawing with an old image": SVG + '<image xlink:href="{url}" width="9" height="9"/></svg>',
    "drawing that uses another": SVG + '<use href="{url}#x"/></svg>',
    "drawing with a style sheet": SVG + '<style>@import url("{url}");</style><rect width="9" height="9"/></svg>',
    "drawing with a font": SVG + '<style>@font-face {{ font-family: X; src: url("{url}") }}</style></svg>',
    "drawing with a pattern": SVG + '<rect width="9" height="9" fill="url({url}#x)"/></svg>',
    "drawing with a filter": SVG
    + '<filter id="f"><feImage href="{url}"/></filter><rect filter="url(#f)" width="9" height="9"/></svg>',
    "script, video and form": '<script src="{url}"></script><video poster="{url}"></video>'
    '<input type="image" src="{url}"><meta http-equiv="refresh" content="0; url={url}"><body background="{url}">',
}
FETCHED = set(VECTORS) - {  # WeasyPrint knows nothing of these, or forgets them before it fetches
    "frame", "icon", "mask border", "colour profile", "drawing that uses another", "drawing with a style sheet",
    "drawing with a pattern", "drawing with a filter", "script, video and form",
}  # fmt: skip
SCHEMES = [
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "data:image/svg+xml,<svg/>",
    "ftp://127.0.0.1/x",
    "certificate:other",
    "certificate:qr?x",
    "//127.0.0.1/x",
    "/etc/passwd",
    "../../etc/passwd",
    "jar:file:///x!/y",
    "http://[::1]/",
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The module with WeasyPrint, loaded under the private font configuration."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "FONTCONFIG_FILE", str(write_config(tmp_path_factory.mktemp("fonts"))))
        from diploma.certificates.drawing import render

        yield render


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """Its address, and the paths that have been asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", asked
        http.shutdown()


def draw(engine: ModuleType, body: str, drawings: dict[str, str]) -> bytes:
    return bytes(engine.to_pdf(f'<html lang="en"><title>x</title><body>{body}', drawings))


def test_there_are_29_vectors() -> None:
    assert len(VECTORS) == 29


@pytest.mark.parametrize("name", VECTORS)
def test_no_vector_reaches_the_server(engine: ModuleType, server: tuple[str, list[str]], name: str) -> None:
    address, asked = server
    asked.clear()
    with suppress(engine.Unprintable):
        draw(engine, VECTORS[name].format(url=f"{address}/{name.replace(' ', '-')}.svg"), {})
    assert asked == []


@pytest.mark.parametrize("name", sorted(FETCHED))
def test_a_document_that_reaches_out_is_not_drawn(engine: ModuleType, name: str) -> None:
    with pytest.raises(engine.Unprintable, match="refused: http://127"):
        draw(engine, VECTORS[name].format(url="http://127.0.0.1/x.svg"), {})


@pytest.mark.parametrize("name", sorted(FETCHED))
def test_a_document_that_reads_a_file_is_not_drawn(engine: ModuleType, tmp_path: Path, name: str) -> None:
    (tmp_path / "x.svg").write_text(SVG + "</svg>")
    with pytest.raises(engine.Unprintable, match="refused: file:///"):
        draw(engine, VECTORS[name].format(url=(tmp_path / "x.svg").as_uri()), {})


@pytest.mark.parametrize("url", SCHEMES)
def test_no_other_scheme_or_relative_address_helps(engine: ModuleType, url: str) -> None:
    with pytest.raises(engine.Unprintable):
        draw(engine, f'<img src="{url}" alt="x">', {"certificate:qr": SVG + "</svg>"})


def test_a_drawing_of_ours_cannot_reach_out_either(engine: ModuleType) -> None:
    """WeasyPrint swallows the fetcher's error there; the list of refusals remembers it."""
    drawing = SVG + '<image href="http://127.0.0.1/x.png" width="9" height="9"/></svg>'
    with pytest.raises(engine.Unprintable, match="refused: http://127"):
        draw(engine, '<img src="certificate:qr" alt="x">', {"certificate:qr": drawing})


def test_a_drawing_cannot_name_a_file_by_an_entity(engine: ModuleType) -> None:
    drawing = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>{SVG}<text>&x;</text></svg>'
    with pytest.raises(engine.Unprintable, match="Failed to load image"):
        draw(engine, '<img src="certificate:qr" alt="x">', {"certificate:qr": drawing})


def test_a_refusal_is_final_even_when_the_engine_forgives_it(engine: ModuleType) -> None:
    fetcher = engine.SealedFetcher({"certificate:qr": "<svg/>"})
    assert fetcher.fetch("certificate:qr").read() == b"<svg/>"
    for call in (fetcher.fetch, fetcher.open, fetcher):
        with pytest.raises(engine.FatalURLFetchingError):
            call("http://127.0.0.1/")
    assert fetcher.refused == ["http://127.0.0.1/"] * 3


def test_every_warning_stops_the_rendering(engine: ModuleType) -> None:
    with pytest.raises(engine.Unprintable, match="Ignored `colour: red`"):
        draw(engine, '<p style="colour: red">x</p>', {})


def test_the_style_sheet_warns_of_nothing(engine: ModuleType) -> None:
    engine.style.cache_clear()
    with engine.complaints() as heard:
        engine.style()
    assert heard == []


def test_a_certificate_itself_is_drawn_without_a_complaint(engine: ModuleType) -> None:
    assert engine.render(diploma(specimen=True, **OFFICIAL), DRAWINGS).startswith(b"%PDF-1.7")
