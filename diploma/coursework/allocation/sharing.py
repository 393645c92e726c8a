"""Sharing works out over markers: in their language first, then as evenly as that allows. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from diploma.core.lang import Lang
from diploma.core.sharing import Group, Helper, evenly


@dataclass(frozen=True)
class Work:
    """A work to be given to a marker: its language, who has it now, and who must not get it."""

    id: int
    lang: Lang
    present: int | None = None
    barred: frozenset[int] = frozenset()


def share(works: Sequence[Work], markers: Sequence[Helper], *, by_language: bool) -> dict[int, int]:
    """Work → marker. The same input gives the same answer; what everybody is barred from goes to nobody.

    By language a work goes to somebody who works in the language in which it is written; where nobody does, language
    decides nothing. Within this the loads are as even as they can be: no chain of exchanges would bring two of them
    closer. Whatever can stay with its marker stays.
    """
    groups: dict[Group, list[Work]] = defaultdict(list)
    for one in works:
        groups[_candidates(one, markers, by_language=by_language)].append(one)
    return evenly(groups, markers)


def _candidates(one: Work, markers: Sequence[Helper], *, by_language: bool) -> Group:
    free = [marker for marker in markers if marker.user_id not in one.barred]
    able = [marker for marker in free if one.lang in marker.languages] if by_language else []
    return tuple(marker.user_id for marker in able or free)
