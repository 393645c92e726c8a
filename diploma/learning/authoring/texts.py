"""The texts of the files and the keys under which the rest of the product knows them.

``programme/title`` · ``programme/summary`` · ``programme/awards/<id>`` · ``programme/scale/<id>`` ·
``module/title`` · ``module/summary`` · ``module/outcomes/<id>`` · ``module/workshops/<id>`` ·
``lessons/<id>/title`` · ``lessons/<id>/summary`` · ``lessons/<id>/<anchor>`` (Markdown with its heading) ·
``lessons/<id>/video/title`` ·
``quiz/<id>/stem|unit|accepted`` · ``quiz/<id>/options|left|right|why/<id>`` ·
``assignment/title|brief`` · ``assignment/part_titles|part_hints|declarations/<id>`` ·
``rubric/levels/<id>`` · ``rubric/<criterion>/title`` · ``rubric/<criterion>/<level>`` ·
``glossary/<id>/term`` · ``glossary/<id>/meaning``. Those of worksheets and workshops stand in ``sheet_texts``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from diploma.core.finding import letters
from diploma.core.lang import LANGS, Lang
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile

_ITEM_GROUPS = ("options", "left", "right", "why")
_ASSIGNMENT_GROUPS = ("part_titles", "part_hints", "declarations")


@dataclass(frozen=True)
class Passage:
    """One text and the place where its author can mend it."""

    key: str
    text: str
    file: TomlFile | LessonFile
    path: KeyPath

    @cached_property
    def letters(self) -> str:
        """The folded letters, in which phrases and terms are looked for."""
        return letters(self.text)

    def mistake(self, message: str, hint: str = "", *, at: int = 0, warning: bool = False) -> Mistake:
        """A mistake about this text; ``at`` is the character in it, which matters in a lesson of many lines."""
        if isinstance(self.file, TomlFile):
            return self.file.mistake(self.path, message, hint, warning=warning)
        line = self.file.line(self.path) + self.text.count("\n", 0, at)
        return self.file.at(line, self.path, message, hint, warning=warning)


def programme_passages(file: TomlFile, lang: Lang) -> Iterator[Passage]:
    data = file.data
    for name in ("title", "summary"):
        yield Passage(f"programme/{name}", data[name][lang], file, (name, lang))
    for group in ("awards", "scale"):
        for index, entry in enumerate(data[group]):
            yield Passage(f"programme/{group}/{entry['id']}", entry["title"][lang], file, (group, index, "title", lang))


def planned_passages(file: TomlFile, index: int, lang: Lang) -> Iterator[Passage]:
    """Title and summary of a planned module, under the keys that a written one has."""
    for name in ("title", "summary"):
        yield Passage(f"module/{name}", file.data["modules"][index][name][lang], file, ("modules", index, name, lang))


def side_by_side(file: TomlFile) -> Iterator[dict[Lang, Passage]]:
    """Each table of a file that holds one text in all languages (``[title]``)."""
    yield from _tables(file, file.data, ())


def _tables(file: TomlFile, value: Any, path: KeyPath) -> Iterator[dict[Lang, Passage]]:
    if isinstance(value, dict) and value.keys() == set(LANGS) and all(isinstance(one, str) for one in value.values()):
        yield {lang: Passage(file.key(path), value[lang], file, (*path, lang.value)) for lang in LANGS}
    elif isinstance(value, dict | list):
        for step, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _tables(file, one, (*path, step))


def source_passages(file: TomlFile, part: str) -> Iterator[Passage]:
    """The source language's texts of ``part``: module, quiz, assignment, rubric or glossary."""
    data = file.data
    if part == "glossary":
        for index, entry in enumerate(data["entries"]):
            yield from named(file, entry, ("entries", index), f"glossary/{entry['id']}", ("term", "meaning"))
        return
    if part == "module":
        yield from named(file, data, (), "module", ("title", "summary"))
        for group, name in (("outcomes", "text"), ("workshops", "title")):
            for index, entry in enumerate(data[group]):
                yield Passage(f"module/{group}/{entry['id']}", entry[name], file, (group, index, name))
    elif part == "quiz":
        for index, item in enumerate(data["items"]):
            yield from _item(file, item, ("items", index), item["id"])
    elif part == "assignment":
        yield from _assignment(file, data, ())
    else:
        for index, level in enumerate(data["levels"]):
            yield Passage(f"rubric/levels/{level['id']}", level["title"], file, ("levels", index, "title"))
        for index, criterion in enumerate(data["criteria"]):
            yield from _criterion(file, criterion, ("criteria", index), criterion["id"])


