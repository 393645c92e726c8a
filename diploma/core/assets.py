"""The stylesheet, the script and the fonts as a browser gets them.

``build`` joins ``static/css`` into one file and ``static/js`` into another, with what markers alone need apart, and
cuts the system's Noto fonts down to the letters of our five languages (spec/interface.md, "Decisions": no third-party
request, first visit at most 60 kB).
Nothing of what it writes is committed. Without the fonts the product works in the system's own typefaces.
"""

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FONTS = Path("/usr/share/fonts/truetype/noto")
AMIRI = "../../opentype/fonts-hosny-amiri"  # seen from there
PACKAGES = "fonts-noto-core, fonts-hosny-amiri"

SHEETS = ("tokens", "base", "layout", "frame", "parts", "forms", "tables", "pages", "print")
SCRIPTS = ("send", "menus", "forms", "dialogs", "choices", "lesson", "files", "tables", "jobs", "worksheets")
# What markers alone need is a second pair of files: a trainee's phone does not carry it.
DESK_SHEETS, DESK_SCRIPTS = ("marking", "annotations"), ("send", "marking", "annotations")
LAYERS = "@layer tokens, base, layout, parts, pages, print;"

# Latin stands in each file: names, addresses and codes are Latin in every language, so a page that fetches the fonts of
# its own script has all it needs in two requests.
MARKS = ' !"%()+,-./0123456789:;?«»“”„’–—…·•×°№\u00a0\u202f'
# ASCII, the letters of Uzbek (oʻ, gʻ, ʼ) and of Karakalpak.
LATIN = "".join(map(chr, range(0x20, 0x7F))) + MARKS + "‘ʻʼ€§©ÁáǴǵıÍíŃńÓóÚú"
# Russian, Uzbek (ў қ ғ ҳ) and Karakalpak.
CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ЁёЎўҚқҒғҲҳӘәҢңӨөҮүҺһІі"
# Arabic with its vowel marks, and the five letters that foreign names need.
ARABIC = "".join(map(chr, [*range(0x621, 0x63B), *range(0x640, 0x653), 0x670])) + "،؛؟٪٫٬پچژگڤ\u200c\u200d"

# Shaping and the placing of marks; small capitals, old-style figures and the like are dead weight here.
FEATURES = ["ccmp", "locl", "init", "medi", "fina", "isol", "rlig", "liga", "calt", "kern", "mark", "mkmk"]


class MissingFonts(Exception):
    """Font files are absent; the message names them and the Debian package that brings them."""


@dataclass(frozen=True)
class Face:
    """One ``@font-face``: the letters of ``pieces`` (family, characters) merged into ``<name>.woff2``.

    ``folder`` holds its files, seen from the folder of the Noto fonts.
    """

    family: str
    weight: int
    pieces: tuple[tuple[str, str], ...]
    folder: str = ""

    @property
    def name(self) -> str:
        """File name without suffix, as in ``arabic-400``."""
        return f"{self.family.removeprefix('UI ').lower().replace(' ', '-')}-{self.weight}"

    def sources(self, fonts: Path) -> list[Path]:
        """The system's font files this face is cut from."""
        style = {400: "Regular", 700: "Bold"}[self.weight]
        return [fonts / self.folder / f"{family}-{style}.ttf" for family, _ in self.pieces]


_UI = {
    "UI Latin": (("NotoSans", LATIN),),
    "UI Cyrillic": (("NotoSans", CYRILLIC + LATIN),),
    # The Kufi has no punctuation of its own and its figures differ: those come from Noto Sans.
    "UI Arabic": (("NotoKufiArabic", ARABIC), ("NotoSans", LATIN)),
}
FACES = (
    *(Face(family, weight, pieces) for family, pieces in _UI.items() for weight in (400, 700)),
    # Names as a certificate prints them; fetched by the page on which holders confirm theirs, and by no other.
    Face("Certificate", 400, (("NotoSerifDisplay", LATIN + CYRILLIC),)),
    Face("Certificate Arabic", 400, (("Amiri", ARABIC + LATIN),), AMIRI),
)


