"""``content check``, ``content publish``, ``content accept`` and ``content advance``."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import db
from diploma.core.errors import Refused
from diploma.core.lang import LANGS, Lang
from diploma.learning import freshness, publisher
from diploma.learning.check_command import check
from diploma.learning.models import Revision

content = AppGroup("content", help="The diploma's content files.")
content.add_command(check)


@content.command("publish")
def publish() -> None:
    """Publish the content files; publishing the same files again changes nothing."""
    try:
        with db.unit_of_work():
            made = publisher.publish(root())
    except publisher.NotPublishable as refused:
        for one in refused.mistakes:
            click.echo(str(one), err=True)
        raise click.ClickException(str(refused)) from None
    what = "new edition" if made.new_edition else "new texts" if made.new_revision else "nothing new"
    click.echo(f"edition {made.edition}, revision {made.revision}: {what}")


@content.command("accept")
@click.option("--lang", required=True, help="ar, ru, uz-Latn or uz-Cyrl.")
@click.option("--module", required=True)
def accept(lang: str, module: str) -> None:
    """Record that a translation says what its source says today."""
    try:
        click.echo(freshness.accept(root(), module, language(lang)))
    except Refused as refused:
        raise click.ClickException(str(refused)) from None


@content.command("advance")
@click.option("--cohort", "slug", required=True)
def advance(slug: str) -> None:
    """Give a cohort the newest texts of its own edition; keys, weights and rules stay."""
    with db.unit_of_work() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == slug))
        if cohort is None:
            raise click.ClickException(f"There is no cohort {slug}.")
        newest = session.scalars(
            select(Revision).where(Revision.edition_id == cohort.edition_id).order_by(Revision.number.desc()).limit(1)
        ).one()
        cohorts.advance_revision(cohort, newest.edition_id, newest.id)
    click.echo(f"{slug}: revision {newest.number}")


def root() -> Path:
    """The folder of the course."""
    root: Path = current_app.config["COURSES"]
    return root


def language(tag: str) -> Lang:
    """The language that an option names."""
    found = Lang.parse(tag)
    if found is None:
        raise click.UsageError(f"{tag} is not a language of the product: {', '.join(LANGS)}")
    return found
