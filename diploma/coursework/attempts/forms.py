"""Forms of the rules of attempts, of opening and closing them, and of returning a work."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, IntegerField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange

from diploma.cohorts.forms import CLOCKS_CHANGE, MOMENT, REQUIRED
from diploma.cohorts.rules import clocks_show, instant
from diploma.core import clock
from diploma.core.forms import Form
from diploma.coursework.attempts.rules import Begins, Opens, Scoring
from diploma.coursework.policy_forms import PolicyForm

_FARTHEST = timedelta(days=366)
_LOW = {"dir": "auto", "class": "low"}


class AttemptForm(PolicyForm):
    """The rules of attempts."""

    times = IntegerField(
        _l("Resubmissions of a released work"),
        [InputRequired(), NumberRange(0, 5)],
        description=_l("In each attempt; the better mark of an attempt stands."),
    )
    within_days = IntegerField(_l("Days for a resubmission after the release"), [InputRequired(), NumberRange(1, 90)])
    cap = IntegerField(
        _l("A resubmission counts at most"), [InputRequired(), NumberRange(0, 100)], description=_l("Of 100 points.")
    )
    opens = RadioField(
        _l("New attempts, which count in full"),
        choices=[
            SelectChoice(Opens.NEVER.value, _l("Never")),
            SelectChoice(Opens.BY_HAND.value, _l("Opened by the staff")),
            SelectChoice(Opens.ONCE.value, _l("A second one opens by itself after a mark below the limit")),
            SelectChoice(Opens.UNTIL_PASSED.value, _l("They open by themselves until the limit is reached")),
        ],
    )
    most = IntegerField(_l("Attempts at most, with the first"), [InputRequired(), NumberRange(1, 20)])
    days = IntegerField(_l("Days for an attempt that opens by itself"), [InputRequired(), NumberRange(1, 90)])
    begins = RadioField(
        _l("A new attempt begins"),
        choices=[
            SelectChoice(Begins.COPIED.value, _l("With the version handed in before")),
            SelectChoice(Begins.EMPTY.value, _l("With nothing")),
        ],
    )
    scoring = RadioField(
        _l("What counts of several attempts"),
        choices=[
            SelectChoice(Scoring.BEST.value, _l("The best mark")),
            SelectChoice(Scoring.LATEST.value, _l("The mark of the latest attempt")),
            SelectChoice(Scoring.AVERAGE.value, _l("The average of all attempts")),
        ],
    )

    def validate_most(self, field: Any) -> None:
        if self.opens.data in (Opens.ONCE, Opens.UNTIL_PASSED) and field.data is not None and field.data < 2:
            raise ValidationError(_l("A new attempt is the second one: allow two at least."))


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = TextAreaField(_l("Reason"), [REQUIRED, Length(max=2000)], render_kw=_LOW)


class DatedForm(Form):
    """A form with one instant in a cohort's zone, which lies ahead."""

    until = DateTimeLocalField(_l("Until"), [REQUIRED], format=MOMENT)

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def validate_until(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(CLOCKS_CHANGE)
        if field.data and instant(field.data, self.zone) <= clock.now():
            raise ValidationError(_l("This date is over already."))
        if field.data and instant(field.data, self.zone) > clock.now() + _FARTHEST:
            raise ValidationError(_l("Choose a date within the next year."))

    def moment(self) -> datetime:
        """The instant; only of a form that was validated."""
        given: datetime = self.data["until"]
        return instant(given, self.zone)


class OpenForm(DatedForm):
    """Opening a new attempt for one or for many."""

    until = DateTimeLocalField(_l("Due"), [REQUIRED], format=MOMENT)
    reason = TextAreaField(
        _l("Reason"), [REQUIRED, Length(max=2000)], description=_l("The trainees read it, too."), render_kw=_LOW
    )


class ReturnForm(DatedForm):
    """Returning a work with comments."""

    comment = TextAreaField(_l("What is missing"), [REQUIRED, Length(max=5000)], render_kw={"dir": "auto", "rows": 5})
    until = DateTimeLocalField(
        _l("Hand in again until"),
        [REQUIRED],
        format=MOMENT,
        description=_l("Until then the work counts as handed in when it came first."),
    )
