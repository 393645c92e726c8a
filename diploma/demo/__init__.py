"""The demonstration: three governments in the middle of the programme, lived through with the services of real use.

Dates are relative to today. Seeding again changes nothing; production refuses it.
"""

import click
from flask import current_app
from flask.cli import AppGroup

from diploma.core import clock, db, jobs
from diploma.demo import letters, story

demo = AppGroup("demo", help="The demonstration.")


@demo.command("seed")
def seed() -> None:
    """Create the demonstration's governments, people, work and marks; once."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The demonstration is refused in production.")
    if story.is_seeded():
        click.echo("The demonstration is there already.")
        return
    with db.unit_of_work():
        story.live_until_today()
    with clock.at(clock.now() - story.CAUGHT_UP):  # what the past weeks caused happened before today
        jobs.drain()
    letters.open_link()
    with clock.at(clock.now() - story.ISSUED):
        with db.unit_of_work():
            story.issue_first_certificates()
        jobs.drain()
    click.echo("The demonstration is ready.")
