"""Forms of release: when, and the rule of the cohort."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired

from diploma.cohorts.forms import CLOCKS_CHANGE, MOMENT, local
from diploma.cohorts.rules import clocks_show, instant
from diploma.core.forms import Form
from diploma.coursework.forms import Seen
from diploma.coursework.policy_forms import PolicyForm
from diploma.coursework.releasing.models import PlannedRelease
from diploma.coursework.releasing.policy import How

HOWS = {
    How.HAND: _l("By hand"),
    How.AT_ONCE: _l("Each mark as soon as it is ready"),
    How.TOGETHER: _l("All together at a planned time, none before it"),
}


class ReleaseRulesForm(PolicyForm):
    """The rule of release."""

    how = RadioField(
        _l("How marks come to the trainees"),
        choices=[SelectChoice(one.value, text) for one, text in HOWS.items()],
        description=_l("The time is planned on the page of release, for each assignment."),
    )


class PlanForm(Form):
    """When the marks of an assignment are released. ``version`` is that of the plan which the page shows."""

    at = DateTimeLocalField(_l("Day and time"), [InputRequired()], format=MOMENT)
    version = Seen(default=0)

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    def show(self, plan: PlannedRelease | None) -> None:
        """What is planned, on a page that is opened."""
        self.at.data = local(plan.at, self.zone) if plan else None
        self.version.show(plan.version if plan else 0)

    def validate_at(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(CLOCKS_CHANGE)

    def moment(self) -> datetime:
        assert self.at.data  # only of a form that was validated
        return instant(self.at.data, self.zone)
