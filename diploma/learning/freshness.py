"""Which translated texts still belong to what their source says today (spec content, rule 3).

Whoever accepts a translation records, for each of its texts, a hash of the text that it was made from,
in the module's ``freshness.toml``. A text is fresh while that hash is still true. Uzbek Latin is derived
from Cyrillic (``derived_from``): what makes the Cyrillic text stale makes the Latin one stale too.
"""

import hashlib
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from diploma.core.errors import N_, Refused
from diploma.core.lang import LANGS, Lang
from diploma.learning.loader import GLOSSARY, Loaded, ModuleFiles, load

FILE = "freshness.toml"
_HEAD = "# Written by the tool when a translation is accepted; not by hand.\nformat = 1\n"


class State(StrEnum):
    """``stale``: the source changed after the translation was made, or nobody has accepted it."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"


def section_hash(text: str) -> str:
    """12 hexadecimal digits: the beginning of ``text_hash``, enough to notice a change."""
    return text_hash(text)[:12]


@lru_cache(maxsize=16384)  # the desk counts thousands of texts at each look, of which few have changed
def text_hash(text: str) -> str:
    """SHA-256 in hexadecimal; the same for texts that differ only in white space or in Unicode composition."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(folded.encode()).hexdigest()


def state(loaded: Loaded, module: str, lang: Lang) -> dict[str, State]:
    """The state of each text of a written module or the glossary in ``lang``, by the keys of the source."""
    texts = loaded.texts[module]
    states = dict.fromkeys(texts[loaded.source_language], State.FRESH)
    chain = lineage(loaded, lang)
    for origin, made in pairwise(chain):
        recorded = loaded.freshness[module].get(made, {})
        states = {
            key: _state(above, texts.get(origin, {}).get(key), texts.get(made, {}).get(key), recorded.get(key))
            for key, above in states.items()
        }
    return states


def accept(root: Path, module: str, lang: Lang, keys: Collection[str] | None = None) -> Path:
    """Record that texts of ``module`` in ``lang`` say what their source says today: those of ``keys``, else all.

    Writes the module's ``freshness.toml`` anew (the same input gives the same bytes; other languages stay
    as they are) and returns its path. ``Refused`` for an unknown module, for the source language, and
    while files of the module have mistakes, because their hashes would be lost.
    """
    loaded = load(root)
    if lang is loaded.source_language:
        raise Refused(N_("%(lang)s is the source language; only translations are accepted."), lang=lang.value)
    folder = sound(loaded, module).folder
    origin = loaded.texts[module].get(lineage(loaded, lang)[-2], {})
    there = loaded.texts[module].get(lang, {})
    before = loaded.freshness[module]
    kept = {key: value for key, value in before.get(lang, {}).items() if key not in keys} if keys is not None else {}
    chosen = [key for key in there if key in origin and (keys is None or key in keys)]
    recorded = kept | {key: section_hash(origin[key]) for key in chosen}
    path = root / folder / FILE
    path.write_text(_toml({**before, lang: recorded}), encoding="utf-8", newline="\n")
    return path


def sound(loaded: Loaded, module: str) -> ModuleFiles:
    """The files of a written module or the glossary; ``Refused`` when there are none, or some could not be read."""
    files = loaded.glossary if module == GLOSSARY else loaded.files.get(module)
    if files is None:
        raise Refused(N_("There is no written module %(module)s."), module=module)
    if any(mistake.file.startswith(f"{files.folder}/") for mistake in loaded.mistakes):
        raise Refused(N_("Files of the module %(module)s have mistakes. Mend them first."), module=module)
    return files


def _state(above: State, origin: str | None, text: str | None, recorded: str | None) -> State:
    if text is None:
        return State.MISSING
    fresh = above is State.FRESH and origin is not None and recorded == section_hash(origin)
    return State.FRESH if fresh else State.STALE


def lineage(loaded: Loaded, lang: Lang) -> list[Lang]:
    """From the source language down to ``lang``: ``en, uz-Cyrl, uz-Latn``."""
    derived = loaded.programme.derived_from if loaded.programme else {}
    chain = [lang]
    while chain[-1] in derived and derived[chain[-1]] not in chain:
        chain.append(derived[chain[-1]])
    if chain[-1] is not loaded.source_language:
        chain.append(loaded.source_language)
    return chain[::-1]


def _toml(recorded: dict[Lang, dict[str, str]]) -> str:
    tables = [
        f"\n[{lang}]\n" + "".join(f'"{key}" = "{value}"\n' for key, value in sorted(recorded[lang].items()))
        for lang in LANGS
        if recorded.get(lang)
    ]
    return _HEAD + "".join(tables)
