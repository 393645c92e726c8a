"""Forms of the rules of assignments: one for each area, which shows a record and makes one."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange

from diploma.core.forms import Form
from diploma.coursework.forms import Seen
from diploma.coursework.late import Cost, DayKind
from diploma.learning.record import Record


class PolicyForm(Form):
    """The rules of one area. ``shown`` is the fingerprint of the effects that the page named, ``version`` that of the
    rules which it showed."""

    reason = TextAreaField(
        _l("Reason for the change"),
        [Length(max=2000)],
        description=_l("It is kept with the change for the audit."),
        render_kw={"dir": "auto", "class": "low"},
    )
    shown = HiddenField()
    version = Seen(default=0)

    def show(self, values: Record) -> None:
        """Fill the fields with what is stored."""
        self.process(data=values.to_dict())

    def said(self) -> dict[str, Any]:
        """What the fields say, as the area's record reads it; only of a form that was validated."""
        return {one.short_name: one.data for one in self.rules()}

    def rules(self) -> list[Any]:
        """The fields of the rules, in their order."""
        return [one for one in self if one.short_name not in ("reason", "shown", "version", "csrf_token")]


def _number(label: Any, least: int, most: int, **more: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(least, most)], **more)


class LateForm(PolicyForm):
    """The rules of late work."""

    days = RadioField(
        _l("Which days count"),
        choices=[
            SelectChoice(DayKind.CALENDAR.value, _l("All days")),
            SelectChoice(DayKind.WORKING.value, _l("Workdays of the cohort")),
        ],
    )
    grace_days = _number(_l("Days without deduction"), 0, 60)
    closes_after_days = _number(_l("Nothing is accepted after so many days"), 0, 365)
    cost = RadioField(
        _l("What late work loses"),
        choices=[
            SelectChoice(Cost.CAP.value, _l("It counts at most so much")),
            SelectChoice(Cost.RATE.value, _l("Points for each interval")),
        ],
    )
    cap = _number(_l("It counts at most"), 0, 100, description=_l("Of 100 points."))
    rate = _number(_l("Points for each interval"), 0, 100)
    every = _number(_l("Days of an interval"), 1, 60)
    floor = _number(_l("Not below"), 0, 100, description=_l("A mark that was lower anyway stays as it is."))

    def validate_closes_after_days(self, field: Any) -> None:
        if self.grace_days.data is not None and field.data is not None and field.data < self.grace_days.data:
            raise ValidationError(_l("This is before the days without deduction end."))

    def validate_rate(self, field: Any) -> None:
        if self.cost.data == Cost.RATE and field.data == 0:
            raise ValidationError(_l("Say how many points go for each interval."))