def build(static: Path, out: Path, fonts: Path = FONTS) -> list[Path]:
    """Write ``app.css``, ``app.js``, ``icon.svg`` and the fonts into ``out``; return the files that were written anew.

    What is up to date is left alone. ``MissingFonts`` when the system lacks a font: everything else has been written
    by then, and pages fall back on the system's typefaces.
    """
    out.mkdir(parents=True, exist_ok=True)
    missing = sorted({path.name for face in FACES for path in face.sources(fonts) if not path.is_file()})
    faces = [face for face in FACES if all(path.is_file() for path in face.sources(fonts))]
    written = [cut(face, fonts, out) for face in faces if _stale(face, fonts, out)]
    texts = {
        "app.css": minify("".join([LAYERS, *(_rule(face, out) for face in faces), stylesheet(static / "css")])),
        "app.js": thin(script(static / "js")),
        "marking.css": minify(stylesheet(static / "css", DESK_SHEETS)),
        "marking.js": thin(script(static / "js", DESK_SCRIPTS)),
        "icon.svg": (static / "icon.svg").read_text("utf-8"),
    }
    written += [out / name for name, text in texts.items() if _write(out / name, text)]
    if missing:
        raise MissingFonts(
            f"{', '.join(missing)} not found: install the Debian packages {PACKAGES}. "
            "Until then pages use the system's own fonts."
        )
    return written


def stylesheet(css: Path, sheets: Iterable[str] = SHEETS) -> str:
    """Return our style sheets joined in their order."""
    return "".join((css / f"{name}.css").read_text("utf-8") for name in sheets)


def script(js: Path, scripts: Iterable[str] = SCRIPTS) -> str:
    """Return our scripts joined in their order, inside one function: nothing of them is global."""
    parts = "".join((js / f"{name}.js").read_text("utf-8") for name in scripts)
    return f"(() => {{\n'use strict'\n{parts}}})()\n"


def minify(css: str) -> str:
    """Return ``css`` without comments and needless space; what stands between quotation marks stays as it is."""
    pieces = re.split(r'("[^"]*")', re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    for at in range(0, len(pieces), 2):
        text = re.sub(r"\s+", " ", pieces[at])
        text = re.sub(r" ?([{};,]) ?", r"\1", text)
        pieces[at] = text.replace(": ", ":").replace(";}", "}")
    return "".join(pieces).strip()


def thin(script: str) -> str:
    """Return ``script`` without indentation, empty lines and lines that are only a ``//`` comment."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def cut(face: Face, fonts: Path, out: Path) -> Path:
    """Write the ``woff2`` file of ``face`` and return its path."""
    pieces = [_subset(path, letters) for path, (_, letters) in zip(face.sources(fonts), face.pieces, strict=True)]
    font = _merge(pieces)
    font.flavor = "woff2"
    target = out / f"{face.name}.woff2"
    font.save(target)
    return target


def unicode_range(letters: str) -> str:
    """Return ``letters`` as the value of ``unicode-range``, as in ``U+20-7E,U+AB``."""
    spans: list[tuple[int, int]] = []
    for code in sorted(set(map(ord, letters))):
        if spans and code == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], code)
        else:
            spans.append((code, code))
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in spans)


def _rule(face: Face, out: Path) -> str:
    """The ``@font-face`` rule; the hash in its address lets browsers keep the file for ever."""
    file = out / f"{face.name}.woff2"
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    letters = "".join(letters for _, letters in face.pieces)
    return (
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};font-display:swap;'
        f'src:url("{file.name}?v={version}") format("woff2");unicode-range:{unicode_range(letters)}}}'
    )


def _stale(face: Face, fonts: Path, out: Path) -> bool:
    target = out / f"{face.name}.woff2"
    sources: Iterable[Path] = [*face.sources(fonts), Path(__file__)]
    return not target.is_file() or target.stat().st_mtime < max(path.stat().st_mtime for path in sources)


def _write(path: Path, text: str) -> bool:
    """Write ``text`` unless the file holds it already; say whether it was written."""
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    path.write_text(text, "utf-8")
    return True


def _subset(path: Path, letters: str) -> io.BytesIO:
    """Return the font at ``path`` with only ``letters``; without hints, which modern rasterisers do not need."""
    from fontTools import subset  # here, not above: it takes longer to load than all the rest takes to run

    options = subset.Options(layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=[1, 2])
    chosen = subset.Subsetter(options)
    chosen.populate(text=letters)
    file = io.BytesIO()
    with subset.load_font(path, options) as font:
        chosen.subset(font)
        font.save(file)
    return file


def _merge(files: list[io.BytesIO]) -> "TTFont":
    """Return one font with the letters of all; where two hold the same letter, the first one's is taken."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    first = TTFont(files[0], recalcTimestamp=False)
    if len(files) == 1:
        return first
    merged = Merger().merge(files)
    # Merging stamps the time of day; the same fonts must give the same bytes, or each build has a new address.
    merged.recalcTimestamp = False
    merged["head"].created, merged["head"].modified = first["head"].created, first["head"].modified
    return merged