def overlay_passages(file: TomlFile) -> Iterator[Passage]:
    """All texts of a translation's ``<lang>.toml``: a module's or the glossary's."""
    for entry_id, entry in file.data.get("entries", {}).items():
        yield from named(file, entry, ("entries", entry_id), f"glossary/{entry_id}", ("term", "meaning"))
    module = file.data.get("module", {})
    yield from named(file, module, ("module",), "module", ("title", "summary"))
    yield from groups(file, module, ("module",), "module", ("outcomes", "workshops"))
    for item_id, item in file.data.get("quiz", {}).items():
        yield from _item(file, item, ("quiz", item_id), item_id)
    yield from _assignment(file, file.data.get("assignment", {}), ("assignment",))
    rubric = file.data.get("rubric", {})
    yield from groups(file, rubric, ("rubric",), "rubric", ("levels",))
    for criterion_id, criterion in rubric.get("criteria", {}).items():
        yield from _criterion(file, criterion, ("rubric", "criteria", criterion_id), criterion_id)


def lesson_passages(file: LessonFile, lesson_id: str) -> Iterator[Passage]:
    prefix = f"lessons/{lesson_id}"
    yield from named(file.front, file.front.data, (), prefix, ("title", "summary"))
    yield from named(file.front, file.front.data.get("video", {}), ("video",), f"{prefix}/video", ("title",))
    yield from sections(file, prefix)


def sections(file: LessonFile, prefix: str) -> Iterator[Passage]:
    """The text of each section that has an anchor, under it."""
    for section in file.sections:
        if section.anchor:
            yield Passage(f"{prefix}/{section.anchor}", section.markdown, file, (section.anchor,))


def _item(file: TomlFile, item: Mapping[str, Any], path: KeyPath, item_id: str) -> Iterator[Passage]:
    prefix = f"quiz/{item_id}"
    yield from named(file, item, path, prefix, ("stem", "unit"))
    yield from groups(file, item, path, prefix, _ITEM_GROUPS)
    accepted = "answer" if item.get("type") == "short" else "accepted"
    if accepted in item:
        yield Passage(f"{prefix}/accepted", "\n".join(item[accepted]), file, (*path, accepted))


def _assignment(file: TomlFile, data: Mapping[str, Any], path: KeyPath) -> Iterator[Passage]:
    yield from named(file, data, path, "assignment", ("title", "brief"))
    yield from groups(file, data, path, "assignment", _ASSIGNMENT_GROUPS)


def _criterion(file: TomlFile, data: Mapping[str, Any], path: KeyPath, criterion_id: str) -> Iterator[Passage]:
    prefix = f"rubric/{criterion_id}"
    yield from named(file, data, path, prefix, ("title",))
    yield from named(file, data.get("text", {}), (*path, "text"), prefix, tuple(data.get("text", {})))


def named(
    file: TomlFile, data: Mapping[str, Any], path: KeyPath, prefix: str, names: tuple[str, ...]
) -> Iterator[Passage]:
    """Those of ``names`` that the table ``data`` at ``path`` has."""
    for name in names:
        if name in data:
            yield Passage(f"{prefix}/{name}", data[name], file, (*path, name))


def groups(
    file: TomlFile, data: Mapping[str, Any], path: KeyPath, prefix: str, groups: tuple[str, ...]
) -> Iterator[Passage]:
    """The texts of tables inside of ``data``: each of ``groups`` holds one text per id."""
    for group in groups:
        for name, text in data.get(group, {}).items():
            yield Passage(f"{prefix}/{group}/{name}", text, file, (*path, group, name))
