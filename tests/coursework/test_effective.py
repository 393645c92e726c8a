"""Which date of a module holds for a person (spec assessment, "Effective date")."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from diploma.cohorts.effective import Layer, Source, effective

ZONE = "Asia/Tashkent"
DAY = timedelta(days=1)
DUE = datetime(2026, 5, 5, 23, 59, 59, tzinfo=ZoneInfo(ZONE))


@dataclass
class Term:
    """The cohort's dates."""

    module: str = "m2"
    opens_at: datetime = DUE - 14 * DAY
    due_at: datetime = DUE
    cut_off_at: datetime = DUE + 14 * DAY


def layer(source: Source, days: int) -> Layer:
    return Layer(source, DUE, source.value, due_at=DUE + days * DAY)


EXTENSION, PERSON, GROUP = layer(Source.EXTENSION, 5), layer(Source.PERSON, 2), layer(Source.GROUP, -3)


@pytest.mark.parametrize(
    ("layers", "days", "source"),
    [
        ([], 0, Source.COHORT),
        ([GROUP], -3, Source.GROUP),
        ([GROUP, PERSON], 2, Source.PERSON),
        ([PERSON, EXTENSION, GROUP], 5, Source.EXTENSION),
        ([EXTENSION, GROUP], 5, Source.EXTENSION),
    ],
)
def test_the_first_in_the_order_of_the_specification_decides(layers: list[Layer], days: int, source: Source) -> None:
    found = effective(Term(), layers)
    assert (found.due_at, found.source, found.days(ZONE)) == (DUE + days * DAY, source, days)


def test_an_extension_never_takes_time_when_the_cohort_has_moved_past_it() -> None:
    found = effective(Term(due_at=DUE + 9 * DAY), [EXTENSION])
    assert (found.due_at, found.source) == (DUE + 9 * DAY, Source.COHORT)


def test_a_layer_that_names_no_date_leaves_the_one_below() -> None:
    opened = Layer(Source.PERSON, DUE, "early", opens_at=DUE - 20 * DAY)
    found = effective(Term(), [opened, GROUP])
    assert (found.opens_at, found.due_at, found.source) == (DUE - 20 * DAY, DUE - 3 * DAY, Source.GROUP)


def test_what_is_due_is_accepted_on_that_day_although_the_cohort_has_closed() -> None:
    found = effective(Term(cut_off_at=DUE + DAY), [EXTENSION])
    assert found.cut_off_at == found.due_at


def test_what_is_due_is_open_before() -> None:
    assert effective(Term(), [layer(Source.PERSON, -20)]).opens_at == DUE - 20 * DAY
