"""Forms of requests for more time, of decisions on them, and of dates that staff give. States are never fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from diploma.cohorts.forms import CLOCKS_CHANGE, MOMENT, REQUIRED, local
from diploma.cohorts.groups.models import CohortGroup
from diploma.cohorts.models import Enrolment
from diploma.cohorts.rules import clocks_show, instant
from diploma.core.forms import Form
from diploma.core.mail import isolate
from diploma.coursework.extensions.given import Given
from diploma.coursework.extensions.models import Cause, ExtensionRequest
from diploma.coursework.extensions.rules import LONGEST
from diploma.coursework.extensions.service import Asked, Verdict
from diploma.coursework.policy_forms import PolicyForm

LOW = {"dir": "auto", "class": "low"}
CAUSES: Mapping[Cause, Any] = {
    Cause.ILLNESS: _l("Illness"),
    Cause.FAMILY: _l("Family"),
    Cause.WORK: _l("Duties at work"),
    Cause.TRAVEL: _l("Official trip"),
    Cause.TECHNICAL: _l("Technical trouble"),
    Cause.OTHER: _l("Other"),
}
_DATES = ("opens_at", "due_at", "cut_off_at")


class AskForm(Form):
    """How many days, and why. ``key`` is new with each page that shows the form."""

    days = IntegerField(_l("How many days"), [InputRequired(), NumberRange(1, LONGEST)])
    cause = RadioField(_l("Why"), choices=[SelectChoice(one.value, text) for one, text in CAUSES.items()])
    note = TextAreaField(
        _l("In words"),
        [Length(max=2000)],
        render_kw=LOW,
        description=_l("Only those who decide read it. Do not write details about your health."),
    )
    key = HiddenField(validators=[Length(min=16, max=64)])

    def asked(self) -> Asked:
        return Asked(self.days.data or 0, Cause(self.cause.data), self.note.data or "", self.key.data or "")


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = TextAreaField(_l("Reason"), [REQUIRED, Length(max=2000)], render_kw=LOW)


class ManyForm(Form):
    """A decision on several requests."""

    answer = TextAreaField(
        _l("Reason for the decision"),
        [REQUIRED, Length(max=2000)],
        render_kw=LOW,
        description=_l("The person reads it on their page and in the mail."),
    )
    past_end = BooleanField(
        _l("Also after the last day on which the cohort accepts work"),
    )

    def verdict(self) -> Verdict:
        return Verdict(self.answer.data or "", None, bool(self.past_end.data))


class DecideForm(ManyForm):
    """A decision on one request, with another date if need be."""

    until = DateTimeLocalField(_l("New date"), [Optional()], format=MOMENT)

    def __init__(self, request: ExtensionRequest, *args: Any, **kwargs: Any) -> None:
        self.zone, self.request = request.cohort.time_zone, request
        super().__init__(*args, data={"until": local(request.wanted_at, self.zone)}, **kwargs)

    def validate_until(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(CLOCKS_CHANGE)

    def verdict(self) -> Verdict:
        """An unchanged minute is the date that was asked for, to the second."""
        given, wanted = self.until.data, local(self.request.wanted_at, self.zone)
        same = given is None or given == wanted.replace(second=0, microsecond=0)
        until = None if given is None or same else instant(given, self.zone)
        return Verdict(self.answer.data or "", until, bool(self.past_end.data))


class GiveForm(Form):
    """Dates for a person or a group; those that are left empty stay the cohort's."""

    to = SelectField(_l("For whom"), [DataRequired(_l("Choose a person or a group."))])
    module = SelectField(_l("Assignment"))
    opens_at = DateTimeLocalField(_l("Opens"), [Optional()], format=MOMENT)
    due_at = DateTimeLocalField(_l("Assignment due"), [Optional()], format=MOMENT)
    cut_off_at = DateTimeLocalField(_l("Nothing accepted after"), [Optional()], format=MOMENT)
    reason = TextAreaField(
        _l("Reason"),
        [REQUIRED, Length(max=2000)],
        render_kw=LOW,
        description=_l("The people concerned read it on their page and in the mail."),
    )

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    def offer(
        self, groups: Iterable[CohortGroup], people: Iterable[Enrolment], modules: Iterable[tuple[str, str]]
    ) -> None:
        named = {f"g{one.id}": isolate(one.name) for one in groups}
        named |= {f"p{one.id}": isolate(one.user.full_name) for one in people}
        self.to.choices = {"": str(_l("Choose")), **named}
        self.module.choices = dict(modules)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good = bool(super().validate(*args, **kwargs))
        for name in _DATES:
            if self[name].data and not clocks_show(self[name].data, self.zone):
                self[name].errors = [CLOCKS_CHANGE]
                good = False
        return good

    def given(self) -> Given:
        moments = {name: instant(self[name].data, self.zone) for name in _DATES if self[name].data}
        return Given(self.module.data, self.reason.data or "", **moments)


class ExtensionForm(PolicyForm):
    """The rules of asking for more time."""

    most_days = IntegerField(
        _l("Days that can be asked for"),
        [InputRequired(), NumberRange(0, LONGEST)],
        description=_l("0: nobody asks; staff can still give dates."),
    )
    ask_until = IntegerField(
        _l("The last day to ask: so many days after the deadline"),
        [InputRequired(), NumberRange(-60, 60)],
        description=_l("0: up to the deadline. Less than 0: before it."),
    )
