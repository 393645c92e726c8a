"""What a transcript says, language by language, as tables and sentences that only have to be laid out.

The words stand in ``transcript.toml``. Figures are written as each language writes them, days as on the diploma.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal

from diploma.certificates.drawing import wording  # it imports this module too: neither needs the other to be read
from diploma.certificates.record import SCALE, ModuleRecord, ProjectRecord, StudyRecord
from diploma.certificates.snapshot import Digits, Snapshot

WORDS = Path(__file__).parent / "transcript.toml"
ARABIC_INDIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
NOTHING = "–"
SPECIMEN = "SPECIMEN"  # in place of a number
RULES = ("mark", "rounding", "pass", "quiz", "attendance", "late", "resubmission", "final")
ISOLATE, LEFT_TO_RIGHT, POP = "\u2068", "\u2066", "\u2069"
SHARE = re.compile(r"(\d[\d.,٫]*) ?%")
NBSP = "\u00a0"


@dataclass(frozen=True)
class Table:
    """``head`` is the column whose cells name their rows; ``loose`` the one whose texts may be broken into lines.

    ``days`` is the column of days, which may be broken before or after the year; ``figures`` are those of numbers.
    """

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    head: int = 0
    loose: int | None = None
    days: int | None = None
    figures: frozenset[int] = frozenset()
    total: tuple[str, ...] = ()

    def texts(self) -> Iterator[str]:
        yield from (self.caption, *self.heads, *self.total)
        for row in self.rows:
            yield from row


@dataclass(frozen=True)
class Part:
    """The whole transcript in one language. ``wide`` are facts with a line of their own; ``number`` stands at the foot
    of every page, ``logos`` and ``seals`` are what is said of those of each issuer instead of showing them."""

    lang: str
    dir: str
    title: str
    number: str
    kind: str
    issuers: tuple[str, ...]
    holder: tuple[str, str]
    wide: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    rules: tuple[str, tuple[str, ...]]
    verification: tuple[str, tuple[str, ...]]
    signatories: tuple[tuple[str, str], ...]
    logos: tuple[str, ...]
    seals: tuple[str, ...]

    def texts(self) -> Iterator[str]:
        yield from (self.title, self.number, self.kind, *self.issuers, *self.holder)
        for pair in (*self.wide, *self.facts, *self.signatories):
            yield from pair
        for table in self.tables:
            yield from table.texts()
        for heading, sentences in (self.rules, self.verification):
            yield from (heading, *sentences)


@lru_cache
def words() -> dict[str, Any]:
    """The texts: group → name → language; a title stands without a group."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def titles() -> dict[str, str]:
    """The title of the document, by language."""
    return dict(words()["title"])


def parts(snapshot: Snapshot) -> list[Part]:
    """The document in each of its languages, one after the other."""
    return [_Writer(snapshot, lang).part() for lang in snapshot.languages]


