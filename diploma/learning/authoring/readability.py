"""How hard an English text is to read, as a school grade (Kincaid and others, 1975, for the US Navy).

Syllables are counted by rule: within 1 % of what a pronouncing dictionary finds in our lessons, a fifth of a grade at
most. Such a dictionary would cost more time to load than everything else that is checked.
"""

import re
from functools import lru_cache

_SENTENCE_END = re.compile(r"[.!?…]+[\"”’»)*_]*(?=\s|$)")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[’',.][A-Za-z0-9]+)*")
_VOWELS = re.compile("[aeiouy]+")
_RULES = [  # of vowels side by side that are two syllables, and of letters that are none
    (re.compile(pattern), syllables)
    for pattern, syllables in (
        ("[^aeiouy]e(?:ments?|ful|fully|less|ly|where|time|line|work|thing|body|s|d)?$", -1),  # hop-e-s, som-e-thing
        ("[^aeiouyl]le[sd]?$", 1),  # ta-ble
        ("[td]ed$|(?:[csxz]|sh|ch|g)es$", 1),  # nee-ded, chan-ges
        ("^idea", 1),
        ("i(?:a(?!ge|ls?$|lly$)|um|or|er|est|ety|ence|ent(?!s?$|ly$)|et)|[^cst]iall?y?s?$", 1),  # soc-i-ety, tr-i-al
        ("[^cgst]io(?!n|us)|[^cgstx]ious", 1),  # per-i-od, var-i-ous
        (
            "[aeiouy]ing|[^q]u(?:a(?!r|g)|e(?:nt|l|n)|i(?:ty|n))|eo(?!n|u|p)|crea[^k]|poe",
            1,
        ),  # do-ing, act-u-al, cre-ate
    )
]


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of running text, its paragraphs and items apart by an empty line; 0 without a word."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    parts = [part for part in _EMPTY_LINE.split(text) if _WORD.search(part)]
    sentences = sum(max(1, len(_SENTENCE_END.findall(part))) for part in parts)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@lru_cache(maxsize=8192)  # the same words come again and again
def syllables(word: str) -> int:
    """Of one English word, at least 1; a number counts as one."""
    bare = re.split("[’']", word.lower())[0]
    return max(1, len(_VOWELS.findall(bare)) + sum(more * len(rule.findall(bare)) for rule, more in _RULES))
