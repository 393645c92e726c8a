"""The forms of a clone: what the next intake is called, and every date of it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, RadioField, StringField, ValidationError
from wtforms.validators import Length, Optional

from diploma.cohorts.forms import CLOCKS_CHANGE, DATES, LTR, MOMENT, REQUIRED, SLUG, DatesForm, NamedForm
from diploma.cohorts.intakes.shifting import Shifted
from diploma.cohorts.models import LiveSession
from diploma.cohorts.rules import clocks_show, instant
from diploma.cohorts.service import SessionPlan
from diploma.core.forms import Form, ManyField

SAME, NEWEST = "same", "newest"


class CloneForm(NamedForm):
    """The head of the next intake. ``ends_on`` is proposed with the dates."""

    slug = StringField(
        _l("Short name"),
        [REQUIRED, Length(max=40), SLUG],
        render_kw=LTR,
        description=_l("Such as uz-2026-1. It stands in addresses and cannot be changed."),
    )
    starts_on = DateField(_l("First day"), [REQUIRED])
    ends_on = DateField(_l("Last day"), [Optional()])
    edition = RadioField(_l("Content"), default=SAME)
    instructors = ManyField(_l("Instructors who come along"), coerce=int)

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The last day lies before the first."))


class ProposedDates(DatesForm):
    """The three dates of a module in the next intake, as proposed (``shown``) or as sent."""

    def __init__(self, module: str, zone: str, shown: list[Shifted] | None = None) -> None:
        self.shown = shown or []
        proposed = {name: one.at for name, one in zip(DATES, self.shown, strict=False)}
        super().__init__(module, zone, None, **({"formdata": None, "data": proposed} if shown else {}))


class ProposedSession(Form):
    """When a session is held in the next intake; without a time it is left out."""

    class Meta(Form.Meta):
        csrf = False  # the page's own token is checked before any form is read

    starts_at = DateTimeLocalField(_l("Begins"), [Optional()], format=MOMENT)

    def __init__(self, live: LiveSession, zone: str, shown: Shifted | None = None) -> None:
        self.live, self.zone, self.shown = live, zone, shown
        proposed = {"formdata": None, "data": {"starts_at": shown.at}} if shown else {}
        super().__init__(prefix=f"session-{live.id}-", **proposed)

    def validate_starts_at(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(CLOCKS_CHANGE)

    def plan(self) -> SessionPlan | None:
        live, at = self.live, self.starts_at.data
        if not at:
            return None
        return SessionPlan(live.module, live.title, instant(at, self.zone), live.hours, live.workshop, live.place)
