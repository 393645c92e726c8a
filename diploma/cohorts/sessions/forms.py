"""The form of a live session. Its times are those of the cohort's clocks."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, DecimalField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from diploma.cohorts.forms import CLOCKS_CHANGE, MOMENT, REQUIRED, local
from diploma.cohorts.models import LiveSession
from diploma.cohorts.rules import clocks_show, instant
from diploma.cohorts.service import SessionPlan
from diploma.core.forms import Form


class SessionForm(Form):
    """A live session: ``kind`` names a module, and the workshop if it is one (``<module>/<workshop>``)."""

    kind = SelectField(_l("Module and kind"))
    title = StringField(_l("Title"), [REQUIRED, Length(max=200)], render_kw={"dir": "auto"})
    starts_at = DateTimeLocalField(_l("Begins"), [REQUIRED], format=MOMENT)
    hours = DecimalField(
        _l("Hours"),
        [InputRequired(_l("This field is needed.")), NumberRange(Decimal("0.25"), 24)],
        places=2,
        render_kw={"inputmode": "decimal", "step": "0.25"},
    )
    place = StringField(_l("Place or link"), [Length(max=300)], render_kw={"dir": "auto"})

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def validate_starts_at(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(CLOCKS_CHANGE)

    def validate_hours(self, field: Any) -> None:
        if field.data is not None and not field.errors and field.data * 4 % 1:
            raise ValidationError(_l("Count in quarters of an hour, such as 1.5 or 2.25."))

    def show(self, live: LiveSession) -> None:
        self.kind.data = "/".join(filter(None, (live.module, live.workshop)))
        self.title.data, self.hours.data, self.place.data = live.title, live.hours, live.place
        self.starts_at.data = local(live.starts_at, self.zone)

    def plan(self) -> SessionPlan:
        given: dict[str, Any] = self.data
        module, _, workshop = given["kind"].partition("/")
        return SessionPlan(
            module,
            given["title"],
            instant(given["starts_at"], self.zone),
            given["hours"],
            workshop or None,
            given["place"] or "",
        )
