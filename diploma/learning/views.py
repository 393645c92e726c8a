"""The programme, a module, a lesson; and where a person stands in them."""

import secrets
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.core import clock, db, i18n
from diploma.core.finding import LONGEST, Sought
from diploma.core.lang import LANGS, Lang
from diploma.learning import access, catalogue, notes, rules, service
from diploma.learning import glossary as glossary_pages
from diploma.learning.access import Locked, Reader
from diploma.learning.catalogue import Section
from diploma.learning.structure import Lesson, Module

bp = Blueprint("learning", __name__)


@bp.app_errorhandler(Locked)
def locked(error: Locked) -> ResponseReturnValue:
    """Every address inside a module that is not open answers the same: which rule is missing."""
    return render_template(
        "learning/locked.html", reader=error.reader, module=error.module, door=error.door, active="modules"
    ), 403


@bp.get("/modules/")
@guard.public
def programme() -> ResponseReturnValue:
    """The seven modules and the capstone; to a trainee with their own state."""
    mine = cohorts.own_enrolments(current_user) if current_user.is_authenticated else []
    enrolment = cohorts.chosen(mine)
    who = access.trainee(current_user, enrolment) if enrolment else None
    if who is None and guard.allowed(Permission.PREVIEW):
        who = access.reader(current_user)
    content = who.content if who else catalogue.latest()
    if content is None:
        abort(404)
    read = access.sections_read(enrolment)
    return render_template(
        "learning/programme.html",
        reader=who,
        content=content,
        read=_by_module(read),
        rules=rules,
        enrolments=mine,
        active="modules",
    )


@bp.get("/modules/<module>")
@guard.signed_in
def module(module: str) -> ResponseReturnValue:
    who, found = access.open_module(current_user, module)
    read = {(lesson, section) for _module, lesson, section in access.sections_read(who.enrolment, module)}
    return render_template(
        "learning/module.html",
        reader=who,
        module=found,
        read=read,
        place=rules.next_place(found, read),
        share=rules.read_share(found, read),
        active="modules",
    )


@bp.get("/modules/<module>/lessons/<lesson>")
@guard.signed_in
def lesson(module: str, lesson: str) -> ResponseReturnValue:
    who, found, page = access.lesson(current_user, module, lesson)
    _note_opening(who, module, lesson)
    sections = who.content.sections(module, page, who.lang, who.country)
    other = _other_language(who.lang)
    beside = who.content.sections(module, page, other, who.country) if other else []
    read = {(one, section) for _module, one, section in access.sections_read(who.enrolment, module)}
    return render_template(
        "learning/lesson.html",
        reader=who,
        module=found,
        lesson=page,
        sections=sections,
        video=who.content.video(module, page),
        beside=beside,
        other=other,
        read=read,
        written=notes.of_module(who.enrolment, module),
        key=secrets.token_urlsafe(16),
        neighbours=_neighbours(found, page),
        others=_others(who.lang),
        terms=glossary_pages.uses(who.content, [*sections, *beside]),
        active="modules",
    )


@bp.get("/modules/<module>/print")
@guard.signed_in
def print_module(module: str) -> ResponseReturnValue:
    """All lessons of a module for paper, with a title page; ``?alt=`` sets a second language beside."""
    who, found = access.open_module(current_user, module)
    other = _other_language(who.lang)

    def pairs(lesson: Lesson) -> list[tuple[Section, Section | None]]:
        sections = who.content.sections(module, lesson, who.lang, who.country)
        beside = who.content.sections(module, lesson, other, who.country) if other else [None] * len(sections)
        return list(zip(sections, beside, strict=True))

    return render_template(
        "learning/print.html",
        reader=who,
        module=found,
        lessons=[(one, pairs(one)) for one in found.lessons],
        other=other,
        others=_others(who.lang),
        now=clock.now(),
        active="modules",
    )


@bp.get("/glossary")
@guard.public
def glossary() -> ResponseReturnValue:
    """The words of the programme in the language of the lessons, and each in all five on demand."""
    who = access.known_reader(current_user)
    content = (who.content if who else catalogue.latest()) or abort(404)
    lang = who.lang if who else i18n.current()
    sought = Sought(request.args.get("q", "")[:LONGEST])
    found = [term for term, _where in glossary_pages.search(content, sought, lang)]
    return render_template(
        "learning/glossary.html",
        letters=glossary_pages.by_letter(found),
        everything={one: content.glossary(one) for one in LANGS},
        sought=sought,
        active="glossary",
    )


@bp.post("/modules/<module>/lessons/<lesson>")
@guard.needs(Permission.LEARN)
def complete(module: str, lesson: str) -> ResponseReturnValue:
    """Mark the lesson as complete and go on to the next, or to the module's page after the last."""
    who, found, page = access.lesson(current_user, module, lesson)
    service.complete_lesson(db.session, access.own(who).id, module, page)
    after = _neighbours(found, page)[1]
    if after:
        return redirect(url_for("learning.lesson", module=module, lesson=after.id))
    return redirect(url_for("learning.module", module=module))


@bp.post("/modules/<module>/lessons/<lesson>/read")
@guard.needs(Permission.LEARN)
def read_section(module: str, lesson: str) -> ResponseReturnValue:
    """Keep the person's place: from the script as they scroll, or from the button under a section."""
    who, _module, page = access.lesson(current_user, module, lesson)
    section = request.form.get("section", "")
    if section not in page.anchors:
        abort(404)
    service.read_section(db.session, access.own(who).id, module, lesson, section)
    if request.headers.get("X-CSRFToken"):  # the script stays on the page
        return Response(status=204)
    return redirect(url_for("learning.lesson", module=module, lesson=lesson, _anchor=section))


@bp.post("/enrolments/<int:enrolment_id>/choose")
@guard.needs(Permission.LEARN)
def choose(enrolment_id: int) -> ResponseReturnValue:
    """Work on another of one's own enrolments from now on."""
    if enrolment_id not in [one.id for one in cohorts.own_enrolments(current_user)]:
        abort(404)
    cookie[cohorts.CHOSEN] = enrolment_id
    return redirect(url_for("home.dashboard"))


def _note_opening(who: Reader, module: str, lesson: str) -> None:
    """A reading page that writes once: when the lesson is opened for the first time, or again after a while."""
    if who.enrolment is None:
        return
    row = service.progress(db.session, who.enrolment.id, module, lesson)
    if service.worth_noting(row):
        db.session.commit()  # the reading transaction ends before the writing one begins
        with db.aside() as own:
            service.open_lesson(own, who.enrolment.id, module, lesson)


def _other_language(lang: Lang) -> Lang | None:
    """The second column: ``?alt=``; the language that is read anyway, and an unknown one, are ignored."""
    other = Lang.parse(request.args.get("alt", ""))
    return other if other is not lang else None


def _others(lang: Lang) -> list[Lang]:
    return [one for one in LANGS if one is not lang]


def _neighbours(module: Module, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    at = module.lessons.index(lesson)
    before = module.lessons[at - 1] if at else None
    after = module.lessons[at + 1] if at + 1 < len(module.lessons) else None
    return before, after


def _by_module(read: set[tuple[str, str, str]]) -> dict[str, set[tuple[str, str]]]:
    grouped: dict[str, Any] = {}
    for module, lesson, section in read:
        grouped.setdefault(module, set()).add((lesson, section))
    return grouped
