"""Many codes checked at once, as a personnel office brings them: read from text or a table, answered, written down.

Nothing of it is kept. What a list says is text of a stranger: it is compared, shown and written back, never followed.
"""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from diploma.certificates import rules, verification
from diploma.certificates.verification import Answer, Verdict
from diploma.cohorts.roster.sheet import SheetRefused, read_grids
from diploma.core.errors import N_, Refused
from diploma.core.grid import Grid, Refusal
from diploma.core.lang import Lang
from diploma.core.plain_workbook import plain_workbook
from diploma.core.text import clean, fold, neutralise_cell

MOST = 100  # codes
LARGEST_LIST = 1_000_000  # bytes
LONGEST_CODE = 100  # characters shown of what was typed
_HEADER_LIKE_A_CODE = "verificationcode"  # sixteen letters, all of them in the alphabet of codes

_COLUMNS = (
    (N_("Row"), 8),
    (N_("Code"), 24),
    (N_("Answer"), 26),
    (N_("Name"), 36),
    (N_("Award"), 40),
    (N_("Certificate number"), 24),
    (N_("Issued on"), 14),
    (N_("Valid until"), 14),
    (N_("Issued by"), 60),
)
# What a row says of its certificate, and the kind of the words; the picture has the name of the verdict.
WORDS: dict[Verdict, tuple[str, str]] = {
    Verdict.VALID: (N_("Valid"), "ok"),
    Verdict.SUSPENDED: (N_("Suspended"), "warn"),
    Verdict.REVOKED: (N_("Revoked"), "bad"),
    Verdict.SUPERSEDED: (N_("Replaced"), "warn"),
    Verdict.EXPIRED: (N_("Expired"), "warn"),
    Verdict.DAMAGED: (N_("Cannot be confirmed now"), "bad"),
    Verdict.UNKNOWN: (N_("No certificate has this code"), "info"),
    Verdict.MALFORMED: (N_("Not a verification code"), "info"),
    Verdict.SERIAL: (N_("A certificate number, not a code"), "info"),
}


@dataclass(frozen=True)
class Asked:
    """A code as somebody typed it, and its row in the list, from 1."""

    row: int
    code: str


@dataclass(frozen=True)
class Checked:
    """A code with its answer."""

    asked: Asked
    answer: Answer

    def shown(self, lang: Lang) -> str:
        """The language in which the certificate is read: the reader's, if it is printed in it, else its first."""
        tags = self.answer.printed.languages if self.answer.printed else []
        return lang.value if lang.value in tags else next(iter(tags), "")


def from_text(text: str) -> list[Asked]:
    """The codes of a pasted list, one on each line. :class:`Refused` when there are too many or none."""
    return _within_limits([Asked(number, clean(line)) for number, line in enumerate(text.splitlines(), 1)])


def from_file(data: bytes, filename: str) -> list[Asked]:
    """The codes of a table: of its first sheet that has some, the column with the most of them.

    ``SheetRefused`` for what cannot be read as a table, :class:`Refused` for one with too many codes or none.
    """
    if len(data) > LARGEST_LIST:
        raise SheetRefused(Refusal.TOO_LARGE, filename=clean(filename), limit=LARGEST_LIST // 1_000_000)
    for grid in read_grids(data, filename):
        column = _column_of_codes(grid)
        if column is not None:
            cells = [row[column] if column < len(row) else "" for row in grid.rows]
            return _within_limits([Asked(number, clean(cell)) for number, cell in enumerate(cells, 1)])
    return _within_limits([])


def check(asked: Sequence[Asked]) -> list[Checked]:
    """Each code with its answer, in the order of the list; a constant number of queries."""
    answers = verification.of_codes([one.code for one in asked])
    return [Checked(*pair) for pair in zip(asked, answers, strict=True)]


def _column_of_codes(grid: Grid) -> int | None:
    found = Counter(at for row in grid.rows for at, cell in enumerate(row) if rules.normal_token(cell))
    return max(found, key=lambda at: (found[at], -at), default=None)


def _within_limits(lines: list[Asked]) -> list[Asked]:
    """The lines that say something, without a header above them."""
    said = [Asked(one.row, one.code[:LONGEST_CODE]) for one in lines if one.code]
    codes = said[1:] if said and _is_header(said[0].code) else said
    if not codes:
        raise Refused(N_("No codes were found in the list."))
    if len(codes) > MOST:
        raise Refused(
            N_("The list has %(count)s codes; at most %(most)s are checked at once. Nothing was checked."),
            count=len(codes),
            most=MOST,
        )
    return codes


def _is_header(text: str) -> bool:
    """Whether the first line names the column: no digit stands in it, and it is no code."""
    looks = "".join(fold(text).split())
    return not any(one.isdigit() for one in text) and (not rules.normal_token(text) or looks == _HEADER_LIKE_A_CODE)


def workbook(rows: Sequence[Checked], lang: Lang, day: Callable[[date], str], translate: Callable[[str], str]) -> bytes:
    """The answers as a workbook; ``day`` writes a date. Every cell is text, and none begins a formula."""
    out = io.BytesIO()
    with plain_workbook(out) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        for column, (title, width) in enumerate(_COLUMNS):
            page.set_column(column, column, width)
            page.write_string(0, column, translate(title), bold)
        for number, one in enumerate(rows, 1):
            for column, value in enumerate(_cells(one, lang, day, translate)):
                page.write_string(number, column, neutralise_cell(value))
        page.freeze_panes(1, 0)
        if lang.dir == "rtl":
            page.right_to_left()
    return out.getvalue()


def _cells(one: Checked, lang: Lang, day: Callable[[date], str], translate: Callable[[str], str]) -> list[str]:
    said = [str(one.asked.row), one.asked.code, translate(WORDS[one.answer.verdict][0])]
    printed, tag = one.answer.printed, one.shown(lang)
    if printed is None:
        return said
    return [
        *said,
        printed.names[tag],
        printed.titles[tag],
        printed.serial,
        day(printed.issued_on),
        day(printed.valid_until) if printed.valid_until else "",
        "; ".join(issuer["name"][tag] for issuer in printed.issuers),
    ]
