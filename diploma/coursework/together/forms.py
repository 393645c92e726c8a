"""Forms of group work: its rules, and the points of single members."""

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.validators import InputRequired, Length, NumberRange

from diploma.core.forms import Form
from diploma.core.text import clean_lines
from diploma.coursework.policy_forms import PolicyForm
from diploma.coursework.rules import Adjustment
from diploma.coursework.together.policy import MOST_POINTS

LONGEST_REASON = 2_000


class TogetherForm(PolicyForm):
    """The rules of group work."""

    on = BooleanField(
        _l("Groups hand in together"),
        description=_l(
            "Each group of the cohort writes one work and gets one mark. Who is in no group cannot hand in."
        ),
    )
    most = IntegerField(
        _l("Points by which one member's mark may differ"),
        [InputRequired(), NumberRange(0, MOST_POINTS)],
        description=_l("More or less than the mark of the group, with a reason. 0: all members have the same mark."),
    )


@dataclass(frozen=True)
class Entry:
    """What was typed for one member; ``points`` as text, because it may be no number."""

    points: str
    reason: str

    @property
    def read(self) -> Adjustment | None:
        """The points with their reason, 0 where none were typed; ``None`` for what is no whole number."""
        sign, digits = (-1, self.points[1:]) if self.points[:1] in ("-", "−") else (1, self.points.removeprefix("+"))
        if not self.points:
            return Adjustment(0, self.reason)
        return Adjustment(sign * int(digits), self.reason) if digits.isdecimal() and len(digits) <= 3 else None


class AdjustForm(Form):
    """Points for single members; the fields ``points-…`` and ``reason-…`` stand beside it, by the id of the marking.
    ``seen`` is what the page has shown of them."""

    seen = HiddenField(validators=[Length(max=200)])

    @staticmethod
    def entry(marking_id: int) -> Entry:
        points, reason = (request.form.get(f"{name}-{marking_id}", "") for name in ("points", "reason"))
        return Entry(points.strip(), clean_lines(reason).strip()[:LONGEST_REASON])
