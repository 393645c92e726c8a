"""Turn a snapshot into a page: blocks of text, broken into lines and placed, and the drawings around them.

One central axis. The first one or two languages lead in full size on the axis, the others stand below in columns.
From the seal down to the signatures the page is a stack of rows: it takes the largest type at which they all fit,
and they share the room that remains. Positions are mm from the top left corner, vertical ones are baselines.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from diploma.certificates.drawing import documents, frame, ornament, record_words, wording
from diploma.certificates.drawing.ornament import Shapes
from diploma.certificates.drawing.sheet import (
    AXIS,
    LEFT,
    MEASURE,
    NO_DRAWINGS,
    NO_LANGUAGE,
    Scale,
    Sheet,
    common_step,
    in_reading_order,
)
from diploma.certificates.drawing.typeset import (
    MM_PER_PT,
    Block,
    Crowded,
    Misfit,
    Row,
    Text,
    in_few_lines,
    paragraphs,
    scaled,
    script,
    stack,
)
from diploma.certificates.snapshot import Snapshot
from diploma.core.vectors import Drawing

TEMPLATES = Path(__file__).parents[2] / "templates" / "certificates"
TEMPLATE, TRANSCRIPT_TEMPLATE = "_page.html", "transcript.html"
STYLE = Path(__file__).parent / "style" / "page.css"
TRANSCRIPT_STYLE = STYLE.with_name("transcript.css")
MODULES = (
    *("documents", "wording", "record_words", "typeset", "ornament", "ink", "sheet", "frame", "compose", "transcript"),
    "render",
)
LIBRARIES = ("weasyprint", "pydyf", "tinycss2", "jinja2", "fonttools", "segno", "babel")

SCALES = (
    Scale(title=0, name=0, size=12.5, leading=21, air=1.15),
    Scale(title=1, name=1, size=11.5, leading=19, air=1.05),
    Scale(title=2, name=2, size=10.5, leading=17.5, air=0.9),
    Scale(title=3, name=4, size=10, leading=16.5, air=0.8),
    Scale(title=4, name=5, size=9.5, leading=15.5, air=0.7),
    Scale(title=5, name=6, size=9.5, leading=15, air=0.6),
    Scale(title=6, name=8, size=9, leading=14.5, air=0.5),
    Scale(title=6, name=9, size=9, leading=14, air=0.25),
    Scale(title=7, name=9, size=9, leading=13.5, air=0.2),
    Scale(title=7, name=10, size=9, leading=13, air=0.15),
)
FIRST_SCALE = {1: 0, 2: 0, 3: 1, 4: 1, 5: 2}  # by the number of languages
MOST_SPREAD = 5.5  # to a share of the room that remains: rows that belong together stay together

NAME_STEPS = {
    "latin": (34, 31, 28, 26, 24, 22, 20, 18, 16, 14, 12.5, 11, 10),
    "arabic": (44, 40, 36, 33.5, 31, 28, 26, 23, 20.5, 18, 16, 14, 13),
}
SMALL_NAME, SMALL_NAME_STEP = 11.5, 5.6  # size in points, distance in mm
COLUMN_NAME_STEPS = {"latin": (13, 12, 11, 10, 9.5), "arabic": (16, 15, 13.5, 12.5, 12)}
COLUMN_TITLE = 9.5
COLUMN_TYPE = {2: (10, 14), 3: (9, 12.5)}  # size and leading of the statements, by the number of columns
ARABIC_COLUMN_LEADING = 15  # points
ARABIC_LEADING, ARABIC_AIR = 1.32, 0.1  # by the size of the letters; as much more as there is air
STATEMENT_WIDTH = 170
CLEAR = 0.8  # mm of white between the letters of a heading and of what stands under it


@dataclass(frozen=True)
class Page:
    """All that the template and the PDF engine need."""

    snapshot: Snapshot
    dress: str
    title: str
    author: str
    blocks: list[Block]
    drawing: Shapes
    marks: str
    qr_code: str
    qr_style: str


@lru_cache
def template_set_hash() -> str:
    """SHA-256 over all that decides how a page looks besides its fonts: templates, style, modules, libraries."""
    here = Path(__file__).parent
    modules = [here.parent / "snapshot.py", here.parent / "record.py", *(here / f"{module}.py" for module in MODULES)]
    pages = [TEMPLATES / TEMPLATE, TEMPLATES / TRANSCRIPT_TEMPLATE, STYLE, TRANSCRIPT_STYLE]
    files = [*pages, *documents.files(), record_words.WORDS, *modules]
    parts = [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    parts += [f"{library} {version(library)}" for library in LIBRARIES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def compose(snapshot: Snapshot, drawings: Mapping[str, Drawing] = NO_DRAWINGS) -> Page:
    """The page of ``snapshot``; ``Misfit`` names a text that does not fit. Ask before a number is allocated.

    ``drawings`` are its logos and seals by digest; without them their places stay empty, and everything else as it is.
    """
    for scale in SCALES[FIRST_SCALE[len(snapshot.languages)] : -1]:
        try:
            return _page(Sheet(snapshot, scale, drawings))
        except Crowded:
            continue
    return _page(Sheet(snapshot, SCALES[-1], drawings))


def _page(sheet: Sheet) -> Page:
    """Head, stack and foot put together."""
    snapshot, lead = sheet.snapshot, sheet.leads[0]
    top = frame.write_head(sheet)
    signatures, bottom = frame.write_foot(sheet)
    stack(list(_rows(sheet)), top, bottom, sheet.scale.air, MOST_SPREAD)
    sheet.blocks += signatures
    frame.write_register(sheet)
    # Read, copied or spoken, one language follows the other; they are side by side to the eye only.
    order = [*snapshot.languages, NO_LANGUAGE]
    return Page(
        snapshot=snapshot,
        dress="solemn" if sheet.solemn else "plain",
        title=f"{snapshot.titles[lead]} – {snapshot.names[lead]} – {snapshot.serial}",
        author=", ".join(issuer["name"][lead] for issuer in snapshot.issuers),
        blocks=sorted(sheet.blocks, key=lambda block: order.index(block.lang)),
        drawing=sheet.drawing,
        marks=ornament.svg(*sheet.marks) if sheet.marks else "",
        qr_code=ornament.qr_code(snapshot.verify_url),
        qr_style=frame.qr_style(sheet),
    )


def _rows(sheet: Sheet) -> Iterator[Row]:
    """The stack, from the issuer or the title down to the columns."""
    snapshot, across = sheet.snapshot, in_reading_order(sheet.leads)
    if len(snapshot.issuers) == 1:
        yield from _issuer(sheet)
    for index, title in enumerate(sheet.titles()):
        yield sheet.line(title, 4.5 if index else 5, 0.4 if index else 1, least=0.8 if index else 2)
    if kinds := [(lang, kind) for lang in across if (kind := wording.kind(snapshot, lang))]:
        yield sheet.across("kind", kinds, 12, 5, 0.6)
    if _has_room(sheet):
        yield sheet.across("opening", [(lang, wording.opening(snapshot, lang)) for lang in across], 11, 6, 1)
    yield from _names(sheet)
    yield sheet.divider(6, 0.4)
    yield _statements(sheet)
    ends = [(lang, text) for lang in across if (text := wording.valid_until(snapshot, lang))]
    if ends and _has_room(sheet):
        yield sheet.across("valid", ends, 10.5, 5, 0.6)
    if sheet.others:
        yield _columns(sheet)


def _has_room(sheet: Sheet) -> bool:
    """Whether the opening and the last day have lines of their own: five languages read more calmly without them."""
    return len(sheet.snapshot.languages) < 5


def _issuer(sheet: Sheet) -> Iterator[Row]:
    """The name of a single issuer stands on the axis, under the seal."""
    for lang in sheet.leads:
        text = in_few_lines("issuer", lang, sheet.snapshot.issuers[0]["name"][lang], (11, 10, 9), MEASURE, 1)
        yield sheet.line(text.isolated(), 3, 0.2)


def _names(sheet: Sheet) -> Iterator[Row]:
    """The holder, in the leading languages; in the others too when a name is too long for a column."""
    names = sheet.snapshot.names
    fitting = common_step({lang: names[lang] for lang in sheet.leads}, NAME_STEPS, MEASURE)
    for index, lang in enumerate(sheet.leads):
        text = Text("name", lang, (names[lang],), NAME_STEPS[script(lang)][max(sheet.scale.name, fitting)])
        yield sheet.line(text.isolated(), 4.5 if index else 6, 0.3 if index else 0.8, least=0.8)
    if sheet.others and not _column_names(sheet):
        yield _small_names(sheet)


def _small_names(sheet: Sheet) -> Row:
    """The names in the other languages, one below the other at equal distances."""
    names, size = sheet.snapshot.names, SMALL_NAME
    texts = [Text("column-name", lang, (names[lang],), scaled(lang, size)).isolated() for lang in sheet.others]

    def place(baseline: float) -> None:
        for index, text in enumerate(texts):
            sheet.blocks.append(text.at(baseline + index * SMALL_NAME_STEP, LEFT, MEASURE, 20))

    return Row(7, 0.4, texts[0].ascent, (len(texts) - 1) * SMALL_NAME_STEP + texts[-1].descent, place)


def _column_width(sheet: Sheet) -> float:
    return 2 * (sheet.axes[0] - LEFT)


def _column_names(sheet: Sheet) -> list[Text]:
    """The names in the other languages if all of them fit in their columns, unbroken; else none."""
    names = {lang: sheet.snapshot.names[lang] for lang in sheet.others}
    try:
        step = common_step(names, COLUMN_NAME_STEPS, _column_width(sheet))
    except Misfit:
        return []
    sizes = {lang: COLUMN_NAME_STEPS[script(lang)][step] for lang in names}
    return [Text("column-name", lang, (name,), sizes[lang]).isolated() for lang, name in names.items()]


def _statements(sheet: Sheet) -> Row:
    """What the award is for, with place and day of issue: on the axis, or of two leads on the outer axes."""
    return _statement(sheet) if len(sheet.leads) == 1 else _two_statements(sheet)


def _statement(sheet: Sheet) -> Row:
    """One statement on the axis, the day below it."""
    (lang,), size, leading = sheet.leads, sheet.scale.size, sheet.scale.leading
    (said,) = paragraphs("say", {lang: wording.statement(sheet.snapshot, lang)}, size, STATEMENT_WIDTH)
    day = in_few_lines("dated", lang, wording.dated(sheet.snapshot, lang), (max(size - 0.5, 9),), STATEMENT_WIDTH, 1)
    depth = (len(said.lines) + 0.2) * leading * MM_PER_PT
    left = AXIS - STATEMENT_WIDTH / 2

    def place(baseline: float) -> None:
        sheet.blocks.append(said.at(baseline, left, STATEMENT_WIDTH, leading))
        sheet.blocks.append(day.at(baseline + depth, left, STATEMENT_WIDTH, leading))

    return Row(5, 0.6, said.ascent, depth + day.descent, place, least=1.8)


def _two_statements(sheet: Sheet) -> Row:
    """Two statements on the outer axes; between them, in the middle of their depth, the days in both languages: that of
    issue, and the last one where it has no line of its own."""
    languages, size, leading = in_reading_order(sheet.leads), sheet.scale.size, sheet.scale.leading
    if "ar" in languages:
        leading = max(leading, (ARABIC_LEADING + ARABIC_AIR * min(1, sheet.scale.air)) * scaled("ar", size))
    width, between = _column_width(sheet), AXIS - sheet.axes[0]
    phrase = wording.statement if _has_room(sheet) else wording.alone
    said = paragraphs("say", {lang: phrase(sheet.snapshot, lang) for lang in languages}, size, width)
    sizes = tuple(max(size - less, 9) for less in (0.5, 1, 1.5))
    days = [day for lang in sheet.leads for day in _days(sheet, lang, sizes, 2 * between - width - 2)]
    line = leading * MM_PER_PT
    depth = (len(said[0].lines) - 1) * line
    first = (depth - (sum(len(day.lines) for day in days) - 1) * line) / 2

    def place(baseline: float) -> None:
        for text, axis in zip(said, (sheet.axes[0], sheet.axes[-1]), strict=True):
            sheet.blocks.append(text.at(baseline, axis - width / 2, width, leading))
        y = baseline + first
        for day in days:
            sheet.blocks.append(day.at(y, AXIS - between, 2 * between, leading))
            y += len(day.lines) * line

    # The days may be more lines than what they stand beside.
    ascent = max(_ascent(said), days[0].ascent - first)
    descent = max(depth + _descent(said), depth - first + days[-1].descent)
    return Row(6.5, 0.6, ascent, descent, place, least=1.8)


def _days(sheet: Sheet, lang: str, sizes: Sequence[float], width: float) -> list[Text]:
    """Place and day of issue, and the last day where it has no line of its own: on one line, unless they are long."""
    issued, ends = wording.dated(sheet.snapshot, lang), wording.valid_until(sheet.snapshot, lang)
    if not ends or _has_room(sheet):
        return [in_few_lines("dated", lang, issued, sizes, width, 2)]
    try:
        return [in_few_lines("last-day", lang, f"{issued} · {ends}", sizes, width, 1)]
    except Misfit:
        return [
            in_few_lines("dated", lang, issued, sizes, width, 2),
            in_few_lines("last-day", lang, ends, sizes, width, 1),
        ]


def _columns(sheet: Sheet) -> Row:
    """The further languages, each in a column: the award, the name, the statement."""
    snapshot, width, names = sheet.snapshot, _column_width(sheet), _column_names(sheet)
    axes = sheet.axes if len(sheet.others) == 3 else (sheet.axes[0], sheet.axes[-1])
    # Never larger than what leads.
    size, leading = map(min, COLUMN_TYPE[len(sheet.others)], (sheet.scale.size, sheet.scale.leading - 1))
    if "ar" in sheet.others:
        leading = ARABIC_COLUMN_LEADING
    awards = {lang: snapshot.titles[lang] for lang in sheet.others}
    titles = paragraphs("column-title", awards, COLUMN_TITLE, width, "h2")
    said = paragraphs("say", {lang: wording.in_column(snapshot, lang) for lang in sheet.others}, size, width)
    air, heading = 0.8 * sheet.scale.air, (len(titles[0].lines) - 1) * leading * MM_PER_PT
    name_drop = heading + _drop(5 + air, titles, names)
    said_drop = name_drop + _drop(4.8 + air, names, said) if names else heading + _drop(4.6 + air, titles, said)

    def place(baseline: float) -> None:
        for index, title in enumerate(titles):
            left = axes[index] - width / 2
            sheet.blocks.append(title.at(baseline, left, width, leading))
            if names:
                sheet.blocks.append(names[index].at(baseline + name_drop, left, width, leading))
            sheet.blocks.append(said[index].at(baseline + said_drop, left, width, leading))

    depth = said_drop + (len(said[0].lines) - 1) * leading * MM_PER_PT
    return Row(8, 1.4, _ascent(titles), depth + _descent(said), place, least=3)


def _ascent(texts: Sequence[Text]) -> float:
    return max(text.ascent for text in texts)


def _descent(texts: Sequence[Text]) -> float:
    return max(text.descent for text in texts)


def _drop(usual: float, above: Sequence[Text], below: Sequence[Text]) -> float:
    """From the last baseline of one text to the first of the next: more than usual where their letters would meet."""
    return max([usual, *(one.descent + other.ascent + CLEAR for one, other in zip(above, below, strict=False))])
