"""Lists that a person sorts, searches and turns the pages of. Knows no flask.

An address asks (``?sort=-seen&q=aziza&page=2``), the list says what can be asked for; everything else is ignored. The
database sorts, or only the page that is shown would be in order.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.sql.elements import SQLCoreOperations

Column = SQLCoreOperations[Any]
Row = TypeVar("Row")
LONGEST = 200  # letters of a search; no name is longer
LAST_PAGE = 1_000_000  # far beyond any list, and still a number that databases take


@dataclass(frozen=True)
class Asked:
    """What an address asks of a list: ``sort`` is a key of its columns, after a minus when descending."""

    sort: str
    search: str = ""
    page: int = 1


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """One page of a list of ``total`` rows, ``size`` on each."""

    rows: list[Row]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        return last_page(self.total, self.size)


def asked(arguments: Mapping[str, str], keys: Collection[str], default: str) -> Asked:
    """Read an address; whatever is not one of ``keys`` sorts as ``default`` does."""
    sort = arguments.get("sort", "")
    return Asked(
        sort if sort.removeprefix("-") in keys else default,
        arguments.get("q", "")[:LONGEST],
        page(arguments, LAST_PAGE),
    )


def page(arguments: Mapping[str, str], last: int) -> int:
    """The number of the page that an address asks for, up to the ``last``; whatever is no number is the first."""
    asked = arguments.get("page", "")
    return min(max(1, int(asked)), last) if asked.isdecimal() and len(asked) < 10 else 1


def ordered(query: Select[Any], columns: Mapping[str, Column], sort: str, *ties: Column) -> Select[Any]:
    """Sort by a key of ``columns``; ``ties`` make the order one and the same on each page.

    What is empty counts as the least on every database: who was never seen stands before who was seen long ago.
    """
    column = columns[sort.removeprefix("-")]
    first = column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_first()
    return query.order_by(first, *ties)


def last_page(total: int, size: int) -> int:
    """The number of the last page of ``total`` rows; an empty list has one."""
    return max(1, -(-total // size))
