"""The sentences of each kind of certificate stand in files; a wrong one is refused by file and key."""

import re
from pathlib import Path

import pytest

from diploma.certificates.drawing import documents
from diploma.certificates.drawing.documents import BadDocument, read
from diploma.certificates.snapshot import Award
from diploma.core.lang import Lang

MODULE = (documents.FOLDER / "module.toml").read_text(encoding="utf-8")
EN = '"on completing this module of the Government Innovation Diploma, {hours}, {period}{grade}"'


@pytest.mark.parametrize("award", [one for one in Award if one is not Award.TRANSCRIPT])
def test_every_award_has_a_document_in_five_languages(award: Award) -> None:
    own = documents.document(award)
    assert set(own.opening) == set(own.statement) == set(Lang)


def test_no_file_is_left_without_an_award() -> None:
    assert sorted(documents.FOLDER.iterdir()) == sorted(documents.files())


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("solemn = false", "", "solemn: true or false expected"),
        ("solemn = false", "solemn = 1", "solemn: true or false expected"),
        ("solemn = false", "solemn = false\ncolour = 3", "colour: unknown"),
        ('fields = ["hours", "period", "grade"]', 'fields = ["mark"]', "fields: a list of some of grade"),
        ("[opening]", "[beginning]", "beginning: unknown"),
        ("[statement]", "[kind.statement]", "statement: missing"),
        ('en = "Module certificate"\n', "", "kind.en: missing"),
        ('en = "Module certificate"', 'en = " "', "kind.en: missing"),
        ('en = "Module certificate"', 'en = "Module certificate {hours}"', "kind.en: its fields are ['hours'], not []"),
        ('en = "Module certificate"', 'en = "Module certificate"\nfr = "x"', "kind.fr: no language"),
        (
            EN,
            '"{hours} {period}"',
            "statement.en: its fields are ['hours', 'period'], not ['grade',",
        ),
        (EN, '"{hours} {period} {grade} {mark}"', "statement.en: its fields are"),
        (EN, '"{hours} {hours} {period} {grade}"', "statement.en: its fields are"),
        (EN, '"{hours.real} {period} {grade}"', "statement.en: its fields are"),
        (EN, '"{hours:>9} {period} {grade}"', "statement.en: its fields are"),
        (EN, '"{hours!r} {period} {grade}"', "statement.en: its fields are"),
        (EN, '"{hours {period} {grade}"', "statement.en: its fields are"),
        ("[kind]", "[kind", "module.toml: "),
        ('[alone]\nen = "', '[alone]\nfr = "x"\nen = "', "alone.fr: no language"),
        ('[alone]\nen = "', '[alone]\nen = "{hours} ', "alone.en: its fields are"),
    ],
)
def test_a_wrong_document_is_refused_by_file_and_key(tmp_path: Path, written: str, instead: str, said: str) -> None:
    path = tmp_path / "module.toml"
    path.write_text(MODULE.replace(written, instead, 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != MODULE
    with pytest.raises(BadDocument, match=rf"^module\.toml: .*{re.escape(said.removeprefix('module.toml: '))}"):
        read(path)


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDocument, match=r"^assessor\.toml: "):
        read(tmp_path / "assessor.toml")
