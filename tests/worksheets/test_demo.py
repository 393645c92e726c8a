"""The demonstration's trainee has begun two worksheets, through the service of real use."""

from typing import Any

import pytest

from diploma.demo import worksheets
from diploma.worksheets.models import FilledWorksheet
from tests.learning.sample import MODULE_ID
from tests.papers import EN, TABLE


@pytest.fixture
def begun(papers: Any, unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if aziza were the trainee of the demonstration, and the sample its module."""
    monkeypatch.setattr(worksheets, "MODULE", MODULE_ID)
    monkeypatch.setattr(worksheets, "EMAIL", papers.trainee)
    with unit():
        worksheets.write()


def test_a_worksheet_is_partly_filled(begun: None, aziza: Any) -> None:
    page = aziza.get(TABLE, query_string=EN).text
    assert "Komissiya haftada bir kun toʻliq yigʻiladi." in page and page.count('name="f.claims.') == 4 * 3


def test_of_a_worksheet_that_is_not_published_nothing_is_written(begun: None, reading: Any) -> None:
    with reading() as session:
        assert [one.worksheet for one in session.query(FilledWorksheet)] == ["evidence-table"]
