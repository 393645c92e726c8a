"""Names from one alphabet into another, letter by letter. Pure tables; any text goes in, and nothing raises.

Sources: Uzbek by its two official alphabets (law of 1993 on the Latin one, amended in 1995; spelling rules of the
Cabinet of Ministers, 1995); Russian into Latin by ICAO Doc 9303, part 3, section 6 B, as in passports. No table gives
back the vowels that Arabic leaves unwritten, nor the letters that an English spelling has lost: that is rough.
"""

import re
from collections.abc import Callable, Mapping

from diploma.core.text import TURNED_COMMA, TUTUQ, uzbek_apostrophes
from diploma.learning.translation import latin

_WORD = re.compile(r"[^\W\d_]+")
_O, _G = f"o{TURNED_COMMA}", f"g{TURNED_COMMA}"

# Uzbek Latin → Cyrillic; where several pieces fit, the longest counts: yoʻ is йў, never ё.
_UZ_CYRILLIC = dict(zip("abcdefghijklmnopqrstuvwxyz", "абкдефгҳижклмнопқрстуввхйз", strict=True))
_UZ_CYRILLIC |= {f"y{_O}": "йў", _O: "ў", _G: "ғ", "sh": "ш", "ch": "ч", "ts": "ц", TUTUQ: "ъ", f"s{TUTUQ}h": "сҳ"}
_UZ_CYRILLIC |= {"yo": "ё", "yu": "ю", "ya": "я", "ye": "е"}
_VOWELS = frozenset({*"aeiou", TURNED_COMMA})

# Uzbek Cyrillic → Russian, and the words of a patronymic the other way.
_RUSSIAN = str.maketrans("ўқғҳЎҚҒҲ", "укгхУКГХ")
_PATRONYMICS = {"кизи": "қизи", "кызы": "қизи", "угли": "ўғли", "огли": "ўғли", "оглы": "ўғли"}

