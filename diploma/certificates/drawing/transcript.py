"""Turn the snapshot of a transcript into pages: flowing text and real tables on A4 portrait, language after language.

The engine breaks the lines and the pages; here is only decided what must not break: the holder's name, the words in
the narrow cells of the tables, and what would leave a single short word on a line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from diploma.certificates.drawing import ornament, record_words
from diploma.certificates.drawing.record_words import Part, Table
from diploma.certificates.drawing.sheet import NO_DRAWINGS
from diploma.certificates.drawing.typeset import SHORT_WORD, Misfit, script, step_for, width_mm
from diploma.certificates.drawing.wording import NBSP
from diploma.certificates.snapshot import Snapshot
from diploma.core.vectors import Drawing

WIDTH, HEIGHT = 210, 297
MEASURE = 166
WIDTHS = {"results": MEASURE, "hours": MEASURE, "scale": MEASURE}  # of the tables
CELL = {"latin": 9, "arabic": 11}  # points of the type in the tables
PADDING, EDGE = 2.4, 1.5  # mm between two columns, and of a column at the edge
LABEL, VALUE, FACT_GAP = {"latin": 9, "arabic": 11.5}, {"latin": 9.5, "arabic": 12}, 4  # of the facts above the tables
LEAST_LOOSE = 30  # mm of the column of titles
EASY_LOOSE = 45  # the same where days need not be broken for it
LONG = 7  # rows of hours that never fit below as many results: to try costs a twentieth of the work
NAME_STEPS = {"latin": (22, 20, 18, 16, 14, 12.5), "arabic": (30, 27, 24, 21, 19, 17)}
STAR, MARK, SEAL = 18, 11, 21.5  # mm: the certificate's own star, the logo of an issuer, an official seal
SIGNATURE, LEAST_GAP, OPEN_GAP = 62, 3, 9  # mm: the longest line to sign on; between two things at the foot, two lines
MOST_HELD, LEAST_HELD = 20, 8  # letters of two words that stay together; of the end of a text, else a third joins them


@dataclass(frozen=True)
class Place:
    """A column at the foot, ``width`` mm wide: of a signatory or of an issuer's seal, by their index, or empty."""

    width: float
    signatory: int | None = None
    seal: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One language of the document: the size of the holder's name in points, the columns of the facts in mm, and of
    each table the columns in mm, whether its days are broken, whether it is so long that it begins a page, and of
    each column the classes that the style sheet knows: "a" and "z" at the edges, "n" for figures."""

    part: Part
    name_size: float
    facts: list[float]
    columns: list[list[float]]
    broken: list[bool]
    long: list[bool]
    kinds: list[list[str]]


@dataclass(frozen=True)
class Document:
    """All that the template and the PDF engine need. ``logos`` says of each issuer whether there is one. ``marks`` are
    drawings in SVG by address, each of one size on every page; the ``star`` stands behind the text."""

    snapshot: Snapshot
    title: str
    author: str
    sheets: list[Sheet]
    codes: tuple[str, str, str]
    logos: list[bool]
    foot: list[Place]
    star: str
    marks: dict[str, str]


def compose(snapshot: Snapshot, drawings: Mapping[str, Drawing] = NO_DRAWINGS) -> Document:
    """The pages of a transcript; ``Misfit`` names a text that does not fit. Ask before a number is allocated.

    ``drawings`` are its logos and seals by digest; without them their places stay empty, and everything else as it is.
    """
    lead = snapshot.languages[0]
    issuers = [one["id"] for one in snapshot.issuers]
    marks = {"certificate:border": _border(), "certificate:qr": ornament.qr_code(snapshot.verify_url)}
    for kind, digests, side in (("logo", snapshot.logos, MARK), ("seal", snapshot.seals, SEAL)):
        for at, one in enumerate(issuers):
            if one in digests:
                drawn = [drawings[digests[one]].at(0, 0, side, side)] if digests[one] in drawings else []
                marks[f"certificate:{kind}-{at}"] = ornament.svg(*drawn, width=side, height=side)
    return Document(
        snapshot=snapshot,
        title=f"{snapshot.titles[lead]} – {snapshot.names[lead]} – {snapshot.serial}",
        author=", ".join(issuer["name"][lead] for issuer in snapshot.issuers),
        sheets=[_sheet(part) for part in record_words.parts(snapshot)],
        codes=record_words.codes(snapshot),
        logos=[one in snapshot.logos for one in issuers],
        foot=foot(len(snapshot.signatories), [at for at, one in enumerate(issuers) if one in snapshot.seals]),
        star=ornament.svg_of(ornament.seal(snapshot.token, STAR / 2, STAR / 2, STAR / 2), STAR, STAR),
        marks=marks,
    )


def foot(signatories: int, seals: Sequence[int]) -> list[Place]:
    """Signatures of one width with the seals between them, from edge to edge; a single one begins at the edge."""
    signatures = [Place(0, at) for at in range(signatories)]
    stamps = [Place(SEAL, seal=one) for one in seals]
    if signatories == 2:
        things = [signatures[0], *stamps, signatures[1]]
    else:  # beside the only one, or one between each two of three
        things = []
        for at in range(max(signatories, len(stamps))):
            things += [*signatures[at : at + 1], *stamps[at : at + 1]]
    gaps = len(things) - 1
    least = LEAST_GAP if stamps else OPEN_GAP
    wide = min(SIGNATURE, (MEASURE - SEAL * len(stamps) - least * gaps) / signatories)
    rest = MEASURE - SEAL * len(stamps) - wide * signatories
    gap = 2 * LEAST_GAP if signatories == 1 else rest / gaps
    places = [replace(one, width=wide) if one.signatory is not None else one for one in things]
    spaced = [place for one in places for place in (Place(gap), one)][1:]
    return [*spaced, Place(rest - gap * gaps)] if signatories == 1 else spaced


def _sheet(part: Part) -> Sheet:
    part = _held_together(part)
    steps = NAME_STEPS[script(part.lang)]
    name_size = steps[step_for(part.holder[1], part.lang, MEASURE, steps)]
    columns = [_columns(table, part.lang) for table in part.tables]
    return Sheet(
        part=part,
        name_size=name_size,
        facts=_facts(part),
        columns=[widths for widths, _ in columns],
        broken=[broken for _, broken in columns],
        long=[table.id == "hours" and len(table.rows) >= LONG for table in part.tables],
        kinds=[_kinds(table) for table in part.tables],
    )


def _kinds(table: Table) -> list[str]:
    last = len(table.heads) - 1
    return ["a" * (at == 0) + " n" * (at in table.figures) + " z" * (at == last) for at in range(last + 1)]


# ---- what stays on a line


def together(text: str, lang: str) -> str:
    """``text`` with no-break spaces where a line would else end badly, or consist of one short word.

    A short word or a figure goes with what follows, and the last two words stay together, unless they are long. Beside
    Arabic figures readers of PDF lose such spaces, so there are none.
    """

    def may(before: str, after: str) -> bool:
        figures = lang == "ar" and any(char.isdigit() for char in before + after)
        return not figures and len(before) + len(after) <= MOST_HELD

    first, *words = text.split(" ")
    held = [first]
    for at, word in enumerate(words, 1):
        before = held[-1].split(NBSP)[-1]
        wanted = at == len(words) or (lang != "ar" and SHORT_WORD.search(f"{before} "))
        if wanted and may(before, word):
            held[-1] += NBSP + word
        else:
            held.append(word)
    if len(held) > 1 and len(held[-1]) < LEAST_HELD and may(held[-2], held[-1]):
        held[-2:] = [NBSP.join(held[-2:])]
    return " ".join(held)


def _held_together(part: Part) -> Part:
    """The same words; only spaces differ."""

    def hold(text: str) -> str:
        return together(text, part.lang)

    def pairs(found: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple((hold(one), hold(other)) for one, other in found)

    return replace(
        part,
        issuers=tuple(map(hold, part.issuers)),
        wide=pairs(part.wide),
        facts=pairs(part.facts),
        tables=tuple(_titles_held(table, part.lang) for table in part.tables),
        rules=(part.rules[0], tuple(map(hold, part.rules[1]))),
        verification=(part.verification[0], tuple(map(hold, part.verification[1]))),
        signatories=pairs(part.signatories),
    )


def _titles_held(table: Table, lang: str) -> Table:
    at = table.loose
    if at is None:
        return table
    rows = tuple((*row[:at], together(row[at], lang), *row[at + 1 :]) for row in table.rows)
    return replace(table, rows=rows)


# ---- widths


def _facts(part: Part) -> list[float]:
    """Columns of two labels and their values. Values stay whole; labels may be broken where there is no room."""

    def widest(texts: Sequence[str], size: Mapping[str, float]) -> float:
        return max((width_mm(one, part.lang, size[script(part.lang)]) for one in texts), default=0) + FACT_GAP

    sides = part.facts[::2], part.facts[1::2]
    labels = [[label for label, _ in side] for side in sides]
    labels[0] += [label for label, _ in part.wide]
    least = [widest([word for label in one for word in label.split(" ")], LABEL) for one in labels]
    whole = [widest(one, LABEL) for one in labels]
    values = [widest([value for _, value in side], VALUE) for side in sides]
    rest = MEASURE - sum(values) - sum(least)
    if rest < 0:
        raise Misfit(f"does not fit in {MEASURE} mm: {', '.join(value for _, value in part.facts)}")
    grown = [min(whole[0] - least[0], rest)]
    grown.append(min(whole[1] - least[1], rest - grown[0]))
    spare = (rest - sum(grown)) / 2
    return [round(one, 2) for at in (0, 1) for one in (least[at] + grown[at], values[at] + spare)]


def _columns(table: Table, lang: str) -> tuple[list[float], bool]:
    """Each column as wide as it must be; what remains goes to the one with the titles, else to all. Names of rows are
    broken only where there is no room, and the first column, which begins at the edge, is not wider than they are.

    Days are broken before the titles are pressed.
    """
    width, count = WIDTHS[table.id], len(table.heads)
    titles = [row[table.loose] for row in table.rows] if table.loose is not None else []
    widest = max((_wide(word, lang) for title in titles for word in title.split(" ")), default=0) + PADDING
    for broken in (False, True):
        least = [0.0 if at == table.loose else _needs(table, at, lang, broken=broken) for at in range(count)]
        rest = width - sum(least)
        if table.loose is None or table.days is None or rest >= max(EASY_LOOSE, widest):
            break
    if table.loose is None:
        if rest < 0:
            raise Misfit(f"does not fit in {width} mm: {table.caption}")
        whole = max(_wide(row[table.head], lang) for row in table.rows) + EDGE
        first = least[0] + max(0.0, min(rest, whole - least[0]))
        more = (width - first - sum(least[1:])) / (count - 1)
        return [round(first, 2), *(round(one + more, 2) for one in least[1:])], False
    if rest < max(LEAST_LOOSE, widest):
        raise Misfit(f"does not fit in {rest:.0f} mm: {table.caption}")
    return [round(one or rest, 2) for one in least], broken


def _needs(table: Table, at: int, lang: str, *, broken: bool) -> float:
    """The width of a column whose heads may be broken between words, and whose cells may not, but for broken days."""
    words = table.heads[at].replace("-", "- ").split(" ")
    cells = [row[at] for row in (*table.rows, *([table.total] if table.total else []))]
    if (broken and at == table.days) or (table.loose is None and at == table.head):
        cells = [word for cell in cells for word in cell.split(" ")]
    return max(_wide(text, lang) for text in (*words, *cells)) + (PADDING if 0 < at < len(table.heads) - 1 else EDGE)


def _wide(text: str, lang: str) -> float:
    return width_mm(text, lang, CELL[script(lang)])


def _border() -> str:
    edge = ornament.LEFT
    return ornament.svg_of(ornament.quiet_border(WIDTH - edge, HEIGHT - edge), WIDTH, HEIGHT)
