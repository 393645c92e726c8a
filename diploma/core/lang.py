"""The five languages of the product and the choice between them from what a browser asks for."""

import re
from enum import StrEnum

_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_LONGEST_HEADER = 1000  # characters read of a header that a stranger sends


class Lang(StrEnum):
    """A language of the product; the value is its BCP 47 tag."""

    AR = "ar"
    EN = "en"
    RU = "ru"
    UZ_LATN = "uz-Latn"
    UZ_CYRL = "uz-Cyrl"

    @property
    def babel(self) -> str:
        """The name of the locale in Babel and in the catalogues: ``uz_Latn``."""
        return self.value.replace("-", "_")

    @property
    def dir(self) -> str:
        """``rtl`` or ``ltr``."""
        return "rtl" if self is Lang.AR else "ltr"

    @property
    def script(self) -> str:
        """The ISO 15924 code of its letters: ``Arab``, ``Latn`` or ``Cyrl``."""
        return _SCRIPTS[self]

    @property
    def spoken(self) -> str:
        """The language without its script, ``uz`` of both kinds of Uzbek."""
        return self.value.partition("-")[0]

    @property
    def native_name(self) -> str:
        return _NATIVE_NAMES[self]

    @classmethod
    def parse(cls, text: str) -> "Lang | None":
        """The language that ``text`` names, whatever its case and with ``_`` for ``-``; else ``None``."""
        return _BY_FOLDED_TAG.get(text.strip().replace("_", "-").lower())


LANGS: tuple[Lang, ...] = tuple(Lang)

_SCRIPTS = {Lang.AR: "Arab", Lang.EN: "Latn", Lang.RU: "Cyrl", Lang.UZ_LATN: "Latn", Lang.UZ_CYRL: "Cyrl"}
_NATIVE_NAMES = {
    Lang.AR: "العربية",
    Lang.EN: "English",
    Lang.RU: "Русский",
    Lang.UZ_LATN: "O\u02bbzbekcha",
    Lang.UZ_CYRL: "Ўзбекча",
}
_BY_FOLDED_TAG = {lang.value.lower(): lang for lang in Lang}


def negotiate(accept_language_header: str) -> Lang:
    """The best of the five for an ``Accept-Language`` header; English when none fits.

    Uzbek without a script is Latin, its official one. A tag with a malformed quality is ignored, as
    is one with quality 0.
    """
    wanted = [_wish(part) for part in accept_language_header[:_LONGEST_HEADER].split(",")]
    best = max(wanted, key=lambda wish: wish[0])  # of equals the first
    return best[1] if best[0] > 0 and best[1] else Lang.EN


def _wish(part: str) -> tuple[float, Lang | None]:
    """Quality and language of one element; quality 0 for what we do not speak."""
    tag, *parameters = (piece.strip() for piece in part.split(";"))
    lang = _nearest(tag.lower().split("-"))
    quality = _QUALITY.fullmatch(parameters[0].replace(" ", "")) if parameters else None
    if lang is None or (parameters and not quality):
        return 0.0, None
    return float(quality[1]) if quality else 1.0, lang


def _nearest(subtags: list[str]) -> Lang | None:
    """``ru-RU`` is Russian, ``uz-UZ`` is Uzbek in Latin script, ``uz-Cyrl-UZ`` in Cyrillic."""
    if subtags[0] != "uz":
        return _BY_FOLDED_TAG.get(subtags[0])
    return Lang.UZ_CYRL if "cyrl" in subtags else Lang.UZ_LATN
