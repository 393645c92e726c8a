"""A workbook of translations against the files: everything that is wrong with its rows, and what it would write.

The files are tried on a copy, so that a row is held to the very checks of ``content check``. A row counts when its
source is that of today, when the translation was not changed by somebody else since the export, and when the course
with it has no mistake that it had not before.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diploma.accounts.models import User
from diploma.core.db import unit_of_work
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.markup import split
from diploma.learning import freshness, loader
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.freshness import section_hash
from diploma.learning.loader import Loaded
from diploma.learning.translation import records, standing, writing
from diploma.learning.translation.places import Place, places
from diploma.learning.translation.standing import Standing, Text
from diploma.learning.translation.workbooks import Row, Sheet, short, tidy

Key = tuple[str, str]  # module, key of a text

TRIES = 5  # rounds in which faulty rows are taken out; mistakes are told all at once, so few need a second one

FORMULA = N_("A cell of this row holds a formula. Type the text itself.")
MERGED = N_("Cells of this row are merged. Unmerge them and write each text into its own row.")
UNKNOWN = N_("There is no text with this module and key. Columns A and B must stay as they were exported.")
TWICE = N_("This text stands in row %(other)s too. Keep one of the rows.")
STALE = N_("The source has changed since the export. Export this text again.")
ALTERED = N_("The source of this row was edited. It is not written here; copy it from a new export.")
CHANGED = N_("Somebody else has changed this translation since the export. Export it again.")
EMPTIED = N_("The translation is empty, but there is one in the course. Leave the row out to keep it.")
SECTION = N_("One section belongs here: begin it with ## and its title, and {#%(anchor)s} behind the title.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: ``message`` is a gettext source or, ``english``, a sentence of ``content check``.

    A ``warning`` stops nothing. Row 0 stands for the whole file.
    """

    row: int
    module: str
    key: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    english: bool = False
    warning: bool = False


@dataclass
class Plan:
    """What importing a sheet would do: ``texts`` are to be written, ``confirmed`` stay and are accepted as fresh.

    ``lost`` are texts of the sheet's modules without a row: left out, or new since the export.
    """

    lang: Lang
    rows: int
    texts: dict[Key, str] = field(default_factory=dict)
    confirmed: set[Key] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    lost: list[Key] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [one for one in self.problems if not one.warning]

    @property
    def ready(self) -> int:
        """How many texts would be written or accepted."""
        return len(self.texts) + len(self.confirmed)


def check(root: Path, sheet: Sheet, loaded: Loaded | None = None) -> Plan:
    """Judge a sheet against the course under ``root`` (``loaded``, when it was read already). Writes nothing."""
    loaded = loaded or loader.load(root)
    if sheet.lang is loaded.source_language:
        raise Refused(N_("%(lang)s is the source language; it is not translated."), lang=sheet.lang.value)
    return _Judge(root, loaded, sheet).plan()


def apply(root: Path, sheet: Sheet, *, by: User, partial: bool = False, operator: bool = False) -> Plan:
    """Check the sheet and write it into the course; with an error in any row nothing, unless ``partial``.

    Whoever wrote a text is recorded before the text is in the files: a record of a text that never arrived says
    nothing, but a text whose translator nobody knows could be approved by them. So this opens its own unit of work.
    """
    records.check_translator(by, sheet.lang)
    with writing.locked(root):
        loaded = loader.load(root)
        plan = check(root, sheet, loaded)
        if plan.ready and (partial or not plan.errors):
            with writing.copy_of(root) as copy:
                writing.edit(copy, loaded, plan.lang, plan.texts)
                writing.accept(copy, plan.lang, {*plan.texts, *plan.confirmed})
                made = _made(loader.load(copy), plan)
                with unit_of_work():
                    records.translated(made, by=by, operator=operator)
                writing.take_over(copy, root)
    return plan


def _made(loaded: Loaded, plan: Plan) -> list[Text]:
    """The texts of a plan as they stand in the course that holds them."""
    keys = [*plan.texts, *plan.confirmed]
    by_module = {module: standing.texts(loaded, module, plan.lang, {}) for module in dict.fromkeys(m for m, _ in keys)}
    return [by_module[module][key] for module, key in keys]


