"""Drawings as PDF operators: every shape can be written, and WeasyPrint draws the same from SVG."""

import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pypdfium2
import pytest
from PIL import Image, ImageChops

from diploma.certificates.drawing import ink, ornament
from diploma.certificates.drawing.ornament import Shape, Shapes
from tests.certificates.specimens import diploma

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*icc:ResourceWarning")  # WeasyPrint's colour profile
DRAWINGS = {
    "rich border": ornament.rich_border(),
    "plain border": ornament.plain_border(),
    "seal": ornament.seal("7K3M9QRT2VWX4YZ8", 148.5, 105, 60),
    "marks": ornament.mark(40, 40, 20, turned=True) + ornament.mark(140, 40, 20, turned=False),
    "small ones": ornament.divider(148, 105, 55) + ornament.points([(20, 20)]) + ornament.rules([(30, 90, 150)]),
}


def test_points_are_absolute() -> None:
    assert ink.lines("M1 2l3 4l-0.5 0.25H9V1h2z") == "1 2 m\n4 6 l\n3.5 6.25 l\n9 6.25 l\n9 1 l\n11 1 l\nh"


def test_a_shape_has_a_graphics_state_of_its_own() -> None:
    written = ink.operators(Shape("M1 2H3", "#ff8000", 0.5, "none", "1 2"))
    assert written == "q\n1 0.502 0 RG\n0.5 w\n[1 2] 0 d\n4 M\n1 2 m\n3 2 l\nS\nQ"


def test_what_is_not_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        ink.lines("M1 2C1 2 3 4 5 6")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    from diploma.certificates.drawing.fonts import write_config

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(write_config(tmp_path_factory.mktemp("fonts"))))
        from diploma.certificates.drawing import render

        yield render


def svg(drawing: Shapes) -> str:
    return ornament.svg_of(drawing, ornament.WIDTH, ornament.HEIGHT)


def picture(engine: ModuleType, drawing: object) -> Image.Image:
    body = '<html lang="en"><title>x</title><body><main>'
    with pypdfium2.PdfDocument(io.BytesIO(engine.to_pdf(body, {"certificate:drawing": drawing}))) as document:
        return document[0].render(scale=2).to_pil().convert("L")  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_page_looks_as_if_it_had_been_drawn_from_svg(engine: ModuleType, name: str) -> None:
    ours, theirs = (picture(engine, make(DRAWINGS[name])) for make in (ink.Ink, svg))
    assert ours.getextrema()[0] < 200, "nothing was drawn"
    difference = ImageChops.difference(ours, theirs)
    assert sum(difference.histogram()[64:]) == 0  # of 255: rounding moves the edge of a line by less than that


def test_what_all_certificates_share_is_made_once(engine: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.render(diploma(), {})
    parsed, written = [], []
    monkeypatch.setattr(engine, "CSS", lambda **_: parsed.append(1))
    monkeypatch.setattr(engine, "FontConfiguration", lambda: parsed.append(1))
    monkeypatch.setattr(engine, "Environment", lambda **_: parsed.append(1))
    monkeypatch.setattr(ink, "lines", lambda d: written.append(len(d)) or "")
    engine.render(diploma(token="0" * 16), {})
    assert parsed == []
    assert len(written) <= 8 and max(written) < 600, "the border was translated again"


def test_packing_changes_no_byte(engine: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = engine.render(diploma(), {})
    monkeypatch.setattr(engine, "pack", lambda _: None)
    assert engine.render(diploma(), {}) == packed


def test_a_drawing_leaves_no_trace_in_the_next_document(engine: ModuleType, tmp_path: Path) -> None:
    first = engine.render(diploma(), {})
    engine.render(diploma(["en"], specimen=True), {})
    assert engine.render(diploma(), {}) == first
