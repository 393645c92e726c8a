"""What can be counted in a module's lessons and quiz; ``measure_checks`` says what the numbers should be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from diploma.core.lang import Lang
from diploma.learning.authoring.build import quiz
from diploma.learning.authoring.prose import running_text, words
from diploma.learning.authoring.readability import grade
from diploma.learning.authoring.tomlfile import TomlFile
from diploma.learning.guessing import chance
from diploma.learning.loader import ModuleFiles


@dataclass(frozen=True)
class Measures:
    """``words[lesson][lang]`` of running text; ``grades[lesson]`` of the source; ``longest[lang]``: single-choice items
    whose right option is the longest, and how many single-choice items there are; ``chance`` of a guesser to pass."""

    words: Mapping[str, Mapping[Lang, int]]
    grades: Mapping[str, float]
    longest: Mapping[Lang, tuple[int, int]]
    bank: Mapping[str, int]
    chance: Fraction | None


def measure(files: ModuleFiles, source: Lang) -> Measures:
    bank = files.parts.get("quiz")
    shown = {
        lesson: {lang: running_text(file) for lang, file in translations.items()}
        for lesson, translations in files.lessons.items()
    }
    return Measures(
        {lesson: {lang: words(text) for lang, text in texts.items()} for lesson, texts in shown.items()},
        {lesson: grade(texts[source]) for lesson, texts in shown.items() if source in texts},
        _longest(files, bank, source) if bank else {},
        Counter(item["type"] for item in bank.data["items"]) if bank else {},
        chance(quiz(bank.data)) if bank else None,
    )


def options(file: TomlFile, lang: Lang, source: Lang) -> dict[str, dict[str, str]]:
    """The options of each item as a file has them: the bank itself, or a translation of it."""
    if lang is source:
        return {item["id"]: item.get("options", {}) for item in file.data["items"]}
    return {item: texts.get("options", {}) for item, texts in file.data.get("quiz", {}).items()}


def _longest(files: ModuleFiles, bank: TomlFile, source: Lang) -> dict[Lang, tuple[int, int]]:
    """Of two equally long options neither is the longest: length gives nothing away."""
    keys: dict[str, Any] = {item["id"]: item["answer"] for item in bank.data["items"] if item["type"] == "single"}
    found: dict[Lang, tuple[int, int]] = {}
    for lang, file in {source: bank, **files.overlays}.items():
        written = {item: texts for item, texts in options(file, lang, source).items() if keys.get(item) in texts}
        longest = [
            all(len(texts[keys[item]]) > len(other) for name, other in texts.items() if name != keys[item])
            for item, texts in written.items()
        ]
        found[lang] = (sum(longest), len(longest))
    return found
