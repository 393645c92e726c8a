"""The exact fonts: found, fingerprinted, and asked for each letter before anything is numbered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diploma.certificates.drawing import fonts
from diploma.certificates.drawing.fonts import FontsMissing
from diploma.certificates.snapshot import BANDS
from tests.certificates.specimens import FIVE, LONG, USUAL, assessor, attendance, diploma, module


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without fonts."""
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    fonts.font_files.cache_clear()
    yield
    fonts.font_files.cache_clear()


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder with copies of the fonts, which a test may change."""
    for path in fonts.font_files().values():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    fonts.font_files.cache_clear()
    fonts.font_set_hash.cache_clear()
    yield tmp_path
    fonts.font_files.cache_clear()
    fonts.font_set_hash.cache_clear()


def test_the_fonts_are_installed_here() -> None:
    assert set(fonts.font_files()) == set(fonts.FACES)


@pytest.mark.usefixtures("bare_machine")
def test_missing_fonts_are_named_with_their_packages() -> None:
    with pytest.raises(
        FontsMissing, match=r"\(NotoSerif-Regular.ttf, .*\).* install fonts-noto-core, fonts-hosny-amiri"
    ):
        fonts.font_files()


@pytest.mark.usefixtures("bare_machine")
def test_fonts_that_are_installed_meanwhile_are_found_without_a_new_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FontsMissing):
        fonts.font_files()
    monkeypatch.undo()
    assert set(fonts.font_files()) == set(fonts.FACES)


@pytest.mark.usefixtures("bare_machine")
def test_no_configuration_is_written_without_fonts(tmp_path: Path) -> None:
    fonts.font_set_hash.cache_clear()
    with pytest.raises(FontsMissing):
        fonts.write_config(tmp_path)


def test_the_configuration_shows_these_fonts_only(tmp_path: Path) -> None:
    config = fonts.write_config(tmp_path).read_text()
    (folder,) = tmp_path.glob("fonts-*")
    assert config.count("<dir>") == 1
    assert f"<dir>{folder}</dir>" in config
    assert {path.name for path in folder.iterdir()} == set(fonts.FACES.values())


def test_a_second_renderer_finds_the_configuration_as_it_is(tmp_path: Path) -> None:
    before = fonts.write_config(tmp_path).stat().st_mtime_ns
    assert fonts.write_config(tmp_path).stat().st_mtime_ns == before


def test_the_same_fonts_elsewhere_have_the_same_hash(copies: Path) -> None:
    here = fonts.font_set_hash()
    fonts.font_set_hash.cache_clear()
    (copies / "Amiri-Regular.ttf").write_bytes((copies / "Amiri-Regular.ttf").read_bytes() + b"\0")
    assert fonts.font_set_hash() != here


@pytest.mark.parametrize("make", [diploma, module, attendance, assessor])
def test_all_our_own_sentences_can_be_drawn(make: Any) -> None:
    assert fonts.missing_glyphs(make(FIVE, names=LONG)) == {}


@pytest.mark.parametrize("band", BANDS)
def test_every_band_can_be_drawn(band: str) -> None:
    assert fonts.missing_glyphs(diploma(FIVE, band=band)) == {}


@pytest.mark.parametrize(
    ("lang", "name", "missing"),
    [
        ("en", "Dilnoza 王", "王"),
        ("uz-Latn", "Oʻrol ☺☃", "☃☺"),
        ("ar", "ديلنوزا №", "№"),
        ("ru", "Дилноза ديل", "ديل"),
    ],
)
def test_letters_without_a_glyph_are_named(lang: str, name: str, missing: str) -> None:
    assert fonts.missing_glyphs(diploma(FIVE, names=USUAL | {lang: name})) == {name: "".join(sorted(missing))}


def test_a_joiner_needs_no_glyph() -> None:
    assert fonts.missing_glyphs(diploma(["ar"], names={"ar": "سلام\u200cعلي"})) == {}


def test_only_the_languages_of_the_certificate_count() -> None:
    assert fonts.missing_glyphs(diploma(["en"], names=USUAL | {"ru": "王"})) == {}
