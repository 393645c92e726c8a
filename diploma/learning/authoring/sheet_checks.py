"""Do the worksheets of a module, the plans of its workshops and their mark sheets hold together?"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from diploma.core.lang import Lang
from diploma.core.markup import Source
from diploma.learning.authoring.ids import ids, repeated, unknown
from diploma.learning.authoring.lesson_checks import length_mistakes, section_mistakes
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import said
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile
from diploma.learning.loader import ModuleFiles

SECTIONS = ("goal", "before", "plan", "online", "watch", "after")  # of the plan of a workshop, in this order
WORDS = (350, 650)  # of its source text: up to 600, and its headings
_CELL = re.compile(r"\s*\|\s*((?:\\\||[^|])*?)\s*(?:\||$)")


def sheet_mistakes(files: ModuleFiles, source: Lang, countries: Collection[str]) -> Iterator[Mistake]:
    head = files.parts.get("module")
    if "workshops" in files.parts:
        yield from _mark_sheets(files.parts["workshops"], head)
    if "worksheets" in files.parts:
        yield from _worksheets(files.parts["worksheets"], head)
    if head and files.plans:
        yield from _for_each(head, files.plans, "plan", "Write workshops/%s/en.md; all workshops have a plan, or none.")
    for workshop, translations in files.plans.items():
        hours = [one["hours"] for one in head.data["workshops"] if one["id"] == workshop] if head else []
        yield from _plan(translations, source, countries, hours[0] if hours else None)


# ---- workshops.toml


def _mark_sheets(file: TomlFile, head: TomlFile | None) -> Iterator[Mistake]:
    yield from repeated(file, "workshops")
    if head:
        yield from _for_each(head, ids(file, "workshops"), "mark sheet", 'Write [[workshops]] with id = "%s".')
    for index, sheet in enumerate(file.data["workshops"]):
        path: KeyPath = ("workshops", index)
        if head:
            yield from unknown(file, (*path, "id"), sheet["id"], ids(head, "workshops"), "workshop")
        yield from repeated(file, *path, "lines")
        yield from _hundred(file, path, sheet["lines"], "points")


def _for_each(head: TomlFile, there: Collection[str], what: str, hint: str) -> Iterator[Mistake]:
    """Who leads a workshop that has none would miss what the others have."""
    for index, workshop in enumerate(ids(head, "workshops")):
        if workshop not in there:
            yield head.mistake(("workshops", index), f"The workshop {workshop!r} has no {what}.", hint % workshop)


def _hundred(file: TomlFile, path: KeyPath, entries: list[dict[str, Any]], name: str) -> Iterator[Mistake]:
    total = sum(one[name] for one in entries)
    if total != 100:
        yield file.mistake(path, f"The {name} make {total}; they must make 100.", "Change them until they do.")


# ---- worksheets.toml


def _worksheets(file: TomlFile, head: TomlFile | None) -> Iterator[Mistake]:
    yield from repeated(file, "worksheets")
    for index, sheet in enumerate(file.data["worksheets"]):
        path: KeyPath = ("worksheets", index)
        if head:
            yield from unknown(file, (*path, "lesson"), sheet["lesson"], ids(head, "lessons"), "lesson")
        yield from repeated(file, *path, "fields")
        for place, field in enumerate(sheet["fields"]):
            yield from _field(file, field, (*path, "fields", place))


def _field(file: TomlFile, field: dict[str, Any], path: KeyPath) -> Iterator[Mistake]:
    if field["kind"] == "table":
        yield from repeated(file, *path, "columns")
    elif field["kind"] == "matrix":
        yield from repeated(file, *path, "criteria")
        yield from _hundred(file, path, [{"weights": one["weight"]} for one in field["criteria"]], "weights")
        yield from _floor(file, field, path)


def _floor(file: TomlFile, field: dict[str, Any], path: KeyPath) -> Iterator[Mistake]:
    if "floor" not in field:
        return
    floor, path = field["floor"], (*path, "floor")
    known = [one["id"] for one in field["criteria"]]
    yield from unknown(file, (*path, "criterion"), floor["criterion"], known, "criterion")
    if floor["under"] > field["most"]:
        yield file.mistake(
            (*path, "under"),
            f"Every score is under {floor['under']}: the highest is {field['most']}.",
            "No option could stay. Lower it.",
        )


# ---- workshops/<workshop>/<lang>.md


def _plan(
    translations: Mapping[Lang, LessonFile], source: Lang, countries: Collection[str], hours: int | None
) -> Iterator[Mistake]:
    """One plan in all its languages; ``hours`` are those of its workshop, when they are known."""
    yield from section_mistakes(translations, source, countries)
    original = translations.get(source)
    for plan in translations.values():
        for section in plan.sections:
            if section.anchor == "plan":
                yield from _minutes(plan, section, hours if plan is original else None)
    if original:
        yield from _sections(original)
        yield from length_mistakes(original, WORDS, "plan")


def _sections(plan: LessonFile) -> Iterator[Mistake]:
    """Others may stand between them."""
    found = [section.anchor for section in plan.sections if section.anchor in SECTIONS]
    missing = [anchor for anchor in SECTIONS if anchor not in found]
    if missing:
        yield plan.at(
            plan.line(()), (missing[0],), f"The plan has no section {said(missing)}.", "Write ## Title {#anchor}."
        )
    elif found != list(SECTIONS):
        moved = next(here for here, there in zip(found, SECTIONS, strict=False) if here != there)
        yield plan.mistake((moved,), f"The sections of a plan are {said(SECTIONS)}, in this order.", "Move this one.")


def _minutes(plan: LessonFile, section: Source, hours: int | None) -> Iterator[Mistake]:
    """Each row of the table begins with its minutes; with ``hours``, they add up to the length of the workshop."""
    lines = enumerate(section.markdown.split("\n"), section.line)
    rows = [(number, found[1]) for number, line in lines if (found := _CELL.match(line))][2:]
    if not rows:
        hint = "Write | Minutes | What happens | How to lead it |, a line |---|---|---|, then a row for each step."
        yield plan.at(section.line, ("plan",), "The plan has no table.", hint)
    wrong = [(number, cell) for number, cell in rows if not cell.isdecimal()]
    for number, cell in wrong:
        message = f"The row begins with {cell!r}, not with its minutes."
        yield plan.at(number, ("plan",), message, "Write digits only, as in | 15 |.")
    total = sum(int(cell) for _number, cell in rows if cell.isdecimal())
    if rows and not wrong and hours is not None and total != 60 * hours:
        yield plan.at(
            section.line,
            ("plan",),
            f"The minutes make {total}; {hours} hours are {60 * hours}.",
            "Mend a row, breaks included, or the hours of the workshop in module.toml.",
        )
