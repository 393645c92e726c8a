"""A trainee at work with the sample course (``tests.papers``), and what is kept of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.worksheets.models import FilledWorksheet
from tests.world import World


@pytest.fixture
def aziza(papers: World, browser_of: Any) -> Any:
    return browser_of(papers.trainee)


@pytest.fixture
def kept(reading: Any) -> Callable[[], list[Any]]:
    """``kept()``: the entries of all worksheets that are saved."""

    def entries() -> list[Any]:
        with reading() as session:
            return list(session.scalars(select(FilledWorksheet.entries).order_by(FilledWorksheet.id)))

    return entries
