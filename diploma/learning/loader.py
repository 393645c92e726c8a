"""Reads a course's folder; every mistake is collected, none stops the reading.

A file with a mistake of shape is left out, so that what is loaded can be trusted by its types; what
refers to a missing file is then left out too. ``checker.check`` looks at the meaning of the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diploma.core import vectors
from diploma.core.lang import LANGS, Lang
from diploma.core.vectors import Drawing
from diploma.learning.authoring import build, build_sheets, formats, sheet_formats, translation_formats
from diploma.learning.authoring.lessonfile import LessonFile, parse_lesson
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import Shape, guess
from diploma.learning.authoring.sheet_texts import plan_passages, sheet_passages
from diploma.learning.authoring.texts import (
    Passage,
    lesson_passages,
    overlay_passages,
    planned_passages,
    programme_passages,
    source_passages,
)
from diploma.learning.authoring.tomlfile import TomlFile, parse_toml, read_text
from diploma.learning.authoring.video_checks import SUFFIXES
from diploma.learning.structure import Module, ModuleEntry, Programme, Status

GLOSSARY = "glossary"  # stands beside the modules in texts, status and freshness
STYLE = "style.toml"  # what texts never say; a course may do without
PARTS = {"module": formats.MODULE, "quiz": formats.QUIZ, "assignment": formats.ASSIGNMENT, "rubric": formats.RUBRIC}
OPTIONAL = {"workshops": sheet_formats.MARK_SHEETS, "worksheets": sheet_formats.WORKSHEETS}
_LESSON = (translation_formats.LESSON_SOURCE, translation_formats.LESSON_TRANSLATION)
_PLAN = (translation_formats.PLAN_SOURCE, translation_formats.PLAN_TRANSLATION)

Texts = dict[Lang, dict[str, str]]


@dataclass
class ModuleFiles:
    """The well-shaped files of one written module, or of the glossary."""

    id: str
    folder: str
    parts: dict[str, TomlFile] = field(default_factory=dict)  # of PARTS and OPTIONAL; or glossary
    without: set[str] = field(default_factory=set)  # those of OPTIONAL that the module does without
    overlays: dict[Lang, TomlFile] = field(default_factory=dict)
    lessons: dict[str, dict[Lang, LessonFile]] = field(default_factory=dict)
    media: dict[str, dict[str, Path]] = field(default_factory=dict)  # lesson → name → video or captions
    plans: dict[str, dict[Lang, LessonFile]] = field(default_factory=dict)  # by workshop
    freshness: dict[Lang, dict[str, str]] = field(default_factory=dict)
    passages: dict[Lang, list[Passage]] = field(default_factory=dict)


@dataclass
class Loaded:
    """A course as it stands in its files.

    ``texts[module][lang][key]`` holds the texts of written and planned modules, ``programme_texts`` those
    of the programme; ``status[module][lang]`` is the lowest of the language's files, and approved for the
    source language; ``freshness[module][lang][key]`` are the recorded hashes; ``partners[country]`` is the
    table of its file, ``drawings[country]`` are those that stand beside it, by
    name. ``files`` and ``programme_file`` are for the checker.
    """

    programme: Programme | None = None
    programme_texts: Texts = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)
    status: dict[str, dict[Lang, Status]] = field(default_factory=dict)
    freshness: dict[str, dict[Lang, dict[str, str]]] = field(default_factory=dict)
    partners: dict[str, dict[str, Any]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    programme_file: TomlFile | None = None
    partner_files: dict[str, TomlFile] = field(default_factory=dict)
    drawings: dict[str, dict[str, Drawing]] = field(default_factory=dict)
    files: dict[str, ModuleFiles] = field(default_factory=dict)
    glossary: ModuleFiles | None = None
    style: TomlFile | None = None

    @property
    def source_language(self) -> Lang:
        return self.programme.source_language if self.programme else Lang.EN


def load(root: Path) -> Loaded:
    """Everything under ``root`` (``courses/gid``). A folder that is no course gives a mistake, not an error."""
    return _Reader(root).course()


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.loaded = Loaded()
        self.source = Lang.EN

    def course(self) -> Loaded:
        loaded = self.loaded
        loaded.programme_file = self.toml(self.root / "programme.toml", formats.PROGRAMME)
        if loaded.programme_file:
            self.source = Lang(loaded.programme_file.data["source_language"])
        for path in self.children("partners", "*.toml"):
            if file := self.toml(path, formats.PARTNER):
                loaded.partner_files[path.stem] = file
                loaded.partners[path.stem] = file.data
            loaded.drawings[path.stem] = dict(self.partner_drawings(path.with_suffix("")))
        for path in self.children("modules", "*"):
            if path.is_dir():
                self.module(path)
        self.glossary()
        if (self.root / STYLE).is_file():
            loaded.style = self.toml(self.root / STYLE, formats.STYLE)
        if loaded.programme_file:
            self.programme(loaded.programme_file)
        return loaded

    def partner_drawings(self, folder: Path) -> Iterator[tuple[str, Drawing]]:
        """The logos and seals of a partner; a refused one is a mistake."""
        for path in self.children(f"partners/{folder.name}", "*"):
            try:
                if path.suffix != ".svg":
                    raise vectors.Refused("a logo or a seal is an SVG file")
                yield path.name, vectors.read(path.read_bytes())
            except vectors.Refused as refused:
                hint = "docs/authoring.md says what a logo may consist of."
                self.loaded.mistakes.append(
                    Mistake(self.name(path), refused.line, "", f"This drawing cannot be printed: {refused}.", hint)
                )

    def programme(self, file: TomlFile) -> None:
        entries: list[ModuleEntry] = []
        for index, entry in enumerate(file.data["modules"]):
            head = self.loaded.files[entry["id"]].parts.get("module") if entry["id"] in self.loaded.files else None
            if "planned" in entry:
                self.loaded.texts.setdefault(
                    entry["id"], {lang: _texts(planned_passages(file, index, lang)) for lang in LANGS}
                )
                entries.append(build.module_entry(entry, planned=True))
            elif head:
                entries.append(build.module_entry(head.data, planned=False))
        self.loaded.programme_texts = {lang: _texts(programme_passages(file, lang)) for lang in LANGS}
        self.loaded.programme = build.programme(file.data, entries)

    def module(self, folder: Path) -> None:
        files = ModuleFiles(folder.name, self.name(folder))
        for part, shape in PARTS.items():
            if file := self.toml(folder / f"{part}.toml", shape):
                files.parts[part] = file
        for part, shape in OPTIONAL.items():
            if not (folder / f"{part}.toml").is_file():
                files.without.add(part)
            elif file := self.toml(folder / f"{part}.toml", shape):
                files.parts[part] = file
        for path in self.children(f"modules/{folder.name}", "*.toml"):
            self.other_toml(files, path)
        self.lessons(files, folder)
        self.plans(files, folder)
        self.gather(files)
        self.loaded.files[files.id] = files

    def glossary(self) -> None:
        """``glossary.toml`` with its translations in ``glossary/``; a course may do without."""
        path = self.root / f"{GLOSSARY}.toml"
        if not path.is_file() or not (file := self.toml(path, formats.GLOSSARY)):
            return
        files = ModuleFiles(GLOSSARY, GLOSSARY, {GLOSSARY: file})
        for path in self.children(GLOSSARY, "*.toml"):
            self.other_toml(files, path, formats.GLOSSARY_OVERLAY)
        self.gather(files)
        self.loaded.glossary = files

    def other_toml(self, files: ModuleFiles, path: Path, overlay: Shape = translation_formats.OVERLAY) -> None:
        """An overlay or freshness.toml; any other name is a slip of the author."""
        others = {f"{lang}.toml": lang for lang in LANGS if lang is not self.source}
        if path.stem in (*PARTS, *OPTIONAL):
            return
        if path.name in others:
            if file := self.toml(path, overlay):
                files.overlays[others[path.name]] = file
        elif path.name == "freshness.toml":
            if file := self.toml(path, translation_formats.FRESHNESS):
                files.freshness = {lang: file.data[lang] for lang in LANGS if lang in file.data}
        else:
            whole = "the glossary" if files.id == GLOSSARY else "a module"
            self.say(path, f"A file of this name is not part of {whole}.", guess(path.name, others))

    def lessons(self, files: ModuleFiles, folder: Path) -> None:
        head = files.parts.get("module")
        wanted = [lesson["id"] for lesson in head.data["lessons"]] if head else []
        for lesson_id in wanted:
            files.lessons[lesson_id] = {}
            source = folder / "lessons" / lesson_id / f"{self.source}.md"
            if not source.is_file():
                self.say(source, "The lesson's source is missing.", "Write it, or remove the lesson from module.toml.")
        for path in self.children(f"modules/{folder.name}/lessons", "**/*"):
            if path.is_file():
                self.lesson_file(files, path, wanted if head else [path.parent.name])

    def lesson_file(self, files: ModuleFiles, path: Path, wanted: list[str]) -> None:
        names = {f"{lang}.md": lang for lang in LANGS}
        lesson_id = path.parent.name
        if path.name not in names and path.suffix not in SUFFIXES:
            self.say(path, "A file of this name is not part of a lesson.", guess(path.name, names))
        elif lesson_id not in wanted:
            self.say(path, f"The lesson {lesson_id!r} is not in module.toml.", guess(lesson_id, wanted))
        elif path.suffix in SUFFIXES:
            files.media.setdefault(lesson_id, {})[path.name] = path
        elif lesson := self.page(path, names[path.name], _LESSON):
            files.lessons.setdefault(lesson_id, {})[names[path.name]] = lesson

    def plans(self, files: ModuleFiles, folder: Path) -> None:
        """``workshops/<workshop>/<lang>.md``; a module may do without."""
        names, head = {f"{lang}.md": lang for lang in LANGS}, files.parts.get("module")
        for path in self.children(f"modules/{folder.name}/workshops", "**/*"):
            workshop = path.parent.name
            wanted = [one["id"] for one in head.data["workshops"]] if head else [workshop]
            if path.is_dir():
                continue
            if path.name not in names:
                self.say(path, "A file of this name is not part of the plan of a workshop.", guess(path.name, names))
            elif workshop not in wanted:
                self.say(path, f"The workshop {workshop!r} is not in module.toml.", guess(workshop, wanted))
            else:
                translations = files.plans.setdefault(workshop, {})
                if plan := self.page(path, names[path.name], _PLAN):
                    translations[names[path.name]] = plan
        for workshop in files.plans:
            source = folder / "workshops" / workshop / f"{self.source}.md"
            if not source.is_file():
                self.say(source, "The source of the plan is missing.", "Write it, or remove its translations.")

    def page(self, path: Path, lang: Lang, shapes: tuple[Shape, Shape]) -> LessonFile | None:
        """A lesson or a plan; ``shapes`` are those of the front matter in the source and in a translation."""
        text = read_text(path, self.name(path))
        page = text if isinstance(text, Mistake) else parse_lesson(self.name(path), text)
        if isinstance(page, Mistake):
            self.loaded.mistakes.append(page)
            return None
        return page if self.fits(page.front, shapes[lang is not self.source]) else None

    def gather(self, files: ModuleFiles) -> None:
        """Texts, status, recorded hashes and, when all its files are there, the structure of the module."""
        files.passages = _passages(files, self.source)
        self.loaded.texts[files.id] = {lang: _texts(passages) for lang, passages in files.passages.items()}
        self.loaded.status[files.id] = {lang: _status(files, lang, self.source) for lang in files.passages}
        self.loaded.freshness[files.id] = files.freshness
        anchors = self.anchors(files.lessons)
        if files.parts.keys() >= PARTS.keys() and len(anchors) == len(files.lessons):
            data = {part: file.data for part, file in files.parts.items()}
            self.loaded.modules[files.id] = build.module(
                data["module"],
                anchors,
                build.quiz(data["quiz"]),
                build.assignment(data["assignment"]),
                build.rubric(data["rubric"]),
                workshops=build_sheets.workshops(data["module"], self.anchors(files.plans), data.get("workshops", {})),
                worksheets=build_sheets.worksheets(data.get("worksheets", {})),
            )

    def anchors(self, pages: Mapping[str, Mapping[Lang, LessonFile]]) -> dict[str, tuple[str, ...]]:
        """Those of each lesson or plan whose source is there."""
        return {
            name: tuple(section.anchor for section in translations[self.source].sections)
            for name, translations in pages.items()
            if self.source in translations
        }

    def toml(self, path: Path, shape: Shape) -> TomlFile | None:
        """The file if it is there, is TOML and fits its shape."""
        if not path.is_file():
            self.say(
                path,
                "The file is missing.",
                f"Each course has a programme.toml; each module has {', '.join(f'{part}.toml' for part in PARTS)}.",
            )
            return None
        text = read_text(path, self.name(path))
        file = text if isinstance(text, Mistake) else parse_toml(self.name(path), text)
        if isinstance(file, Mistake):
            self.loaded.mistakes.append(file)
            return None
        return file if self.fits(file, shape) else None

    def fits(self, file: TomlFile, shape: Shape) -> bool:
        faults = [file.mistake(fault.path, fault.message, fault.hint) for fault in shape.faults(file.data, ())]
        self.loaded.mistakes += faults
        return not faults

    def children(self, folder: str, pattern: str) -> list[Path]:
        """Sorted, without hidden files."""
        return [path for path in sorted((self.root / folder).glob(pattern)) if not path.name.startswith(".")]

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def say(self, path: Path, message: str, hint: str) -> None:
        self.loaded.mistakes.append(Mistake(self.name(path), 1, "", message, hint))


def _texts(passages: Iterable[Passage]) -> dict[str, str]:
    return {passage.key: passage.text for passage in passages}


def _passages(files: ModuleFiles, source: Lang) -> dict[Lang, list[Passage]]:
    found: dict[Lang, list[Passage]] = {lang: [] for lang in LANGS}
    for part, file in files.parts.items():
        found[source] += sheet_passages(file) if part in OPTIONAL else source_passages(file, part)
    for lang, overlay in files.overlays.items():
        found[lang] += [*overlay_passages(overlay), *sheet_passages(overlay)]
    for lesson_id, translations in files.lessons.items():
        for lang, lesson in translations.items():
            found[lang] += lesson_passages(lesson, lesson_id)
    for workshop, translations in files.plans.items():
        for lang, plan in translations.items():
            found[lang] += plan_passages(plan, workshop)
    return {lang: passages for lang, passages in found.items() if passages}


def _status(files: ModuleFiles, lang: Lang, source: Lang) -> Status:
    if lang is source:
        return Status.APPROVED
    return min(_statuses(files, lang), key=lambda status: status.rank, default=Status.DRAFT)


def _statuses(files: ModuleFiles, lang: Lang) -> Iterator[Status]:
    if lang in files.overlays:
        yield Status(files.overlays[lang].data["status"])
    for translations in (*files.lessons.values(), *files.plans.values()):
        if lang in translations:
            yield Status(translations[lang].front.data["status"])
