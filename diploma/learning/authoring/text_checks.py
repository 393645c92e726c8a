"""Are the texts of one language fit to be shown, and do they say what the source says?"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import takewhile

from diploma.core.lang import Lang
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.numbers import differences
from diploma.learning.authoring.phrases import exact
from diploma.learning.authoring.shapes import guess, said
from diploma.learning.authoring.spelling import Slip, slips
from diploma.learning.authoring.texts import Passage, side_by_side
from diploma.learning.authoring.tomlfile import TomlFile
from diploma.learning.loader import ModuleFiles

_HTML = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>\n]*)?/?>|<!--")
_IMAGE = re.compile(r"!\[")
_LINK = re.compile(r"(?:\]\(\s*<?|<)((?!https:)[A-Za-z][A-Za-z0-9+.-]*):")
_TOP_HEADING = re.compile(r"^#(?!#)", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_WHOLE = ("quiz/", "rubric/", "glossary/", "workshops/", "worksheets/")  # of each, what has the next step in common
_MARKUP = re.compile(r"[<\]!]|^#", re.MULTILINE)  # without one of these there is nothing to find


def text_mistakes(passages: Iterable[Passage], lang: Lang) -> Iterator[Mistake]:
    """Slips of letters, HTML, and Markdown that would not be shown."""
    for passage in passages:
        for slip in (*slips(passage.text, lang), *_markup_slips(passage.text)):
            yield passage.mistake(slip.message, slip.hint, at=slip.at)


def number_mistakes(passages: Iterable[Passage], source: Mapping[str, str], lang: Lang) -> Iterator[Mistake]:
    """Numbers that differ from the source's; accepted answers may be written in any way.

    A file may declare which words stand for a number: ``numbers = {25 = "خمس وعشرون"}``.
    """
    for passage in passages:
        if passage.key not in source or passage.key.endswith("/accepted"):
            continue
        lacking, added = differences(source[passage.key], passage.text, lang)
        lacking = [number for number in lacking if not _declared(passage, number)]
        if added or lacking:
            yield passage.mistake(_differ(lacking, added), "Compare it with the source, digit by digit.")


def _declared(passage: Passage, number: Decimal) -> bool:
    file = passage.file if isinstance(passage.file, TomlFile) else passage.file.front
    word = file.data.get("numbers", {}).get(str(number))
    return word is not None and exact(word).within(passage.letters)


def side_by_side_mistakes(file: TomlFile, source: Lang) -> Iterator[Mistake]:
    """The same of a file whose short texts stand in five languages side by side (programme, partners)."""
    for texts in side_by_side(file):
        original = {texts[source].key: texts[source].text}
        for lang, passage in texts.items():
            yield from text_mistakes([passage], lang)
            yield from number_mistakes([passage], original, lang)


def overlay_mistakes(files: ModuleFiles, lang: Lang, source: Lang) -> Iterator[Mistake]:
    """Texts for ids that the source does not have, and things of which only a part is translated."""
    known = {passage.key for passage in files.passages.get(source, ())}
    refused: set[str] = set()
    for passage in files.passages.get(lang, ()):
        part = passage.key.split("/")[0]
        if (part in files.parts or part in files.without) and passage.key not in known:
            stranger, siblings = _stranger(passage.key, known)
            if stranger not in refused:
                refused.add(stranger)
                yield _unknown(passage, stranger, siblings)
    yield from _in_part(files.passages.get(lang, ()), known)


def _unknown(passage: Passage, stranger: str, siblings: list[str]) -> Mistake:
    name = stranger.rsplit("/", 1)[-1]
    path = passage.path[: passage.path.index(name) + 1] if name in passage.path else passage.path
    assert isinstance(passage.file, TomlFile)
    return passage.file.mistake(path, f"The source has no {stranger}.", guess(name, siblings))


def _stranger(key: str, known: set[str]) -> tuple[str, list[str]]:
    """The shortest beginning of ``key`` that no known key has, and what could stand in its last place."""
    steps = key.split("/")
    paths = [one.split("/") for one in known]
    shared = max(_shared(steps, path) for path in paths)
    siblings = sorted({path[shared] for path in paths if path[:shared] == steps[:shared]})
    return "/".join(steps[: shared + 1]), siblings


def _shared(first: list[str], second: list[str]) -> int:
    """How many steps two keys have in common from their beginning."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))))


def _in_part(passages: Iterable[Passage], known: set[str]) -> Iterator[Mistake]:
    """A question, a criterion or a worksheet in two languages confuses: it is translated whole or not at all."""
    translated: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        whole = "/".join(passage.key.split("/")[:2])
        if whole.startswith(_WHOLE):
            translated[whole].append(passage)
    for whole, found in translated.items():
        there = {passage.key for passage in found}
        missing = [key[len(whole) + 1 :] for key in sorted(known - there) if key.startswith(f"{whole}/")]
        if missing:
            yield found[0].mistake(
                f"{whole} is translated in part; missing: {said(missing)}.",
                "Readers see these texts in another language. Translate them too.",
                warning=True,
            )


def _differ(lacking: list[Decimal], added: list[Decimal]) -> str:
    texts = [
        f"{said(numbers)} {where}"
        for numbers, where in ((lacking, "stands only in the source"), (added, "stands only here"))
        if numbers
    ]
    return f"The numbers differ from the source: {'; '.join(texts)}."


def _markup_slips(text: str) -> Iterator[Slip]:
    if not _MARKUP.search(text):
        return
    shown = _CODE.sub(lambda match: " " * len(match[0]), text)
    for pattern, message, hint in (
        (_HTML, "HTML is not used in texts; it would be shown as it stands.", "Write Markdown: **bold**, lists."),
        (_IMAGE, "Images are not shown in lessons.", "Say it in words or in a table."),
        (_TOP_HEADING, "A heading of one # is the page's own.", "Use ## for a section and ### inside it."),
    ):
        for match in pattern.finditer(shown):
            yield Slip(match.start(), message, hint)
    for match in _LINK.finditer(shown):
        yield Slip(
            match.start(),
            f"The link begins with {match[1]}: and would not work.",
            "Only https:// links and links inside the course are shown.",
        )
