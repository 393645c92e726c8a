"""The sentences of each kind of certificate: ``documents/<award>.toml``, one file for each ``Award``.

A file says how the page is dressed, which fields its statement has, and each sentence in all five languages. It is
read once and checked whole: a certificate that lacks a word must fail at the start, not on paper.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from diploma.certificates.snapshot import Award
from diploma.core.lang import Lang

FOLDER = Path(__file__).parent / "documents"
FIELDS = frozenset({"hours", "period", "grade"})  # that ``wording.statement`` can fill in
# Whether a file must have it.
SENTENCES = {"opening": True, "statement": True, "kind": False, "honours": False, "alone": False}
WITH_FIELDS, IN_SOME_LANGUAGES = ("statement", "alone"), ("alone",)

ByLanguage = Mapping[str, str]


class BadDocument(ValueError):
    """A document's file cannot be used; the message names file and key."""


@dataclass(frozen=True)
class Document:
    """One kind of certificate. Each sentence is there in all languages.

    ``solemn``     the rich border, and the title in capitals
    ``opening``    the line above the name
    ``statement``  what the award is for, with the ``fields`` of its file in braces
    ``alone``      the same where no opening stands above, in the languages in which that is another sentence
    ``kind``       the line under the title, if there is one
    ``honours``    the line that stands there when the award was earned with distinction
    """

    solemn: bool
    opening: ByLanguage
    statement: ByLanguage
    kind: ByLanguage | None = None
    honours: ByLanguage | None = None
    alone: ByLanguage = field(default_factory=dict)


def files() -> list[Path]:
    """The file of each award, in the order of ``Award``. A transcript has pages of another kind (``record_words``)."""
    return [FOLDER / f"{award}.toml" for award in Award if award is not Award.TRANSCRIPT]


@lru_cache
def document(award: Award) -> Document:
    """The document of ``award``; :class:`BadDocument` when its file is missing or wrong."""
    return read(FOLDER / f"{award}.toml")


def read(path: Path) -> Document:
    """The document in one file, checked: no key too many or too few, every language, and exactly its fields."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadDocument(f"{path.name}: {error}") from error
    for key, fault in _faults(values):
        raise BadDocument(f"{path.name}: {key}: {fault}")
    return Document(values["solemn"], **{name: values[name] for name in SENTENCES if name in values})


def _faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each wrong key with what is wrong."""
    for key in values.keys() - SENTENCES.keys() - {"solemn", "fields"}:
        yield key, f"unknown; a document has solemn, fields, {', '.join(SENTENCES)}"
    if not isinstance(values.get("solemn"), bool):
        yield "solemn", "true or false expected"
    fields = values.get("fields")
    if not isinstance(fields, list) or not FIELDS.issuperset(map(str, fields)):
        yield "fields", f"a list of some of {', '.join(sorted(FIELDS))} expected"
        return
    for name, needed in SENTENCES.items():
        if name in values or needed:
            yield from _sentence_faults(name, values.get(name), fields if name in WITH_FIELDS else [])


def _sentence_faults(name: str, texts: Any, fields: list[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(texts, dict):
        yield name, "missing: a table with the sentence in each language"
        return
    for key in texts.keys() - set(Lang):
        yield f"{name}.{key}", "no language of the certificates"
    for lang in Lang:
        text = texts.get(lang)
        if name in IN_SOME_LANGUAGES and lang not in texts:
            continue
        if not isinstance(text, str) or not text.strip():
            yield f"{name}.{lang}", "missing"
        elif (found := _fields(text)) != sorted(fields):
            yield f"{name}.{lang}", f"its fields are {found}, not {sorted(fields)}"


def _fields(text: str) -> list[str]:
    """The fields of a sentence, sorted; one that is not plainly ``{name}`` as it stands there."""
    try:
        return sorted(
            name + (f"!{conversion}" if conversion else "") + (spec or "")
            for _, name, spec, conversion in Formatter().parse(text)
            if name is not None
        )
    except ValueError as error:
        return [str(error)]
