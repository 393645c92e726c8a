"""A pasted list of holidays: one line each, a day or two, then the name. Pure.

``2026-03-21 Navroʻz``, ``30.05.2026 – 01.06.2026; Eid``, ``01/09/2026 ru: День независимости | en: Independence Day``.
A name without a language is filed under the first of the partner's that is written in its letters.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from diploma.cohorts.scripts import language_of
from diploma.cohorts.workdays import LONGEST, YEARS, FreeDays
from diploma.core.errors import N_
from diploma.core.lang import LANGS
from diploma.core.text import uzbek_apostrophes

MOST_LINES = 400
LONGEST_NAME = 200
NO_DATE = N_("No date at the beginning of the line. Write it as 2026-03-21 or 21.03.2026.")
NO_SUCH_DAY = N_("There is no such day.")
OTHER_YEAR = N_("The year must lie between 2000 and 2100.")
NO_NAME = N_("The name is missing after the date.")
TURNED = N_("The last day lies before the first.")
TOO_LONG = N_("More than three months: is a year mistyped?")
LONG_NAME = N_("The name is longer than 200 letters.")

_DAY = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}"
_LINE = re.compile(rf"({_DAY})(?:(?:\s*[–—]\s*|\s*\.\.+\s*|\s+-\s+)({_DAY}))?(?!\d)(.*)", re.DOTALL)
_TAGS = {lang.value.casefold(): lang.value for lang in LANGS}


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read: its number counted from 1, the line itself, and why (a msgid)."""

    number: int
    line: str
    reason: str


def read(text: str, spoken: Sequence[str]) -> tuple[list[FreeDays], list[BadLine]]:
    """The holidays of a list, and every line that is none; empty lines are passed over."""
    found, bad = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            one = _read_line(line.strip(), spoken)
            if isinstance(one, str):
                bad.append(BadLine(number, line.strip(), one))
            else:
                found.append(one)
    return found, bad


def check(holiday: FreeDays) -> str | None:
    """Why a holiday cannot be kept (a msgid), or ``None``."""
    if holiday.first.year not in YEARS or holiday.last.year not in YEARS:
        return OTHER_YEAR
    if holiday.last < holiday.first:
        return TURNED
    if (holiday.last - holiday.first).days >= LONGEST:
        return TOO_LONG
    if not holiday.names:
        return NO_NAME
    return LONG_NAME if any(len(one) > LONGEST_NAME for one in holiday.names.values()) else None


def _read_line(line: str, spoken: Sequence[str]) -> FreeDays | str:
    plain = "".join(str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one for one in line)
    matched = _LINE.match(plain)
    if not matched:
        return NO_DATE
    first, last = _day(matched[1]), _day(matched[2] or matched[1])
    if not first or not last:
        return NO_SUCH_DAY
    made = FreeDays(first, last, _names(line[matched.start(3) :].strip(" \t.,;|–—-").removeprefix(":"), spoken))
    return check(made) or made


def _day(text: str) -> date | None:
    parts = [int(one) for one in re.split(r"[-./]", text)]
    year, month, day = parts if "-" in text else parts[::-1]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _names(text: str, spoken: Sequence[str]) -> dict[str, str]:
    """Names by language tag, as ``Navroʻz`` or ``ru: Навруз | uz-Latn: Navroʻz``."""
    names: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in text.split("|"))):
        tag, colon, rest = part.partition(":")
        known = _TAGS.get(tag.strip().casefold()) if colon else None
        name = (rest if known else part).strip()
        if name:
            lang = known or language_of(name, spoken)
            names[lang] = uzbek_apostrophes(name) if lang == "uz-Latn" else name
    return names
