"""Reads the form of an attendance sheet: for each person a presence and, at a workshop, a mark from 0 to 100.

Marks are typed as people write them: comma or point, Latin or Arabic-Indic digits.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from diploma.cohorts.models import Presence
from diploma.cohorts.queries import SheetRow
from diploma.cohorts.service import SheetEntry
from diploma.core.errors import N_

_MARK = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_THERE = (Presence.PRESENT, Presence.MADE_UP)

BAD_MARK = N_("Write a number from 0 to 100, such as 87 or 87.5.")
MARK_WITHOUT_PRESENCE = N_("Choose how this person attended before giving a mark.")
MARK_OF_ABSENT = N_("Only people who took part get a mark.")


@dataclass(frozen=True)
class SheetLine:
    """One person's line as typed; ``error`` is a gettext source, ``saved`` tells what stands in the database."""

    row: SheetRow
    presence: Presence | None
    mark: str
    error: str | None = None

    @property
    def entry(self) -> SheetEntry | None:
        """What to save; ``None`` for a line that says nothing."""
        if self.presence is None or self.error:
            return None
        return SheetEntry(self.row.enrolment.id, self.presence, parse_mark(self.mark) if self.mark else None)

    @property
    def saved_presence(self) -> Presence | None:
        return self.row.attendance.presence if self.row.attendance else None

    @property
    def saved_mark(self) -> Decimal | None:
        return self.row.attendance.workshop_mark if self.row.attendance else None

    @property
    def differs(self) -> bool:
        """Whether the line says something else than what is saved."""
        entry = self.entry
        return entry is None or (entry.presence, entry.workshop_mark) != (self.saved_presence, self.saved_mark)


def parse_mark(text: str) -> Decimal:
    """A mark as typed; raises ``ValueError`` for what is no number from 0 to 100 with at most two decimals."""
    plain = "".join(str(unicodedata.decimal(c, c)) for c in text.strip()).replace(",", ".").replace("\u066b", ".")
    if not _MARK.fullmatch(plain) or Decimal(plain) > 100:
        raise ValueError(text)
    return Decimal(plain)


def stored(rows: Iterable[SheetRow], *, all_present: bool = False) -> list[SheetLine]:
    """The lines as saved; ``all_present`` proposes "present" for everybody not named yet."""
    proposed = Presence.PRESENT if all_present else None
    return [SheetLine(row, row.attendance.presence if row.attendance else proposed, _shown(row)) for row in rows]


def typed(rows: Iterable[SheetRow], form: Mapping[str, str], *, workshop: bool) -> list[SheetLine]:
    """The lines as typed, each with its error; fields of people who are not on the sheet are not read."""
    return [_line(row, form, workshop=workshop) for row in rows]


def _line(row: SheetRow, form: Mapping[str, str], *, workshop: bool) -> SheetLine:
    key = row.enrolment.id
    chosen = form.get(f"presence-{key}", "")
    presence = Presence(chosen) if chosen in {*Presence} else None
    mark = form.get(f"mark-{key}", "").strip()[:20] if workshop else ""
    return SheetLine(row, presence, mark, _fault(presence, mark) if mark else None)


def _fault(presence: Presence | None, mark: str) -> str | None:
    try:
        parse_mark(mark)
    except ValueError:
        return BAD_MARK
    if presence is None:
        return MARK_WITHOUT_PRESENCE
    return None if presence in _THERE else MARK_OF_ABSENT


def _shown(row: SheetRow) -> str:
    """A saved mark as it is typed: no zeros behind the point."""
    mark = row.attendance.workshop_mark if row.attendance else None
    return "" if mark is None else f"{mark.normalize():f}"
