"""``flask admissions``: what the operator runs once a day."""

import click
from flask.cli import AppGroup

from diploma.admissions import registration, service
from diploma.core.db import unit_of_work

admissions = AppGroup("admissions", help="Applications and registrations.")


@admissions.command("tidy")
def tidy() -> None:
    """Close registrations that nobody confirmed, and erase the applications whose time is over."""
    with unit_of_work():
        expired = registration.expire_due()
        erased = service.erase_due()
    click.echo(f"{expired} expired, {erased} erased")
