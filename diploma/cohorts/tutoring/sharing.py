"""Sharing people out over tutors: in a common language first, then as evenly as that allows. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from diploma.core.lang import Lang
from diploma.core.sharing import Group, Helper, evenly


@dataclass(frozen=True)
class Learner:
    """A person to be given to a tutor: the languages they use, that of their writing first; who has them now."""

    id: int
    user_id: int
    languages: Sequence[Lang] = ()
    present: int | None = None


def share(people: Sequence[Learner], tutors: Sequence[Helper], *, by_language: bool) -> dict[int, int]:
    """Person → tutor. The same input gives the same answer; nobody is their own tutor, so some may get none.

    By language a person goes to somebody who works in the language in which they write, else in which they read;
    where nobody does, language decides nothing. Within this the loads are as even as they can be: no chain of
    exchanges would bring two of them closer. Whoever can stay with their tutor stays.
    """
    groups: dict[Group, list[Learner]] = defaultdict(list)
    for one in people:
        groups[_candidates(one, tutors, by_language=by_language)].append(one)
    return evenly(groups, tutors)


def common(languages: Sequence[Lang], helper: frozenset[Lang]) -> Lang | None:
    """The language in which a person and a tutor meet: the person's first one that the tutor works in."""
    return next((one for one in languages if one in helper), None)


def _candidates(one: Learner, tutors: Sequence[Helper], *, by_language: bool) -> Group:
    others = [tutor for tutor in tutors if tutor.user_id != one.user_id]
    for lang in one.languages if by_language else ():
        if able := [tutor for tutor in others if lang in tutor.languages]:
            return tuple(tutor.user_id for tutor in able)
    return tuple(tutor.user_id for tutor in others)
