"""How far each text has come in one language. Pure.

The files say what a text is and which source it was made from (``freshness``); records say who read this very text.
What the files say in ``status`` is a claim and no more: see ``requirements``.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diploma.core.lang import LANGS, Lang
from diploma.learning import freshness
from diploma.learning.freshness import State, text_hash
from diploma.learning.loader import GLOSSARY, Loaded
from diploma.learning.structure import Act, Status

# (module, language) → what was done there: key, act, hash of the source, hash of the text
Held = Mapping[tuple[str, Lang], Collection[tuple[str, Act, str, str]]]


class Standing(StrEnum):
    """How far a text has come, the least first. Only a fresh text can be a draft, reviewed or approved."""

    MISSING = "missing"
    STALE = "stale"
    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"

    @property
    def status(self) -> Status:
        """What readers are told: a stale text is a draft, whoever read it before its source changed."""
        return Status(self) if self in (Standing.REVIEWED, Standing.APPROVED) else Status.DRAFT


@dataclass(frozen=True)
class Text:
    """One text of a module in ``lang``.

    ``source`` is what it is made from, ``text`` what it says; both are empty when they are missing. ``source_hash``
    covers every text above it: for Uzbek Latin the English and the Cyrillic one.
    """

    module: str
    lang: Lang
    key: str
    source: str
    text: str
    source_hash: str
    text_hash: str
    standing: Standing


def modules(loaded: Loaded) -> list[str]:
    """What can be translated: the written modules, and the glossary when there is one."""
    return [*loaded.modules, *([GLOSSARY] if loaded.glossary else [])]


def languages(loaded: Loaded) -> list[Lang]:
    return [lang for lang in LANGS if lang is not loaded.source_language]


def texts(loaded: Loaded, module: str, lang: Lang, held: Held) -> dict[str, Text]:
    """All texts that ``module`` has in its source language, by key, as they stand in ``lang``."""
    states = freshness.state(loaded, module, lang)
    *above, _own = [loaded.texts[module].get(one, {}) for one in freshness.lineage(loaded, lang)]
    done: dict[tuple[str, str, str], set[Act]] = {}
    for key, act, source_hash, own_hash in held.get((module, lang), ()):
        done.setdefault((key, source_hash, own_hash), set()).add(act)
    found = {}
    for key, state in states.items():
        text = loaded.texts[module].get(lang, {}).get(key, "")
        source_hash = text_hash("\n".join(one.get(key, "") for one in above))
        own_hash = text_hash(text) if text else ""
        standing = _standing(state, done.get((key, source_hash, own_hash), ()))
        found[key] = Text(module, lang, key, above[-1].get(key, ""), text, source_hash, own_hash, standing)
    return found


def counts(found: Iterable[Text]) -> dict[Standing, int]:
    """How many texts stand where."""
    number = Counter(one.standing for one in found)
    return {standing: number[standing] for standing in Standing}


def lowest(found: Iterable[Text]) -> Status:
    """The status of a whole: the lowest of the texts that are there. What is missing is read in another language."""
    there = [one.standing.status for one in found if one.text]
    return min(there, key=lambda status: status.rank, default=Status.DRAFT)


def _standing(state: State, acts: Collection[Act]) -> Standing:
    if state is not State.FRESH:
        return Standing(state.value)
    read = (one for one in (Act.APPROVED, Act.REVIEWED) if one in acts)
    return Standing(next(read, Standing.DRAFT))
