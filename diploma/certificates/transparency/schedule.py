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
    outbox.enqueue(KIND, f"{KIND}:{day}", {"day": day.isoformat()}, due_at=due)


def _look(payload: Payload) -> Signed | list[str] | None:
    """Walk the register and sign it, outside of any transaction.

    Answers what is wrong where it does not hold, and ``None`` for a day that passed while no runner was at work: what
    was not signed on a day is not signed for it later.
    """
    now = clock.now()
    if payload["day"] != now.date().isoformat():
        return None
    with db.reading() as own:
        found, counted = checking.walk(own), service.figures(own)
    key: Path = current_app.config["CREDENTIAL_KEY"]
    return found.reasons or service.sign(found, counted, key, now)


def _sign(payload: Payload, result: Signed | list[str] | None) -> None:
    base_url = current_app.config["BASE_URL"]
    if isinstance(result, Signed):
        service.keep(result, base_url=base_url)
    elif result:
        service.refuse(payload["day"], result, base_url=base_url)
    _next(payload)


def _go_on(payload: Payload, _reason: str) -> None:
    """A day that could not be signed at all, for want of a key or a program, does not end the series."""
    _next(payload)


def _next(payload: Payload) -> None:
    """Plan today where this job is of an earlier day, else tomorrow."""
    today = clock.today(UTC)
    _plan(today if payload["day"] < today.isoformat() else today + timedelta(days=1))
