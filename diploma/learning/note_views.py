"""A trainee's private notes: saved beside a section, and all of a module on one page."""

import secrets
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import i18n
from diploma.core.errors import Stale
from diploma.learning import access, notes
from diploma.learning.access import Reader
from diploma.learning.catalogue import Section
from diploma.learning.forms import NoteForm
from diploma.learning.models import SectionNote
from diploma.learning.structure import Lesson, Module

bp = Blueprint("notes", __name__)
Place = tuple[str, str, str]  # module, lesson, section
Group = tuple[Lesson | None, list[tuple[Section | None, SectionNote]]]


@bp.get("/modules/<module>/notes")
@guard.needs(Permission.LEARN)
def index(module: str) -> ResponseReturnValue:
    """All notes of a module in its order; those whose section is gone come last."""
    who, found = access.open_module(current_user, module)
    groups = _groups(who, found, notes.of_module(access.own(who), module))
    return render_template("learning/notes.html", reader=who, module=found, groups=groups, active="modules")


@bp.get("/modules/<module>/lessons/<lesson>/notes/<section>")
@guard.needs(Permission.LEARN)
def note(module: str, lesson: str, section: str) -> ResponseReturnValue:
    """One note by itself: where it is changed when its section is gone."""
    who, held = access.note(current_user, module, lesson, section)
    return render_template(
        "learning/note.html", reader=who, place=(module, lesson, section), note=held, key=_key(), active="modules"
    )


@bp.post("/modules/<module>/lessons/<lesson>/notes/<section>")
@guard.needs(Permission.LEARN)
def save(module: str, lesson: str, section: str) -> ResponseReturnValue:
    """Save while it is written (the script stays on the page and shows one line), or with the button."""
    who, held = access.note(current_user, module, lesson, section)
    form, place, stale = NoteForm(), (module, lesson, section), False
    if form.validate():
        try:
            written = form.text.data or ""
            page, base = form.key.data or "", form.base.data or 0
            held = notes.save(access.own(who), place, written, page=page, base=base)
            return _saved(held.saved_at if held else None, place, who.zone)
        except Stale:
            stale = True
    page_again = render_template(
        "learning/note.html", reader=who, place=place, note=held, key=_key(), form=form, stale=stale, active="modules"
    )
    return page_again, 409 if stale else 422


def _groups(who: Reader, module: Module, written: dict[tuple[str, str], SectionNote]) -> list[Group]:
    """Notes by lesson in the order of the module; those without a section come last, under no lesson."""
    groups: list[Group] = []
    for lesson in module.lessons:
        sections = who.content.sections(module.id, lesson, who.lang, who.country)
        here = [(one, written.pop((lesson.id, one.anchor))) for one in sections if (lesson.id, one.anchor) in written]
        groups += [(lesson, [*here])] if here else []
    return [*groups, (None, [(None, one) for one in written.values()])] if written else groups


def _saved(at: datetime | None, place: Place, zone: str) -> ResponseReturnValue:
    if request.headers.get("X-CSRFToken"):
        said = _("Saved %(time)s", time=i18n.fmt().time(at, zone)) if at else _("Note removed")
        return Response(said, mimetype="text/plain")
    module, lesson, section = place
    return redirect(url_for("learning.lesson", module=module, lesson=lesson, _anchor=section))


def _key() -> str:
    return secrets.token_urlsafe(16)
