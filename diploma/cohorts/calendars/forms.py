"""Forms of a calendar: the week, one holiday, a pasted list."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from diploma.cohorts import labels
from diploma.cohorts.calendars import holiday_list
from diploma.cohorts.forms import REQUIRED, NamedForm
from diploma.cohorts.workdays import FreeDays
from diploma.core import i18n
from diploma.core.forms import Form, ManyField


class WeekForm(Form):
    """The workdays of a place; none: those that it inherits."""

    workdays = ManyField(_l("Workdays"), description=_l("With none ticked, the workdays are those that stand above."))

    def offer_choices(self) -> None:
        self.workdays.choices = {day: str(_l(word)) for day, word in labels.WEEKDAYS.items()}


class HolidayForm(NamedForm):
    """One holiday, of a day or of several."""

    first_day = DateField(_l("First day"), [REQUIRED])
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Only when it lasts longer than a day."))

    def holiday(self) -> FreeDays:
        given: dict[str, Any] = self.data
        return FreeDays(given["first_day"], given["last_day"] or given["first_day"], self.names())

    def validate_last_day(self, field: Any) -> None:
        if self.first_day.data and (problem := holiday_list.check(FreeDays(*self._days(), {"en": "-"}))):
            raise ValidationError(i18n.reason(problem, {}))

    def _days(self) -> tuple[Any, Any]:
        return self.first_day.data, self.last_day.data or self.first_day.data


class HolidayListForm(Form):
    """A list, a holiday on each line."""

    text = TextAreaField(
        _l("Holidays, one on each line"),
        [DataRequired(_l("This field is needed.")), Length(max=40_000)],
        render_kw={"dir": "auto", "rows": 8, "placeholder": "2027-03-21 …"},
        description=_l("A date or two, then the name: 2027-03-21 Navroʻz, or 16.03.2027 – 18.03.2027 Eid al-Fitr."),
    )
