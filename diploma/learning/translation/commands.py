"""``content approve`` and ``content review``: what named readers have read."""

from collections.abc import Callable
from typing import Any

import click

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.core import db
from diploma.core.errors import Refused
from diploma.learning import loader
from diploma.learning.commands import content, language, root
from diploma.learning.models import Act
from diploma.learning.translation import records, standing
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
    if module not in standing.modules(loaded) or lang is loaded.source_language:
        raise click.ClickException(f"There is no translation of {module} into {lang}.")
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
