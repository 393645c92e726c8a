"""What a marker takes along: works of the queue in parts that a line can carry, with the sheet for their marks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from diploma.accounts.models import User
from diploma.core import i18n
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework import dates, results, rules
from diploma.coursework.access import Wanted
from diploma.coursework.allocation import anonymity, leases, markers
from diploma.coursework.extensions import easing
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.offline import access
from diploma.coursework.offline.columns import COMMENT, RECEIPT, SEAL, Seal, Words
from diploma.coursework.offline.sheet import Table, Work

MOST_WORKS = 1_000  # of one queue
PART_WORKS, PART_BYTES = 100, 150 * 10**6
MOST_TABLES = 8  # the readers look into ten sheets, and two are lists and help

TOO_MANY = N_("More than %(most)s works are in this queue. Choose a cohort, a module or a language first.")
TOO_MIXED = N_("These works have more than %(most)s rubrics. Choose a module first.")

STATES: Mapping[MarkingState, str] = {
    MarkingState.WAITING: N_("Waits"),
    MarkingState.MARKING: N_("Being marked"),
    MarkingState.MARKED: N_("Marked, not released"),
    MarkingState.READY: N_("Ready for release"),
}
Translate = Callable[[str], str]


@dataclass(frozen=True)
class Part:
    """Works that go out together; ``size`` is that of their files in bytes."""

    works: list[Marking]
    size: int


@dataclass(frozen=True)
class Offer:
    """The queue as it can be taken along. ``kept_back`` are works that another marker has or that rules keep away."""

    parts: list[Part]
    kept_back: int

    @property
    def count(self) -> int:
        return sum(len(one.works) for one in self.parts)


def offer(wanted: Wanted, *, by: User) -> Offer:
    """What of a queue can be marked by this person; a constant number of queries."""
    found = access.wanted(by, wanted, MOST_WORKS)
    if len(found) > MOST_WORKS:
        raise Refused(TOO_MANY, most=MOST_WORKS)
    barred, held = markers.barred(found, [by]), leases.held_by_others(found, by)
    free = [one for one in found if one.id not in held and by.id not in barred[one.id]]
    return Offer(_parts(free), len(found) - len(free))


def _parts(works: Collection[Marking]) -> list[Part]:
    parts: list[Part] = []
    for one in works:
        size = sum(file["size"] for part in one.work.files.values() for file in part)
        last = parts[-1] if parts else None
        if last is None or len(last.works) == PART_WORKS or last.size + size > PART_BYTES:
            parts.append(Part([one], size))
        else:
            parts[-1] = Part([*last.works, one], last.size + size)
    return parts


@dataclass(frozen=True)
class Typed:
    """What a marker has written into a row that was refused, and why it was. A row whose cells do not belong together
    keeps its ``seal``, so that it is refused again; without one it gets a fresh one."""

    levels: Mapping[str, str]
    comment: str
    reason: str
    seal: str | None = None


class Tables:
    """Rows of works, put into a table for each rubric. ``lang`` is the marker's; a constant number of queries."""

    def __init__(self, works: Sequence[Marking], seal: Seal, lang: Lang, translate: Translate, *, by: User) -> None:
        self.works, self.seal, self.lang, self.translate = works, seal, lang, translate
        self.authors = anonymity.authors(works, by)
        self.lates = dates.lates({(one.work.submission.enrolment.cohort, one.work.submission.module) for one in works})
        self.eased = easing.of([one.work.submission for one in works])
        self.words: dict[tuple[int, str], Words] = {}

    def is_hidden(self, one: Marking) -> bool:
        return self.authors[one.id] == one.work.receipt

    def made(self, typed: Mapping[int, Typed] | None = None) -> list[Table]:
        """The tables; what is ``typed``, by the id of the marking, stands in the place of what is stored."""
        groups: dict[tuple[str, str], list[Marking]] = {}
        for one in self.works:
            groups.setdefault((one.work.submission.module, self.words_of(one).key), []).append(one)
        if len(groups) > MOST_TABLES:
            raise Refused(TOO_MIXED, most=MOST_TABLES)
        names = _names([self.code(works[0]) for works in groups.values()])
        return [
            Table(name, self.words_of(works[0]).lines, [self._row(one, (typed or {}).get(one.id)) for one in works])
            for name, works in zip(names, groups.values(), strict=True)
        ]

    def words_of(self, one: Marking) -> Words:
        place = (one.work.revision_id, one.work.submission.module)
        if place not in self.words:
            self.words[place] = Words(results.content_of(one.work), place[1], self.lang)
        return self.words[place]

    def code(self, one: Marking) -> str:
        return results.content_of(one.work).modules[one.work.submission.module].code

    def due(self, one: Marking) -> str:
        """By which day the work was due, and by how many days it is late; as on its page."""
        submission, work = one.work.submission, one.work
        cohort = submission.enrolment.cohort
        due_at = self.eased[submission.id].due_at(work) if work.number == 1 else work.due_at
        days = self.lates[cohort.id, submission.module].days(work.received_at, due_at)
        day = i18n.fmt().date(due_at, cohort.time_zone)
        return f"{day} (+{days})" if days and not work.resubmission else day

    def _row(self, one: Marking, typed: Typed | None) -> Work:
        work, words = one.work, self.words_of(one)
        levels = rules.known_levels(words.rubric, one.levels)
        cells = {
            RECEIPT: work.receipt,
            "reason": typed.reason if typed else "",
            "author": "" if self.is_hidden(one) else self.authors[one.id],
            "module": self.code(one),
            "language": work.lang.native_name,
            "attempt": str(work.attempt),
            "due": self.due(one),
            COMMENT: typed.comment if typed else one.comment,
            "state": self.translate(STATES.get(one.state, "")) if one.state in STATES else "",
            SEAL: self.seal.make(work.receipt, words.key, one.version, levels, one.comment),
        }
        if typed and typed.seal is not None:
            cells[SEAL] = typed.seal
        names = {key: words.name(key, level) for key, level in levels.items()}
        whole = not rules.missing_levels(words.rubric, levels) and not typed
        total = rules.raw_mark(words.rubric, levels) if whole else None
        return Work(cells, typed.levels if typed else names, total)


def _names(codes: Sequence[str]) -> list[str]:
    """Names of sheets: the codes of the modules, numbered where a module has another rubric in another edition."""
    found: list[str] = []
    for code in codes:
        plain = "".join(sign for sign in code if sign.isalnum() or sign in " .-")[:20] or "?"
        count = sum(one == plain or one.startswith(f"{plain} (") for one in found)
        found.append(f"{plain} ({count + 1})" if count else plain)
    return found
