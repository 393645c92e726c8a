"""The command line: thin groups that call the features' services.

Exit code 0 good, 1 refused or found problems, 2 wrong usage.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import Migrate

from config import ROOT, Config
from diploma import app as web
from diploma import demo
from diploma.accounts import commands as people
from diploma.admissions import commands as admissions
from diploma.certificates import commands as certificates
from diploma.certificates.transparency import schedule as register_heads
from diploma.cohorts import commands as roster
from diploma.core import assets as builder
from diploma.core import audit, backup, bounces, db, jobs, mail
from diploma.core.errors import Refused
from diploma.learning.commands import content
from diploma.learning.translation import commands as _translation  # noqa: F401 - adds to the group content

audit_group = AppGroup("audit", help="The chained audit table.")
jobs_group = AppGroup("jobs", help="The job runner.")
mail_group = AppGroup("mail", help="What comes back of mails.")
COMMANDS = (
    people.people,
    content,
    roster.roster,
    certificates.certificates,
    admissions.admissions,
    demo.demo,
    audit_group,
    jobs_group,
    mail_group,
)


def create_app(config: Config) -> Flask:
    """The product with its commands."""
    app = web.create_app(config)
    Migrate(app, db.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    for command in (*COMMANDS, assets, backup_to, restore_from):
        app.cli.add_command(command)
    return app


@audit_group.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Walk the audit chain; exit code 1 when a row was rewritten, removed or inserted."""
    breaks = audit.verify()
    if as_json:
        click.echo(json.dumps({"breaks": [{"number": one.number, "reason": one.reason} for one in breaks]}))
    else:
        for one in breaks:
            click.echo(f"event {one.number}: {one.reason}")
        click.echo(f"{len(breaks)} breaks")
    raise SystemExit(1 if breaks else 0)


@jobs_group.command("run")
@click.option("--once", is_flag=True, help="Perform what is due and stop.")
def run(once: bool) -> None:
    """Perform the outbox's jobs: mails, renderings, effects."""
    with db.unit_of_work():
        register_heads.begin()
    if once:
        click.echo(f"{jobs.drain()} jobs")
    else:
        current_app.extensions["files"].sweep()
        jobs.run_for_ever()


@mail_group.command("bounces")
@click.argument("source", type=click.Path(exists=True, allow_dash=True, path_type=Path))
def take_bounces(source: Path) -> None:
    """Note which mails were not delivered: SOURCE is a message, an mbox, a maildir, or - for what is piped in.

    What is no such notification, or names no mail of ours, changes nothing. Reading one twice does no harm.
    """
    counts = {"read": 0, "noted": 0}
    try:
        for data in _messages(source):
            found = bounces.read(data)
            counts["read"] += 1
            with db.unit_of_work():
                counts["noted"] += bool(found and [one for one in found.about if mail.tell(one, found.reason)])
    except OSError as error:
        raise click.ClickException(f"{source} cannot be read: {error.strerror}.") from None
    click.echo(f"{counts['read']} messages, {counts['noted']} mails noted as not delivered")


def _messages(source: Path) -> Iterator[bytes]:
    if source.is_dir():
        yield from bounces.messages_in(source)
        return
    with click.open_file(str(source), "rb") as stream:
        yield from bounces.messages_of(cast(BinaryIO, stream))


@click.command("assets")
def assets() -> None:
    """Build stylesheet, script and fonts into static/build."""
    try:
        for path in builder.build(ROOT / "static", ROOT / "static" / "build"):
            click.echo(path.relative_to(ROOT))
    except builder.MissingFonts as missing:  # pages then use the system's typefaces
        click.echo(str(missing), err=True)


@click.command("backup")
@with_appcontext
@click.argument("folder", type=click.Path(path_type=Path))
def backup_to(folder: Path) -> None:
    """Write database and files into an empty FOLDER; the server may go on working."""
    _say(lambda: backup.backup(_url(), current_app.extensions["files"], folder))


@click.command("restore")
@with_appcontext
@click.argument("folder", type=click.Path(path_type=Path))
def restore_from(folder: Path) -> None:
    """Put the backup in FOLDER into this empty installation."""
    db.db.engine.dispose()
    _say(lambda: backup.restore(folder, _url(), current_app.extensions["files"]))


def _say(work) -> None:  # type: ignore[no-untyped-def]
    try:
        click.echo(", ".join(f"{count} {what}" for what, count in work().items()))
    except Refused as refused:
        raise click.ClickException(str(refused)) from None


def _url() -> str:
    url: str = current_app.config["SQLALCHEMY_DATABASE_URI"]
    return url
