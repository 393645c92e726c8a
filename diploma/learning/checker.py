"""Everything that can be wrong with a course, told to its authors with file, line and key.

The loader has already refused what does not fit the formats (spec content, rule 7); here the meaning
is checked: what must add up, refer to something that exists, or be the same in every language.
"""

from collections.abc import Iterator

from diploma.core.lang import Lang
from diploma.learning.authoring.glossary_checks import glossary_mistakes
from diploma.learning.authoring.lesson_checks import lesson_mistakes
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.module_checks import module_mistakes
from diploma.learning.authoring.partner_checks import partner_mistakes
from diploma.learning.authoring.programme_checks import module_hours, programme_mistakes
from diploma.learning.authoring.quiz_checks import quiz_mistakes
from diploma.learning.authoring.sheet_checks import sheet_mistakes
from diploma.learning.authoring.text_checks import (
    number_mistakes,
    overlay_mistakes,
    side_by_side_mistakes,
    text_mistakes,
)
from diploma.learning.authoring.video_checks import video_mistakes
from diploma.learning.loader import Loaded, ModuleFiles


def check(loaded: Loaded) -> list[Mistake]:
    """All mistakes, those of the loader among them, by file and line. A course is good when none is left
    that is more than a ``warning``."""
    source = loaded.source_language
    found = {*loaded.mistakes, *programme_mistakes(loaded)}
    if loaded.programme_file:
        found.update(side_by_side_mistakes(loaded.programme_file, source))
    for country, file in loaded.partner_files.items():
        found.update(partner_mistakes(file, country))
        found.update(side_by_side_mistakes(file, source))
    for files in loaded.files.values():
        found.update(_module(files, loaded))
    if loaded.glossary:
        found.update(glossary_mistakes(loaded.glossary, source))
        found.update(_texts(loaded.glossary, loaded))
    return sorted(found)


def _module(files: ModuleFiles, loaded: Loaded) -> Iterator[Mistake]:
    source = loaded.source_language
    yield from module_mistakes(files, module_hours(loaded.programme) if loaded.programme else None, source)
    if "quiz" in files.parts:
        yield from quiz_mistakes(files.parts["quiz"])
    head = files.parts.get("module")
    languages = [source, *head.data["languages"]] if head else [source]
    for lesson, translations in files.lessons.items():
        yield from lesson_mistakes(translations, source, loaded.partners)
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
