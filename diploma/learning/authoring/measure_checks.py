"""Do lessons and quiz reach the bars of the learning design? Nearly all are warnings: a good reason beats a figure."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from diploma.core.finding import letters
from diploma.core.lang import Lang
from diploma.learning.authoring.lesson_checks import length_mistakes
from diploma.learning.authoring.measures import Measures
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import said
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile
from diploma.learning.loader import ModuleFiles

WORDS = (350, 500)  # of a lesson's source text (spec content, rule 9)
RATIO = (0.65, 1.2)  # words of a translation to those of its source; ours have 0.8 to 0.95
GRADE = 10.0  # Flesch-Kincaid grade of a lesson, at most
BANK = Fraction(3, 2)  # items in the bank to items drawn, at least
LONGEST = Fraction(2, 5)  # of the single-choice items whose right option is the longest, at most
CHANCE = Fraction(1, 100)  # of a guesser to pass, below it

_GROUPS = ("options", "left", "right")
_EACH = ("single", "multiple")  # items in which every option needs its own explanation


def lesson_measure_mistakes(files: ModuleFiles, measured: Measures, source: Lang) -> Iterator[Mistake]:
    for lesson, counts in measured.words.items():
        original = files.lessons[lesson].get(source)
        if not original:
            continue
        first = original.line(())
        yield from length_mistakes(original, WORDS, "lesson")
        if (grade := measured.grades[lesson]) > GRADE:
            message = f"The lesson reads at grade {grade:.1f}; it should be {GRADE:g} or less."
            yield original.at(first, (), message, "Cut long sentences in two and choose shorter words.", warning=True)
        for lang, count in counts.items():
            if lang is not source and counts[source] and not RATIO[0] <= count / counts[source] <= RATIO[1]:
                translation = files.lessons[lesson][lang]
                message = f"The translation has {count} words, its source {counts[source]}."
                hint = f"Expected are {RATIO[0]} to {RATIO[1]} times as many: is a part missing, or added?"
                yield translation.at(translation.line(()), (), message, hint, warning=True)


def bank_mistakes(files: ModuleFiles, measured: Measures, source: Lang) -> Iterator[Mistake]:
    """The bank as a whole, and the options of its items in each language."""
    file = files.parts.get("quiz")
    if file is None:
        return
    yield from _size(file, measured.bank)
    yield from _covered(file, files.parts.get("rubric"))
    yield from _explained(file)
    if measured.chance is not None and measured.chance >= CHANCE:
        yield file.mistake(
            ("draw",),
            f"Whoever only guesses passes in {percent(measured.chance)} of the attempts; it should be under 1 %.",
            "Draw more items, ask for numbers and orders, or write more options.",
            warning=True,
        )
    for lang, written in {source: file, **files.overlays}.items():
        yield from _distinct(written, lang is source)
        yield from _longest(written, ("items",) if lang is source else ("quiz",), *measured.longest[lang])


def percent(share: Fraction) -> str:
    """Three figures that count: ``0.0557 %``."""
    return f"{float(100 * share):.3g} %"


def _size(file: TomlFile, bank: Mapping[str, int]) -> Iterator[Mistake]:
    draw, mix = file.data["draw"], file.data.get("mix", {})
    if not mix:
        if draw <= sum(bank.values()) < BANK * draw:
            yield file.mistake(("draw",), *_too_few("items", sum(bank.values()), draw), warning=True)
        return
    if sum(mix.values()) != draw:
        yield file.mistake(
            ("mix",), f"The mix makes {sum(mix.values())} items; {draw} are drawn.", "Make the two equal."
        )
    for kind, number in mix.items():
        if bank.get(kind, 0) < number:
            message = f"{number} items of type {kind} are drawn; the bank has {bank.get(kind, 0)}."
            yield file.mistake(("mix", kind), message, "Write more of them, or draw fewer.")
        elif bank[kind] < BANK * number:
            yield file.mistake(("mix", kind), *_too_few(f"{kind} items", bank[kind], number), warning=True)
    for index, item in enumerate(file.data["items"]):
        if item["type"] not in mix:
            message = f"The mix draws no item of type {item['type']}: this one is never asked."
            yield file.mistake(("items", index), message, "Add its type to the mix, or remove the item.", warning=True)


def _too_few(what: str, there: int, drawn: int) -> tuple[str, str]:
    return (
        f"The bank has {there} {what} for {drawn} that are drawn; a second attempt would ask the same again.",
        f"Write at least {ceil(BANK * drawn)}: one and a half times as many.",
    )


def _covered(file: TomlFile, rubric: TomlFile | None) -> Iterator[Mistake]:
    """Outcomes that the rubric alone judges; those that nothing assesses are told by ``module_checks``."""
    asked = {item["outcome"] for item in file.data["items"]}
    judged = [criterion["outcome"] for criterion in rubric.data["criteria"]] if rubric else []
    if missing := [outcome for outcome in dict.fromkeys(judged) if outcome not in asked]:
        message = f"No item asks for the outcome {said(missing)}."
        yield file.mistake(("items",), message, "Write an item for each outcome.", warning=True)


def _explained(file: TomlFile) -> Iterator[Mistake]:
    for index, item in enumerate(file.data["items"]):
        if item["type"] in _EACH and set(item["why"]) == {"all"}:
            yield file.mistake(
                ("items", index, "why"),
                "One text explains all options.",
                "Explain each: the wrong ones by what is wrong with them.",
                warning=True,
            )


def _distinct(file: TomlFile, source: bool) -> Iterator[Mistake]:
    """Two options that say the same cannot be told apart, and only one of them would count."""
    items: list[tuple[KeyPath, dict[str, Any]]] = (
        [(("items", index), item) for index, item in enumerate(file.data["items"])]
        if source
        else [(("quiz", name), item) for name, item in file.data.get("quiz", {}).items()]
    )
    for path, item in items:
        for group in _GROUPS:
            first: dict[str, str] = {}
            for name, text in item.get(group, {}).items():
                twin = first.setdefault(letters(text).strip(" ."), name)
                if twin != name:
                    yield file.mistake((*path, group, name), f"This is the same text as {twin}.", "Change one of them.")


def _longest(file: TomlFile, path: KeyPath, longest: int, singles: int) -> Iterator[Mistake]:
    if longest > LONGEST * singles:
        yield file.mistake(
            path,
            f"In {longest} of {singles} single-choice items the right option is the longest; at most "
            f"{percent(LONGEST)} should be.",
            "Shorten right options, or say more in wrong ones: length gives the answer away.",
            warning=True,
        )
