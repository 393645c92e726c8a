"""Every column of the database has its entry in the data register: what for, and how long.

Source: spec trust, "Privacy" (a new column without purpose and retention fails).
"""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

import diploma.app  # noqa: F401 - brings every model with it
from config import ROOT
from diploma.core.orm import Base

PAGE = ROOT / "docs" / "privacy-register.md"
NAMES = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Entry:
    """A line of the register."""

    table: str
    columns: tuple[str, ...]
    purpose: str
    kept: str


def entries(text: str) -> list[Entry]:
    """The lines of the tables that begin with a table's name."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line] for line in lines]
    return [Entry(NAMES.findall(table)[0], tuple(NAMES.findall(columns)), *rest) for table, columns, *rest in rows]


def periods(text: str) -> set[str]:
    return set(re.findall(r"^- \*\*(\w+)\*\*: \w", text, re.MULTILINE))


def named(found: list[Entry]) -> Counter[str]:
    return Counter(f"{one.table}.{column}" for one in found for column in one.columns)


def stored(metadata: sa.MetaData) -> set[str]:
    return {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}


@pytest.fixture
def page() -> str:
    return PAGE.read_text("utf-8")


def test_every_column_has_an_entry(page: str) -> None:
    assert sorted(stored(Base.metadata) - named(entries(page)).keys()) == []


def test_no_entry_is_about_a_column_that_is_gone(page: str) -> None:
    assert sorted(named(entries(page)).keys() - stored(Base.metadata)) == []


def test_no_column_has_two_entries(page: str) -> None:
    assert [name for name, count in named(entries(page)).items() if count > 1] == []


def test_every_entry_says_what_for_and_names_a_period(page: str) -> None:
    known = periods(page)
    assert known and [one for one in entries(page) if len(one.purpose.split()) < 3 or one.kept not in known] == []


def test_a_column_that_refers_to_a_person_is_marked_as_personal(page: str) -> None:
    people = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name in ("users", "enrolments") for key in column.foreign_keys)
    }
    unmarked = {name for name in people for one in entries(page) if "●" not in one.purpose and name in named([one])}
    assert people and unmarked == set()


def test_a_new_column_is_missed(page: str) -> None:
    later = sa.MetaData()
    sa.Table("users", later, sa.Column("id", sa.Integer), sa.Column("shoe_size", sa.Integer))
    assert stored(later) - named(entries(page)).keys() == {"users.shoe_size"}
