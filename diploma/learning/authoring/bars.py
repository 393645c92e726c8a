"""The quality of a module in a few lines: what was measured, what is asked, and whether it is reached."""

from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass

from diploma.core.lang import LANGS, Lang
from diploma.learning.authoring.ids import ids
from diploma.learning.authoring.measure_checks import BANK, CHANCE, GRADE, LONGEST, RATIO, WORDS, percent
from diploma.learning.authoring.measures import Measures
from diploma.learning.loader import ModuleFiles


@dataclass(frozen=True)
class Bar:
    """One line of the table; ``met`` is ``None`` when the module cannot be measured yet."""

    name: str
    value: str
    goal: str
    met: bool | None


def bars(
    files: ModuleFiles, measured: Measures, found: Mapping[str, Mapping[Lang, Sized]], hours: int | None, source: Lang
) -> Iterator[Bar]:
    """``found[kind][lang]`` are the findings of checks that have no figure of their own; ``hours`` are a module's."""
    yield from _coverage(files)
    yield from _hours(files, hours)
    yield from _lessons(measured, source)
    yield from _quiz(files, measured)
    for kind, languages in found.items():
        counts = {lang: len(languages[lang]) for lang in LANGS if lang in languages}
        yield Bar(kind, _by_language(counts), "0", not any(counts.values()))


def _coverage(files: ModuleFiles) -> Iterator[Bar]:
    head, quiz, rubric = (files.parts.get(part) for part in ("module", "quiz", "rubric"))
    if not head:
        return
    known = set(ids(head, "outcomes"))
    covered = {
        "lessons": {outcome for lesson in head.data["lessons"] for outcome in lesson["outcomes"]},
        "items": {item["outcome"] for item in quiz.data["items"]} if quiz else set(),
        "criteria": {criterion["outcome"] for criterion in rubric.data["criteria"]} if rubric else set(),
    }
    value = ", ".join(f"{what} {len(known & outcomes)}" for what, outcomes in covered.items())
    met = known <= covered["lessons"] and known <= covered["items"]
    yield Bar("outcomes covered", value, f"{len(known)} by lessons and items", met)


def _hours(files: ModuleFiles, asked: int | None) -> Iterator[Bar]:
    if head := files.parts.get("module"):
        hours = head.data["hours"]
        value = " + ".join(f"{number} {kind}" for kind, number in hours.items())
        yield Bar("hours", value, f"{asked} in all" if asked else "", sum(hours.values()) == asked if asked else None)


def _lessons(measured: Measures, source: Lang) -> Iterator[Bar]:
    counts = {lesson: texts for lesson, texts in measured.words.items() if texts.get(source)}
    if not counts:
        return
    words = [texts[source] for texts in counts.values()]
    yield Bar(
        f"words a lesson, {source}",
        f"{min(words)} to {max(words)}",
        f"{WORDS[0]} to {WORDS[1]}",
        WORDS[0] <= min(words) and max(words) <= WORDS[1],
    )
    ratios = {
        lang: [texts[lang] / texts[source] for texts in counts.values() if lang in texts]
        for lang in LANGS
        if lang is not source
    }
    shown = {lang: f"{min(found):.2f} to {max(found):.2f}" for lang, found in ratios.items() if found}
    every = [ratio for found in ratios.values() for ratio in found]
    met = all(RATIO[0] <= ratio <= RATIO[1] for ratio in every) if every else None
    yield Bar("words to the source's", _by_language(shown), f"{RATIO[0]} to {RATIO[1]}", met)
    grades = [measured.grades[lesson] for lesson in counts]
    yield Bar("reading grade", f"{min(grades):.1f} to {max(grades):.1f}", f"at most {GRADE:g}", max(grades) <= GRADE)


def _quiz(files: ModuleFiles, measured: Measures) -> Iterator[Bar]:
    quiz = files.parts.get("quiz")
    if not quiz or measured.chance is None:
        return
    draw, mix, bank = quiz.data["draw"], quiz.data.get("mix", {}), measured.bank
    total = sum(bank.values())
    yield Bar("bank to drawn", f"{total} to {draw}", f"{float(BANK)} times", total >= BANK * draw)
    kinds = ", ".join(
        f"{kind} {bank.get(kind, 0)}" + (f" to {mix.get(kind, 0)}" if mix else "") for kind in {**mix, **bank}
    )
    reached = all(bank.get(kind, 0) >= BANK * number for kind, number in mix.items()) if mix else None
    yield Bar("mix", kinds, f"{float(BANK)} times each" if mix else "no mix is planned", reached)
    longest = {lang: f"{found} of {singles}" for lang, (found, singles) in measured.longest.items() if singles}
    met = all(found <= LONGEST * singles for found, singles in measured.longest.values())
    yield Bar("right option longest", _by_language(longest), f"at most {percent(LONGEST)}", met)
    yield Bar("passed by guessing", percent(measured.chance), f"under {percent(CHANCE)}", measured.chance < CHANCE)


def _by_language(values: Mapping[Lang, object]) -> str:
    return ", ".join(f"{lang} {value}" for lang, value in values.items()) or "–"
