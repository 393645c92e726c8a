"""Ids that stand twice, and ids that name nothing."""

from collections.abc import Collection, Iterator
from typing import Any

from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import guess
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile


def repeated(file: TomlFile, *group: str | int) -> Iterator[Mistake]:
    """The second and later tables of the list at ``group`` («items», or a longer path) whose id an earlier one has."""
    first: dict[str, int] = {}
    entries: Any = file.data
    for step in group:
        entries = entries[step]
    for index, entry in enumerate(entries):
        path: KeyPath = (*group, index, "id")
        if entry["id"] in first:
            name = ".".join(step for step in group if isinstance(step, str))
            yield file.mistake(
                path,
                f"The id {entry['id']!r} stands twice in [[{name}]].",
                f"Line {first[entry['id']]} has it already: give this one another id.",
            )
        first.setdefault(entry["id"], file.line(path))


def unknown(file: TomlFile, path: KeyPath, name: str, known: Collection[str], what: str) -> Iterator[Mistake]:
    """A mistake when ``name`` is not the id of a ``what`` («outcome»)."""
    if name not in known:
        yield file.mistake(path, f"There is no {what} {name!r}.", guess(name, known))


def ids(file: TomlFile, group: str) -> list[str]:
    return [entry["id"] for entry in file.data[group]]
