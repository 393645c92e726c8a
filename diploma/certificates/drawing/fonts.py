"""The exact font files of a certificate, and a private fontconfig that knows no others.

With only these files in sight a letter that they lack is missing by name, instead of being borrowed from whatever
else the machine has installed, and every machine draws the same page (``spec/certificates.md``, Rendering).
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from diploma.certificates.drawing import wording
from diploma.certificates.snapshot import Snapshot
from diploma.core.errors import N_, Unavailable

FACES: Mapping[str, str] = {
    "text": "NotoSerif-Regular.ttf",
    "display": "NotoSerifDisplay-Regular.ttf",
    "arabic": "Amiri-Regular.ttf",
}
PACKAGES = ("fonts-noto-core", "fonts-hosny-amiri")  # of Debian and Ubuntu
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class FontsMissing(Unavailable):
    """Fonts of the certificates are not installed; the message names them and the packages that bring them."""

    status = 409  # trying again in a few seconds does not help


@lru_cache
def font_files() -> dict[str, Path]:
    """The file of each face. :class:`FontsMissing` when one is not installed; the next call looks again."""
    faces = {name: face for face, name in FACES.items()}
    installed = (path for folder in FOLDERS for path in sorted(folder.rglob("*.ttf")) if path.name in faces)
    found = {faces[path.name]: path for path in installed}
    if missing := [name for face, name in FACES.items() if face not in found]:
        raise FontsMissing(
            N_("The server lacks fonts for certificates (%(fonts)s). Its operator has to install %(packages)s."),
            fonts=", ".join(missing),
            packages=", ".join(PACKAGES),
        )
    return found


@lru_cache
def font_set_hash() -> str:
    """SHA-256 over names and contents of the font files: the same hash, the same letters on paper."""
    digest = hashlib.sha256()
    for face, path in sorted(font_files().items()):
        digest.update(f"{face} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def write_config(cache: Path) -> Path:
    """Write a fontconfig file for these fonts alone into ``cache``; the path is a value for ``FONTCONFIG_FILE``.

    :class:`FontsMissing` when it cannot.
    """
    # Renderers may share the folder and start at once: what is there already stays as it is.
    folder, config = cache / f"fonts-{font_set_hash()[:16]}", cache / "fonts.conf"
    text = CONFIG.format(fonts=folder, cache=cache / "fontconfig")
    folder.mkdir(parents=True, exist_ok=True)
    for path in font_files().values():
        with suppress(FileExistsError):
            (folder / path.name).symlink_to(path)
    if not config.exists() or config.read_text() != text:
        whole = cache / f"fonts-{secrets.token_hex(8)}.conf"  # nobody reads half a file
        whole.write_text(text)
        whole.replace(config)
    return config


def missing_glyphs(snapshot: Snapshot) -> dict[str, str]:
    """Each printed text that the fonts cannot draw, with the characters that are missing; empty when all can be drawn.

    To be asked before a number is allocated: a certificate with a hole in a name must not exist.
    """
    missing = {}
    for lang, text in wording.printed(snapshot):
        faces = ("arabic",) if lang == "ar" else ("text", "display")
        holes = {char for face in faces for char in text if ord(char) not in characters(face)}
        if drawn := "".join(sorted(char for char in holes if unicodedata.category(char) != "Cf")):
            missing[text] = drawn
    return missing


@lru_cache
def characters(face: str) -> frozenset[int]:
    """The code points that a face has a glyph for."""
    with TTFont(font_files()[face], lazy=True) as font:
        return frozenset(font.getBestCmap())
