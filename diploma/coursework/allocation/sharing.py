"""Sharing works out over markers: in their language first, then as evenly as that allows. Pure."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diploma.core.lang import Lang

Group = tuple[int, ...]  # the markers who come into question for the works of a group, in the order given


@dataclass(frozen=True)
class Work:
    """A work to be given to a marker: its language, who has it now, and who must not get it."""

    id: int
    lang: Lang
    present: int | None = None
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Helper:
    """A marker: the languages in which they work, and how many works they keep in any case."""

    user_id: int
    languages: frozenset[Lang] = frozenset()
    load: int = 0


def share(works: Sequence[Work], markers: Sequence[Helper], *, by_language: bool) -> dict[int, int]:
    """Work → marker. The same input gives the same answer; what everybody is barred from goes to nobody.

    By language a work goes to somebody who works in the language in which it is written; where nobody does, language
    decides nothing. Within this the loads are as even as they can be: no chain of exchanges would bring two of them
    closer. Whatever can stay with its marker stays.
    """
    groups: dict[Group, list[Work]] = defaultdict(list)
    for one in works:
        groups[_candidates(one, markers, by_language=by_language)].append(one)
    groups.pop((), None)
    loads = {one.user_id: one.load for one in markers}
    quotas = _quotas({group: len(members) for group, members in groups.items()}, loads)
    return {work: marker for group, members in groups.items() for work, marker in _deal(group, members, quotas[group])}


def _candidates(one: Work, markers: Sequence[Helper], *, by_language: bool) -> Group:
    free = [marker for marker in markers if marker.user_id not in one.barred]
    able = [marker for marker in free if one.lang in marker.languages] if by_language else []
    return tuple(marker.user_id for marker in able or free)


def _quotas(sizes: Mapping[Group, int], loads: dict[int, int]) -> dict[Group, Counter[int]]:
    """How many of each group go to whom: each to the least loaded, then exchanges as long as they even things out.

    When no exchange helps any more, no other distribution is more even (Harvey and others, Semi-matchings, 2003).
    """
    quotas: dict[Group, Counter[int]] = {group: Counter() for group in sizes}
    for group, size in sizes.items():
        for _ in range(size):
            least = min(group, key=loads.__getitem__)
            loads[least] += 1
            quotas[group][least] += 1
    while chain := _chain(quotas, loads):
        for group, giver, taker in chain:
            quotas[group][giver] -= 1
            quotas[group][taker] += 1
        loads[chain[0][1]] -= 1
        loads[chain[-1][2]] += 1
    return quotas


def _chain(quotas: Mapping[Group, Counter[int]], loads: Mapping[int, int]) -> list[tuple[Group, int, int]]:
    """Exchanges (group, giver, taker) that lead from a marker to one who has at least two works fewer; or nothing."""
    for start in sorted(loads, key=lambda one: -loads[one]):
        came: dict[int, tuple[Group, int] | None] = {start: None}
        ahead = deque([start])
        while ahead:
            giver = ahead.popleft()
            if loads[giver] <= loads[start] - 2:
                return _back(came, giver)
            for group, quota in quotas.items():
                for taker in group if quota[giver] else ():
                    if taker not in came:
                        came[taker] = (group, giver)
                        ahead.append(taker)
    return []


def _back(came: Mapping[int, tuple[Group, int] | None], end: int) -> list[tuple[Group, int, int]]:
    chain: list[tuple[Group, int, int]] = []
    while step := came[end]:
        chain.append((*step, end))
        end = step[1]
    return chain[::-1]


def _deal(group: Group, members: Sequence[Work], quota: Counter[int]) -> list[tuple[int, int]]:
    """Give the works of a group out by the quota: what can stay stays, the others go in turn to who lacks most."""
    left, dealt, others = Counter(quota), [], []
    for one in members:
        if one.present is not None and left[one.present] > 0:
            left[one.present] -= 1
            dealt.append((one.id, one.present))
        else:
            others.append(one)
    for one in others:
        most = max(group, key=left.__getitem__)
        left[most] -= 1
        dealt.append((one.id, most))
    return dealt
