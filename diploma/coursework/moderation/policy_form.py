"""The form of the rules of second marking."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, NumberRange

from diploma.coursework.moderation.policy import Within
from diploma.coursework.policy_forms import PolicyForm


def _number(label: Any, most: int, **more: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(0, most)], **more)


class SecondForm(PolicyForm):
    """Who is marked twice, and how two marks become one."""

    on = BooleanField(_l("Works are marked by a second person"))
    every = BooleanField(_l("All works"))
    fails = BooleanField(_l("Works below the pass mark"))
    distinctions = BooleanField(_l("Works in the highest band"))
    border = _number(_l("Points around the pass mark and the highest band"), 20, description=_l("0: none."))
    sample = _number(
        _l("Sample, in per cent of the works"),
        100,
        description=_l("Drawn by a number that is stored before anybody sees it; everybody can check it."),
    )
    threshold = _number(
        _l("Points by which both marks may differ"),
        100,
        description=_l("Above it both markers agree with a reason, or a third one decides."),
    )
    within = RadioField(
        _l("What holds when they are as near"),
        choices=[
            SelectChoice(Within.AVERAGE.value, _l("The levels between both, nearest to the mean")),
            SelectChoice(Within.HIGHER.value, _l("The higher mark")),
            SelectChoice(Within.AGREED.value, _l("What both agree on, with a reason")),
        ],
    )
    calibrate = _number(_l("Samples that everybody marks before they begin"), 10, description=_l("0: none."))

    def validate_on(self, field: Any) -> None:
        whom = (self.every, self.fails, self.distinctions, self.border, self.sample)
        if field.data and not any(one.data for one in whom):
            raise ValidationError(_l("Say whose work is marked a second time."))
