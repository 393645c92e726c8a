"""``content approve`` and ``review``: what named readers have read; ``export``, ``import`` and ``derive``."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask_babel import gettext

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.core import db
from diploma.core.errors import Refused
from diploma.core.grid import SheetRefused
from diploma.core.lang import Lang
from diploma.learning import loader
from diploma.learning.commands import content, language, root
from diploma.learning.models import UploadState
from diploma.learning.structure import Act
from diploma.learning.translation import deriving, importing, records, standing, uploads, workbooks
from diploma.learning.translation.importing import Plan
from diploma.learning.translation.messages import problem_message, refusal_message
from diploma.learning.translation.places import named, places
from diploma.learning.translation.standing import Text

Command = Callable[..., Any]


def _reading(command: Command) -> Command:
    """The options of the two commands that record what somebody has read."""
    for option in (
        click.option("--by", "email", required=True, help="E-mail address of the named reader."),
        click.option("--all", "whole", is_flag=True, help="All texts of the module."),
        click.option("--section", "sections", multiple=True, help="LESSON#anchor, or the key of a text; repeatable."),
        click.option("--module", required=True, help="Id of a module, or glossary."),
        click.option("--lang", "tag", required=True, help="ar, ru, uz-Latn or uz-Cyrl."),
    ):
        command = option(command)
    return command


@content.command("approve")
@_reading
def approve(**options: Any) -> None:
    """Record that a named reader approves texts as they stand today."""
    _record(Act.APPROVED, **options)


@content.command("review")
@_reading
def review(**options: Any) -> None:
    """Record that a named reader has reviewed texts as they stand today."""
    _record(Act.REVIEWED, **options)


@content.command("export")
@click.option("--lang", "tag", required=True, help="ar, ru, uz-Latn or uz-Cyrl.")
@click.option("--module", help="Id of a module, or glossary; by default all.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The workbook to write.")
def export(tag: str, module: str | None, out: Path) -> None:
    """Write the texts of a language into a workbook, one row for each, for people who translate there."""
    loaded, lang = loader.load(root()), language(tag)
    chosen = [module] if module else standing.modules(loaded)
    for one in chosen:
        _check(loaded, one, lang)
    with _told(out):
        out.write_bytes(workbooks.export(loaded, lang, chosen, records.held(), gettext))
    click.echo(str(out))


@content.command("import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--by", "email", help="E-mail address of the translator.")
@click.option("--waiting", is_flag=True, help="Instead of FILE: all workbooks that were handed in on the pages.")
@click.option("--partial", is_flag=True, help="Take the good rows although others have errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_(file: Path | None, email: str | None, waiting: bool, partial: bool, as_json: bool) -> None:
    """Write the translations of a workbook into the content files. With an error in any row nothing is written."""
    if waiting == bool(file) or bool(file) != bool(email):
        raise click.UsageError("Name a FILE and with --by its translator, or import what is --waiting.")
    if file is None or email is None:
        _import_waiting(as_json)
        return
    with _told(file):
        sheet = workbooks.read(file, file.name)
        plan = importing.apply(root(), sheet, by=person(email), partial=partial, operator=True)
    stopped = bool(plan.errors) and not partial
    click.echo(json.dumps(_report(plan, stopped), ensure_ascii=False) if as_json else _words(plan, stopped))
    raise SystemExit(1 if stopped else 0)


@content.command("derive")
@click.option("--module", required=True, help="Id of a module, or glossary.")
@click.option("--force", is_flag=True, help="Write anew what was corrected by hand as well.")
def derive(module: str, force: bool) -> None:
    """Make the draft of Uzbek Latin from the Cyrillic texts; what was corrected by hand stays."""
    with _told(root()):
        made = deriving.derive(root(), module, force=force)
    for mistake in made.mistakes:
        click.echo(str(mistake), err=True)
    if made.mistakes:
        raise click.ClickException("The draft has mistakes; nothing was written.")
    for key in made.kept:
        click.echo(f"{key}: kept as it was corrected by hand; --force writes it anew")
    click.echo(f"{module}: {len(made.written)} texts derived, {len(made.kept)} kept, {len(made.same)} unchanged")


def person(email: str) -> User:
    """The person whom ``--by`` names."""
    found = accounts.find(email)
    if found is None or not found.is_active:
        raise click.ClickException(f"There is no open account {email}.")
    return found


def _record(act: Act, *, tag: str, module: str, sections: tuple[str, ...], whole: bool, email: str) -> None:
    if whole == bool(sections):
        raise click.UsageError("Name texts with --section, or take all with --all.")
    loaded, lang = loader.load(root()), language(tag)
    _check(loaded, module, lang)
    try:
        with db.unit_of_work():
            held = records.held(module=module, langs=[lang])
            texts = _chosen(loaded, standing.texts(loaded, module, lang, held), sections)
            added = records.approve(loaded, texts, by=person(email), act=act, operator=True)
    except records.NotApprovable as refused:
        for name, why in refused.reasons:
            click.echo(f"{name}: {why}", err=True)
        raise click.ClickException(str(refused)) from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{module} {lang}: {len(texts)} texts {act.value}, {added} of them new")


def _chosen(loaded: loader.Loaded, texts: dict[str, Text], sections: tuple[str, ...]) -> list[Text]:
    """The texts that were named, each once; all when none was."""
    if not sections:
        return list(texts.values())
    first = next(iter(texts.values()))
    known = places(loaded, first.module, first.lang)
    keys: dict[str, None] = {}
    for name in sections:
        found = [*named(name, known)]
        if not found:
            raise click.ClickException(f"{first.module} has no text {name}.")
        keys |= dict.fromkeys(found)
    return [texts[key] for key in keys]


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Refusals, and files that cannot be read or written, in one sentence."""
    try:
        yield
    except SheetRefused as refused:
        raise click.ClickException(refusal_message(refused, gettext)) from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or file} cannot be read or written: {error.strerror}.") from None


