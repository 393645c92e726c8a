"""How often the encoding of a list is told right, on made-up lists that the detector was not tuned to.

python -m tests.cohorts.encoding_accuracy
"""

import itertools
from collections import Counter
from collections.abc import Iterator

from diploma.cohorts.roster.sheet import SheetRefused, read_sheet
from diploma.core.encodings import EIGHT_BITS
from tests.cohorts.nasty import letters

CASES = {"as written": str, "in capitals": str.upper, "in small letters": str.lower}
SIZES = (1, 2, 3, 10, 50)
LISTS = 40  # of each kind, each with other people


def lists() -> Iterator[tuple[str, str, bytes]]:
    """Encoding, kind and bytes of every list of the corpus."""
    for (name, codec), size, number, case in itertools.product(EIGHT_BITS.items(), SIZES, range(LISTS), CASES):
        language = letters.CARRIED[codec][-1]
        people = [[one[0], *map(CASES[case], one[1:])] for one in letters.people(language, size, number * 5)]
        for header in ("en", language):
            kind = f"{'English header' if header == 'en' else 'own header'}, {case}, {size}"
            yield name, kind, "\r\n".join(map(";".join, [letters.HEADERS[header], *people])).encode(codec)
        words = [one[1].split()[0] for one in people]
        alone = [["E-mail", "Name"], *([one[0], word] for one, word in zip(people, words, strict=True))]
        yield name, f"nothing but surnames, {case}, {size}", "\r\n".join(map(";".join, alone)).encode(codec)


def main() -> None:
    right: Counter[tuple[str, str]] = Counter()
    all_: Counter[tuple[str, str]] = Counter()
    for name, kind, data in lists():
        all_[name, kind] += 1
        try:
            right[name, kind] += read_sheet(data, "list.csv").encoding == name
        except SheetRefused:
            right[name, kind] += 0
    for kind, count in all_.items():
        print(f"{kind[0]:14} {kind[1]:48} {right[kind]:4} of {count}")
    print(f"{right.total()} of {all_.total()}")


if __name__ == "__main__":
    main()
