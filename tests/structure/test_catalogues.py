"""The interface's texts: complete in all languages, with their placeholders and plural forms."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from config import ROOT

LANGUAGES = ("ar", "ru", "uz_Latn", "uz_Cyrl")
PLURAL_FORMS = {"ar": 6, "ru": 3, "uz_Latn": 1, "uz_Cyrl": 1}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@cache
def catalogue(lang: str) -> Catalog:
    """Read once: it takes a quarter second, and no test changes it."""
    with (ROOT / "translations" / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=lang)


def texts(message: Message) -> Iterator[tuple[str, str]]:
    """(source, translation) of each form of a message."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
    else:
        for form in message.string:
            yield message.id[1], form


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every text that the code asks for today."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = ["-m", "babel.messages.frontend", "--quiet", "extract", "--mapping-file", "pyproject.toml"]
    keywords = ["--keyword", "lazy_gettext", "--keyword", "_l", "--keyword", "_plural:1,2"]
    subprocess.run([sys.executable, *command, *keywords, "--output-file", str(template), "."], cwd=ROOT, check=True)
    with Path(template).open("rb") as file:
        return {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(file) if one.id}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_the_code_is_translated(lang: str, sources: set[str]) -> None:
    translated = {
        one.id if isinstance(one.id, str) else one.id[0]
        for one in catalogue(lang)
        if one.id and not one.fuzzy and all(text.strip() for _, text in texts(one))
    }
    assert sorted(sources - translated) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_translation_keeps_its_placeholders(lang: str) -> None:
    def parts(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    wrong = [
        (source, text)
        for one in catalogue(lang)
        if one.id
        for source, text in texts(one)
        # "one file", "two files" say their number in words
        if text and not (parts(text) <= parts(source) <= parts(text) | {"%(num)s"})
    ]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plural_forms_are_those_of_the_language(lang: str) -> None:
    found = catalogue(lang)
    assert found.num_plurals == PLURAL_FORMS[lang]
    assert all(len(one.string) == PLURAL_FORMS[lang] for one in found if one.id and not isinstance(one.id, str))


@pytest.mark.parametrize(
    ("lang", "forms"),
    [
        ("ar", {0: 0, 1: 1, 2: 2, 3: 3, 11: 4, 100: 5}),
        ("ru", {0: 2, 1: 0, 2: 1, 3: 1, 11: 2, 21: 0, 100: 2}),
        ("uz_Latn", {0: 0, 1: 0, 2: 0, 11: 0, 100: 0}),
        ("uz_Cyrl", {0: 0, 1: 0, 2: 0, 11: 0, 100: 0}),
    ],
)
def test_each_number_takes_its_form(lang: str, forms: dict[int, int]) -> None:
    from gettext import c2py

    choose = c2py(catalogue(lang).plural_expr)
    assert {number: choose(number) for number in forms} == forms


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_catalogue_says_that_it_is_a_draft(lang: str) -> None:
    assert (
        "draft until a named reader approves"
        in (ROOT / "translations" / lang / "LC_MESSAGES" / "messages.po").read_text()
    )


def test_uzbek_latin_uses_its_own_letters_and_never_an_apostrophe() -> None:
    wrong = [text for one in catalogue("uz_Latn") if one.id for _, text in texts(one) if re.search(r"['’‘`]", text)]
    assert wrong == []


@pytest.mark.parametrize(("lang", "letters"), [("uz_Cyrl", "щы"), ("uz_Latn", "w")])
def test_uzbek_has_no_letters_of_other_languages(lang: str, letters: str) -> None:
    latin_words = re.compile(r"https?://\S+|[\w.-]*\.\w+|XLSX|CSV|PDF|UTF-8|WCAG|windows-\d+|\b\w*w\w*\b(?=@)")
    wrong = [
        text
        for one in catalogue(lang)
        if one.id
        for _, text in texts(one)
        if set(latin_words.sub("", PLACEHOLDER.sub("", text)).casefold()) & set(letters)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("lang", "wrong"),
    [
        ("ar", r"\bتم (ال)?(حفظ|تسليم|إرسال)|قم ب|من قِبل|(?<!\d)[,;?]|[,;?](?!\d)"),
        ("ru", r"\b[Дд]анн(ый|ая|ое|ого)\b|является|успешно\b|[Уу]пс|[Пп]ожалуйста|\(а\)"),
        ("uz_Latn", r"[Ii]ltimos"),
        ("uz_Cyrl", r"[Ии]лтимос"),
    ],
)
def test_the_faults_that_the_style_sheets_refuse_are_absent(lang: str, wrong: str) -> None:
    found = [
        text
        for one in catalogue(lang)
        if one.id
        for _, text in texts(one)
        if re.search(wrong, PLACEHOLDER.sub("", re.sub(r"[\w.]+@[\w.]+|https?://\S+", "", text)))
    ]
    assert found == []


# ---- terms

# The noun stands beside the text, or the verb says it.
UNSAID = {
    *("Draft cohort", "Closed cohort", "Archived cohort", "Start the cohort", "Draft certificates"),
    "Nothing is deleted. The cohort can be opened again.",
}


@dataclass(frozen=True)
class Term:
    """A word of the field, and the stems in one language of which one has to stand for it."""

    english: str
    stems: tuple[str, ...]

    def is_said(self, source: str) -> bool:
        words = "criteri(?:on|a)" if self.english == "criterion" else f"{self.english[:-1]}(?:y|ies|\\w(?:s|es|zes)?)"
        return bool(re.search(rf"\b{words}\b", PLACEHOLDER.sub("", source), re.IGNORECASE))

    def is_kept(self, text: str) -> bool:
        return any(bare(stem) in bare(text) for stem in self.stems)


def bare(text: str) -> str:
    """Without vowel signs, capitals and hyphens."""
    return re.sub("[\u064b-\u0652]", "", text.casefold()).replace("-", " ")


def terms(lang: str) -> list[Term]:
    lines = (ROOT / "translations" / "terms.tsv").read_text("utf-8").splitlines()
    column = lines[0].split("\t").index(lang)
    return [Term(cells[0], tuple(cells[column].split("|"))) for cells in (line.split("\t") for line in lines[1:])]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_term_is_said_with_the_agreed_word(lang: str) -> None:
    """``translations/terms.tsv`` lists them; a form for one, two or none may leave the noun to the verb."""
    wrong = [
        (term.english, one.id, one.string)
        for term in terms(lang)
        for one in catalogue(lang)
        if one.id
        and one.id not in UNSAID
        and term.is_said(one.id if isinstance(one.id, str) else one.id[1])
        and not any(term.is_kept(text) for _, text in texts(one))
    ]
    assert wrong == []
