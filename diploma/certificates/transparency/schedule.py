"""The job that signs the head of each day of UTC, and makes sure of the next one."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app

from diploma.certificates.transparency import checking, service
from diploma.certificates.transparency.service import Signed
from diploma.core import clock, db, outbox
from diploma.core.outbox import Payload

KIND = "register-head"
UTC = "UTC"
_AT = time(0, 5)  # of UTC


def subscribe() -> None:
    """Register the job with the outbox; called once, when the application is wired."""
    outbox.handles(KIND, outside=_look, gave_up=_go_on)(_sign)


def begin() -> None:
    """Make sure of the head of today: a runner asks when it starts. Asking again changes nothing."""
    _plan(clock.today(UTC))


def _plan(day: date) -> None:
    due = datetime.combine(day, _AT, ZoneInfo(UTC))
    outbox.enqueue(KIND, f"{KIND}:{day}", {}, due_at=due)


def _look(_payload: Payload) -> Signed | list[str]:
    """Walk the register and sign it, outside of any transaction; or what is wrong where it does not hold.

    A job that comes late signs the day on which it runs: what was not signed on a day is not signed for it later.
    """
    with db.reading() as own:
        found, counted = checking.walk(own), service.figures(own)
    key: Path = current_app.config["CREDENTIAL_KEY"]
    return found.reasons or service.sign(found, counted, key, clock.now())


def _sign(_payload: Payload, result: Signed | list[str]) -> None:
    base_url = current_app.config["BASE_URL"]
    if isinstance(result, Signed):
        service.keep(result, base_url=base_url)
    else:
        service.refuse(result, base_url=base_url)
    _plan_tomorrow()


def _go_on(_payload: Payload, _reason: str) -> None:
    """A day that could not be signed at all, for want of a key or a program, does not end the series."""
    _plan_tomorrow()


def _plan_tomorrow() -> None:
    _plan(clock.today(UTC) + timedelta(days=1))
