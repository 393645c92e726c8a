"""The sounds of a word, by which its Latin, Cyrillic and Arabic spellings are compared. Pure; no dictionary.

A word becomes its consonants and what stands between them. Arabic leaves short vowels out and has one letter for
sounds that other scripts tell apart (b and p), so a consonant is a set of sounds, and a vowel counts only where both
spellings write one: Жамол and جمال agree, Jamil and جمال do not. The ending is kept, for it tells Aziz from Aziza.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, product

LONGEST = 40  # letters of a word that are looked at

# Letters that stand for several sounds or are written with two signs. S sh, C ch, X th, D dh.
_TWO_SIGNS = (("dj", "j"), ("zh", "j"), ("gh", "g"), ("sh", "S"), ("ch", "C"), ("th", "X"), ("dh", "D"), ("ph", "f"))
_SOUNDS = {"c": "k", "q": "k", "w": "v", "X": "st", "D": "zd"}
_ARABIC = {
    **{"ب": "bp", "پ": "p", "ت": "t", "ط": "t", "ث": "st", "ج": "jg", "چ": "C", "ح": "h", "خ": "h", "ه": "h"},
    **{"د": "d", "ذ": "zd", "ض": "zd", "ظ": "zd", "ر": "r", "ز": "z", "ژ": "j", "س": "s", "ص": "s", "ش": "S"},
    **{"غ": "g", "گ": "g", "ف": "vf", "ڤ": "v", "ق": "kg", "ك": "k", "ل": "l", "م": "m", "ن": "n"},
}
_VOWELS = {"a": "A", "e": "AI", "i": "I", "y": "I", "o": "AU", "u": "U"}
_ARABIC_VOWELS = {"ا": "A", "و": "U", "ي": "I", "ع": "AUI", "ء": ""}
_ENDINGS = {"": "-", "a": "a", "e": "ai", "o": "ai", "i": "i", "y": "i", "u": "i"}
_ARABIC_ENDINGS = {"": "-", "ا": "a", "ه": "a", "ي": "ai", "و": "ai"}
_IS_ARABIC = re.compile("[\u0600-\u06ff]")
_SOFT = re.compile("(?<=[bdfgklmnprstvz])j(?=[aou])")  # Aljona

# Classes of sounds that one letter of some script stands for; v and f are left out, for و may be either or a vowel.
_CLASSES = str.maketrans({"p": "b", "j": "g", "k": "g", "s": "t", "z": "t", "d": "t", "C": "S", "v": "", "f": ""})


@dataclass(frozen=True)
class Word:
    """``sounds`` are the consonants, each with its alternatives; ``vowels`` what stands before each of them and last.

    ``endings`` says how it may end: ``-`` on a consonant, ``a`` on a (the feminine), ``i`` on another vowel.
    """

    sounds: tuple[str, ...]
    vowels: tuple[frozenset[str], ...]
    endings: frozenset[str]
    arabic: bool
    text: str

    @property
    def key(self) -> str:
        """Equal for all words that ``alike`` may find equal: what an index goes by."""
        return "".join(one[0] for one in self.sounds).translate(_CLASSES)

    def alike(self, other: "Word") -> bool:
        if self.text == other.text:
            return True
        if (self.arabic and other.arabic) or len(self.sounds) != len(other.sounds):
            return False
        return (
            all(not set(a).isdisjoint(b) for a, b in zip(self.sounds, other.sounds, strict=True))
            and not self.endings.isdisjoint(other.endings)
            and _begin_alike(self.vowels[0], other.vowels[0])
            and all(
                not a or not b or not a.isdisjoint(b)
                for a, b in zip(self.vowels[1:-1], other.vowels[1:-1], strict=True)
            )
        )


@lru_cache(maxsize=50_000)
def words(token: str) -> tuple[Word, ...]:
    """The ways in which a folded word may be read: with and without an article, و as a consonant or as a vowel."""
    token = token[:LONGEST]
    arabic = bool(_IS_ARABIC.search(token))
    forms = _arabic_forms(token) if arabic else _latin_forms(token)
    read = _read_arabic if arabic else _read_latin
    return tuple(dict.fromkeys(one for form in forms for one in read(form)))


def _begin_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) == bool(other) and (not one or not one.isdisjoint(other))


def _latin_forms(token: str) -> list[str]:
    """With and without what is written or left out at will: the article, -jon and -xon of courtesy, the l of Abdul."""
    if servant := re.fullmatch(r"abd([aeiou]l)?[aeiou]?(.{2,})", token):
        short = re.sub(r"^abd[aeiou]", "", token)
        rest = [servant[2], short] if servant[1] else [short if short != token else servant[2]]
        return [f"abd{one}" for one in dict.fromkeys(rest)] if len(token) > 5 else [token]
    forms = [token]
    if len(token) > 5 and re.match("[ae]l[^aeiouy]", token):
        forms.append(token[2:])
    if len(token) > 6 and token.endswith(("jon", "hon", "jan", "han")):
        forms.append(token[:-3])
    return forms


def _arabic_forms(token: str) -> list[str]:
    if len(token) > 5 and token.startswith("عبدال"):
        return ["عبد" + token[5:]]
    return [token, token[2:]] if len(token) > 4 and token.startswith("ال") else [token]


def _read_latin(form: str) -> list[Word]:
    for two, one in _TWO_SIGNS:
        form = form.replace(two, one)
    form = _SOFT.sub("y", form)
    text = "".join(sign for letter, run in groupby(form) for sign in (run if letter.isdigit() else letter))
    if re.search("[ae]h$", text):
        text = text[:-1]
    last = text[-1:] if text[-1:] in _VOWELS else ""
    made = []
    for choice in _choices(text, "w"):
        signs = [("", _VOWELS[c]) if c in _VOWELS else ("", "U") if c == "w" and not v else (_SOUNDS.get(c, c), "")
                 for c, v in zip(text, choice, strict=True)]  # fmt: skip
        made.append(_word(signs, _ENDINGS[last], text, arabic=False))
    return made


def _read_arabic(form: str) -> list[Word]:
    text = form.replace("تش", "چ")
    body = text.rstrip("ء")
    last = body[-1:] if body[-1:] in _ARABIC_ENDINGS else ""
    if last == "ه":
        body = body[:-1]
    made = []
    for choice in _choices(body, "و"):
        signs = []
        for place, (c, is_consonant) in enumerate(zip(body, choice, strict=True)):
            vowel = "AUI" if place == 0 and c == "ا" else _ARABIC_VOWELS.get(c, "")
            silent = c in _ARABIC_VOWELS and not (c == "و" and is_consonant)
            signs.append(("", vowel) if silent else ("v" if c == "و" else _ARABIC.get(c, c), ""))
        ends_on_consonant = bool(signs) and last == "و" and choice[-1]
        made.append(_word(signs, "-" if ends_on_consonant else _ARABIC_ENDINGS[last], text, arabic=True))
    return made


def _choices(text: str, letter: str) -> list[tuple[bool, ...]]:
    """For each sign whether it is read as a consonant; the first three of the ambiguous ``letter`` either way."""
    places = [place for place, c in enumerate(text) if c == letter][:3]
    ways = product((True, False), repeat=len(places))
    return [tuple(dict(zip(places, way, strict=True)).get(place, True) for place in range(len(text))) for way in ways]


def _word(signs: list[tuple[str, str]], endings: str, text: str, *, arabic: bool) -> Word:
    """Consonants and the vowels between them; of a letter written twice one counts."""
    sounds: list[str] = []
    vowels: list[set[str]] = [set()]
    for sound, vowel in signs:
        if not sound:
            vowels[-1].update(vowel)
        elif not sounds or sounds[-1] != sound or vowels[-1] or sound.isdigit():
            sounds.append(sound)
            vowels.append(set())
    return Word(tuple(sounds), tuple(map(frozenset, vowels)), frozenset(endings), arabic, text)
