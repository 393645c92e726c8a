"""One page in the making: its measures, the type of its scale, and what has been written and drawn on it so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from diploma.certificates.drawing import ornament
from diploma.certificates.drawing.documents import document
from diploma.certificates.drawing.typeset import MM_PER_PT, Block, Misfit, Row, Text, scaled, script, step_for, width_mm
from diploma.certificates.drawing.wording import NBSP
from diploma.certificates.snapshot import Snapshot
from diploma.core.vectors import Drawing

NO_LANGUAGE = "zxx"  # BCP 47: codes are in no language
SPECIMEN = Block("specimen text", NO_LANGUAGE, ("SPECIMEN",), "", "p")

AXIS = ornament.WIDTH / 2
LEFT, RIGHT = 30, 267
MEASURE = RIGHT - LEFT
POINT_GAP = 9  # between the parts of a line, with a gold point in the middle
OUTER_AXIS = {0: 76, 1: 76, 2: 76, 3: 67.5}  # of the columns, by their number
LEADS = {1: 1, 2: 2, 3: 1, 4: 1, 5: 2}  # how many of the languages lead

# Parallel scales in points: the n-th Arabic size looks as large as the n-th Latin one.
TITLE_STEPS = {"latin": (27, 25, 23, 21, 19, 17, 15, 13.5), "arabic": (50, 46, 42, 38, 34, 31, 28, 25)}
TRACKING = 0.1  # em, between the capitals of a diploma's title; Arabic is never spaced
SMALL = (9.5, 9)  # issuers, signatories
SMALL_LEADING = {"latin": (12.5, 1.33), "arabic": (15, 1.31)}  # points at most, and by the size of the letters
BETWEEN_LANGUAGES, BELOW_ARABIC_NAME = 0.9, 0.7  # mm more between small texts
DIVIDER, DIAMOND = 44, 1.15  # half its length, half the height of the diamond in it
NO_DRAWINGS: Mapping[str, Drawing] = {}


@dataclass(frozen=True)
class Scale:
    """The type of one page: first steps of titles and names, size and leading of the leads' statements.

    ``air`` is how much of the white between the rows must be kept.
    """

    title: int
    name: int
    size: float
    leading: float
    air: float


class Sheet:
    """One page at one scale. ``blocks``, the ornament's ``drawing`` and the ``marks`` of the issuers grow as its parts
    are placed."""

    def __init__(self, snapshot: Snapshot, scale: Scale, drawings: Mapping[str, Drawing] = NO_DRAWINGS) -> None:
        self.snapshot, self.scale, self.drawings = snapshot, scale, drawings
        count = LEADS[len(snapshot.languages)]
        self.leads, self.others = snapshot.languages[:count], snapshot.languages[count:]
        # Everything hangs on three axes: columns, statements and signatures stand under each other.
        outer = OUTER_AXIS[len(self.others)]
        self.axes = (outer, AXIS, ornament.WIDTH - outer)
        self.mirrored = snapshot.languages == ["ar"]  # who comes first stands at the right
        self.solemn = document(snapshot.award).solemn
        self.blocks = [SPECIMEN] if snapshot.specimen else []
        self.marks = list[str]()  # logos and seals, as SVG
        self.drawing = ornament.rich_border() if self.solemn else ornament.plain_border()

    def titles(self) -> list[Text]:
        """The award in the leading languages, on a diploma in capitals."""
        titles = {lang: self.snapshot.titles[lang] for lang in self.leads}
        if self.solemn:
            titles = {lang: title.upper() for lang, title in titles.items()}
        fitting = common_step(titles, TITLE_STEPS, MEASURE, TRACKING if self.solemn else 0)
        step, texts = max(self.scale.title, fitting), list[Text]()
        for lang, title in titles.items():
            texts.append(Text("title", lang, (title,), TITLE_STEPS[script(lang)][step], "h2" if texts else "h1"))
        return texts

    def draw(self, digest: str, left: float, top: float, side: float) -> None:
        """A logo or a seal in a square of ``side``."""
        if digest in self.drawings:
            self.marks.append(self.drawings[digest].at(left, top, side, side))

    def line(self, text: Text, gap: float, share: float, least: float = 0) -> Row:
        """One line on the axis."""

        def place(baseline: float) -> None:
            self.blocks.append(text.at(baseline, LEFT, MEASURE, text.size * 1.4))

        return Row(gap, share, text.ascent, text.descent, place, least)

    def across(self, role: str, parts: Sequence[tuple[str, str]], size: float, gap: float, share: float) -> Row:
        """Texts of several languages on one line, with gold points between; ``parts`` are languages and texts."""
        texts = [Text(role, lang, (part.replace(NBSP, " "),), scaled(lang, size)) for lang, part in parts]
        widths = [width_mm(text.lines[0], text.lang, text.size) + 1 for text in texts]
        length = sum(widths) + POINT_GAP * (len(parts) - 1)
        if length > MEASURE:
            raise Misfit(f"does not fit in {MEASURE} mm: {' · '.join(part for _, part in parts)}")

        def place(baseline: float) -> None:
            left, points = AXIS - length / 2, []
            for text, width in zip(texts, widths, strict=True):
                self.blocks.append(text.at(baseline, left, width, 20))
                left += width + POINT_GAP
                points.append((left - POINT_GAP / 2, baseline - 1.2))
            self.drawing += ornament.points(points[:-1])

        return Row(gap, share, max(text.ascent for text in texts), max(text.descent for text in texts), place)

    def divider(self, gap: float, share: float) -> Row:
        """A rule between two rows."""

        def place(baseline: float) -> None:
            self.drawing += ornament.divider(AXIS, baseline, DIVIDER)

        return Row(gap, share, DIAMOND, DIAMOND, place, least=1.8)


def in_reading_order(languages: Sequence[str]) -> list[str]:
    """Side by side, Arabic stands at the right."""
    return sorted(languages, key=lambda lang: lang == "ar")


def common_step(
    texts: Mapping[str, str], steps: Mapping[str, Sequence[float]], measure: float, tracking: float = 0
) -> int:
    """One step for texts that stand together: the longest decides for all."""
    return max(
        step_for(text, lang, measure, steps[script(lang)], 0 if lang == "ar" else tracking)
        for lang, text in texts.items()
    )


def small_height(texts: Sequence[Text]) -> float:
    """Height of a column of small texts; where the language changes there is a little more room."""
    return sum(len(text.lines) * _small_line(text) for text in texts) + _breaks(texts)


def small_column(texts: Sequence[Text], top: float, left: float, width: float, side: str = "") -> list[Block]:
    """Small texts one below the other, the first line beginning at ``top``."""
    blocks = []
    for index, text in enumerate(texts):
        y = top + small_height(texts[:index]) + _breaks(texts[max(index - 1, 0) : index + 1])
        leading = _small_leading(text)
        blocks.append(text.at(y + _small_line(text) * 0.75, left, width, leading, side))
    return blocks


def _small_leading(text: Text) -> float:
    most, by_size = SMALL_LEADING[script(text.lang)]
    return min(most, by_size * text.size)


def _small_line(text: Text) -> float:
    return _small_leading(text) * MM_PER_PT


def _breaks(texts: Sequence[Text]) -> float:
    """Room between texts besides that between their lines: the deep letters of an Arabic name need some as well."""
    pairs = list(pairwise(texts))
    languages = sum(one.lang != other.lang for one, other in pairs)
    arabic_names = sum(one.lang == other.lang == "ar" and one.role != other.role for one, other in pairs)
    return languages * BETWEEN_LANGUAGES + arabic_names * BELOW_ARABIC_NAME
