"""Turn the snapshot of a transcript into pages: flowing text and real tables on A4 portrait, language after language.

The engine breaks the lines and the pages; here is only decided what must not break: the holder's name, and the words
in the narrow cells of the tables.
"""

from dataclasses import dataclass

from diploma.certificates.drawing import ornament, record_words
from diploma.certificates.drawing.record_words import Part, Table
from diploma.certificates.drawing.typeset import Misfit, script, step_for, width_mm
from diploma.certificates.snapshot import Snapshot

WIDTH, HEIGHT = 210, 297
MEASURE = 166
WIDTHS = {"results": MEASURE, "hours": MEASURE, "scale": 84}  # of the tables
CELL, PADDING = {"latin": 8.5, "arabic": 11}, 2.4  # points of the type in the tables; mm between two columns
LEAST_LOOSE = 30  # mm of the column of titles
NAME_STEPS = {"latin": (22, 20, 18, 16, 14, 12.5), "arabic": (30, 27, 24, 21, 19, 17)}
SEAL = 18


@dataclass(frozen=True)
class Sheet:
    """One language of the document: the size of the holder's name in points, and of each table the columns in mm."""

    part: Part
    name_size: float
    columns: list[list[float]]


@dataclass(frozen=True)
class Document:
    """All that the template and the PDF engine need."""

    snapshot: Snapshot
    title: str
    author: str
    sheets: list[Sheet]
    codes: tuple[str, str, str]
    border: str
    seal: str
    qr_code: str


def compose(snapshot: Snapshot) -> Document:
    """The pages of a transcript; ``Misfit`` names a text that does not fit. Ask before a number is allocated."""
    lead = snapshot.languages[0]
    return Document(
        snapshot=snapshot,
        title=f"{snapshot.titles[lead]} – {snapshot.names[lead]} – {snapshot.serial}",
        author=", ".join(issuer["name"][lead] for issuer in snapshot.issuers),
        sheets=[_sheet(part) for part in record_words.parts(snapshot)],
        codes=record_words.codes(snapshot),
        border=_border(),
        seal=ornament.svg_of(ornament.seal(snapshot.token, SEAL / 2, SEAL / 2, SEAL / 2), SEAL, SEAL),
        qr_code=ornament.qr_code(snapshot.verify_url),
    )


def _sheet(part: Part) -> Sheet:
    steps = NAME_STEPS[script(part.lang)]
    name_size = steps[step_for(part.holder[1], part.lang, MEASURE, steps)]
    return Sheet(part, name_size, [_columns(table, part.lang) for table in part.tables])


def _columns(table: Table, lang: str) -> list[float]:
    """Each column as wide as it must be; what remains goes to the one with the titles, else to all."""
    width, count = WIDTHS[table.id], len(table.heads)
    least = [0.0 if at == table.loose else _needs(table, at, lang) for at in range(count)]
    rest = width - sum(least)
    if table.loose is None:
        if rest < 0:
            raise Misfit(f"does not fit in {width} mm: {table.caption}")
        return [round(one + rest / count, 2) for one in least]
    widest = max(_wide(word, lang) for row in table.rows for word in row[table.loose].split(" "))
    if rest < max(widest + PADDING, LEAST_LOOSE):
        raise Misfit(f"does not fit in {rest:.0f} mm: {table.caption}")
    return [round(one or rest, 2) for one in least]


def _needs(table: Table, at: int, lang: str) -> float:
    """The width of a column whose heads may be broken between words, and whose cells may not."""
    words = table.heads[at].replace("-", "- ").split(" ")
    cells = [row[at] for row in (*table.rows, *([table.total] if table.total else []))]
    return max(_wide(text, lang) for text in (*words, *cells)) + PADDING


def _wide(text: str, lang: str) -> float:
    return width_mm(text, lang, CELL[script(lang)])


def _border() -> str:
    edge = ornament.LEFT
    return ornament.svg_of(ornament.quiet_border(WIDTH - edge, HEIGHT - edge), WIDTH, HEIGHT)
