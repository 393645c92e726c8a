"""The library of components on one page, each shown by its own macro. Not in production.

Names, purposes and arguments are read from ``components.html``, calls from the page's own template: nothing is said
twice.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, Optional

from diploma.accounts import guard
from diploma.core import clock
from diploma.core.batch import ItemState
from diploma.core.forms import Form
from diploma.core.lang import LANGS

bp = Blueprint("styleguide", __name__)

LIBRARY, PAGE = "components.html", "home/styleguide.html"
MACRO = re.compile(
    r"(?:\{#(?P<about>(?:(?!#\}).)*)#\}\n)?\{% macro (?P<name>\w+)(?P<arguments>\(.*?\)) -?%\}", re.DOTALL
)
LANGUAGES = [SelectChoice(one.value, one.native_name) for one in LANGS]
SPECIMEN = "{% call show('"


@dataclass(frozen=True)
class Macro:
    """A macro of the library: ``about`` is the comment above it, ``call`` how this page calls it."""

    name: str
    arguments: str
    about: str
    call: str


class SampleForm(Form):
    """A field of each kind; never sent."""

    full_name = StringField(_l("Full name"), [DataRequired(_l("Enter the full name."))], render_kw={"dir": "auto"})
    language = SelectField(
        _l("Language of lessons"), choices=[SelectChoice(one.value, one.native_name) for one in LANGS]
    )
    answer = RadioField(_l("Your answer"), choices=[SelectChoice("yes", _l("True")), SelectChoice("no", _l("False"))])
    reason = TextAreaField(_l("Reason"), [Optional()], render_kw={"dir": "auto"})
    file = FileField(_l("Add files"))
    sure = BooleanField(_l("Confirm"))


@bp.get("/styleguide")
@guard.public
def page() -> ResponseReturnValue:
    if current_app.config["PRODUCTION"]:
        abort(404)
    faulty = SampleForm(formdata=None, meta={"csrf": False})
    faulty.validate()
    return render_template(
        PAGE,
        library=library(Path(current_app.root_path) / "templates"),
        form=SampleForm(formdata=None),
        faulty=faulty,
        now=clock.now().replace(minute=0, second=0, microsecond=0),
        ItemState=ItemState,
    )


@cache
def library(templates: Path) -> dict[str, Macro]:
    """The macros of the library by name, in its order; ``call`` is empty for one that the page does not show."""
    calls = _calls((templates / PAGE).read_text("utf-8"))
    return {
        found["name"]: Macro(
            found["name"], found["arguments"], " ".join((found["about"] or "").split()), calls.get(found["name"], "")
        )
        for found in MACRO.finditer((templates / LIBRARY).read_text("utf-8"))
    }


def _calls(page: str) -> dict[str, str]:
    """What stands between ``{% call show('name') %}`` and its end, as it is written."""
    pieces = [piece.partition("') %}") for piece in page.split(SPECIMEN)[1:]]
    return {name: rest.partition("\n{% endcall %}")[0].strip() for name, _end, rest in pieces}
