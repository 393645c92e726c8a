"""The life of a certificate, what an award asks for, codes and names. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from diploma.certificates.models import CertificateState
from diploma.core.errors import N_
from diploma.core.lang import Lang
from diploma.core.text import clean, uzbek_apostrophes

_S = CertificateState
MOVES: dict[CertificateState, frozenset[CertificateState]] = {
    _S.DRAFTED: frozenset({_S.NAME_CONFIRMED}),
    _S.NAME_CONFIRMED: frozenset({_S.APPROVED, _S.DRAFTED}),
    _S.APPROVED: frozenset({_S.ISSUED, _S.DRAFTED}),
    _S.ISSUED: frozenset({_S.SUSPENDED, _S.SUPERSEDED, _S.REVOKED}),
    _S.SUSPENDED: frozenset({_S.ISSUED, _S.REVOKED}),
    _S.SUPERSEDED: frozenset(),
    _S.REVOKED: frozenset(),
}

DIPLOMA, FOUNDATION, ASSESSOR, TRANSCRIPT = "diploma", "foundation", "assessor", "transcript"
_MODULE = "module:"
ATTENDED = frozenset({FOUNDATION, ASSESSOR})  # earned by being there: no module, no mark


class Requirement(StrEnum):
    """What an award asks for; ``TEXTS`` says each as something that is missing."""

    ENROLMENT = "enrolment"
    MODULE = "module"
    MODULES = "modules"
    ANY_MODULE = "any_module"
    ATTENDANCE = "attendance"
    CAPSTONE = "capstone"
    CAPSTONE_PLANNED = "capstone_planned"
    DIPLOMA = "diploma"


TEXTS = {
    Requirement.ENROLMENT: N_("The enrolment was withdrawn."),
    Requirement.MODULE: N_("The module is not complete."),
    Requirement.MODULES: N_("Not all modules are complete."),
    Requirement.ANY_MODULE: N_("No module is complete yet: there is nothing that a transcript could show."),
    Requirement.ATTENDANCE: N_("The required attendance is not reached."),
    Requirement.CAPSTONE: N_("The capstone project is not passed."),
    Requirement.CAPSTONE_PLANNED: N_("The capstone project is not open yet: the diploma cannot be awarded."),
    Requirement.DIPLOMA: N_("There is no valid diploma of this person."),
}


@dataclass(frozen=True)
class Record:
    """What counts towards one award of one person.

    ``required`` and ``completed`` are ids of modules; ``attendance`` is 0 to 100, ``None`` while nothing counts.
    """

    award: str
    enrolled: bool
    required: frozenset[str] = frozenset()
    completed: frozenset[str] = frozenset()
    attendance: Decimal | None = None
    attendance_at_least: int = 0
    capstone_planned: bool = False
    capstone_passed: bool = False
    diploma_needed: bool = False
    diploma_held: bool = False


def missing(record: Record) -> list[Requirement]:
    """The unmet requirements of an award; empty means eligible (spec content, rule 11; ``domain``: the ladder)."""
    unmet = [] if record.enrolled else [Requirement.ENROLMENT]
    if record.award in ATTENDED:
        if record.attendance is None or record.attendance < record.attendance_at_least:
            unmet.append(Requirement.ATTENDANCE)
        return [*unmet, Requirement.DIPLOMA] if record.diploma_needed and not record.diploma_held else unmet
    if record.award == TRANSCRIPT:
        return unmet if record.completed else [*unmet, Requirement.ANY_MODULE]
    if record.award == DIPLOMA and not record.capstone_passed:
        unmet.append(Requirement.CAPSTONE_PLANNED if record.capstone_planned else Requirement.CAPSTONE)
    if not record.required <= record.completed:
        unmet.append(Requirement.MODULES if record.award == DIPLOMA else Requirement.MODULE)
    return unmet


def module_award(module: str) -> str:
    """The award that completing ``module`` earns: ``module:<id>``."""
    return _MODULE + module


def module_of(award: str) -> str | None:
    """The module of a module certificate; ``None`` for other awards."""
    return award.removeprefix(_MODULE) if award.startswith(_MODULE) else None


# ---- awards that end

REMINDERS = (90, 30, 7)  # days before the last one
RENEWABLE = 90  # days before the last one from which an award may be renewed; nobody heaps up terms ahead


def last_day(begins_on: date, years: int) -> date:
    """The last of ``years`` years: the day before the anniversary, which of 29 February is 1 March in common years."""
    try:
        anniversary = begins_on.replace(year=begins_on.year + years)
    except ValueError:
        anniversary = date(begins_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def reminder(ends_on: date, today: date) -> int | None:
    """Which of ``REMINDERS`` it is time for: the last one that is due, none after the end."""
    left = (ends_on - today).days
    return min((days for days in REMINDERS if left <= days), default=None) if left >= 0 else None


def is_renewable(ends_on: date, today: date) -> bool:
    """Whether an award may be given its next term already; after its end it may at any time."""
    return (ends_on - today).days <= RENEWABLE


def next_term(ended_on: date, today: date) -> date:
    """The day on which a renewed award begins: the one after the old end, or today when that is past."""
    return max(ended_on + timedelta(days=1), today)


# ---- codes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
TOKEN_LENGTH = 16  # 80 bits
SPECIMEN_TOKEN = "SPEC1MENSPEC1MEN"  # on trial prints; never given to a certificate
_CONFUSED = str.maketrans("OIL", "011")
_SERIAL = re.compile(r"GID-?\d{4}-?[A-Z]{2,8}-?\d{1,6}(-?R\d+)?")


def normal_token(text: str) -> str | None:
    """The verification code that a person typed, or ``None`` when it cannot be one.

    Forgives case, O for 0, I and L for 1, digits of other scripts, spaces and hyphens, and a pasted address.
    """
    last = text.strip().rstrip("/").rpartition("/")[2]
    code = _bare(last).translate(_CONFUSED)
    return code if len(code) == TOKEN_LENGTH and set(code) <= set(ALPHABET) else None


def shown_token(token: str) -> str:
    """The code in groups of four, as it is printed."""
    return "-".join(token[at : at + 4] for at in range(0, len(token), 4))


def serial(year: int, partner: str, number: int, version: int = 1) -> str:
    """``GID-2026-UZ-000147``; a reissue adds ``-R2``."""
    return f"GID-{year:04}-{partner.upper()}-{number:06}" + (f"-R{version}" if version > 1 else "")


def reissued(first: str, version: int) -> str:
    """The serial of version ``version`` of the certificate whose serial (of any version) is ``first``."""
    return f"{re.sub(r'-R[0-9]+$', '', first)}-R{version}"


def looks_like_serial(text: str) -> bool:
    """Whether somebody typed the certificate number where the code is asked for."""
    return _SERIAL.fullmatch(_bare(text)) is not None


def _bare(text: str) -> str:
    """Capitals and Latin digits, without spaces and hyphens of any kind."""
    plain = unicodedata.normalize("NFKC", text[:200])
    kept = (c for c in plain if unicodedata.category(c) not in {"Pd", "Zs", "Cf", "Cc"})
    return "".join(str(unicodedata.decimal(c, c)) for c in kept).upper()


# ---- names

LONGEST_NAME = 120
_PUNCTUATION = frozenset(" -‐‑'’‘`´.,()\u200c\u200d")
_SCRIPTS = {"Arab": "ARABIC", "Latn": "LATIN", "Cyrl": "CYRILLIC"}  # how Unicode names their letters
_WRONG_SCRIPT = {
    "Arab": N_("Write this name in Arabic letters only."),
    "Latn": N_("Write this name in Latin letters only."),
    "Cyrl": N_("Write this name in Cyrillic letters only."),
}


def tidy_name(lang: Lang, name: str) -> str:
    """A name as it will be printed: clean, with the letters oʻ, gʻ and the sign ʼ where Uzbek Latin has them."""
    plain = clean(name)
    return uzbek_apostrophes(plain) if lang is Lang.UZ_LATN else plain


def name_fault(lang: Lang, name: str) -> str | None:
    """Why a tidy name cannot stand on a certificate in ``lang`` (a message to translate), or ``None``.

    Letters of another script are refused: a Cyrillic А in a Latin name looks right and is found by nobody.
    """
    letters = [c for c in name if unicodedata.category(c) in {"Lu", "Ll", "Lt", "Lo"}]
    if not letters:
        return N_("Enter the full name.")
    if len(name) > LONGEST_NAME:
        return N_("The name is too long: at most 120 characters can be printed.")
    if any(not unicodedata.name(c, "").startswith(_SCRIPTS[lang.script]) for c in letters):
        return _WRONG_SCRIPT[lang.script]
    if any(c not in _PUNCTUATION and unicodedata.category(c)[0] not in "LM" for c in name):
        return N_("Use only letters, spaces, hyphens and apostrophes.")
    return None