def printed(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Language and text of everything on the pages but the codes."""
    for part in parts(snapshot):
        yield from ((part.lang, text) for text in part.texts())


class Figure(str):
    """A figure of a sentence; ``{name:day/days}`` is followed by the word that goes with it (in English)."""

    value: int

    def __new__(cls, text: str, value: int) -> "Figure":
        made = super().__new__(cls, text)
        made.value = value
        return made

    def __format__(self, spec: str) -> str:
        one, _, many = spec.partition("/")
        return f"{self}{NBSP}{one if self.value == 1 else many}" if spec else str(self)


class _Writer:
    """Writes one snapshot in one language."""

    def __init__(self, snapshot: Snapshot, lang: str) -> None:
        assert snapshot.record is not None
        self.snapshot, self.lang = snapshot, lang
        self.record: StudyRecord = snapshot.record
        self.locale = lang.replace("-", "_")

    def part(self) -> Part:
        snapshot, lang = self.snapshot, self.lang
        return Part(
            lang=lang,
            dir="rtl" if lang == "ar" else "ltr",
            title=snapshot.titles[lang],
            number=self.say("foot").format(number=SPECIMEN if snapshot.specimen else snapshot.serial),
            kind=self.say("supplement" if self.record.supplement else "record"),
            issuers=tuple(_isolated(one["name"][lang]) for one in snapshot.issuers),
            holder=(self.say("facts", "holder"), _isolated(snapshot.names[lang])),
            wide=(
                (self.say("facts", "programme"), self.record.programme[lang]),
                (self.say("facts", "period"), self.period()),
            ),
            facts=tuple(self.facts()),
            tables=(self.results(), self.scale(), self.hours()),
            rules=(self.say("rules", "heading"), tuple(self.rules())),
            verification=(self.say("verify", "heading"), (self.say("verify", "code"), self.say("verify", "file"))),
            signatories=tuple((_isolated(one["name"][lang]), one["role"][lang]) for one in snapshot.signatories),
            logos=tuple(self.say("marks", "logo").format(name=one["name"][lang]) for one in snapshot.issuers),
            seals=tuple(self.say("marks", "seal").format(name=one["name"][lang]) for one in snapshot.issuers),
        )

    # ---- the parts

    def facts(self) -> Iterator[tuple[str, str]]:
        snapshot, record = self.snapshot, self.record
        yield self.say("facts", "number"), SPECIMEN if snapshot.specimen else snapshot.serial
        if record.diploma:
            yield self.say("facts", "diploma"), record.diploma
        yield self.say("facts", "issued"), self.day(snapshot.issued_on)
        yield self.say("facts", "edition"), self.figure(snapshot.edition)
        yield self.say("facts", "modules"), self.figure(len(record.modules))
        yield self.say("facts", "hours"), self.figure(record.hours)
        if record.credit:
            yield record.credit.name[self.lang], self.figure(record.credit.of(record.hours))
        if record.capstone:
            yield self.say("facts", "capstone"), self.figure(record.capstone)
        if record.final:
            # Apart from each other: beside Arabic letters a decimal point would take another shape.
            yield self.say("facts", "final"), self.figure(record.final)
            yield self.say("facts", "grade"), self.grade(snapshot.band)

    def results(self) -> Table:
        heads = ("code", "module", "completed", "quiz", "assignment", "workshop", "mark", "grade")
        rows = tuple(
            (
                one.code,
                one.titles[self.lang],
                self.day(one.completed_on),
                *(self.figure(mark) for mark in (one.quiz, one.assignment, one.workshop_mark, one.mark)),
                self.grade(one.band),
            )
            for one in self.record.modules
        )
        said = tuple(self.say("heads", one) for one in heads)
        figures = frozenset(range(3, 7))
        return Table("results", self.say("tables", "results"), said, rows, head=1, loose=1, days=2, figures=figures)

    def hours(self) -> Table:
        """Rows are named by the code of the module alone: its title stands in the table above."""
        record, credit = self.record, self.record.credit
        heads = ["code", "theory", "workshop", "practical", "hours", "held", "attended", "attendance"]
        table = Table(
            "hours",
            self.say("tables", "hours"),
            tuple(self.say("heads", one) for one in heads),
            tuple(self.of_part(one) for one in record.planned),
            figures=frozenset(range(1, 9)),
            total=self.total(),
        )
        if not credit:
            return table
        credits = [self.figure(credit.of(one.hours)) for one in record.planned]
        return replace(
            table,
            heads=(*table.heads, credit.name[self.lang]),
            rows=tuple((*row, one) for row, one in zip(table.rows, credits, strict=True)),
            total=(*table.total, self.figure(credit.of(record.hours))),
        )

    def of_part(self, one: ModuleRecord | ProjectRecord) -> tuple[str, ...]:
        """The hours of a module or of the project, which has no live sessions of its own."""
        planned = tuple(map(self.figure, (one.theory, one.workshop, one.practical, one.hours)))
        if isinstance(one, ProjectRecord):
            return (self.say("heads", "project"), *planned, NOTHING, NOTHING, NOTHING)
        return (one.code, *planned, self.live(one.held), self.live(one.attended), self.share(one.attendance))

    def live(self, hours: str | Decimal) -> str:
        """Live hours, all with a decimal where one of them has one, so that units stand below each other."""
        modules = self.record.modules
        some = any(not _is_whole(one) for module in modules for one in (module.held, module.attended))
        return self.figure(Decimal(hours).quantize(Decimal("0.1" if some else "1"), ROUND_HALF_UP))

    def total(self) -> tuple[str, ...]:
        record = self.record
        planned = [(one.theory, one.workshop, one.practical, one.hours) for one in record.planned]
        held, attended = (sum(map(Decimal, column)) for column in zip(*self._live(), strict=True))
        share = str((100 * attended / held).quantize(Decimal("0.1"), ROUND_HALF_UP)) if held else None
        figures = (self.figure(sum(column)) for column in zip(*planned, strict=True))
        live = (self.live(Decimal(held)), self.live(Decimal(attended)), self.share(share))
        return (self.say("heads", "total"), *figures, *live)

    def _live(self) -> Iterator[tuple[str, str]]:
        """Live hours held and attended, module by module."""
        return ((one.held, one.attended) for one in self.record.modules)

    def scale(self) -> Table:
        """One row: the marks below their grades."""
        marks, above = list[str](), Decimal("100.0")
        for band in SCALE:
            least = Decimal(self.record.scale[band]).quantize(Decimal("0.1"))
            marks.append(f"{self.figure(least)}{NBSP}–{NBSP}{self.figure(above)}")
            above = least - Decimal("0.1")
        heads = (self.say("heads", "grade"), *map(self.grade, SCALE))
        figures = frozenset(range(1, len(heads)))
        return Table(
            "scale", self.say("tables", "scale"), heads, ((self.say("heads", "marks"), *marks),), figures=figures
        )

    def rules(self) -> Iterator[str]:
        figures = {name: Figure(self.figure(value), value) for name, value in self.record.rules.items()}
        for rule in RULES if self.record.final else RULES[:-1]:
            try:
                yield self.in_text(self.say("rules", rule).format(**figures))
            except KeyError:
                continue
        if credit := self.record.credit:
            name, hours = credit.name[self.lang], self.figure(credit.hours)
            yield self.say("rules", "credit").format(credit=name, credit_hours=hours)

    # ---- words and figures

    def say(self, group: str, name: str | None = None) -> str:
        found: Mapping[str, Any] = words()[group]
        return str((found[name] if name else found)[self.lang])

    def grade(self, band: str | None) -> str:
        return self.say("grades", band) if band else NOTHING

    def figure(self, value: Decimal | int | str | None) -> str:
        """A number with as many decimals as it has."""
        if value is None:
            return NOTHING
        exact = Decimal(value)
        places = max(0, -int(exact.as_tuple().exponent))
        pattern = "0." + "0" * places if places else "0"
        if self.lang == "ar":
            text = f"{exact:.{places}f}"
            return text.translate(ARABIC_INDIC) if self.snapshot.digits is Digits.ARAB else text
        return format_decimal(exact, pattern, locale=self.locale)

    def share(self, value: str | None) -> str:
        """Per cent."""
        return NOTHING if value is None else self.in_text(f"{self.figure(value)}%")

    def in_text(self, text: str) -> str:
        """Shares as the language writes them: the sign never leaves its figure, and in Arabic it has one side of it."""
        if self.lang == "ar":
            text = text.translate(wording.ARABIC_INDIC) if self.snapshot.digits is Digits.ARAB else text
            return SHARE.sub(rf"{LEFT_TO_RIGHT}\1%{POP}", text)
        return SHARE.sub(r"\1%" if self.lang == "en" else rf"\1{NBSP}%", text)

    def day(self, day: date) -> str:
        """A day as the diploma writes it; only beside the year it may be broken."""
        month = wording.MONTHS[self.lang].split()[day.month - 1]
        text = wording.DATE[self.lang].format(day=day.day, month=month, year=day.year).replace(NBSP, " ")
        text = re.sub(
            rf"\b{day.day} (?={month})|\b{day.year} (?=года|йил)", lambda found: f"{found[0].strip()}{NBSP}", text
        )
        return text.translate(ARABIC_INDIC) if self.lang == "ar" and self.snapshot.digits is Digits.ARAB else text

    def period(self) -> str:
        days = [self.day(one) for one in (self.snapshot.starts_on, self.snapshot.ends_on)]
        return " – ".join(dict.fromkeys(days))


def codes(snapshot: Snapshot) -> tuple[str, str, str]:
    """Number, code in groups of four, and the address at which the code is entered."""
    token = "-".join(snapshot.token[at : at + 4] for at in range(0, len(snapshot.token), 4))
    return snapshot.serial, token, snapshot.verify_url.split("://")[1].removesuffix(snapshot.token).rstrip("/?=")


def _is_whole(text: str) -> bool:
    return Decimal(text) == int(Decimal(text))


def _isolated(text: str) -> str:
    return f"{ISOLATE}{text}{POP}"
