"""The one source of the present instant, in UTC.

``at`` moves it: tests stand at a deadline, and the demonstration lives through its past weeks with
the same services as real use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_moved: ContextVar[datetime | None] = ContextVar("moved clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """The day that clocks of ``zone`` show: where a day begins something, it begins at its own midnight."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Let ``now`` answer ``moment`` inside the block."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _moved.reset(token)
