"""``roster check``, ``roster import`` and ``people create``.

Exit code 0 good, 1 refused or found problems (with one sentence that says what), 2 a wrong use of the command.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts import service as accounts
from diploma.accounts.commands import people
from diploma.accounts.permissions import Role
from diploma.cohorts import appointments
from diploma.cohorts.models import Cohort, Partner
from diploma.cohorts.roster import importing
from diploma.cohorts.roster.importing import Checked, Source
from diploma.cohorts.roster.judging import Action, Problem, as_json
from diploma.cohorts.roster.messages import COLUMNS, problem_message, refusal_message
from diploma.cohorts.roster.sheet import Sheet, SheetRefused, read_sheet
from diploma.core.db import session, unit_of_work
from diploma.core.errors import Refused
from diploma.core.lang import LANGS, Lang

roster = AppGroup("roster", help="Lists of people for a cohort.")

Command = Callable[..., Any]
TRANSLATIONS = click.Choice([one.value for one in LANGS if one is not Lang.EN])
_COUNTS = {
    Action.CREATE: "new",
    Action.UPDATE: "changed",
    Action.MOVE: "moved here",
    Action.UNCHANGED: "unchanged",
    Action.CONFLICT: "to decide (same person?)",
}


def _about_a_file(command: Command) -> Command:
    """The argument and options of the two roster commands."""
    command = click.option("--json", "wants_json", is_flag=True, help="Print one JSON object.")(command)
    command = click.option("--cohort", "slug", required=True, help="Short name of the cohort.")(command)
    return click.argument("file", type=click.Path(path_type=Path))(command)


@roster.command("check")
@_about_a_file
def check(file: Path, slug: str, wants_json: bool) -> None:
    """Name every error of every row of FILE and what importing it would do. Writes nothing."""
    sheet = _read(file)
    cohort = _cohort(slug)
    checked = importing.check(cohort, sheet)
    click.echo(_json(checked) if wants_json else _words(cohort, checked))
    raise SystemExit(1 if checked.plan.errors else 0)


@roster.command("import")
@_about_a_file
@click.option("--partial", is_flag=True, help="Import the good rows although others have errors.")
def import_(file: Path, slug: str, wants_json: bool, partial: bool) -> None:
    """Import FILE into a cohort. With an error in any row nothing is written, unless --partial."""
    sheet = _read(file)
    try:
        with unit_of_work():
            cohort = _cohort(slug)
            importing.lock(cohort)
            checked = importing.check(cohort, sheet)
            report = _json(checked) if wants_json else _words(cohort, checked)
            stopped = bool(checked.plan.errors) and not partial
            if not stopped:
                _apply(cohort, checked, file)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(report)
    if not wants_json:
        click.echo("Nothing was written: correct the rows, or add --partial for the good ones." if stopped else "Done.")
    raise SystemExit(1 if stopped else 0)


@people.command("create")
@click.argument("email")
@click.option("--role", "role", required=True, type=click.Choice([one.value for one in Role]))
@click.option("--partner", "partner_slug", help="Short name of the partner on which the role is given.")
@click.option("--cohort", "cohort_slug", help="Short name of the cohort; a trainee is enrolled in it.")
@click.option("--name", "full_name", default="", help="Full name; by default what stands before the @.")
@click.option("--lang", "lang", type=click.Choice([one.value for one in LANGS]), help="Language of the person.")
@click.option("--translates", multiple=True, type=TRANSLATIONS, help="A language into which a translator writes.")
@click.option("--approves", multiple=True, type=TRANSLATIONS, help="A language in which a translator is named reader.")
@click.option("--json", "wants_json", is_flag=True, help="Print one JSON object.")
def create(
    email: str,
    role: str,
    partner_slug: str | None,
    cohort_slug: str | None,
    full_name: str,
    lang: str | None,
    translates: tuple[str, ...],
    approves: tuple[str, ...],
    wants_json: bool,
) -> None:
    """Create a person, give a role and queue the mail with the activation link. Known people only get the role."""
    if (translates or approves) and role != Role.TRANSLATOR:
        raise click.UsageError("--translates and --approves go with --role translator.")
    try:
        with unit_of_work():
            cohort = _cohort(cohort_slug) if cohort_slug else None
            partner = _partner(partner_slug) if partner_slug else None
            if cohort and partner and cohort.partner_id != partner.id:
                raise click.ClickException(f"The cohort {cohort_slug} does not belong to the partner {partner_slug}.")
            done = appointments.appoint(
                email,
                Role(role),
                partner=partner,
                cohort=cohort,
                full_name=full_name or email.partition("@")[0],
                language=Lang(lang) if lang else None,
                translates=[Lang(one) for one in translates],
                approves=[Lang(one) for one in approves],
            )
            invited = done.user.activated_at is None
            if invited:
                accounts.invite(done.user, current_app.config["BASE_URL"])
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    report = {
        "email": done.user.email,
        "created": done.created,
        "role": role,
        "partner": partner_slug,
        "cohort": cohort_slug,
        "invited": invited,
    }
    if role == Role.TRANSLATOR:
        report |= {"translates": list(translates), "approves": list(approves)}
    if wants_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    where = cohort_slug or partner_slug or "the whole programme"
    where += f"; translates into {', '.join(translates)}" if translates else ""
    where += f"; approves in {', '.join(approves)}" if approves else ""
    click.echo(f"{done.user.email}: {'created' if done.created else 'known already'}, {role} on {where}")
    click.echo("The mail with the activation link is queued." if invited else "The account is active; no mail is sent.")


def _read(file: Path) -> Sheet:
    try:
        return read_sheet(file, file.name)
    except SheetRefused as refused:
        raise click.ClickException(refusal_message(refused, gettext)) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None


def _cohort(slug: str) -> Cohort:
    found: Cohort | None = session.scalar(select(Cohort).where(Cohort.slug == slug).options(joinedload(Cohort.partner)))
    if found is None:
        raise click.ClickException(f"There is no cohort {slug}.")
    return found


def _partner(slug: str) -> Partner:
    found: Partner | None = session.scalar(select(Partner).where(Partner.slug == slug))
    if found is None:
        raise click.ClickException(f"There is no partner {slug}.")
    return found


def _apply(cohort: Cohort, checked: Checked, file: Path) -> None:
    """Keep the file and write the plan; a list that changes nothing leaves no file behind."""
    if checked.changes:
        with file.open("rb") as stream:
            blob = current_app.extensions["files"].put(stream)
        importing.apply(cohort, checked, Source(file.name, blob.sha256))


def _say(problem: Problem) -> str:
    return problem_message(problem, gettext)


def _json(checked: Checked) -> str:
    return json.dumps(as_json(checked.plan, _say), ensure_ascii=False)


def _words(cohort: Cohort, checked: Checked) -> str:
    """The report as lines: each problem, each row to decide, the counts, a warning about seats."""
    plan = checked.plan
    lines = [_line(one) for one in plan.problems]
    lines += [
        f"row {line.row}  {line.full_name}  may be {', '.join(email for email, _ in known)}; left out"
        for line, known in importing.conflicts(checked)
    ]
    counts = ", ".join(f"{plan.counts[action]} {words}" for action, words in _COUNTS.items())
    faulty = len({one.row for one in plan.errors})
    lines.append(
        f"{plan.rows} rows: {plan.ready} ready ({counts}), {faulty} with errors, {len(plan.new_entities)} new entities"
    )
    missing = importing.seats_missing(cohort, checked)
    if missing:
        lines.append(f"Warning: the cohort has {cohort.seats} seats; {missing} more are needed.")
    return "\n".join(lines)


def _line(problem: Problem) -> str:
    column = gettext(COLUMNS[problem.column]) if problem.column else ""
    value = f"“{problem.value}”" if problem.value else ""
    return "  ".join(part for part in (f"row {problem.row}", column, value, _say(problem)) if part)
