"""Forms of the assignment page, of the marking page and of the comment bank."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from diploma.core.errors import N_
from diploma.core.forms import Form
from diploma.core.lang import LANGS, Lang
from diploma.coursework import bank
from diploma.coursework.marking import Judged
from diploma.coursework.rules import Problem
from diploma.coursework.service import Written
from diploma.learning.structure import Rubric

_LANGUAGES = [SelectChoice(one.value, one.native_name) for one in LANGS]
LONGEST_REMARK = 2_000  # characters of a comment on one criterion
LONGEST_TEXT = 60_000  # characters; the words of a text are limited by its assignment
_TOO_LONG = _l("The text is longer than %(max)d characters. Shorten it and save again.")


class Seen(IntegerField):
    """A hidden number: which version of a row the page has shown."""

    widget = HiddenInput()

    def show(self, version: int) -> None:
        """Put the present version on a page that is shown again; what was sent is forgotten."""
        self.data, self.raw_data = version, None


class DraftForm(Form):
    """The trainee's work. ``key`` is new with each page that shows the form, ``base`` the draft's version on it."""

    text = TextAreaField(_l("Your text"), [Length(max=LONGEST_TEXT, message=_TOO_LONG)])
    language = SelectField(_l("Language of your text"), choices=_LANGUAGES)
    helpers = TextAreaField(_l("Helpers and tools used"), [Length(max=4_000, message=_TOO_LONG)])
    declared = SelectMultipleField(validate_choice=False)
    key = HiddenField(validators=[Length(min=16, max=64)])
    base = Seen(default=0, validators=[Optional()])

    def written(self) -> Written:
        """What the form says; only of a form that was validated."""
        return Written(
            self.text.data or "",
            Lang(self.language.data),
            self.helpers.data or "",
            self.key.data or "",
            self.base.data or 0,
        )


class MarkingForm(Form):
    """A marker's levels and comments. ``page`` is new with each page, ``version`` that of the marking it showed."""

    comment = TextAreaField(
        _l("Comment to the trainee"),
        [Length(max=20_000, message=_TOO_LONG)],
        description=_l("The trainee sees it after the release of the mark."),
    )
    page = HiddenField(validators=[Length(max=64)])
    version = Seen(validators=[Optional()])

    def judged(self, rubric: Rubric) -> Judged:
        return Judged(
            sent_levels(rubric),
            self.comment.data or "",
            self.version.data or 0,
            self.page.data or "",
            sent_remarks(rubric),
        )


class BankForm(Form):
    """A comment of the bank: a field per language, and the module that it serves, empty for all."""

    module = SelectField(_l("Module"))

    def in_languages(self) -> dict[Lang, Any]:
        """The fields of the texts, by language."""
        return {lang: self[lang.babel] for lang in LANGS}

    def texts(self) -> dict[Lang, str]:
        return {lang: field.data or "" for lang, field in self.in_languages().items()}


for _one in LANGS:
    _checks = [Length(max=bank.LONGEST, message=_TOO_LONG)]
    setattr(BankForm, _one.babel, TextAreaField(_one.native_name, _checks))


def sent_levels(rubric: Rubric) -> dict[str, str]:
    """Criterion → level as the radio buttons of this request say; what is not chosen is left out."""
    sent = {one.id: request.form.get(f"level-{one.id}", "") for one in rubric.criteria}
    return {criterion: level for criterion, level in sent.items() if level}


def sent_remarks(rubric: Rubric) -> dict[str, str]:
    """Criterion → comment on it as this request says; what is empty is left out."""
    sent = {one.id: request.form.get(f"remark-{one.id}", "") for one in rubric.criteria}
    return {criterion: text for criterion, text in sent.items() if text.strip()}


def misfits(rubric: Rubric) -> list[Problem]:
    """What this request says that does not fit the rubric: unknown levels and criteria, comments without end. It is not
    saved in part: the page comes back as it was sent, with what a criterion that is not there was told."""
    known = {one.id for one in rubric.levels}
    found = [Problem(one, _UNKNOWN_LEVEL) for one, level in sent_levels(rubric).items() if level not in known]
    for one, text in sent_remarks(rubric).items():
        if len(text) > LONGEST_REMARK:
            found.append(Problem(one, _LONG_REMARK, {"max": LONGEST_REMARK}))
    criteria = {one.id for one in rubric.criteria}
    for name, text in request.form.items():
        kind, _dash, criterion = name.partition("-")
        if kind in ("level", "remark") and criterion not in criteria and text.strip():
            found.append(Problem("", _UNKNOWN_CRITERION, {"criterion": criterion, "text": text}))
    return found


_UNKNOWN_LEVEL = N_("“%(title)s”: the rubric of this work does not have this level. Choose one that is shown.")
_LONG_REMARK = N_("“%(title)s”: the comment is longer than %(max)s characters. Shorten it.")
_UNKNOWN_CRITERION = N_("The rubric of this work has no criterion “%(criterion)s”. What was sent for it: %(text)s")
