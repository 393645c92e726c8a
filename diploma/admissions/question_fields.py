"""The form of one application: the fields that all have, and those of the questions of its call."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from diploma.admissions import labels
from diploma.admissions.forms import ApplicationForm
from diploma.admissions.models import Application, ApplicationFile
from diploma.admissions.plan import (
    LARGEST,
    LARGEST_FILE,
    LONGEST,
    TOP_LEVEL,
    Criterion,
    Plan,
    Question,
    QuestionKind,
    in_language,
)
from diploma.admissions.service import Written
from diploma.core.forms import Form
from diploma.core.i18n import fmt
from diploma.core.lang import Lang

_NEEDED = _l("This field is needed.")
_AUTO = {"dir": "auto"}


def application_form(plan: Plan, lang: Lang, entities: dict[str, str], held: Application) -> ApplicationForm:
    """The form of a call, with what was saved before."""
    fields = {f"question_{one.id}": _field(one, lang) for one in plan.questions}
    form: ApplicationForm = type("CallForm", (ApplicationForm,), fields)(data=_saved(plan, held))
    form.offer_choices(entities)
    for one in (form.years, *(form[f"question_{one.id}"] for one in plan.questions if one.required)):
        one.flags.optional = False  # a draft may leave them empty, an application not
    return form


def question_fields(form: Any, plan: Plan) -> list[Any]:
    return [form[f"question_{one.id}"] for one in plan.questions]


def written(form: Any, plan: Plan) -> Written:
    """What the form says, field by field: nothing that a request may add."""
    asked = [one for one in plan.questions if one.kind is not QuestionKind.FILE]
    given = {one.id: _answer(one, form[f"question_{one.id}"].data) for one in asked}
    return Written(
        form.full_name.data,
        Lang(form.language.data),
        int(form.entity.data) if form.entity.data else None,
        form.entity_other.data or "",
        form.position.data or "",
        form.chosen_level(),
        form.years.data,
        {key: answer for key, answer in given.items() if answer is not None},
    )


def demand(form: Any, plan: Plan, held: Application) -> bool:
    """Before an application is handed in nothing that is needed may be empty; the refusals stand at the fields."""
    with_file = {one.question for one in held.files}
    needed = [form.position, form.level, form.years]
    needed += [form[f"question_{one.id}"] for one in plan.questions if one.required and one.id not in with_file]
    needed += [] if form.entity.data else [form.entity_other]
    empty = [one for one in needed if one.data in (None, "") or isinstance(one, FileField)]
    for one in empty:
        one.errors = [*one.errors, _NEEDED]
    return not empty


def _field(question: Question, lang: Lang) -> Any:
    label = in_language(question.texts, lang)
    if question.kind is QuestionKind.SHORT:
        return StringField(label, [Length(max=LONGEST["short"])], render_kw=_AUTO)
    if question.kind is QuestionKind.LONG:
        return TextAreaField(label, [Length(max=LONGEST["long"])], render_kw=_AUTO)
    if question.kind is QuestionKind.FILE:
        return _file_field(question, label)
    if question.kind is QuestionKind.NUMBER:
        return IntegerField(label, [Optional(), NumberRange(-LARGEST, LARGEST)])
    if question.kind is QuestionKind.YES_NO:
        return SelectField(label, choices={"": "", "yes": _("Yes"), "no": _("No")}, default="")
    offered = {str(n): in_language(one, lang) for n, one in enumerate(question.choices)}
    return SelectField(label, choices={"": "", **offered}, default="")


def _file_field(question: Question, label: str) -> Any:
    """A control only: what it sends is taken before the form is looked at (``applicant_files``)."""
    types, size = fmt().list([one.upper() for one in question.accepts]), fmt().size(LARGEST_FILE)
    attributes = {"accept": ",".join(f".{one}" for one in question.accepts), "data-limit": str(LARGEST_FILE)}
    hint = _("%(types)s, %(size)s at most. It is kept when you save.", types=types, size=size)
    return FileField(label, description=hint, render_kw=attributes)


def _answer(question: Question, said: Any) -> Any:
    if said in (None, ""):
        return None
    if question.kind is QuestionKind.YES_NO:
        return said == "yes"
    return int(said) if question.kind is QuestionKind.CHOICE else said


def _saved(plan: Plan, held: Application) -> dict[str, Any]:
    names = ("full_name", "entity_other", "position", "years")
    plain = {name: getattr(held, name) for name in names}
    plain |= {"language": held.language.value, "level": held.level.value if held.level else ""}
    plain["entity"] = str(held.entity_id) if held.entity_id else ""
    for one in plan.questions:
        if one.id in held.answers:
            plain[f"question_{one.id}"] = _shown(one, held.answers[one.id])
    return plain


def _shown(question: Question, answer: Any) -> Any:
    if question.kind is QuestionKind.YES_NO:
        return "yes" if answer else "no"
    return str(answer) if question.kind is QuestionKind.CHOICE else answer


def answered(plan: Plan, application: Application, lang: Lang) -> list[tuple[Question, str, ApplicationFile | None]]:
    """Each question with its answer in words, or with the file that answers it."""
    files = {one.question: one for one in application.files}
    return [(one, said(one, application.answers, lang), files.get(one.id)) for one in plan.questions]


def said(question: Question, answers: dict[str, Any], lang: Lang) -> str:
    """An answer in words; empty when there is none."""
    answer = answers.get(question.id)
    if answer is None:
        return ""
    if question.kind is QuestionKind.YES_NO:
        return str(_("Yes") if answer else _("No"))
    return in_language(question.choices[answer], lang) if question.kind is QuestionKind.CHOICE else str(answer)


def reading_form(criteria: tuple[Criterion, ...], lang: Lang) -> Form:
    """A level for each criterion, and a comment."""
    levels = {str(n): f"{n} – {_(labels.LEVELS[n])}" for n in range(TOP_LEVEL + 1)}
    fields: dict[str, Any] = {
        f"level_{one.id}": RadioField(
            in_language(one.texts, lang), [InputRequired(_l("Choose a level."))], choices=levels
        )
        for one in criteria
    }
    fields["comment"] = TextAreaField(_l("Comment for the coordinator"), [Length(max=4000)], render_kw=_AUTO)
    made: Form = type("ReadingForm", (Form,), fields)()
    return made
