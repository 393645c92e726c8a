"""The texts of mark sheets, worksheets and plans of workshops, and their keys.

``workshops/<workshop>/<line>/title|full|half|none`` · ``worksheets/<sheet>/title|purpose`` ·
``worksheets/<sheet>/fields/<field>/title|hint`` · ``…/columns/<column>/title`` · ``…/columns/<column>/choices/<id>`` ·
``…/criteria/<criterion>/title|full`` · ``plans/<workshop>/summary`` · ``plans/<workshop>/<anchor>``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.sheet_formats import LINE
from diploma.learning.authoring.texts import Passage, groups, named, sections
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile

Entry = tuple[str, Mapping[str, Any], KeyPath]


def sheet_passages(file: TomlFile) -> Iterator[Passage]:
    """All texts of ``workshops.toml``, of ``worksheets.toml``, or of both in a translation's ``<lang>.toml``."""
    for workshop, sheet, path in _entries(file.data.get("workshops", {}), ("workshops",)):
        in_source = isinstance(path[-1], int)
        lines = _entries(sheet["lines"], (*path, "lines")) if in_source else _entries(sheet, path)
        for line, one, place in lines:
            yield from named(file, one, place, f"workshops/{workshop}/{line}", LINE)
    for worksheet, sheet, path in _entries(file.data.get("worksheets", {}), ("worksheets",)):
        yield from named(file, sheet, path, f"worksheets/{worksheet}", ("title", "purpose"))
        for field, one, place in _entries(sheet.get("fields", {}), (*path, "fields")):
            yield from _field(file, one, place, f"worksheets/{worksheet}/fields/{field}")


def plan_passages(file: LessonFile, workshop: str) -> Iterator[Passage]:
    yield from named(file.front, file.front.data, (), f"plans/{workshop}", ("summary",))
    yield from sections(file, f"plans/{workshop}")


def _field(file: TomlFile, field: Mapping[str, Any], path: KeyPath, prefix: str) -> Iterator[Passage]:
    yield from named(file, field, path, prefix, ("title", "hint"))
    for group in ("columns", "criteria"):
        for name, one, place in _entries(field.get(group, {}), (*path, group)):
            yield from named(file, one, place, f"{prefix}/{group}/{name}", ("title", "full"))
            yield from groups(file, one, place, f"{prefix}/{group}/{name}", ("choices",))


def _entries(value: Any, path: KeyPath) -> Iterator[Entry]:
    """The tables of a list, each with its id (the source), or of a table, whose keys are the ids (a translation)."""
    if isinstance(value, list):
        yield from ((one["id"], one, (*path, index)) for index, one in enumerate(value))
    else:
        yield from ((name, one, (*path, name)) for name, one in value.items())
