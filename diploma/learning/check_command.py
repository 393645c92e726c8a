"""``content check``: apart from the other commands, because it needs no database and no pages (``diploma.authors``)."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from diploma.core.lang import LANGS
from diploma.learning import checker, freshness, loader
from diploma.learning.authoring.bars import Bar
from diploma.learning.authoring.mistakes import Mistake

_MET = {True: "reached", False: "NOT REACHED", None: ""}


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--bars", "with_bars", is_flag=True, help="Print the quality of each module, too.")
@with_appcontext
def check(as_json: bool, with_bars: bool) -> None:
    """Name file, line and key of every mistake in the content files."""
    root: Path = current_app.config["COURSES"]
    loaded = loader.load(root)
    report = checker.report(loaded)
    errors = [one for one in report.mistakes if not one.warning]
    translations = _translations(loaded)
    if as_json:
        click.echo(json.dumps(_plain(report, len(errors), translations), ensure_ascii=False))
    else:
        for one in report.mistakes:
            click.echo(str(one))
        for module, languages in translations.items():
            for lang, counts in languages.items():
                click.echo(f"{module} {lang}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
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


def _translations(loaded: loader.Loaded) -> dict[str, dict[str, dict[str, int]]]:
    """Per written module, the glossary among them, and language: how many texts are fresh, stale and missing."""
    report: dict[str, dict[str, dict[str, int]]] = {}
    for module in (*loaded.modules, *([loader.GLOSSARY] if loaded.glossary else [])):
        for lang in LANGS:
            if lang is not loaded.source_language:
                states = list(freshness.state(loaded, module, lang).values())
                report.setdefault(module, {})[lang.value] = {
                    state.value: states.count(state) for state in freshness.State
                }
    return report
