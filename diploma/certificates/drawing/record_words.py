"""What a transcript says, language by language, as tables and sentences that only have to be laid out.

The words stand in ``transcript.toml``. Figures are written as each language writes them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from diploma.certificates.record import SCALE, ModuleRecord, StudyRecord
from diploma.certificates.snapshot import Digits, Snapshot

WORDS = Path(__file__).parent / "transcript.toml"
ARABIC_INDIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
DAYS = {"en": "y-MM-dd", "ar": "d MMMM y"}  # in tables; the others as below (spec language)
DAY = "dd.MM.y"
NOTHING = "–"
RULES = ("mark", "rounding", "pass", "quiz", "attendance", "late", "resubmission", "final")
ISOLATE, POP = "\u2068", "\u2069"


@dataclass(frozen=True)
class Table:
    """``head`` is the column whose cells name their rows; ``loose`` the one whose texts may be broken into lines."""

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    head: int = 0
    loose: int | None = None
    total: tuple[str, ...] = ()

    def texts(self) -> Iterator[str]:
        yield from (self.caption, *self.heads, *self.total)
        for row in self.rows:
            yield from row


@dataclass(frozen=True)
class Part:
    """The whole transcript in one language."""

    lang: str
    dir: str
    title: str
    kind: str
    issuers: tuple[str, ...]
    holder: tuple[str, str]
    programme: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    rules: tuple[str, tuple[str, ...]]
    verification: tuple[str, tuple[str, ...]]
    signatories: tuple[tuple[str, str], ...]

    def texts(self) -> Iterator[str]:
        yield from (self.title, self.kind, *self.issuers, *self.holder, *self.programme)
        for pair in (*self.facts, *self.signatories):
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
            kind=self.say("supplement" if self.record.final else "record"),
            issuers=tuple(_isolated(one["name"][lang]) for one in snapshot.issuers),
            holder=(self.say("facts", "holder"), _isolated(snapshot.names[lang])),
            programme=(self.say("facts", "programme"), self.record.programme[lang]),
            facts=tuple(self.facts()),
            tables=(self.results(), self.hours(), self.scale()),
            rules=(self.say("rules", "heading"), tuple(self.rules())),
            verification=(self.say("verify", "heading"), (self.say("verify", "code"), self.say("verify", "file"))),
            signatories=tuple((_isolated(one["name"][lang]), one["role"][lang]) for one in snapshot.signatories),
        )

    # ---- the parts

    def facts(self) -> Iterator[tuple[str, str]]:
        snapshot, record = self.snapshot, self.record
        period = [self.day(one) for one in (snapshot.starts_on, snapshot.ends_on)]
        yield self.say("facts", "period"), " – ".join(dict.fromkeys(period))
        yield self.say("facts", "issued"), self.day(snapshot.issued_on)
        yield self.say("facts", "modules"), self.figure(len(record.modules))
        yield self.say("facts", "edition"), self.figure(snapshot.edition)
        yield self.say("facts", "hours"), self.figure(record.hours)
        if record.credit:
            yield record.credit.name[self.lang], self.figure(record.credit.of(record.hours))
        if record.final:
            yield self.say("facts", "final"), f"{self.figure(record.final)} – {self.grade(snapshot.band)}"
        if record.capstone:
            yield self.say("facts", "capstone"), self.figure(record.capstone)

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
        return Table("results", self.say("tables", "results"), said, rows, head=1, loose=1)

    def hours(self) -> Table:
        """Rows are named by the code of the module alone: its title stands in the table above."""
        record, credit = self.record, self.record.credit
        heads = ["code", "theory", "workshop", "practical", "hours", "held", "attended", "attendance"]
        table = Table(
            "hours",
            self.say("tables", "hours"),
            tuple(self.say("heads", one) for one in heads),
            tuple(self.of_module(one) for one in record.modules),
            total=self.total(),
        )
        if not credit:
            return table
        credits = [self.figure(credit.of(one.hours)) for one in record.modules]
        return replace(
            table,
            heads=(*table.heads, credit.name[self.lang]),
            rows=tuple((*row, one) for row, one in zip(table.rows, credits, strict=True)),
            total=(*table.total, self.figure(credit.of(record.hours))),
        )

    def of_module(self, one: ModuleRecord) -> tuple[str, ...]:
        planned = (one.theory, one.workshop, one.practical, one.hours)
        figures = (*map(self.figure, planned), self.figure(one.held), self.figure(one.attended))
        return (one.code, *figures, self.share(one.attendance))

    def total(self) -> tuple[str, ...]:
        columns = zip(
            *((one.theory, one.workshop, one.practical, one.hours) for one in self.record.modules), strict=True
        )
        live = zip(*((Decimal(one.held), Decimal(one.attended)) for one in self.record.modules), strict=True)
        figures = [self.figure(sum(column)) for column in columns] + [self.figure(sum(column)) for column in live]
        return (self.say("heads", "total"), *figures, "")

    def scale(self) -> Table:
        rows, above = [], Decimal(100)
        for band in SCALE:
            least = Decimal(self.record.scale[band])
            rows.append((self.grade(band), f"{self.figure(least)} – {self.figure(above)}"))
            above = least - Decimal("0.1")
        said = (self.say("heads", "grade"), self.say("heads", "marks"))
        return Table("scale", self.say("tables", "scale"), said, tuple(rows))

    def rules(self) -> Iterator[str]:
        figures = {name: self.figure(value) for name, value in self.record.rules.items()}
        for rule in RULES if self.record.final else RULES[:-1]:
            try:
                yield self.say("rules", rule).format(**figures)
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
        if value is None:
            return NOTHING
        return self.figure(value) + ("%" if self.lang in ("ar", "en") else "\u00a0%")

    def day(self, day: date) -> str:
        text = format_date(day, DAYS.get(self.lang, DAY), locale=self.locale)
        return text.translate(ARABIC_INDIC) if self.lang == "ar" and self.snapshot.digits is Digits.ARAB else text


def codes(snapshot: Snapshot) -> tuple[str, str, str]:
    """Number, code in groups of four, and the address at which the code is entered."""
    token = "-".join(snapshot.token[at : at + 4] for at in range(0, len(snapshot.token), 4))
    return snapshot.serial, token, snapshot.verify_url.split("://")[1].removesuffix(snapshot.token).rstrip("/?=")


def _isolated(text: str) -> str:
    return f"{ISOLATE}{text}{POP}"
