"""``flask certificates …``: issue for a cohort, verify a file, check the register, export it for a partner."""

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy import select

from diploma.certificates import registry, service, subscriptions, verification
from diploma.certificates.drawing import fonts
from diploma.certificates.drawing.worker import RenderError
from diploma.certificates.models import Certificate
from diploma.certificates.service import IssueReport
from diploma.certificates.transparency import checking, exporting
from diploma.cohorts.models import Cohort, Enrolment, Partner
from diploma.core import db
from diploma.core.errors import Refused

BATCH = 25  # certificates to a transaction: a kill loses none, and others are kept waiting for a moment only

certificates = AppGroup("certificates", help="Issue and verify certificates.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@certificates.command("issue")
@click.option("--cohort", "slug", required=True, help="Slug of the cohort.")
@click.option("--dry-run", is_flag=True, help="Say what would be issued or refused; write nothing, take no number.")
@as_json
def issue(slug: str, dry_run: bool, as_json: bool) -> None:
    """Draft, approve as the operator, issue and draw what the cohort has earned.

    Exit code 0 when all who are eligible have their certificate (the others are listed), 1 when something was
    refused or failed. A second run changes nothing and goes on where a killed one stopped. With --dry-run the exit
    code is that of the run which would follow.
    """
    with db.reading() as own:
        if own.scalar(select(Cohort.id).where(Cohort.slug == slug)) is None:
            raise click.UsageError(f"There is no cohort “{slug}”.")
    try:
        fonts.font_files()
    except fonts.FontsMissing as error:
        raise click.ClickException(str(error)) from None
    if dry_run:
        _try(slug, as_json)
    report = _issue(slug)
    failed = _draw(slug)
    _say(_result(report, failed), as_json, _issue_lines(report, failed))
    sys.exit(1 if report.refused or failed else 0)


@certificates.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def verify(file: Path, as_json: bool) -> None:
    """Compare a PDF with the register. Exit code 0 when it is the issued file of a valid certificate, else 1."""
    answer = verification.of_file(file.read_bytes())
    valid = answer.verdict is verification.Verdict.VALID
    serial = answer.certificate.serial if answer.certificate else answer.serial or None
    result = {
        "valid": valid,
        "verdict": answer.verdict.value,
        "serial": serial,
        "replaced_by": answer.replaced_by or None,
        "names": answer.printed.names if answer.printed else None,
        "reason": answer.certificate.reason or None if answer.certificate else None,
    }
    _say(result, as_json, [f"{file.name}: {answer.verdict.value}" + (f" ({serial})" if serial else "")])
    sys.exit(0 if valid else 1)


@certificates.command("chain")
@as_json
def chain(as_json: bool) -> None:
    """Walk the chain of the register's events and check every signed head. Exit code 1 when something differs."""
    found = registry.check()
    with db.reading() as own:
        seen = checking.walk(own)
    result = {
        "holds": not found and not seen.faults,
        "breaks": [{"number": one.number, "reason": one.reason} for one in found],
        "events": seen.length,
        "heads": len(seen.heads),
        "head_faults": [{"day": one.day.isoformat(), "reason": one.reason} for one in seen.faults],
    }
    lines = [f"event {one.number}: {one.reason}" for one in found]
    lines += [f"head of {one.day}: {one.reason}" for one in seen.faults]
    if result["holds"]:
        lines = [f"The chain of the register holds: {seen.length} events, {len(seen.heads)} signed heads."]
    _say(result, as_json, lines)
    sys.exit(0 if result["holds"] else 1)


@certificates.command("export")
@click.option("--partner", "slug", required=True, help="Short name of the partner.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
@as_json
def export(slug: str, out: Path, as_json: bool) -> None:
    """Write the register of a partner with its proofs: what others check without this program (docs/registry.md)."""
    with db.reading() as own:
        partner = own.scalar(select(Partner).where(Partner.slug == slug))
        if partner is None:
            raise click.UsageError(f"There is no partner “{slug}”.")
        try:
            with out.open("wb") as file:
                exporting.write(own, partner, file)
        except OSError as error:
            raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    size = out.stat().st_size
    _say({"partner": slug, "file": str(out), "size": size}, as_json, [f"{out}: {size} bytes"])


def _try(slug: str, as_json: bool) -> NoReturn:
    """Judge what a run would issue. It stands outside of any unit of work, in which alone something can be written."""
    cohort = db.session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
    judged, ineligible = service.trial(cohort), service.ineligible(cohort)
    named = [(one.certificate.enrolment.user.full_name, one) for one in judged]
    ready = [(name, one.certificate.award) for name, one in named if one.reason is None]
    refused = [(name, str(one.reason)) for name, one in named if one.reason]
    result = {
        "dry_run": True,
        "numbers": len(ready),
        "ready": [{"name": name, "award": award} for name, award in ready],
        "refused": [{"name": name, "reason": reason} for name, reason in refused],
        "ineligible": [{"name": name, "missing": [one.value for one in missing]} for name, missing in ineligible],
    }
    lines = [
        *(f"ready       {name}: {award}" for name, award in ready),
        *(f"refused     {name}: {reason}" for name, reason in refused),
        *(f"ineligible  {name}: {', '.join(missing)}" for name, missing in ineligible),
        f"{len(ready)} numbers would be taken, {len(refused)} refused, {len(ineligible)} not eligible.",
    ]
    _say(result, as_json, lines)
    sys.exit(1 if refused else 0)


def _issue(slug: str) -> IssueReport:
    """Draft, then issue in small transactions; the reports of all are put together."""
    with db.unit_of_work():
        cohort = db.session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
        service.draft_eligible(cohort)
        waiting = iter([one.id for one in service.open_certificates(cohort)])
    whole = IssueReport()
    while ids := list(islice(waiting, BATCH)):
        with db.unit_of_work():
            part = service.issue_all(list(db.session.scalars(select(Certificate).where(Certificate.id.in_(ids)))))
        whole.issued += part.issued
        whole.refused += part.refused
    whole.ineligible = service.ineligible(cohort)
    return whole


def _draw(slug: str) -> list[tuple[str, str]]:
    """Draw what is not drawn yet; serial and reason of each failure. The job runner tries those again."""
    with db.reading() as own:
        undrawn = (
            select(Certificate.id, Certificate.serial)
            .join(Certificate.enrolment)
            .join(Enrolment.cohort)
            .where(Cohort.slug == slug, Certificate.serial.is_not(None), Certificate.pdf_sha256.is_(None))
        )
        serials = {row.id: row.serial or "" for row in own.execute(undrawn.order_by(Certificate.id))}
    failed = []
    for certificate_id, error in subscriptions.draw_now(list(serials)):
        if error and not isinstance(error, (RenderError, Refused)):
            raise error
        if error:
            failed.append((serials[certificate_id], str(error)))
    return failed


def _result(report: IssueReport, failed: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "issued": [
            {"name": one.enrolment.user.full_name, "serial": one.serial, "award": one.award} for one in report.issued
        ],
        "refused": [{"name": name, "reason": str(reason)} for name, reason in report.refused],
        "ineligible": [
            {"name": name, "missing": [one.value for one in missing]} for name, missing in report.ineligible
        ],
        "not_drawn": [{"serial": serial, "reason": reason} for serial, reason in failed],
    }


def _issue_lines(report: IssueReport, failed: list[tuple[str, str]]) -> list[str]:
    return [
        *(f"issued      {one.serial}  {one.enrolment.user.full_name}" for one in report.issued),
        *(f"refused     {name}: {reason}" for name, reason in report.refused),
        *(f"ineligible  {name}: {', '.join(missing)}" for name, missing in report.ineligible),
        *(f"not drawn   {serial}: {reason}" for serial, reason in failed),
        f"{len(report.issued)} issued, {len(report.refused)} refused, {len(report.ineligible)} not eligible.",
    ]


def _say(result: dict[str, Any], as_json: bool, lines: list[str]) -> None:
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else "\n".join(lines))