def _import_waiting(as_json: bool) -> None:
    """One workbook after the other; a refused one stops none of the others."""
    path_of = current_app.extensions["files"].path
    with _told(root()):
        done = [uploads.take(one, root(), path_of) for one in uploads.waiting()]
    reports = []
    for one in done:
        told = [f"row {bad.row}  {bad.key}  {problem_message(bad, gettext)}" for bad in uploads.problems(one)]
        said = {"file": one.file_name, "by": one.by.email, "lang": one.lang.value, "state": one.state.value}
        reports.append({**said, "written": one.report["written"], "problems": told})
    if as_json:
        click.echo(json.dumps({"uploads": reports}, ensure_ascii=False))
    else:
        for report in reports:
            click.echo("{file} by {by}: {state}, {written} texts written".format(**report))
            for line in report["problems"]:
                click.echo(f"  {line}")
        click.echo(f"{len(reports)} workbooks")
    raise SystemExit(1 if any(one.state is UploadState.REFUSED for one in done) else 0)


def _check(loaded: loader.Loaded, module: str, lang: Lang) -> None:
    if module not in standing.modules(loaded) or lang is loaded.source_language:
        raise click.ClickException(f"There is no translation of {module} into {lang}.")


def _report(plan: Plan, stopped: bool) -> dict[str, Any]:
    problems: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for one in plan.problems:
        said = {"row": one.row, "module": one.module, "key": one.key, "message": problem_message(one, gettext)}
        problems[one.warning].append(said)
    return {
        "lang": plan.lang.value,
        "rows": plan.rows,
        "ready": plan.ready,
        "written": 0 if stopped else plan.ready,
        "errors": problems[False],
        "warnings": problems[True],
        "lost": [f"{module} {key}" for module, key in plan.lost],
    }


def _words(plan: Plan, stopped: bool) -> str:
    """The report as lines: each problem by row, what has no row, the counts."""
    lines = []
    for one in plan.problems:
        kind = "warning: " if one.warning else ""
        lines.append(
            "  ".join(filter(None, (f"row {one.row}", one.module, one.key, kind + problem_message(one, gettext))))
        )
    if plan.lost:
        names = ", ".join(f"{module} {key}" for module, key in plan.lost[:10])
        more = f" and {len(plan.lost) - 10} more" if plan.lost[10:] else ""
        lines.append(f"{len(plan.lost)} texts have no row: lost, or new since the export: {names}{more}")
    faulty = len({one.row for one in plan.errors})
    lines.append(f"{plan.lang}: {plan.rows} rows: {plan.ready} to write, {faulty} with errors")
    lines.append("Nothing was written: correct the rows, or add --partial for the good ones." if stopped else "Done.")
    return "\n".join(lines)
