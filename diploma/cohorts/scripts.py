"""Under which language a name is filed of which only the letters are known. Pure."""

import unicodedata
from collections.abc import Iterable

from diploma.core.lang import Lang

_SCRIPTS = {"ARABIC": "Arab", "CYRILLIC": "Cyrl", "LATIN": "Latn"}


def language_of(name: str, spoken: Iterable[str]) -> str:
    """The first of the ``spoken`` languages (tags) in the script of the name's letters, else the first of all."""
    first = next((one for one in name if one.isalpha()), "a")
    script = _SCRIPTS.get(unicodedata.name(first, "").partition(" ")[0])
    known = [Lang(one) for one in spoken] or [Lang.EN]
    return next((one for one in known if one.script == script), known[0]).value