class _Judge:
    def __init__(self, root: Path, loaded: Loaded, sheet: Sheet) -> None:
        self.root, self.loaded, self.lang, self.rows = root, loaded, sheet.lang, sheet.rows
        known = standing.modules(loaded)
        self.modules = [one for one in known if one in {row.module for row in self.rows}]
        self.texts = {module: standing.texts(loaded, module, self.lang, {}) for module in self.modules}
        self.places = {module: places(loaded, module, self.lang) for module in self.modules}
        self.row_of: dict[Key, Row] = {}
        self.made = Plan(sheet.lang, len(sheet.rows))

    def plan(self) -> Plan:
        for module in self.modules:
            freshness.sound(self.loaded, module)
        for row in self.rows:
            self.made.problems += self.judge(row)
        everything = ((module, key) for module, texts in self.texts.items() for key in texts)
        self.made.lost = [one for one in everything if one not in self.row_of]
        self.try_out()
        self.made.problems.sort(key=lambda one: (one.row, one.key))
        return self.made

    def judge(self, row: Row) -> Iterator[Problem]:
        """What is wrong with a row by itself; a good one that changes something goes into the plan."""
        text = self.texts.get(row.module, {}).get(row.key)
        if row.formula or row.merged:
            yield _problem(row, FORMULA if row.formula else MERGED)
        elif text is None:
            yield _problem(row, UNKNOWN)
        elif first := self.row_of.get((row.module, row.key)):
            yield _problem(row, TWICE, other=first.number)
        elif short(section_hash(tidy(text.source))) != row.source_hash or section_hash(row.source) != row.source_hash:
            yield _problem(row, STALE if section_hash(row.source) == row.source_hash else ALTERED)
        elif row.text != tidy(text.text):
            yield from self.change(row, text)
        elif text.standing is Standing.STALE and row.status.casefold() == Standing.DRAFT:
            self.made.confirmed.add((row.module, row.key))
        if text is not None:
            self.row_of.setdefault((row.module, row.key), row)

    def change(self, row: Row, text: Text) -> Iterator[Problem]:
        """A row with another translation than the files have."""
        place = self.places[row.module][row.key]
        if not row.text:
            yield _problem(row, EMPTIED)
        elif row.text_hash != short(text.text_hash):
            yield _problem(row, CHANGED)
        elif place.section and not _is_section(row.text, place):
            yield _problem(row, SECTION, anchor=place.path[0])
        else:
            self.made.texts[row.module, row.key] = row.text

    def try_out(self) -> None:
        """Hold what is left to the checks of the course; rows that fail are taken out, and the rest is tried again."""
        before = writing.mistakes(self.loaded, self.row_of) if self.made.texts else []
        for _ in range(TRIES):
            found = self.tried(before) if self.made.texts else []
            bad = {key for problem, keys in found for key in keys if not problem.warning}
            self.made.problems += [one for one, _keys in found if not (one.warning and bad)]
            self.made.texts = {key: text for key, text in self.made.texts.items() if key not in bad}
            if not bad:
                return
        self.made.texts = {}

    def tried(self, before: list[Mistake]) -> list[tuple[Problem, list[Key]]]:
        """What the course says against the texts of the plan, and against which of them."""
        with writing.copy_of(self.root) as copy:
            writing.edit(copy, self.loaded, self.lang, self.made.texts)
            after = loader.load(copy)
        self.compare(after)
        where = _Places(after, self.lang, self.made.texts)
        found = [(one, where.keys(one)) for one in writing.new_mistakes(before, writing.mistakes(after, self.row_of))]
        return [(self.of_mistake(mistake, keys), keys or [*self.made.texts]) for mistake, keys in found]

    def compare(self, after: Loaded) -> None:
        """What was put in is read back, and no other text has changed; else this program is at fault."""
        if after.mistakes != self.loaded.mistakes:
            return  # a file that cannot be read is told as a mistake
        wanted = self.hashes(self.loaded) | {key: section_hash(text) for key, text in self.made.texts.items()}
        if self.hashes(after) != wanted:
            raise Refused(N_("The texts could not be written into the files as they are; nothing was changed."))

    def hashes(self, loaded: Loaded) -> dict[Key, str]:
        texts = {module: loaded.texts[module].get(self.lang, {}) for module in loaded.texts}
        return {(module, key): section_hash(text) for module, held in texts.items() for key, text in held.items()}

    def of_mistake(self, mistake: Mistake, keys: Collection[Key]) -> Problem:
        first = min((self.row_of[key] for key in keys), key=lambda row: row.number, default=None)
        said, at = f"{mistake.message} {mistake.hint}".strip(), mistake.key
        if first and at and at.split(".")[-1] != first.key.split("/")[-1]:
            said = f"{at}: {said}"  # it is about something else of the same file
        if first is None:
            return Problem(0, "", "", f"{mistake.file}:{mistake.line}: {said}", {}, True, mistake.warning)
        return Problem(first.number, first.module, first.key, said, {}, True, mistake.warning)


class _Places:
    """Which of the texts that were put into the files a mistake is about."""

    def __init__(self, loaded: Loaded, lang: Lang, texts: Iterable[Key]) -> None:
        self.files: dict[str, list[tuple[Key, Place]]] = {}
        for module, key in texts:
            place = places(loaded, module, lang)[key]
            self.files.setdefault(place.file, []).append(((module, key), place))

    def keys(self, mistake: Mistake) -> list[Key]:
        """Those at its key, within it or round it; without a key those in its line; else all of its file."""
        here, at = self.files.get(mistake.file, []), mistake.key
        if at:
            found = [key for key, one in here if f"{at}.".startswith(f"{one.name}.") or one.name.startswith(f"{at}.")]
        else:
            found = [key for key, one in here if mistake.line in _lines(one)]
        return found or [key for key, _place in here]


def _lines(place: Place) -> range:
    if place.passage is None:
        return range(0)
    first = place.passage.file.line(place.passage.path)
    return range(first, first + place.passage.text.count("\n") + 1)


def _is_section(text: str, place: Place) -> bool:
    """Whether a text is one section of a page, with the anchor of its place."""
    return [one.anchor for one in split(text)] == [place.path[0]]


def _problem(row: Row, message: str, **params: Any) -> Problem:
    return Problem(row.number, row.module, row.key, message, params)