# Russian → Latin (Doc 9303)
_PASSPORT = dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziiklmnoprstufye", strict=True))
_PASSPORT |= {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": ""}
_PASSPORT |= {"ю": "iu", "я": "ia"}

# An English spelling → Russian
_OF_ENGLISH = dict(zip("abcdefghiklmnopqrstuvwyz", "абкдефгхиклмнопкрстуввйз", strict=True))
_OF_ENGLISH |= {"j": "дж", "x": "кс", "sh": "ш", "ch": "ч", "shch": "щ", "kh": "х", "zh": "ж", "ts": "ц", "ph": "ф"}
_OF_ENGLISH |= {"oo": "у", "yo": "ё", "yu": "ю", "iu": "ю", "ya": "я", "ye": "е"}
_ENGLISH_ENDS = ((re.compile(r"ia\b"), "iya"), (re.compile(r"(?<=[^aeiou])y\b"), "iy"))

# Latin → Arabic
_ARABIC = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابكديفغهيجكلمنوبقرستوفوخيز", strict=True))
_ARABIC |= {"sh": "ش", "ch": "تش", "kh": "خ", "gh": "غ", "th": "ث", "dh": "ذ", "zh": "ج", "ts": "تس", "ph": "ف"}
_ARABIC |= {"ee": "ي", "oo": "و", "ou": "و", "ya": "يا", "ye": "ي", "iy": "ي", _O: "و", _G: "غ", TUTUQ: "ع"}
_ARABIC_START = {"a": "أ", "e": "إي", "i": "إي", "o": "أو", "u": "أو", _O: "أو"}
_ARTICLE = re.compile(rf"(?<!\w)([AaEe]l[ -])?({_WORD.pattern})")

# Arabic → Latin
_OF_ARABIC = dict(zip("ابتجحدرزسصضطظعفقكلمنهويىةأإؤئ", "abtjhdrzssdtzafqklmnhuiaaaiui", strict=True))
_OF_ARABIC |= {"ث": "th", "خ": "kh", "ذ": "dh", "ش": "sh", "غ": "gh", "آ": "aa", "ٱ": "a", "َ": "a", "ِ": "i", "ُ": "u"}
_OF_ARABIC |= {"پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ڤ": "v", "ک": "k", "ی": "i"}
_ARABIC_CONSONANTS = {"و": "w", "ي": "y", "ی": "y"}  # where they stand before ا, or begin a word

# Names whose vowels everybody knows, as passports of the Gulf mostly spell them.
_KNOWN = {
    "محمد": "Mohammed", "أحمد": "Ahmed", "حمد": "Hamad", "محمود": "Mahmoud", "علي": "Ali", "عمر": "Omar",
    "خالد": "Khalid", "حسن": "Hassan", "حسين": "Hussein", "يوسف": "Yousef", "إبراهيم": "Ibrahim", "سعيد": "Saeed",
    "راشد": "Rashid", "سلطان": "Sultan", "سالم": "Salem", "ناصر": "Nasser", "فاطمة": "Fatima", "مريم": "Mariam",
    "عائشة": "Aisha", "خديجة": "Khadija", "نورة": "Noura", "ليلى": "Layla", "سارة": "Sara", "عبد": "Abd",
    "الله": "Allah", "بن": "bin", "بنت": "bint", "آل": "Al",
}  # fmt: skip
_KNOWN_LATIN = {spelling.lower(): arabic for arabic, spelling in _KNOWN.items()}


def uzbek_latin(name: str) -> str:
    """Uzbek Cyrillic → Latin: Тўхтаева → Toʻxtayeva."""
    return latin.latin(name)


def uzbek_cyrillic(name: str) -> str:
    """Uzbek Latin → Cyrillic: Yoʻldoshev Elyor → Йўлдошев Элёр, Isʼhoqov → Исҳоқов."""
    return _by_word(uzbek_apostrophes(name), _cyrillic_word)


def plain_latin(name: str) -> str:
    """Uzbek Latin without the signs that passports leave out: Gʻulomova → Gulomova."""
    return uzbek_apostrophes(name).translate({ord(TURNED_COMMA): "", ord(TUTUQ): ""})


def russian(name: str) -> str:
    """Uzbek Cyrillic → Russian: Ғуломова Абдуқодир қизи → Гуломова Абдукодир кизи."""
    return name.translate(_RUSSIAN)


def uzbek_of_russian(name: str) -> str:
    """Russian → Uzbek Cyrillic: the letters stay, only the word after a father's name gets its own back."""
    return _by_word(name, lambda word: _cased(word, _PATRONYMICS.get(word.lower(), word), word))


def passport(name: str) -> str:
    """Russian → Latin as in passports: Юлия Щербакова → Iuliia Shcherbakova."""
    return _by_word(name, lambda word: _replaced(word, _PASSPORT))


def russian_of_english(name: str) -> str:
    """An English spelling → Russian: Maria Sharipova → Мария Шарипова."""
    for ending, instead in _ENGLISH_ENDS:
        name = ending.sub(instead, name)
    return _by_word(name, lambda word: _replaced(word, _OF_ENGLISH))


def uzbek_of_english(name: str) -> str:
    """An English spelling → Uzbek Latin, as far as it goes: Khalid → Xalid."""
    return re.sub("kh", "x", re.sub("K[hH]", "X", name)).translate(str.maketrans("wW", "vV"))


def arabic(name: str) -> str:
    """English or Uzbek Latin → Arabic: Karimova → كاريموفا, Al Mithal → الميثال."""
    return _ARTICLE.sub(lambda found: ("ال" if found[1] else "") + _arabic_word(found[2]), uzbek_apostrophes(name))


def latin_of_arabic(name: str) -> str:
    """Arabic → Latin: خالد المنصوري → Khalid Al Mnsuri; the short vowels are nowhere to be read."""
    return _by_word("".join(c for c in name if c != "ـ"), _latin_word)


# ---- words and their pieces


def _by_word(name: str, each: Callable[[str], str]) -> str:
    return _WORD.sub(lambda found: each(found[0]), name)


def _pieces(word: str, table: Mapping[str, str]) -> list[str]:
    """The word cut into the longest pieces that the table knows; any other letter is a piece of its own."""
    found, at, longest = [], 0, max(map(len, table))
    while at < len(word):
        sizes = range(longest, 1, -1)
        size = next((size for size in sizes if word[at : at + size].lower() in table), 1)
        found.append(word[at : at + size])
        at += size
    return found


def _replaced(word: str, table: Mapping[str, str]) -> str:
    return "".join(_cased(one, table.get(one.lower(), one), word) for one in _pieces(word, table))


def _cased(piece: str, instead: str, word: str) -> str:
    """Capitals as in the word: Ш is Sh in Шарипов, SH in ШАРИПОВ."""
    if not piece[:1].isupper():
        return instead
    return instead.upper() if word.isupper() and len(word) > 1 else instead[:1].upper() + instead[1:]


def _cyrillic_word(word: str) -> str:
    """е is written э where no y is heard before it: at the start and after a vowel."""
    found, before = [], ""
    for piece in _pieces(word, _UZ_CYRILLIC):
        small = piece.lower()
        bare = small == "e" and (not before or before[-1] in _VOWELS)
        found.append(_cased(piece, "э" if bare else _UZ_CYRILLIC.get(small, piece), word))
        before = small
    return "".join(found)


def _arabic_word(word: str) -> str:
    if known := _KNOWN_LATIN.get(word.lower()):
        return known
    first, *rest = _pieces(word.lower(), _ARABIC)
    return _ARABIC_START.get(first, _ARABIC.get(first, first)) + "".join(_ARABIC.get(one, one) for one in rest)


def _latin_word(word: str) -> str:
    if known := _KNOWN.get(word):
        return known
    if word.startswith("ال") and len(word) > 3:
        return "Al " + _latin_word(word[2:])
    letters = [
        _ARABIC_CONSONANTS[one] if one in _ARABIC_CONSONANTS and (at == 0 or word[at + 1 :][:1] == "ا")
        else _OF_ARABIC.get(one, "" if "\u0600" <= one <= "\u06ff" else one)
        for at, one in enumerate(word)
    ]  # fmt: skip
    return "".join(letters).capitalize()
