"""The glossary as pages show it: by letter, found by any of its languages, and under the text that uses its terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from diploma.core.finding import Folded, Sought
from diploma.core.lang import LANGS, Lang
from diploma.core.text import TURNED_COMMA, fold, sort_key
from diploma.learning.catalogue import Content, Section, Term

_MARK = re.compile(r'<a class="term" id="([^"]+)" href="#term-([^"]+)"')
_ARTICLE = re.compile("^ال(?=..)")
_DIGRAPH = re.compile(f"[og]{TURNED_COMMA}|sh|ch", re.IGNORECASE)


@dataclass(frozen=True)
class Use:
    """An entry under the text that uses it: the id to which its marks lead, and per section its title and the mark.

    ``lang`` is that of the text, which the entry has unless it is a fallback.
    """

    id: str
    lang: Lang
    term: Term
    places: tuple[tuple[str, str], ...]


def uses(content: Content, sections: Iterable[Section]) -> list[Use]:
    """The terms that the sections mark, in the order of the text, each explained in the language of its section."""
    found: dict[str, tuple[Lang, Term, list[tuple[str, str]]]] = {}
    for section in sections:
        terms = content.glossary(section.lang)
        for mark, own in _MARK.findall(section.html):
            term = terms[own.removeprefix(f"{section.lang}-")]
            found.setdefault(own, (section.lang, term, []))[2].append((section.title, mark))
    return [Use(f"term-{own}", lang, term, tuple(places)) for own, (lang, term, places) in found.items()]


def by_letter(terms: Iterable[Term]) -> list[tuple[str, list[Term]]]:
    """Terms in the order of their alphabet, under their first letters."""
    ordered = sorted(terms, key=lambda term: sort_key(_bare(term), term.lang))
    return [(letter, list(group)) for letter, group in groupby(ordered, key=_letter)]


def search(content: Content, sought: Sought, lang: Lang) -> Iterator[tuple[Term, Term]]:
    """Entries in ``lang`` found by term or meaning, else by their term in another language, which comes with them."""
    for entry, term in content.glossary(lang).items():
        if sought.within(*folded(content, lang)[entry]):
            yield term, term
        elif other := next((one for one in LANGS if sought.within(folded(content, one)[entry][0])), None):
            yield term, content.glossary(other)[entry]


@lru_cache(maxsize=64)
def folded(content: Content, lang: Lang) -> dict[str, tuple[Folded, Folded]]:
    """Term and meaning of each entry, ready to be searched."""
    return {entry: (Folded(one.term), Folded(one.meaning)) for entry, one in content.glossary(lang).items()}


def _letter(term: Term) -> str:
    """The first letter as the alphabet counts: an alif whatever it carries; Uzbek has four letters of two signs."""
    bare = _bare(term)
    if term.lang is Lang.AR:
        return fold(bare)[:1]
    found = _DIGRAPH.match(bare) if term.lang is Lang.UZ_LATN else None
    return found[0].capitalize() if found else bare[:1].upper()


def _bare(term: Term) -> str:
    """The term as a dictionary orders it: without the Arabic article."""
    return _ARTICLE.sub("", term.term)
