"""Sharing people out over tutors: in a common language first, then as evenly as that allows. Pure."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diploma.core.lang import Lang

Group = tuple[int, ...]  # the tutors who come into question for the people of a group, in the order given


@dataclass(frozen=True)
class Learner:
    """A person to be given to a tutor: the languages they use, that of their writing first; who has them now."""

    id: int
    user_id: int
    languages: Sequence[Lang] = ()
    present: int | None = None


@dataclass(frozen=True)
class Helper:
    """A tutor: the languages in which they work, and how many people they keep in any case."""

    user_id: int
    languages: frozenset[Lang] = frozenset()
    load: int = 0


def share(people: Sequence[Learner], tutors: Sequence[Helper], *, by_language: bool) -> dict[int, int]:
    """Person → tutor. The same input gives the same answer; nobody is their own tutor, so some may get none.

    By language a person goes to somebody who works in the language in which they write, else in which they read;
    where nobody does, language decides nothing. Within this the loads are as even as they can be: no chain of
    exchanges would bring two of them closer. Whoever can stay with their tutor stays.
    """
    groups: dict[Group, list[Learner]] = defaultdict(list)
    for one in people:
        groups[_candidates(one, tutors, by_language=by_language)].append(one)
    groups.pop((), None)
    loads = {one.user_id: one.load for one in tutors}
    quotas = _quotas({group: len(members) for group, members in groups.items()}, loads)
    return {
        person: tutor for group, members in groups.items() for person, tutor in _deal(group, members, quotas[group])
    }


def common(languages: Sequence[Lang], helper: frozenset[Lang]) -> Lang | None:
    """The language in which a person and a tutor meet: the person's first one that the tutor works in."""
    return next((one for one in languages if one in helper), None)


def _candidates(one: Learner, tutors: Sequence[Helper], *, by_language: bool) -> Group:
    others = [tutor for tutor in tutors if tutor.user_id != one.user_id]
    for lang in one.languages if by_language else ():
        if able := [tutor for tutor in others if lang in tutor.languages]:
            return tuple(tutor.user_id for tutor in able)
    return tuple(tutor.user_id for tutor in others)


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
    """Exchanges (group, giver, taker) that lead from a tutor to one who has at least two people fewer; or nothing."""
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


def _deal(group: Group, members: Sequence[Learner], quota: Counter[int]) -> list[tuple[int, int]]:
    """Give the people of a group out by the quota: who can stay stays, the others go in turn to who lacks most."""
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
