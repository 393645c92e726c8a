"""The rows of a mark sheet against the marks on the server: what each would do, or why it does nothing.

Nothing is written here. The same is checked once more, under lock, by ``marking`` when a row is saved.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import i18n
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework import marking, results, rules
from diploma.coursework.allocation import anonymity, leases, markers
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation import calibration, rounds
from diploma.coursework.offline import access
from diploma.coursework.offline.columns import Seal, Words, digest, tidy
from diploma.coursework.offline.reading import Page, Row

LONGEST_COMMENT = 20_000  # as on the page of a script
SHOWN = 60  # characters of a comment in a reason

UNKNOWN = N_("There is no work with this receipt number that you may mark.")
TWICE = N_("This work stands in row %(other)s too. Keep one of the rows.")
LOCKED = N_("A cell of this row holds a formula or is merged. Type the text itself.")
BROKEN = N_("The row is not as it was exported: its hidden seal belongs to another work. Download the sheet again.")
STALE = N_(
    "The mark changed on the server since the export: %(name)s saved it, %(when)s. It says now: %(now)s. "
    "The sheet says: %(sheet)s."
)
NO_LEVEL = N_("“%(title)s”: there is no level “%(text)s”. Choose one from the list of the cell.")
MISSING = N_("“%(title)s”: choose a level, or keep the sheet as drafts.")
TOO_LONG = N_("The comment is longer than %(most)s characters.")
FROZEN_COHORT = N_("The cohort is closed; its marks are frozen.")
BARRED = N_("The rules of this cohort, or a conflict of interest, keep this work from you.")
TAKEN = N_("Another marker has this work: %(name)s. Take it over on its page to go on.")


class Keep(enum.StrEnum):
    """What a sheet is brought back as."""

    MARK = "mark"
    DRAFT = "draft"

    @property
    def to(self) -> MarkingState:
        return MarkingState.MARKED if self is Keep.MARK else MarkingState.MARKING


class Outcome(enum.StrEnum):
    """What becomes of a row."""

    READY = "ready"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """A row with what becomes of it. ``author`` is a name, or a receipt where the name is hidden. ``raw`` is what the
    rubric would give, ``before`` the mark that it takes the place of."""

    row: Row
    outcome: Outcome
    author: str = ""
    marking: Marking | None = None
    judged: Judged | None = None
    raw: Decimal | None = None
    before: Decimal | None = None
    reasons: list[Refused] = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict)  # what stands in the cells of the criteria


def judge(pages: Sequence[Page], seal: Seal, keep: Keep, lang: Lang, *, by: User) -> list[Verdict]:
    """Every row, in the order of the file; :class:`Refused` when the columns of a table are not those of its rubric.

    A constant number of queries, and one or two for each assignment of a cohort.
    """
    receipts = {rules.read_receipt(row.receipt) for page in pages for row in page.rows}
    known = {one.work.receipt: one for one in access.by_receipts(by, receipts)}
    judge = _Judge(known, seal, keep, lang, by)
    return [verdict for page in pages for verdict in judge.page(page)]


class _Judge:
    def __init__(self, known: Mapping[str, Marking], seal: Seal, keep: Keep, lang: Lang, by: User) -> None:
        self.known, self.seal, self.keep, self.lang, self.by = known, seal, keep, lang, by
        works = list(known.values())
        self.authors = anonymity.authors(works, by)
        self.barred = markers.barred(works, [by])
        self.held = leases.held_by_others(works, by)
        self.settled = rounds.settled_of([one.id for one in works if one.state is MarkingState.READY])
        self.words: dict[tuple[int, str], Words] = {}
        self.samples: dict[tuple[int, str], Refused | None] = {}
        self.rows: dict[str, int] = {}

    def page(self, page: Page) -> Iterable[Verdict]:
        columns: dict[str, dict[str, int]] = {}  # by rubric
        for row in page.rows:
            one = self.known.get(rules.read_receipt(row.receipt))
            if one is None:
                yield Verdict(row, Outcome.REFUSED, row.receipt, reasons=[Refused(UNKNOWN)])
                continue
            words = self.words_of(one)
            if words.key not in columns:
                columns[words.key] = page.criteria(words)
            yield self.row(row, one, words, {key: row.at(at) for key, at in columns[words.key].items()})

    def row(self, row: Row, one: Marking, words: Words, texts: Mapping[str, str]) -> Verdict:
        """What becomes of a row whose work is within reach."""

        def made(outcome: Outcome, *reasons: Refused, **more: Any) -> Verdict:
            return Verdict(row, outcome, self.authors[one.id], one, reasons=[*reasons], texts=texts, **more)

        receipt = one.work.receipt
        first = self.rows.setdefault(receipt, row.number)
        if first != row.number:
            return made(Outcome.REFUSED, Refused(TWICE, other=first))
        if not row.comment and not any(texts.values()):
            return made(Outcome.SAME)
        if row.locked:
            return made(Outcome.REFUSED, Refused(LOCKED))
        stamp = self.seal.read(row.seal, receipt, words.key)
        if stamp is None:
            return made(Outcome.REFUSED, Refused(BROKEN))
        levels = {key: level for key, text in texts.items() if (level := words.level(text))}
        unknown = [key for key, text in texts.items() if text and key not in levels]
        if not unknown and (
            digest(levels, row.comment) == stamp.said and not self.sets(one, levels, words, stamp.version)
        ):
            return made(Outcome.SAME)  # the marker left it as it was exported
        if not unknown and self.stands(one, levels, row.comment):
            return made(Outcome.SAME)
        if closed := self.closed(one):
            return made(Outcome.REFUSED, closed)
        if stamp.version != one.version and not self.says(one, levels, row.comment):
            return made(Outcome.REFUSED, self.stale(one, words, texts, levels, row.comment))
        if problems := [*self.problems(words, texts, levels, unknown, row.comment)]:
            return made(Outcome.REFUSED, *problems)
        complete = not rules.missing_levels(words.rubric, levels)
        comment = one.comment if tidy(one.comment) == row.comment else row.comment
        return made(
            Outcome.READY,
            judged=Judged(levels, comment, one.version, remarks=one.remarks),
            raw=rules.raw_mark(words.rubric, levels) if complete else None,
            before=one.counted,
        )

    def words_of(self, one: Marking) -> Words:
        place = (one.work.revision_id, one.work.submission.module)
        if place not in self.words:
            self.words[place] = Words(results.content_of(one.work), place[1], self.lang)
        return self.words[place]

    def says(self, one: Marking, levels: Mapping[str, str], comment: str) -> bool:
        return digest(levels, comment) == digest(one.levels, one.comment)

    def stands(self, one: Marking, levels: Mapping[str, str], comment: str) -> bool:
        """Whether the server says the same already: no mark is taken back by a draft that says nothing new."""
        done = one.state not in rules.TO_DO or self.keep is Keep.DRAFT
        return done and self.says(one, levels, comment)

    def sets(self, one: Marking, levels: Mapping[str, str], words: Words, version: int) -> bool:
        """Whether a row as it was exported is a whole draft that only waits to be set as a mark."""
        waits = self.keep is Keep.MARK and one.state is MarkingState.MARKING and one.version == version
        return waits and not rules.missing_levels(words.rubric, levels)

    def closed(self, one: Marking) -> Refused | None:
        """Why this marker cannot write to a marking at all."""
        enrolment = one.work.submission.enrolment
        if enrolment.cohort.state in FROZEN:
            return Refused(FROZEN_COHORT)
        if self.by.id in self.barred[one.id]:
            return Refused(BARRED)
        if closed := marking.why_closed(one, self.keep.to):
            return Refused(closed)
        if one.id in self.settled:
            return Refused(marking.SETTLED)
        if held := self.held.get(one.id):
            return Refused(TAKEN, name=held.holder.display_name)
        return self.sampled(one)

    def sampled(self, one: Marking) -> Refused | None:
        submission = one.work.submission
        place = (submission.enrolment.cohort_id, submission.module)
        if place not in self.samples:
            try:
                calibration.demand(submission.enrolment.cohort, submission.module, self.by)
                self.samples[place] = None
            except Refused as refused:
                self.samples[place] = refused
        return self.samples[place]

    def problems(
        self, words: Words, texts: Mapping[str, str], levels: Mapping[str, str], unknown: Sequence[str], comment: str
    ) -> Iterable[Refused]:
        for key in unknown:
            yield Refused(NO_LEVEL, title=words.title(key), text=texts[key][:SHOWN])
        if len(comment) > LONGEST_COMMENT:
            yield Refused(TOO_LONG, most=LONGEST_COMMENT)
        if self.keep is Keep.MARK:
            for key in rules.missing_levels(words.rubric, levels):
                if key not in unknown:
                    yield Refused(MISSING, title=words.title(key))

    def stale(
        self, one: Marking, words: Words, texts: Mapping[str, str], levels: Mapping[str, str], comment: str
    ) -> Refused:
        """Who changed the mark and when, and both sides of what differs."""
        differ = [line.id for line in words.lines if levels.get(line.id) != one.levels.get(line.id)]
        now = [f"{words.title(key)}: {words.name(key, one.levels.get(key))}" for key in differ]
        sheet = [f"{words.title(key)}: {texts[key][:SHOWN] or '–'}" for key in differ]
        if comment != tidy(one.comment):
            now.append(f"“{_short(one.comment)}”")
            sheet.append(f"“{_short(comment)}”")
        zone = one.work.submission.enrolment.cohort.time_zone
        return Refused(
            STALE,
            name=one.marker.display_name if one.marker else "–",
            when=i18n.fmt().datetime(one.saved_at, zone) if one.saved_at else "–",
            now="; ".join(now) or "–",
            sheet="; ".join(sheet) or "–",
        )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
