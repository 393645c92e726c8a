"""Sharing pieces out over people as evenly as it goes: people over tutors, works over markers. Pure."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from diploma.core.lang import Lang

Group = tuple[int, ...]  # the helpers who come into question for the pieces of a group, in the order given


class Piece(Protocol):
    """What is given to a helper; ``present`` is the one who has it now."""

    @property
    def id(self) -> int: ...

    @property
    def present(self) -> int | None: ...


@dataclass(frozen=True)
class Helper:
    """Who gets pieces: the languages in which they work, and how many pieces they keep in any case."""

    user_id: int
    languages: frozenset[Lang] = frozenset()
    load: int = 0


def evenly(groups: Mapping[Group, Sequence[Piece]], helpers: Sequence[Helper]) -> dict[int, int]:
    """Piece → helper. The same input gives the same answer; a group for which nobody comes into question gets nobody.

    The loads are as even as they can be: no chain of exchanges would bring two of them closer. Whatever can stay with
    its helper stays.
    """
    wanted = {group: members for group, members in groups.items() if group}
    quotas = _quotas(
        {group: len(members) for group, members in wanted.items()}, {one.user_id: one.load for one in helpers}
    )
    return {
        piece: helper for group, members in wanted.items() for piece, helper in _deal(group, members, quotas[group])
    }


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
    """Exchanges (group, giver, taker) that lead from a helper to one who has at least two pieces fewer; or nothing."""
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


def _deal(group: Group, members: Sequence[Piece], quota: Counter[int]) -> list[tuple[int, int]]:
    """Give the pieces of a group out by the quota: what can stay stays, the others go in turn to who lacks most."""
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
