"""Do the translations of a lesson, or of a plan, have the sections and country blocks of its source?"""

from collections.abc import Collection, Iterator, Mapping

from diploma.core.lang import Lang
from diploma.core.markup import Source
from diploma.learning.authoring.lessonfile import LessonFile, fences
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.prose import running_text, words
from diploma.learning.authoring.shapes import guess, said

_RESERVED = ("title", "summary")


def section_mistakes(
    translations: Mapping[Lang, LessonFile], source: Lang, countries: Collection[str]
) -> Iterator[Mistake]:
    """Anchors and country blocks: right in themselves, and those of the source.

    ``countries`` are the partners', empty when they are unknown.
    """
    original = translations.get(source)
    for lesson in translations.values():
        yield from _anchors(lesson)
        for section in lesson.sections:
            yield from _fences(lesson, section, countries)
        if original and lesson is not original:
            yield from _same_anchors(lesson, original)
            yield from _same_countries(lesson, original)


def length_mistakes(page: LessonFile, least_most: tuple[int, int], what: str) -> Iterator[Mistake]:
    """A warning when the words that a reader of some country sees are fewer or more."""
    count = words(running_text(page))
    least, most = least_most
    if not least <= count <= most:
        yield page.at(
            page.line(()),
            (),
            f"The {what} has {count} words; a {what} has {least} to {most}.",
            "Shorten it, or move a thought to its own place." if count > most else "Is a part missing?",
            warning=True,
        )


def _anchors(lesson: LessonFile) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for section in lesson.sections:
        anchor, line = section.anchor, section.line
        if not section.title and not anchor:
            yield lesson.at(line, (), "There is text before the first heading.", "Begin with ## Title {#anchor}.")
        elif not anchor:
            yield lesson.at(
                line,
                (),
                f"The heading {section.title!r} has no anchor.",
                f"Write ## {section.title} {{#name}} with the anchor of the source.",
            )
        elif anchor in _RESERVED:
            yield lesson.at(
                line,
                (anchor,),
                f"An anchor cannot be named {anchor!r}: another text has that name.",
                "Choose another anchor in every language.",
            )
        elif anchor in seen:
            yield lesson.at(
                line,
                (anchor,),
                f"The anchor {anchor!r} stands twice.",
                f"Line {seen[anchor]} has it already: choose another.",
            )
        seen.setdefault(anchor, line)
    if not lesson.sections:
        yield lesson.at(1, (), "There are no sections.", "Write ## Title {#anchor} and text under it.")


def _same_anchors(lesson: LessonFile, original: LessonFile) -> Iterator[Mistake]:
    """Switching the language keeps the reader's place (spec content, rule 2)."""
    wanted = [section.anchor for section in original.sections if section.anchor]
    found = [section.anchor for section in lesson.sections if section.anchor]
    for anchor in found:
        if anchor not in wanted:
            yield lesson.mistake((anchor,), f"The source has no section {anchor!r}.", guess(anchor, wanted))
    missing = [anchor for anchor in wanted if anchor not in found]
    if missing:
        yield lesson.at(
            lesson.line(()),
            (missing[0],),
            f"The section {said(missing)} of the source is missing.",
            "Translate it, with the same anchor and in the same place.",
        )
    elif sorted(found) == sorted(wanted) and found != wanted:
        moved = next(here for here, there in zip(found, wanted, strict=True) if here != there)
        yield lesson.mistake(
            (moved,),
            f"The sections stand in another order than in the source: {said(wanted)}.",
            "Move this section to its place.",
        )


def _fences(lesson: LessonFile, section: Source, countries: Collection[str]) -> Iterator[Mistake]:
    """Each ``:::only uz`` is closed by ``:::`` in its own section; an open one would swallow the rest."""
    opened = 0
    path = (section.anchor,)
    for fence in fences(section):
        if fence.countries is None:
            yield lesson.at(
                fence.line,
                path,
                "A line that begins with ::: opens or closes a country's block.",
                "Write :::only uz (small letters of the country), or ::: alone.",
            )
        elif fence.countries and opened:
            yield lesson.at(
                fence.line,
                path,
                f"The block opened in line {opened} is not closed before the next one.",
                "Write a line ::: after its text.",
            )
        elif not fence.countries and not opened:
            yield lesson.at(fence.line, path, "This line closes a block that was not opened.", "Remove it.")
        if fence.countries is not None:
            opened = fence.line if fence.countries else 0
            for country in fence.countries:
                if countries and country not in countries:
                    yield lesson.at(fence.line, path, f"There is no partner {country!r}.", guess(country, countries))
    if opened:
        yield lesson.at(
            opened,
            path,
            "The block is not closed: it would hide the rest of the page elsewhere.",
            "Write a line ::: after its text.",
        )


def _same_countries(lesson: LessonFile, original: LessonFile) -> Iterator[Mistake]:
    wanted = {section.anchor: _countries(section) for section in original.sections}
    for section in lesson.sections:
        found = _countries(section)
        if section.anchor in wanted and found != wanted[section.anchor]:
            yield lesson.mistake(
                (section.anchor,),
                f"The country blocks are {_said(found)}; the source has {_said(wanted[section.anchor])}.",
                "Give every language the same set of blocks.",
            )


def _countries(section: Source) -> list[str]:
    return sorted(" ".join(fence.countries) for fence in fences(section) if fence.countries)


def _said(countries: list[str]) -> str:
    return said(countries) if countries else "none"
