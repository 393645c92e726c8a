"""The feedback PDF of a work: its text with numbered passages, what was said, and its PDF files with the notes in them.

The leaf is a template of ours, put into words in the reader's language; ``binding`` makes the file in a sealed process.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diploma.core import sealed
from diploma.core.assets import FONTS
from diploma.core.errors import N_, Unavailable
from diploma.core.lang import Lang
from diploma.coursework.annotations.models import Annotation

SECONDS = 60.0  # on the clock
STYLE = Path(__file__).parent / "feedback.css"
CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Bound:
    """A PDF file of the work with the notes in it; ``number`` counts all files of the work from 1."""

    number: int
    path: Path
    notes: Sequence[Annotation]


def make(
    html: str, files: Sequence[Bound], numbers: Mapping[int, int], authors: Mapping[int, str], *,
    title: str, lang: Lang, cache: Path
) -> bytes:  # fmt: skip
    """The file. ``numbers`` are those of the notes, ``authors`` the names that may be told, by the ids of notes."""
    asked = {
        "html": html,
        "css": STYLE.read_text("utf-8"),
        "files": [
            {
                "number": one.number,
                "path": str(one.path.resolve()),
                "notes": [_note(note, numbers, authors) for note in one.notes],
            }
            for one in files
        ],
        "title": title,
        "lang": lang.value,
    }
    try:
        return sealed.run(
            "diploma.coursework.annotations.binding",
            json.dumps(asked).encode(),
            seconds=SECONDS,
            variables={"FONTCONFIG_FILE": str(_fonts(cache)), "HOME": str(cache)},
        )
    except (sealed.Busy, sealed.Ended) as error:
        raise Unavailable(N_("The feedback PDF cannot be made at the moment. Try again in a minute.")) from error


def _note(note: Annotation, numbers: Mapping[int, int], authors: Mapping[int, str]) -> dict[str, Any]:
    place = {name: getattr(note, name) for name in ("page", "x", "y", "w", "h", "text")}
    return {**place, "number": numbers[note.id], "author": authors.get(note.id, "")}


def _fonts(cache: Path) -> Path:
    """A font configuration that knows our fonts alone, with a memory of its own."""
    cache.mkdir(parents=True, exist_ok=True)
    # All of Noto: a comment may be in any script.
    config, text = cache / "fonts.conf", CONFIG.format(fonts=FONTS, cache=cache / "fontconfig")
    if not config.exists() or config.read_text() != text:
        config.write_text(text)
    return config
