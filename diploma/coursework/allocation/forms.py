"""Forms of allocation: the rules of its area, and reasons."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange

from diploma.accounts.models import User
from diploma.cohorts.groups.models import CohortGroup
from diploma.core.forms import Form, ManyField
from diploma.core.mail import isolate
from diploma.coursework.allocation.anonymity import LONGEST_REASON
from diploma.coursework.allocation.policy import Way
from diploma.coursework.allocation.service import Wish
from diploma.coursework.policy_forms import PolicyForm

WAYS = {
    Way.LANGUAGE: _l("By language, evenly within it"),
    Way.EVENLY: _l("Evenly"),
    Way.TUTOR: _l("To the tutor of the person"),
    Way.GROUP: _l("A group to one marker"),
    Way.HAND: _l("By hand"),
}


CHOOSE, NOBODY = "", "none"


class MarkingRulesForm(PolicyForm):
    """The rules of who marks what."""

    anonymous = BooleanField(
        _l("Markers see no names before the release"),
        description=_l("A work is called by the number of its receipt. Text and files stay as they were sent."),
    )
    hide_marker = BooleanField(_l("The person is not told who marked"))
    new_works = RadioField(
        _l("Who gets a work that comes in"),
        choices=[SelectChoice(way.value, text) for way, text in WAYS.items() if way is not Way.GROUP],
    )
    own_entity = BooleanField(_l("Works may be marked by somebody of the same entity"))
    own_tutor = BooleanField(_l("Works may be marked by the person's own tutor"))
    remind_after_days = IntegerField(
        _l("Remind markers of works that wait longer than so many days"),
        [InputRequired(), NumberRange(0, 60)],
        description=_l("0 for never. At most one mail a day, of their own works alone."),
    )

    def validate_own_tutor(self, field: Any) -> None:
        if self.new_works.data == Way.TUTOR and not field.data:
            raise ValidationError(_l("New works go to the tutor: then the tutor must be allowed to mark them."))


class AllocationForm(Form):
    """Who marks in the cohort today is for ``service`` to say: a choice that has become wrong is no slip of the pen."""

    way = RadioField(_l("How"), [InputRequired(_l("Choose one."))])
    people = ManyField(_l("Share out over"), validate_choice=False)
    again = BooleanField(_l("Also share out works that were given to somebody and are not begun"))
    group = SelectField(_l("Group"), validate_choice=False)
    person = SelectField(_l("Marker, by hand or for a group"), validate_choice=False)
    seen = HiddenField()

    def offer(self, office: Sequence[User], groups: Sequence[tuple[CohortGroup, int]], *, tutors: bool) -> None:
        """``groups`` with the number of their people; ``tutors``: whether anybody here has one."""
        names = {str(one.id): isolate(one.full_name) for one in office}
        self.way.choices = [
            SelectChoice(way.value, text)
            for way, text in WAYS.items()
            if (tutors or way is not Way.TUTOR) and (groups or way is not Way.GROUP)
        ]
        named = {str(one.id): f"{isolate(one.name)} · {count}" for one, count in groups}
        self.group.choices = {CHOOSE: str(_l("Choose")), **named}
        if not groups:
            del self.group
        self.people.choices = names
        self.person.choices = {CHOOSE: str(_l("Choose")), **names, NOBODY: str(_l("Nobody: take the works back"))}

    def begin(self, office: Sequence[User], *, by_hand: bool) -> None:
        """What is ticked before a person has chosen anything: all markers, and by hand for a selection."""
        self.people.data = [str(one.id) for one in office]
        self.way.data = Way.HAND.value if by_hand else Way.LANGUAGE.value

    def validate_people(self, field: Any) -> None:
        if self.way.data in (Way.EVENLY, Way.LANGUAGE) and not field.data:
            raise ValidationError(_l("Choose at least one marker."))

    def validate_person(self, field: Any) -> None:
        if self.way.data == Way.HAND and field.data in (None, CHOOSE):
            raise ValidationError(_l("Choose a marker, or nobody."))
        if self.way.data == Way.GROUP and field.data in (None, CHOOSE, NOBODY):
            raise ValidationError(_l("Choose the marker of this group."))

    def validate_group(self, field: Any) -> None:
        if self.way.data == Way.GROUP and field.data in (None, CHOOSE):
            raise ValidationError(_l("Choose a group."))

    def wish(self) -> Wish:
        way = Way(self.way.data)
        one = [self.person.data or ""]
        sent = {Way.HAND: one, Way.GROUP: one, Way.TUTOR: []}.get(way, self.people.data or [])
        group = _number(self.group.data or "") if way is Way.GROUP else None
        return Wish(way, {_number(one) for one in sent if one != NOBODY}, self.again.data, group)


class ReasonForm(Form):
    """Something that is done with a reason alone."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=LONGEST_REASON)],
        description=_l("It is kept for the audit."),
        render_kw={"dir": "auto", "class": "low"},
    )


def _number(sent: str) -> int:
    """An id as it was sent; what is none names nobody."""
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
