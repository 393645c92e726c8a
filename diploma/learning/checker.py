"""Everything that can be wrong with a course, told to its authors with file, line and key.

The loader has already refused what does not fit the formats (spec content, rule 7); here the meaning
is checked: what must add up, refer to something that exists, or be the same in every language. And the
quality: what is measured of each module, beside the bars that it should reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from diploma.core.lang import Lang
from diploma.learning.authoring.bars import Bar, bars
from diploma.learning.authoring.glossary_checks import glossary_mistakes
from diploma.learning.authoring.lesson_checks import section_mistakes
from diploma.learning.authoring.measure_checks import bank_mistakes, lesson_measure_mistakes
from diploma.learning.authoring.measures import measure
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.module_checks import module_mistakes
from diploma.learning.authoring.partner_checks import partner_mistakes
from diploma.learning.authoring.programme_checks import module_hours, programme_mistakes
from diploma.learning.authoring.quiz_checks import quiz_mistakes
from diploma.learning.authoring.sheet_checks import sheet_mistakes
from diploma.learning.authoring.term_checks import Terms, also_mistakes, term_mistakes, uses
from diploma.learning.authoring.text_checks import (
    number_mistakes,
    overlay_mistakes,
    side_by_side_mistakes,
    text_mistakes,
)
from diploma.learning.authoring.texts import side_by_side
from diploma.learning.authoring.video_checks import video_mistakes
from diploma.learning.authoring.wording_checks import Rule, example_mistakes, rules, wording_mistakes
from diploma.learning.loader import Loaded, ModuleFiles

Findings = dict[str, dict[Lang, list[Mistake]]]  # kind of quality → language → what was found


@dataclass(frozen=True)
class Report:
    """``mistakes`` by file and line, warnings among them; ``bars`` of each written module."""

    mistakes: list[Mistake]
    bars: dict[str, list[Bar]]


def check(loaded: Loaded) -> list[Mistake]:
    """All mistakes, those of the loader among them, by file and line. A course is good when none is left
    that is more than a ``warning``."""
    return report(loaded).mistakes


def report(loaded: Loaded) -> Report:
    """The mistakes, and what was measured on the way."""
    source = loaded.source_language
    found = {*loaded.mistakes, *programme_mistakes(loaded)}
    if loaded.programme_file:
        found.update(side_by_side_mistakes(loaded.programme_file, source))
    for country, file in loaded.partner_files.items():
        awards = [one.id for one in loaded.programme.awards] if loaded.programme else []
        found.update(partner_mistakes(file, country, loaded.drawings[country], awards))
        found.update(side_by_side_mistakes(file, source))
    if loaded.glossary:
        found.update(glossary_mistakes(loaded.glossary, source))
        found.update(_texts(loaded.glossary, loaded))
    hours = module_hours(loaded.programme) if loaded.programme else None
    wording = _Wording(loaded)
    found.update(wording.elsewhere(loaded))
    table: dict[str, list[Bar]] = {}
    for files in loaded.files.values():
        found.update(_module(files, hours, loaded))
        measured, words = measure(files, source), wording.findings(files)
        found.update(lesson_measure_mistakes(files, measured, source))
        found.update(bank_mistakes(files, measured, source))
        found.update(chain.from_iterable(some for languages in words.values() for some in languages.values()))
        table[files.id] = list(bars(files, measured, words, hours, source))
    return Report(sorted(found), table)


class _Wording:
    """The glossary and the style file, read once for all modules."""

    def __init__(self, loaded: Loaded) -> None:
        self.source, self.style = loaded.source_language, loaded.style
        self.rules: dict[Lang, list[Rule]] = rules(loaded.style) if loaded.style else {}
        glossary = loaded.glossary
        self.terms = {lang: Terms(glossary, self.style, lang) for lang in glossary.passages} if glossary else {}

    def findings(self, files: ModuleFiles) -> Findings:
        """What the texts of a module say otherwise than agreed, by kind and language."""
        found: Findings = {}
        texts = files.passages
        if self.style:
            found["wording"] = {lang: list(wording_mistakes(some, self.rules[lang])) for lang, some in texts.items()}
            found["examples"] = {lang: list(example_mistakes(some, self.style, lang)) for lang, some in texts.items()}
        if self.source in self.terms and self.source in texts:
            original = self.terms[self.source]
            used = uses(texts[self.source], original)
            found["terms"] = {
                lang: list(term_mistakes(texts[lang], used, original, self.terms[lang]))
                for lang in texts
                if lang is not self.source and lang in self.terms
            }
        return found

    def elsewhere(self, loaded: Loaded) -> Iterator[Mistake]:
        """The same of the programme, the partners and the glossary; and slips of the style file."""
        if self.style and loaded.glossary:
            yield from also_mistakes(self.style, loaded.glossary)
        short = [file for file in (loaded.programme_file, *loaded.partner_files.values()) if file]
        for lang, known in self.rules.items():
            texts = [text[lang] for file in short for text in side_by_side(file)]
            glossary = loaded.glossary.passages.get(lang, []) if loaded.glossary else []
            yield from wording_mistakes([*texts, *glossary], known)


def _module(files: ModuleFiles, hours: int | None, loaded: Loaded) -> Iterator[Mistake]:
    source = loaded.source_language
    yield from module_mistakes(files, hours, source)
    if "quiz" in files.parts:
        yield from quiz_mistakes(files.parts["quiz"])
    head = files.parts.get("module")
    languages = [source, *head.data["languages"]] if head else [source]
    for lesson, translations in files.lessons.items():
        yield from section_mistakes(translations, source, loaded.partners)
        yield from video_mistakes(translations, files.media.get(lesson, {}), source, languages)
    yield from sheet_mistakes(files, source, loaded.partners)
    yield from _texts(files, loaded)


def _texts(files: ModuleFiles, loaded: Loaded) -> Iterator[Mistake]:
    source = loaded.source_language
    for lang in files.passages:
        yield from _language(files, loaded.texts[files.id].get(source, {}), lang, source)


def _language(files: ModuleFiles, original: dict[str, str], lang: Lang, source: Lang) -> Iterator[Mistake]:
    yield from text_mistakes(files.passages[lang], lang)
    if lang is not source:
        yield from overlay_mistakes(files, lang, source)
        yield from number_mistakes(files.passages[lang], original, lang)
