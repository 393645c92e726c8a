"""What a browser fetches: the stylesheet, the script and the fonts cut for our five languages."""

import gzip
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from config import ROOT
from diploma.core import assets

STATIC = Path(__file__).parents[2] / "static"
LETTERS = {
    "latin": "Government Oʻzbekiston maʼno gʻoya “quoted” 62.5%",
    "cyrillic": "Ёлка Щука Ўзбекистон қишлоқ ғоя ҳужжат «кавычки» 62,5 %",
    "arabic": "دبلوم الابتكار الحكومي، مهمّة؟ «رقماً» 2026",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("static") / "build"
    assets.build(STATIC, out)
    return out


def test_a_second_build_writes_nothing(built: Path) -> None:
    assert assets.build(STATIC, built) == []


def test_a_changed_sheet_is_written_anew(built: Path, tmp_path: Path) -> None:
    shutil.copytree(STATIC / "css", tmp_path / "css")
    shutil.copytree(STATIC / "js", tmp_path / "js")
    shutil.copy(STATIC / "icon.svg", tmp_path)
    out = shutil.copytree(built, tmp_path / "build")
    with (tmp_path / "css" / "print.css").open("a") as sheet:
        sheet.write("@layer print { a { color: red } }")
    assert assets.build(tmp_path, Path(out)) == [tmp_path / "build" / "app.css"]


def test_a_missing_font_is_named_with_its_package(tmp_path: Path) -> None:
    with pytest.raises(assets.MissingFonts, match=r"NotoKufiArabic-Regular\.ttf.*fonts-noto-core"):
        assets.build(STATIC, tmp_path / "build", fonts=tmp_path)


def test_without_fonts_the_pages_keep_the_typefaces_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(assets.MissingFonts):
        assets.build(STATIC, tmp_path / "build", fonts=tmp_path)
    css = (tmp_path / "build" / "app.css").read_text("utf-8")
    assert "@font-face" not in css
    assert "system-ui" in css


@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("script", LETTERS)
def test_a_font_holds_the_letters_of_its_script(built: Path, script: str, weight: int) -> None:
    with TTFont(built / f"{script}-{weight}.woff2") as font:
        assert set(map(ord, LETTERS[script])) <= set(font.getBestCmap())


def test_arabic_letters_still_join(built: Path) -> None:
    with TTFont(built / "arabic-400.woff2") as font:
        features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert features >= {"init", "medi", "fina", "rlig"}


def test_the_same_fonts_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    for face in assets.FACES:
        assert assets.cut(face, assets.FONTS, tmp_path).read_bytes() == (built / f"{face.name}.woff2").read_bytes()


@pytest.mark.parametrize("script", ["latin", "cyrillic", "arabic"])
def test_a_first_visit_leaves_a_quarter_of_the_budget_to_the_page(built: Path, script: str) -> None:
    fonts = sum(path.stat().st_size for path in built.glob(f"{script}-*.woff2"))
    texts = sum(len(gzip.compress((built / name).read_bytes())) for name in ("app.css", "app.js", "icon.svg"))
    assert fonts + texts <= 45_000


def test_a_range_names_single_letters_and_runs() -> None:
    assert assets.unicode_range("cab«") == "U+61-63,U+AB"


def test_a_small_sheet_means_the_same() -> None:
    sheet = 'a > b :is(c, d) {\n  content: " ; : { ";  /* why */\n  inset: 0 ; margin: calc(1px + 2px);\n}\n'
    assert assets.minify(sheet) == 'a > b :is(c,d){content:" ; : { ";inset:0;margin:calc(1px + 2px)}'


def test_every_script_is_part_of_a_file_that_is_built() -> None:
    assert {file.stem for file in (ROOT / "static" / "js").glob("*.js")} == {*assets.SCRIPTS, *assets.DESK_SCRIPTS}


def test_what_markers_alone_need_weighs_little(built: Path) -> None:
    assert (
        sum(len(gzip.compress((built / name).read_bytes())) for name in ("marking.css", "marking.js")) <= 6_000
    )  # keys and saving of the desk, and passages


def test_a_thin_script_keeps_its_code() -> None:
    assert assets.thin("// why\n(() => {\n  go('//x') // here\n\n})()\n") == "(() => {\ngo('//x') // here\n})()\n"
