"""The quiz of a module: its overview, one question at a time, submission, review."""

from decimal import Decimal

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import clock, i18n
from diploma.core.lang import Lang
from diploma.learning import access as learning
from diploma.learning.structure import ItemType
from diploma.quizzes import access, forms, rules, service
from diploma.quizzes.access import Sitting
from diploma.quizzes.paper import Question, questions

bp = Blueprint("quizzes", __name__)


@bp.get("/modules/<module>/quiz")
@guard.signed_in
def quiz(module: str) -> ResponseReturnValue:
    """How the quiz works, the attempts so far and the best; staff without an enrolment see the terms only."""
    reader, found = learning.open_module(current_user, module)
    attempts = service.attempts_of(reader.enrolment, module) if reader.enrolment else []
    return render_template(
        "quizzes/quiz.html",
        reader=reader,
        module=found,
        attempts=attempts,
        best=rules.best(one.score for one in attempts),
        active="modules",
    )


@bp.post("/modules/<module>/quiz")
@guard.needs(Permission.TAKE_QUIZ)
def start(module: str) -> ResponseReturnValue:
    """Start an attempt, or go on with the open one at its first unanswered question."""
    reader, _module = learning.open_module(current_user, module)
    attempt = service.start(reader.enrolment or abort(404), module, by=current_user)
    number = next((one.number for one in questions(attempt, reader.lang) if not one.answered), 1)
    return redirect(url_for("quizzes.item", module=module, attempt=attempt.id, number=number))


@bp.route("/modules/<module>/quiz/<int:attempt>/<int:number>", methods=["GET", "POST"])
@guard.needs(Permission.TAKE_QUIZ)
def item(module: str, attempt: int, number: int) -> ResponseReturnValue:
    """One question: save its answer and go where the button says."""
    sitting = access.sitting(current_user, module, attempt)
    question = _question(sitting, number)
    if request.method == "POST":
        _save(sitting, question)
        question = _question(sitting, number)
        if not _unreadable(question):
            _say_reading(question)
            return redirect(_onward(sitting, number, request.form.get("go", "")))
        return _show(sitting, question), 422
    if sitting.attempt.submitted_at:
        return redirect(url_for("quizzes.review", module=module, attempt=attempt))
    return _show(sitting, question)


@bp.post("/modules/<module>/quiz/<int:attempt>/<int:number>/save")
@guard.needs(Permission.TAKE_QUIZ)
def save(module: str, attempt: int, number: int) -> ResponseReturnValue:
    """Save the answer while the page stays open; the answer of the server is the line that the page shows."""
    sitting = access.sitting(current_user, module, attempt)
    _save(sitting, _question(sitting, number))
    return Response(_saved_line(sitting, _question(sitting, number)), mimetype="text/plain")


@bp.get("/modules/<module>/quiz/<int:attempt>/submit")
@guard.needs(Permission.TAKE_QUIZ)
def finish(module: str, attempt: int) -> ResponseReturnValue:
    """What is still open, before the attempt is submitted."""
    sitting = access.sitting(current_user, module, attempt)
    if sitting.attempt.submitted_at:
        return redirect(url_for("quizzes.review", module=module, attempt=attempt))
    return _page("finish", sitting)


@bp.post("/modules/<module>/quiz/<int:attempt>/submit")
@guard.needs(Permission.TAKE_QUIZ)
def submit(module: str, attempt: int) -> ResponseReturnValue:
    service.submit(access.sitting(current_user, module, attempt).attempt, by=current_user)
    return redirect(url_for("quizzes.review", module=module, attempt=attempt))


@bp.get("/modules/<module>/quiz/<int:attempt>/review")
@guard.needs(Permission.TAKE_QUIZ)
def review(module: str, attempt: int) -> ResponseReturnValue:
    """What was answered, what is right and why; only after the submission."""
    sitting = access.sitting(current_user, module, attempt)
    if sitting.attempt.submitted_at is None:
        return redirect(url_for("quizzes.quiz", module=module))
    enrolment = sitting.reader.enrolment or abort(404)
    return _page("review", sitting, attempts=service.attempts_of(enrolment, module))


def _page(name: str, sitting: Sitting, **context: object) -> str:
    return render_template(
        f"quizzes/{name}.html",
        sitting=sitting,
        digits=_digits,
        active="modules",
        questions=questions(sitting.attempt, sitting.reader.lang),
        **context,
    )


def _question(sitting: Sitting, number: int) -> Question:
    asked = questions(sitting.attempt, sitting.reader.lang)
    return asked[number - 1] if 0 < number <= len(asked) else abort(404)


def _save(sitting: Sitting, question: Question) -> None:
    answer = forms.answer(question.item, request.form)
    service.save_answer(sitting.attempt, question.item.id, answer, by=current_user)


def _show(sitting: Sitting, question: Question) -> str:
    minutes = int((clock.now() - sitting.attempt.started_at).total_seconds()) // 60
    return _page(
        "item",
        sitting,
        question=question,
        minutes=minutes,
        unreadable=_unreadable(question),
        saved=_saved_line(sitting, question) if question.row else "",
        longest=rules.LONGEST,
    )


def _onward(sitting: Sitting, number: int, go: str) -> str:
    """The address behind the button: the next question, the one before, a number of the map, or the last page."""
    last, module, attempt = len(sitting.attempt.items), sitting.module.id, sitting.attempt.id
    chosen = int(go) if go.isdecimal() and len(go) < 4 else number + 1
    wanted = {"back": number - 1, "finish": last + 1}.get(go, chosen)
    if wanted > last:
        return url_for("quizzes.finish", module=module, attempt=attempt)
    return url_for("quizzes.item", module=module, attempt=attempt, number=max(1, wanted))


def _unreadable(question: Question) -> bool:
    """Whether a number was typed that nobody can read."""
    typed = question.item.type is ItemType.NUMBER and question.answer.get("text")
    return bool(typed) and question.read is None


def _say_reading(question: Question) -> None:
    if question.item.type is ItemType.NUMBER and question.read and question.read.ambiguous:
        flash(
            _(
                "Question %(n)s: “%(text)s” was read as %(number)s. If you meant a fraction, write it with a point.",
                n=question.number,
                text=question.answer["text"],
                number=_digits(question.read.value),
            ),
            "info",
        )


def _saved_line(sitting: Sitting, question: Question) -> str:
    """When the answer was saved, and how a number was read."""
    at = i18n.fmt().time(question.row.saved_at if question.row else clock.now(), sitting.reader.zone)
    if question.item.type is not ItemType.NUMBER or not question.answer.get("text"):
        return _("Saved %(time)s", time=at)
    if question.read is None:
        return _("Saved %(time)s, but this is not a number yet", time=at)
    return _("Saved %(time)s, read as %(number)s", time=at, number=_digits(question.read.value))


def _digits(value: Decimal) -> str:
    """A number without groups, with the point or comma of the interface: it can be read in one way only."""
    text = f"{value:f}"
    return text if i18n.current() in (Lang.EN, Lang.AR) else text.replace(".", ",")
