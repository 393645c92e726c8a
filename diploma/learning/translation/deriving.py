"""Makes the draft of Uzbek Latin from the Cyrillic text, and leaves alone what was corrected by hand.

A Latin text counts as corrected when it says something else than the rules make of the Cyrillic text from which it was
accepted. When that text changes, the correction belongs to words that are gone: the draft is made anew.
"""

from dataclasses import dataclass, field
from pathlib import Path

from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.learning import freshness, loader
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.freshness import section_hash
from diploma.learning.loader import Loaded
from diploma.learning.translation import writing
from diploma.learning.translation.latin import latin
from diploma.learning.translation.workbooks import tidy

ORIGIN, DERIVED = Lang.UZ_CYRL, Lang.UZ_LATN


@dataclass
class Derived:
    """Keys of the texts: ``written`` anew, ``kept`` as they were corrected, and ``same``, which say it already."""

    written: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


def derive(root: Path, module: str, *, force: bool = False) -> Derived:
    """Write the Latin draft of a module into its files; ``force`` takes corrected texts as well.

    When the course would get a mistake by it, nothing is written and ``mistakes`` says why.
    """
    with writing.locked(root):
        loaded = loader.load(root)
        freshness.sound(loaded, module)
        if loaded.programme is None or loaded.programme.derived_from.get(DERIVED) is not ORIGIN:
            raise Refused(N_("programme.toml does not say that uz-Latn is derived from uz-Cyrl."))
        made = plan(loaded, module, force=force)
        texts = {(module, key): text for key, text in made.written.items()}
        with writing.copy_of(root) as copy:
            writing.edit(copy, loaded, DERIVED, texts)
            after = loader.load(copy)
            found = writing.new_mistakes(*(writing.mistakes(one, texts) for one in (loaded, after)))
            made.mistakes = [one for one in found if not one.warning]
            if not made.mistakes:
                writing.accept(copy, DERIVED, {(module, key) for key in (*made.written, *made.same)})
                writing.take_over(copy, root)
    return made


def plan(loaded: Loaded, module: str, *, force: bool = False) -> Derived:
    """Which Latin texts of a module would be written, and which are somebody's corrections."""
    origin, derived = (loaded.texts[module].get(lang, {}) for lang in (ORIGIN, DERIVED))
    accepted = loaded.freshness[module].get(DERIVED, {})
    made = Derived()
    for key, text in origin.items():
        draft, there = latin(text), derived.get(key)
        if there is not None and tidy(there) == tidy(draft):
            made.same.append(key)
        elif there is not None and accepted.get(key) == section_hash(text) and not force:
            made.kept.append(key)
        else:
            made.written[key] = draft
    return made
