"""What a question's page sends, as the answer that the rules know."""

from werkzeug.datastructures import MultiDict

from diploma.learning.structure import Item, ItemType
from diploma.quizzes.rules import CHOICES, Answer


def answer(item: Item, fields: MultiDict[str, str]) -> Answer:
    """The answer to ``item`` in the fields of its page; every other field is ignored."""
    if item.type in CHOICES:
        return {"chosen": fields.getlist("answer")}
    if item.type is ItemType.MATCH:
        given = {left: fields.get(f"left-{left}", "") for left in item.left}
        return {"pairs": {left: right for left, right in given.items() if right}}
    if item.type is ItemType.ORDER:
        typed = {option: fields.get(f"place-{option}", "") for option in item.options}
        return {"places": {option: _place(text) for option, text in typed.items() if text}}
    return {"text": fields.get("answer", "")}


def _place(text: str) -> int:
    """A place from 1; 0, which no item has, for what no page offers."""
    return int(text) if text.isdecimal() and len(text) <= 2 else 0
