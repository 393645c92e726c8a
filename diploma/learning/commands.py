"""``content check``, ``content publish``, ``content accept`` and ``content advance``."""

import json
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import db
from diploma.core.errors import Refused
from diploma.core.lang import LANGS, Lang
from diploma.learning import checker, freshness, loader, publisher
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.models import Revision
from diploma.learning.translation import records, requirements, standing
from diploma.learning.translation.standing import Held, Standing

content = AppGroup("content", help="The diploma's content files.")


@content.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(as_json: bool) -> None:
    """Name file, line and key of every mistake in the content files, and count how far the translations have come.

    Reviews and approvals are in the database; without one they are unknown, and everything else is said.
    """
    loaded, held = loader.load(root()), records.known()
    found = checker.check(loaded) + list(requirements.claims(loaded, held) if held is not None else ())
    errors = [one for one in found if not one.warning]
    translations = _translations(loaded, held)
    report = {"mistakes": [_plain(one) for one in found], "errors": len(errors), "translations": translations}
    report["approvals"] = "unknown" if held is None else "known"
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for one in found:
            click.echo(str(one))
        for module, languages in translations.items():
            for lang, counts in languages.items():
                said = {state: count for state, count in counts.items() if held is None or state != "fresh"}
                click.echo(f"{module} {lang}: " + ", ".join(f"{count} {state}" for state, count in said.items()))
        if held is None:
            click.echo("Reviews and approvals are unknown: the database cannot be read.")
        click.echo(f"{len(errors)} mistakes, {len(found) - len(errors)} warnings")
    raise SystemExit(1 if errors else 0)


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


def _plain(one: Mistake) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "key": one.key,
        "message": one.message,
        "hint": one.hint,
        "warning": one.warning,
    }


def _translations(loaded: loader.Loaded, held: Held | None) -> dict[str, dict[str, dict[str, int]]]:
    """Per written module, the glossary among them, and language: how many texts stand where.

    ``fresh`` are those that are neither missing nor stale: drafts, reviewed and approved ones, which are told apart
    when the records are known.
    """
    report: dict[str, dict[str, dict[str, int]]] = {}
    for module in standing.modules(loaded):
        for lang in standing.languages(loaded):
            number = standing.counts(standing.texts(loaded, module, lang, held or {}).values())
            fresh = sum(count for one, count in number.items() if one not in (Standing.MISSING, Standing.STALE))
            said = {"missing": number.pop(Standing.MISSING), "stale": number.pop(Standing.STALE), "fresh": fresh}
            rest = {one.value: count for one, count in number.items()}
            report.setdefault(module, {})[lang.value] = said | (rest if held is not None else {})
    return report
