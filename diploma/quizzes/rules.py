"""Rules of quizzes: what an attempt asks, what an answer may say, what it earns (``decisions``: quiz scoring). Pure.

An answer is a dict, as it is stored: ``{"chosen": [option, …]}`` (single, multiple, true_false),
``{"pairs": {left: right}}`` (match), ``{"places": {option: place}}`` with places from 1 (order),
``{"text": "…"}`` (number, short, essay).
"""

import hashlib
import string
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from diploma.core.text import clean, fold
from diploma.learning.structure import Item, ItemType, Quiz, Shuffle
from diploma.quizzes.numbers import read_number

Answer = Mapping[str, Any]

CHOICES = (ItemType.SINGLE, ItemType.TRUE_FALSE, ItemType.MULTIPLE)
LONGEST = {ItemType.NUMBER: 40, ItemType.SHORT: 200, ItemType.ESSAY: 20_000}  # characters
_STORED = Decimal("0.0001")
_MARKS = string.punctuation + "«»“”„‘’…–—،؛؟"


# ---- what an attempt asks


def drawn(quiz: Quiz, seed: int) -> list[str]:
    """Ids of the items of one attempt; in the bank's order unless items are shuffled.

    ``draw`` of the bank, or, with a mix, so many of each type as it says: all attempts are then alike in kind.
    """
    types = {item.id: item.type for item in quiz.items}
    left, chosen = Counter(quiz.mix), list[str]()
    for one in _mixed(types, f"{seed}/items"):
        if not quiz.mix or left[types[one]]:
            left[types[one]] -= 1
            chosen.append(one)
    chosen = chosen[: quiz.draw]
    return chosen if quiz.shuffle in (Shuffle.ITEMS, Shuffle.ALL) else [one for one in types if one in chosen]


def offered(quiz: Quiz, item: Item, seed: int) -> list[str]:
    """The options of an item (the right sides of a match) in the order in which this attempt shows them."""
    names = list(item.right if item.type is ItemType.MATCH else item.options)
    fixed = item.type is ItemType.TRUE_FALSE or quiz.shuffle not in (Shuffle.OPTIONS, Shuffle.ALL)
    return names if fixed else _mixed(names, f"{seed}/{item.id}")


def _mixed(names: Iterable[str], seed: str) -> list[str]:
    """A random order that ``seed`` decides alone: the same on every machine and in every release of Python."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())


# ---- what an answer may say


def tidy(item: Item, answer: Answer) -> dict[str, Any]:
    """The answer as it is kept, nothing else of what was sent; ``ValueError`` for what the item does not offer."""
    if item.type in CHOICES:
        chosen = sorted(_known(answer.get("chosen", ()), item.options))
        if len(chosen) > 1 and item.type is not ItemType.MULTIPLE:
            raise ValueError("more than one option")
        return {"chosen": chosen}
    if item.type is ItemType.MATCH:
        pairs = dict(answer.get("pairs", {}))
        _known(pairs, item.left)
        _known(pairs.values(), item.right)
        return {"pairs": pairs}
    if item.type is ItemType.ORDER:
        places = dict(answer.get("places", {}))
        _known(places, item.options)
        _known(places.values(), range(1, len(item.options) + 1))
        return {"places": places}
    return {"text": _text(str(answer.get("text", "")))[: LONGEST[item.type]]}


def answered(item: Item, answer: Answer) -> bool:
    """Whether nothing is left to fill in: every pair, every place once, a number that can be read."""
    if item.type in CHOICES:
        return bool(answer.get("chosen"))
    if item.type is ItemType.MATCH:
        return len(answer.get("pairs", {})) == len(item.left)
    if item.type is ItemType.ORDER:
        return len(set(answer.get("places", {}).values())) == len(item.options)
    text = answer.get("text", "")
    return read_number(text) is not None if item.type is ItemType.NUMBER else bool(text)


def sequence(answer: Answer) -> list[str]:
    """Options of an order item as they were placed."""
    places = answer.get("places", {})
    return sorted(places, key=lambda option: (places[option], option))


def _known(names: Iterable[Any], allowed: Collection[Any]) -> set[Any]:
    found = set(names)
    if not found <= set(allowed):
        raise ValueError("not offered by this item")
    return found


def _text(text: str) -> str:
    return "\n".join(clean(line) for line in text.splitlines()).strip()


# ---- what it earns


def share(item: Item, answer: Answer, accepted: Iterable[str] = ()) -> Decimal | None:
    """The part of the item's points that an answer earns, 0 to 1, unrounded; ``None`` until a person has marked it.

    ``accepted`` are the forms of a short text in all languages: who reads in Cyrillic may answer in Latin.
    """
    match item.type:
        case ItemType.SINGLE | ItemType.TRUE_FALSE:
            return _whole(set(answer.get("chosen", ())) == set(item.key))
        case ItemType.MULTIPLE:
            return _multiple(set(answer.get("chosen", ())), set(item.key))
        case ItemType.MATCH:
            pairs = answer.get("pairs", {})
            return Decimal(sum(pairs.get(left) == right for left, right in item.pairs.items())) / len(item.pairs)
        case ItemType.ORDER:
            return _ordered(answer.get("places", {}), item.key)
        case ItemType.NUMBER:
            number = read_number(answer.get("text", ""))
            return _whole(number is not None and abs(number.value - (item.value or 0)) <= item.tolerance)
        case ItemType.SHORT:
            text = _folded(answer.get("text", ""))
            return _whole(bool(text) and text in {_folded(one) for one in accepted})
    return None


def score(results: Iterable[tuple[int, Decimal | None]]) -> Decimal:
    """The score of an attempt, 0 to 100 with four decimals: its points and shares, as far as they are marked."""
    marked = [(points, part) for points, part in results if part is not None]
    total = sum(points for points, _part in marked)
    earned = sum((points * part for points, part in marked), Decimal(0))
    return stored(100 * earned / total) if total else Decimal(0)


def stored(value: Decimal) -> Decimal:
    """Half-up to the four decimals that the database keeps."""
    return value.quantize(_STORED, ROUND_HALF_UP)


def best(scores: Iterable[Decimal | None]) -> Decimal | None:
    """The attempt that counts; ``None`` before the first is submitted."""
    return max((one for one in scores if one is not None), default=None)


def _whole(right: bool) -> Decimal:
    return Decimal(int(right))


def _multiple(chosen: set[str], key: set[str]) -> Decimal:
    right, wrong = len(chosen & key), len(chosen - key)
    return Decimal(max(0, right - wrong)) / len(key)


def _ordered(places: Mapping[str, int], key: tuple[str, ...]) -> Decimal:
    """Neighbours of the answer that stand in the key's order, of the n − 1 that there are to get."""
    placed = sequence({"places": places})
    good = sum(places[one] < places[two] and key.index(one) < key.index(two) for one, two in pairwise(placed))
    return Decimal(good) / (len(key) - 1)


def _folded(text: str) -> str:
    return fold(text).strip(_MARKS)
