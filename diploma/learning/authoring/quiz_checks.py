"""Can each item be answered, and is each answer explained (spec content, rules 7 and 8)?"""

from collections.abc import Iterator
from typing import Any

from diploma.learning.authoring.ids import repeated, unknown
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.shapes import guess, said
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile


def quiz_mistakes(file: TomlFile) -> Iterator[Mistake]:
    items = file.data["items"]
    if file.data["draw"] > len(items):
        yield file.mistake(
            ("draw",),
            f"{file.data['draw']} items are drawn from a bank of {len(items)}.",
            "Write more items, or draw fewer.",
        )
    yield from repeated(file, "items")
    for index, item in enumerate(items):
        yield from _answer(file, item, ("items", index, "answer"))
        yield from _why(file, item, ("items", index, "why"))


def _answer(file: TomlFile, item: dict[str, Any], path: KeyPath) -> Iterator[Mistake]:
    options, answer = item.get("options", {}), item.get("answer", [])
    match item["type"]:
        case "single":
            yield from unknown(file, path, answer, options, "option")
        case "multiple":
            yield from _chosen(file, answer, options, path)
        case "order":
            yield from _chosen(file, answer, options, path)
            left_out = [option for option in options if option not in answer]
            if left_out:
                yield file.mistake(path, f"The order leaves out {said(left_out)}.", "Name every option once.")
        case "match":
            yield from _pairs(file, item, path)


def _chosen(file: TomlFile, answer: list[str], options: dict[str, str], path: KeyPath) -> Iterator[Mistake]:
    for place, name in enumerate(answer):
        yield from unknown(file, (*path, place), name, options, "option")
        if name in answer[:place]:
            yield file.mistake((*path, place), f"The option {name!r} stands twice in the answer.", "Name it once.")


def _pairs(file: TomlFile, item: dict[str, Any], path: KeyPath) -> Iterator[Mistake]:
    for left, right in item["answer"].items():
        yield from unknown(file, (*path, left), left, item["left"], "left side")
        yield from unknown(file, (*path, left), right, item["right"], "right side")
    alone = [left for left in item["left"] if left not in item["answer"]]
    if alone:
        yield file.mistake(path, f"The answer has no pair for {said(alone)}.", "Give every left side its right one.")


def _why(file: TomlFile, item: dict[str, Any], path: KeyPath) -> Iterator[Mistake]:
    """One explanation for all, or one for each thing that can be chosen."""
    why = item.get("why", {"all": ""})
    if set(why) == {"all"}:
        return
    choices = ["true", "false"] if item["type"] == "true_false" else [*item.get("options", {}), *item.get("left", {})]
    for name in why:
        if name not in choices:
            yield file.mistake(
                (*path, name), f"There is no option {name!r} to explain.", guess(name, choices or ["all"])
            )
    silent = [name for name in choices if name not in why]
    if silent:
        yield file.mistake(
            path,
            f"Nothing explains {said(silent)}.",
            'Explain each option, or write one text for all: why = {all = "…"}.',
        )
