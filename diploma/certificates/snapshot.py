"""Everything that is printed on one certificate, fixed at the moment of issue.

The registry stores ``Snapshot.to_json()`` and its hash in the transaction that allocates the number; the page is
drawn later, and may be drawn again, from the snapshot alone (``spec/certificates.md``, Registry).
"""

import dataclasses
import hashlib
import json
import re
import unicodedata
from dataclasses import MISSING, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict

from diploma.certificates.record import StudyRecord
from diploma.core.lang import Lang

TOKEN = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")  # Crockford base32, 80 random bits
DIGEST = re.compile(r"[0-9a-f]{64}")
ADDRESS = re.compile(r"https?://[!-~]+")
JOINERS = "\u200c\u200d"  # a name may need them between its letters; no other invisible character may stand in a name
DAYS = ("starts_on", "ends_on", "issued_on", "valid_until")
BANDS = ("distinction", "very_good", "good", "pass")


class Award(StrEnum):
    """What a certificate is for."""

    DIPLOMA = "diploma"
    MODULE = "module"
    ATTENDANCE = "attendance"
    ASSESSOR = "assessor"
    TRANSCRIPT = "transcript"


ATTENDED = frozenset({Award.ATTENDANCE, Award.ASSESSOR})  # earned by being there: no mark, so no band


class Digits(StrEnum):
    """Digits of the Arabic text, a setting of the partner: 0-9 or ٠-٩."""

    LATN = "latn"
    ARAB = "arab"


class Issuer(TypedDict):
    """An organisation that awards the certificate; ``name`` by language."""

    id: str
    name: dict[str, str]


class Signatory(TypedDict):
    """A person who signs for an issuer; ``name`` and ``role`` by language."""

    name: dict[str, str]
    role: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One certificate as printed. Building one that could not be printed raises ``ValueError``, naming the field.

    ``languages``  one to five BCP 47 tags in printing order; each text by language covers all of them
    ``titles``     the award's title: of the diploma, the module or the workshop
    ``module``     the module's id, only for ``Award.MODULE``
    ``hours``      training hours credited, 1 to 999
    ``band``       one of ``BANDS`` or ``None``; what is earned by being there has none, a transcript with its final one
    ``verify_url`` the full address in the QR code; ends in ``token``
    ``edition``    of the programme's content
    ``template``, ``fonts``  ``compose.template_set_hash()`` and ``fonts.font_set_hash()`` at the time of issue
    ``specimen``   a trial print or a preview: marked across the page
    ``logos``, ``seals``  the SHA-256 of the drawing of each issuer that has one, by the issuer's id
    ``valid_until`` the last day of an award that ends, ``None`` for one that holds for ever
    ``record``     modules, hours and marks, only for ``Award.TRANSCRIPT``

    A field with a default came later than the first certificates: while it has that value it is not written, so that
    older snapshots keep their bytes and their hash.
    """

    serial: str
    token: str
    verify_url: str
    award: Award
    module: str | None
    titles: dict[str, str]
    languages: list[str]
    names: dict[str, str]
    hours: int
    band: str | None
    starts_on: date
    ends_on: date
    issued_on: date
    place: dict[str, str] | None
    issuers: list[Issuer]
    signatories: list[Signatory]
    edition: int
    digits: Digits
    template: str
    fonts: str
    specimen: bool
    valid_until: date | None = None
    logos: dict[str, str] = field(default_factory=dict)
    seals: dict[str, str] = field(default_factory=dict)
    record: StudyRecord | None = None

    def __post_init__(self) -> None:
        for name, good in _facts(self).items():
            if not good:
                raise ValueError(f"{name}: {getattr(self, name)!r} cannot be printed")
        for name, texts in self.by_language():
            for lang in self.languages:
                if not _printable(texts.get(lang, "")):
                    raise ValueError(f"{name}: {texts.get(lang)!r} cannot be printed in {lang}")

    def by_language(self) -> list[tuple[str, dict[str, str]]]:
        """Every text that came from outside, with the name of its field."""
        return [
            ("titles", self.titles),
            ("names", self.names),
            *([("place", self.place)] if self.place else []),
            *(("record", texts) for texts in (self.record.texts() if self.record else [])),
            *(("issuers", issuer["name"]) for issuer in self.issuers),
            *(("signatories", part) for one in self.signatories for part in (one["name"], one["role"])),
        ]

    def drawings(self) -> list[str]:
        """The digest of each drawing on the page, once."""
        return sorted({*self.logos.values(), *self.seals.values()})

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, letters as they are. Equal snapshots give equal bytes in UTF-8."""
        values = {key: value for key, value in dataclasses.asdict(self).items() if value != _LATER.get(key, _ALWAYS)}
        if self.record:
            values["record"] = self.record.to_dict()
        return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """The snapshot that ``to_json`` wrote; ``ValueError`` for anything else."""
        try:
            values: dict[str, Any] = json.loads(text)
            days = {name: date.fromisoformat(values[name]) for name in DAYS if name in values}
            values |= {"award": Award(values["award"]), "digits": Digits(values["digits"])}
            if "record" in values:
                values["record"] = StudyRecord.from_dict(values["record"])
            return cls(**values | days)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not a snapshot: {error}") from error

    def sha256(self) -> str:
        """Hash of the canonical JSON, in hexadecimal: what the registry's chain holds."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


_ALWAYS = object()  # the default of a field that has none
_LATER = {
    one.name: one.default_factory() if one.default_factory is not MISSING else one.default
    for one in dataclasses.fields(Snapshot)
    if (one.default, one.default_factory) != (MISSING, MISSING)
}


def _facts(snapshot: Snapshot) -> dict[str, bool]:
    """Field by field, whether its value can stand on a certificate."""
    languages = snapshot.languages
    return {
        "serial": snapshot.serial.isascii() and snapshot.serial.isprintable() and snapshot.serial != "",
        "token": TOKEN.fullmatch(snapshot.token) is not None,
        "verify_url": ADDRESS.fullmatch(snapshot.verify_url) is not None
        and snapshot.verify_url.endswith(snapshot.token),
        "module": (snapshot.module is not None) == (snapshot.award is Award.MODULE),
        "languages": 0 < len(languages) == len(set(languages)) and set(languages) <= set(Lang),
        "hours": 0 < snapshot.hours < 1000,
        "band": snapshot.band is None or (snapshot.band in BANDS and snapshot.award not in ATTENDED),
        "record": (snapshot.record is not None) == (snapshot.award is Award.TRANSCRIPT)
        and (snapshot.record is None or (snapshot.record.final is None) == (snapshot.band is None)),
        "ends_on": snapshot.starts_on <= snapshot.ends_on,
        "valid_until": snapshot.valid_until is None or snapshot.valid_until > snapshot.issued_on,
        "issuers": 1 <= len(snapshot.issuers) <= 2,
        "logos": _drawn(snapshot.logos, snapshot.issuers),
        "seals": _drawn(snapshot.seals, snapshot.issuers),
        "signatories": 1 <= len(snapshot.signatories) <= 3,
    }


def _drawn(digests: dict[str, str], issuers: list[Issuer]) -> bool:
    return digests.keys() <= {one["id"] for one in issuers} and all(map(DIGEST.fullmatch, digests.values()))


def _printable(text: str) -> bool:
    """One line of composed letters; nothing invisible that could reorder it or hide in it (controls, bidi marks)."""
    visible = text.translate(dict.fromkeys(map(ord, JOINERS)))
    return (
        text == text.strip() != ""
        and unicodedata.is_normalized("NFC", text)
        and all(char == " " or unicodedata.category(char)[0] not in "CZ" for char in visible)
    )
