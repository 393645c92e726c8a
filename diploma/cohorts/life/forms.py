"""Forms of leaving, being put off and moving. States are never fields: each form is one step."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from diploma.cohorts import labels
from diploma.cohorts.forms import REQUIRED
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.forms import Form
from diploma.core.mail import isolate

NONE = ""
_NOTE = {"dir": "auto", "class": "low"}


class LeaveForm(Form):
    """Why and since when."""

    cause = SelectField(_l("Reason"), [DataRequired(_l("Choose a reason."))])
    note = TextAreaField(_l("In words"), [Length(max=2000)], render_kw=_NOTE)
    day = DateField(_l("From which day"), [Optional()], description=_l("Empty: today."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {one.value: str(_l(labels.CAUSES[one])) for one in Cause}
        self.cause.choices = {NONE: str(_l("Choose")), **words}

    def validate_note(self, field: Any) -> None:
        if self.cause.data == Cause.OTHER and not field.data:
            raise ValidationError(_l("Say in words what the other reason is."))

    def leave(self) -> Leave:
        return Leave(Cause(self.cause.data), self.note.data or "", self.day.data)


class DeferForm(LeaveForm):
    """As above, with the intake to which the person is to return."""

    to = SelectField(_l("Is to return to"), default=NONE)

    def offer(self, intakes: list[Cohort]) -> None:
        self.to.choices = {NONE: str(_l("not known yet")), **_named(intakes)}


class MoveForm(Form):
    to = SelectField(_l("To the cohort"), [DataRequired(_l("Choose a cohort."))])
    reason = TextAreaField(_l("Reason"), [REQUIRED, Length(max=2000)], render_kw=_NOTE)

    def offer(self, intakes: list[Cohort]) -> None:
        self.to.choices = _named(intakes)


def _named(cohorts: list[Cohort]) -> dict[str, str]:
    fmt, lang = i18n.fmt(), i18n.current()
    return {one.slug: f"{isolate(one.name(lang))} ({fmt.table_date(one.starts_on)})" for one in cohorts}
