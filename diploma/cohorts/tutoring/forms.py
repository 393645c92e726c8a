"""The form of giving people to tutors."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired

from diploma.accounts.models import User
from diploma.cohorts.tutoring.allocation import Way, Wish
from diploma.core.forms import Form, ManyField
from diploma.core.mail import isolate

CHOOSE, NOBODY = "", "none"
_WAYS = {
    Way.LANGUAGE: _l("Share out by language, evenly within it"),
    Way.EVENLY: _l("Share out evenly"),
    Way.HAND: _l("All to one tutor, chosen by hand"),
}


class AllocationForm(Form):
    """Who is an instructor today is for ``allocation`` to say: a choice that has become wrong is no slip of the pen."""

    way = RadioField(_l("How"), [InputRequired(_l("Choose one."))])
    tutors = ManyField(_l("Share out over"), validate_choice=False)
    again = BooleanField(_l("Also share out the people who have a tutor already"))
    tutor = SelectField(_l("Tutor chosen by hand"), validate_choice=False)
    seen = HiddenField()

    def offer(self, office: Sequence[User]) -> None:
        names = {str(one.id): isolate(one.full_name) for one in office}
        self.way.choices = {one.value: str(text) for one, text in _WAYS.items()}
        self.tutors.choices = names
        self.tutor.choices = {CHOOSE: str(_l("Choose")), **names, NOBODY: str(_l("Nobody: take the tutor away"))}

    def begin(self, office: Sequence[User], *, by_hand: bool) -> None:
        """What is ticked before a person has chosen anything: all instructors, and by hand for a selection."""
        self.tutors.data = [str(one.id) for one in office]
        self.way.data = Way.HAND.value if by_hand else Way.LANGUAGE.value

    def validate_tutors(self, field: Any) -> None:
        if self.way.data != Way.HAND and not field.data:
            raise ValidationError(_l("Choose at least one instructor."))

    def validate_tutor(self, field: Any) -> None:
        if self.way.data == Way.HAND and field.data in (None, CHOOSE):
            raise ValidationError(_l("Choose a tutor, or nobody."))

    def wish(self) -> Wish:
        way = Way(self.way.data)
        asked = [self.tutor.data] if way is Way.HAND else self.tutors.data or []
        named = {_number(one) for one in asked if one != NOBODY}
        return Wish(way, named, self.again.data)


def _number(sent: str) -> int:
    """An id as it was sent; what is none names nobody."""
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
