"""Names of entities that are nearly known ones: one letter is other, missing or too much, or the script is another."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from diploma.cohorts.roster.likeness import Index
from diploma.core.text import fold

SHORTEST = 6  # letters: of shorter names one letter makes another name
LONGEST = 250


class Names:
    """Known names to look up, each with its folded form."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {fold(name): name for name in names}
        self._by_part: dict[str, list[str]] = defaultdict(list)
        for folded in self._names:
            for part in _parts(folded):
                self._by_part[part].append(folded)
        self._by_sound = Index((folded, folded) for folded in self._names)

    def near(self, name: str) -> list[str]:
        """The known names that this one nearly is, without itself; those one letter apart come first."""
        folded = fold(name)
        letters = (one for part in _parts(folded) for one in self._by_part.get(part, ()) if _one_letter(one, folded))
        sounds = (one for one in sorted(self._by_sound.find(name)) if len(one.split()) == len(folded.split()))
        found = dict.fromkeys(one for way in (letters, sounds) for one in way if _figures(one) == _figures(folded))
        return [self._names[one] for one in found if one != folded]


def _parts(folded: str) -> Iterator[str]:
    """The name and what is left of it without one of its letters; two names one letter apart share a part."""
    if SHORTEST <= len(folded) <= LONGEST:
        yield folded
        yield from (folded[:place] + folded[place + 1 :] for place in range(len(folded)))


def _one_letter(one: str, other: str) -> bool:
    """Whether two names differ by one letter: other, missing, too much, or changed with its neighbour."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    a, b = one[same:], other[same:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _figures(text: str) -> list[str]:
    """School 5 is not School 6."""
    return re.findall(r"\d+", text)
