"""Do the texts keep to the style sheets, claim nothing doubtful, and say where their examples come from?

What is looked for stands in the course's ``style.toml``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from diploma.core.finding import letters
from diploma.core.lang import LANGS, Lang
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.phrases import Phrase, exact
from diploma.learning.authoring.texts import Passage
from diploma.learning.authoring.tomlfile import TomlFile

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SEAM = "\0"  # between texts: no phrase reaches over it
_SAYS = {
    "claims": "This claim may not be made",
    "inclusive": "These words leave people out",
    "faults": "This is a fault of style",
}


@dataclass(frozen=True)
class Rule:
    """One entry of the style file: what is looked for and what the author is told."""

    kind: str
    forms: tuple[Phrase, ...]
    near: tuple[Phrase, ...]
    excepted: tuple[Phrase, ...]
    most: int
    why: str
    write: str

    def found(self, folded: str, forms: Iterable[Phrase] | None = None) -> list[Phrase]:
        """The phrases of the rule in a folded text, each as often as it stands there; none where it may.

        ``forms`` are those that are known to be possible; else all are looked for.
        """
        spans = [(span, form) for form in forms or self.forms for span in form.spans(folded)]
        if not spans or (self.near and not any(one.within(folded) for one in self.near)):
            return []
        right = [span for one in self.excepted for span in one.spans(folded)]
        wrong = {
            span: form for span, form in spans if not any(span[0] < end and begin < span[1] for begin, end in right)
        }
        return list(wrong.values()) if len(wrong) > self.most else []


def rules(style: TomlFile) -> dict[Lang, list[Rule]]:
    """The rules for texts in each language."""
    data = style.data
    common = [_rule("claims", one) for one in data.get("claims", [])]
    return {lang: [*common, *_own(data, _spoken(lang))] for lang in LANGS}


def _own(data: dict[str, Any], language: str) -> Iterator[Rule]:
    for kind in ("inclusive", "faults"):
        for one in data.get(kind, {}).get(language, []):
            yield _rule(kind, one)


def wording_mistakes(passages: Iterable[Passage], known: Iterable[Rule]) -> Iterator[Mistake]:
    """A doubtful claim is a mistake, everything else a warning: one for each rule and text."""
    passages = list(passages)
    whole = _SEAM.join(passage.letters for passage in passages)
    starts = list(accumulate((len(passage.letters) + len(_SEAM) for passage in passages[:-1]), initial=0))
    for rule in known:
        possible: dict[int, list[Phrase]] = defaultdict(list)
        for form in rule.forms:
            for index in form.places(whole, starts):
                possible[index].append(form)
        for index, forms in possible.items():
            if found := rule.found(passages[index].letters, forms):
                yield _mistake(passages[index], rule, found)


def example_mistakes(passages: Iterable[Passage], style: TomlFile, lang: Lang) -> Iterator[Mistake]:
    """A worked example says that it is invented, or has a line with its source and a year (spec content)."""
    asked = style.data.get("example")
    if not asked:
        return
    invented = asked["invented"].get(_spoken(lang), [])
    source = asked["source"].get(_spoken(lang), "")
    sections = [one for one in passages if isinstance(one.file, LessonFile) and one.path == (asked["anchor"],)]
    for passage in sections:
        if _is_honest(passage, invented, source):
            continue
        yield passage.mistake(
            "The example does not say whether it is invented or real.",
            f"Say that it is invented ({', '.join(invented)}), or end it with a line {source} … and a year.",
        )


def _is_honest(passage: Passage, invented: Iterable[str], source: str) -> bool:
    if any(exact(form).within(passage.letters) for form in invented):
        return True
    begin = letters(source)
    lines = (letters(line).lstrip(" -*_>") for line in passage.text.splitlines())
    return bool(begin) and any(line.startswith(begin) and _YEAR.search(line) for line in lines)


def _mistake(passage: Passage, rule: Rule, found: list[Phrase]) -> Mistake:
    at = min(form.first(passage.text) for form in found)
    begin = passage.text[at:].split("\n")[0]
    said = f"{_SAYS[rule.kind]}{f', {len(found)} times' if len(found) > 1 else ''}: «{_short(begin)}»."
    hint = f"{rule.why} Instead: {rule.write}" if rule.write else rule.why
    return passage.mistake(said, hint, at=at, warning=rule.kind != "claims")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40].rsplit(" ", 1)[0] + " …"


def _rule(kind: str, data: dict[str, Any]) -> Rule:
    forms, near, excepted = (
        tuple(exact(one) for one in data.get(name, [])) for name in ("forms", "near", "except")
    )  # fmt: skip
    return Rule(kind, forms, near, excepted, data.get("most", 0), data["why"], data.get("write", ""))


def _spoken(lang: Lang) -> str:
    return lang.value.partition("-")[0]
