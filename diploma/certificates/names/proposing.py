"""What a holder is shown where they have not confirmed a name yet: never stored, never printed. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diploma.certificates import rules
from diploma.certificates.names import letters
from diploma.core.lang import Lang
from diploma.core.text import normal

Names = Mapping[Lang, str]
Way = Callable[[str], str]
_L = Lang


def _through(*ways: Way) -> Way:
    def go(name: str) -> str:
        for way in ways:
            name = way(name)
        return name

    return go


def _as_it_stands(name: str) -> str:
    return name


# For each language the others from which its spelling may be guessed, the nearest first. Uzbek knows its own letters in
# either script, which a passport's spelling has lost: so its other script stands before the sibling of the same.
WAYS: Mapping[Lang, tuple[tuple[Lang, Way], ...]] = {
    _L.UZ_LATN: (
        (_L.UZ_CYRL, letters.uzbek_latin),
        (_L.RU, _through(letters.uzbek_of_russian, letters.uzbek_latin)),
        (_L.EN, letters.uzbek_of_english),
        (_L.AR, _through(letters.latin_of_arabic, letters.uzbek_of_english)),
    ),
    _L.UZ_CYRL: (
        (_L.UZ_LATN, letters.uzbek_cyrillic),
        (_L.RU, letters.uzbek_of_russian),
        (_L.EN, _through(letters.uzbek_of_english, letters.uzbek_cyrillic)),
        (_L.AR, _through(letters.latin_of_arabic, letters.uzbek_of_english, letters.uzbek_cyrillic)),
    ),
    _L.RU: (
        (_L.UZ_CYRL, letters.russian),
        (_L.UZ_LATN, _through(letters.uzbek_cyrillic, letters.russian)),
        (_L.EN, letters.russian_of_english),
        (_L.AR, _through(letters.latin_of_arabic, letters.russian_of_english)),
    ),
    _L.EN: (
        (_L.UZ_LATN, letters.plain_latin),
        (_L.UZ_CYRL, _through(letters.uzbek_latin, letters.plain_latin)),
        (_L.RU, letters.passport),
        (_L.AR, letters.latin_of_arabic),
    ),
    _L.AR: (
        (_L.EN, letters.arabic),
        (_L.UZ_LATN, letters.arabic),
        (_L.UZ_CYRL, _through(letters.uzbek_latin, letters.arabic)),
        (_L.RU, _through(letters.uzbek_latin, letters.arabic)),
    ),
}


_LOSSY = (_L.AR, _L.EN)  # their spelling of a name does not tell which letters it has in another alphabet


@dataclass(frozen=True)
class Proposal:
    """A spelling, the language whose name it was made from, and whether letters had to be guessed."""

    name: str
    source: Lang
    rough: bool


def propose(lang: Lang, *known: Names) -> Proposal | None:
    """A spelling in ``lang`` made from what is known, the most trusted names first; ``None`` where none can be printed.

    A name that is known in ``lang`` itself is proposed as it stands.
    """
    for names in known:
        for source, way in ((lang, _as_it_stands), *WAYS[lang]):
            name = _made(lang, names.get(source, ""), way)
            if name:
                return Proposal(name, source, rough=source is not lang and (source in _LOSSY or lang is _L.AR))
    return None


def language_of(name: str, speaks: Lang) -> Lang | None:
    """The language in which somebody who reads ``speaks`` has written a name, by its letters; ``None`` if by none."""
    uzbek = set("ўқғҳ") & set(name.lower()) or speaks.spoken == "uz"
    readings = (_L.UZ_CYRL, _L.UZ_LATN) if uzbek else (_L.RU, _L.EN)
    fits = (one for one in (*readings, _L.AR) if not rules.name_fault(one, rules.tidy_name(one, name)))
    return next(fits, None)


def _made(lang: Lang, source: str, way: Way) -> str:
    if not source or len(source) > rules.LONGEST_NAME:
        return ""
    name = rules.tidy_name(lang, way(normal("NFC", source)))
    return "" if rules.name_fault(lang, name) else name
