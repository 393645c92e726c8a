"""``content check``: apart from the other commands, because it needs no pages (``diploma.authors``) and can do without
a database: that one only tells what named readers have recorded."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from diploma.learning import checker, loader
from diploma.learning.authoring.bars import Bar
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.translation import requirements, standing
from diploma.learning.translation.known import known
from diploma.learning.translation.standing import Held, Standing

_MET = {True: "reached", False: "NOT REACHED", None: ""}


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--bars", "with_bars", is_flag=True, help="Print the quality of each module, too.")
@with_appcontext
def check(as_json: bool, with_bars: bool) -> None:
    """Name file, line and key of every mistake in the content files, and count how far the translations have come."""
    root: Path = current_app.config["COURSES"]
    loaded, held = loader.load(root), known(current_app.config["SQLALCHEMY_DATABASE_URI"])
    report = checker.report(loaded)
    report.mistakes.extend(requirements.claims(loaded, held) if held is not None else ())
    errors = [one for one in report.mistakes if not one.warning]
    translations = _translations(loaded, held)
    if as_json:
        approvals = {"approvals": "unknown" if held is None else "known"}
        click.echo(json.dumps(_plain(report, len(errors), translations) | approvals, ensure_ascii=False))
    else:
        for one in report.mistakes:
            click.echo(str(one))
        for module, languages in translations.items():
            for lang, counts in languages.items():
                said = {state: count for state, count in counts.items() if held is None or state != "fresh"}
                click.echo(f"{module} {lang}: " + ", ".join(f"{count} {state}" for state, count in said.items()))
        if held is None:
            click.echo("Reviews and approvals are unknown: the database cannot be read.")
        for module, table in report.bars.items() if with_bars else ():
            click.echo(f"\n{module}\n" + "\n".join(_lines(table)))
        click.echo(f"{len(errors)} mistakes, {len(report.mistakes) - len(errors)} warnings")
    raise SystemExit(1 if errors else 0)


def _lines(table: list[Bar]) -> list[str]:
    """The bars in columns: name, whether it is reached, what was measured, what is asked."""
    return [
        f"  {one.name:22}{_MET[one.met]:13}{one.value}{f'  (asked: {one.goal})' if one.goal else ''}" for one in table
    ]


def _plain(report: checker.Report, errors: int, translations: dict[str, Any]) -> dict[str, Any]:
    return {
        "mistakes": [_mistake(one) for one in report.mistakes],
        "errors": errors,
        "translations": translations,
        "bars": {module: [asdict(one) for one in table] for module, table in report.bars.items()},
    }


def _mistake(one: Mistake) -> dict[str, Any]:
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
