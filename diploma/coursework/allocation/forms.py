"""Forms of allocation: the rules of its area, and reasons."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange

from diploma.core.forms import Form
from diploma.coursework.allocation.anonymity import LONGEST_REASON
from diploma.coursework.allocation.policy import MarkingPolicy, Way
from diploma.coursework.policy_forms import PolicyForm

WAYS = {
    Way.LANGUAGE: _l("By language, evenly within it"),
    Way.EVENLY: _l("Evenly"),
    Way.TUTOR: _l("To the tutor of the person"),
    Way.HAND: _l("By hand"),
}


class MarkingRulesForm(PolicyForm[MarkingPolicy]):
    """The rules of who marks what."""

    anonymous = BooleanField(
        _l("Markers see no names before the release"),
        description=_l("A work is called by the number of its receipt. Text and files stay as they were sent."),
    )
    hide_marker = BooleanField(_l("The person is not told who marked"))
    new_works = RadioField(
        _l("Who gets a work that comes in"), choices=[SelectChoice(way.value, text) for way, text in WAYS.items()]
    )
    own_entity = BooleanField(_l("Works may be marked by somebody of the same entity"))
    own_tutor = BooleanField(_l("Works may be marked by the person's own tutor"))
    remind_after_days = IntegerField(
        _l("Remind markers of works that wait longer than so many days"),
        [InputRequired(), NumberRange(0, 60)],
        description=_l("0 for never. At most one mail a day, of their own works alone."),
    )

    def show(self, values: MarkingPolicy) -> None:
        self.process(data=values.to_dict())

    def values(self) -> MarkingPolicy:
        return MarkingPolicy.from_dict({one.short_name: one.data for one in self.rules()})

    def validate_own_tutor(self, field: Any) -> None:
        if self.new_works.data == Way.TUTOR and not field.data:
            raise ValidationError(_l("New works go to the tutor: then the tutor must be allowed to mark them."))


class ReasonForm(Form):
    """Something that is done with a reason alone."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=LONGEST_REASON)],
        description=_l("It is kept for the audit."),
        render_kw={"dir": "auto", "class": "low"},
    )
