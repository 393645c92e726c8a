"""Forms beside the text of a lesson: a note, a reported mistake, and the answer to one."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, Length, Optional

from diploma.core.forms import Form
from diploma.core.lang import LANGS
from diploma.learning import corrections, notes
from diploma.learning.models import MistakeKind, ReportState

_TOO_LONG = _l("The text is longer than %(max)d characters. Shorten it and save again.")
KINDS = {
    MistakeKind.FACT: _l("Something is not true"),
    MistakeKind.LANGUAGE: _l("Language or translation"),
    MistakeKind.BROKEN: _l("Something does not work"),
    MistakeKind.OTHER: _l("Something else"),
}
ANSWERS = {ReportState.CORRECTED: _l("Corrected"), ReportState.DECLINED: _l("Stays as it is")}


def _choices(texts: dict[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(one.value, text) for one, text in texts.items()]


class NoteForm(Form):
    """A note. ``key`` is new with each page that shows the form, ``base`` the note's version on it (0: none)."""

    text = TextAreaField(_l("Your note"), [Length(max=notes.LONGEST, message=_TOO_LONG)])
    key = HiddenField(validators=[Length(min=16, max=64)])
    base = IntegerField(default=0, validators=[Optional()])


class MistakeForm(Form):
    quote = TextAreaField(_l("The words it is about"), [Length(max=corrections.LONGEST_QUOTE, message=_TOO_LONG)])
    language = SelectField(
        _l("Language of the text"), choices=[SelectChoice(one.value, one.native_name) for one in LANGS]
    )
    kind = RadioField(_l("What is wrong"), [DataRequired()], choices=_choices(KINDS))
    text = TextAreaField(
        _l("Your explanation"), [DataRequired(), Length(max=corrections.LONGEST_TEXT, message=_TOO_LONG)]
    )


class AnswerForm(Form):
    state = RadioField(_l("What became of it"), [DataRequired()], choices=_choices(ANSWERS))
    answer = TextAreaField(
        _l("Answer to the reporter"), [DataRequired(), Length(max=corrections.LONGEST_TEXT, message=_TOO_LONG)]
    )
