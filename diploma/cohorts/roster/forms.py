"""The form with which an import is taken back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from diploma.cohorts.forms import LTR, REQUIRED
from diploma.core.forms import Form
from diploma.core.text import fold


class UndoForm(Form):
    """Taking an import back: ``people`` is the number that is to be typed."""

    people = 0
    typed = StringField(_l("Number of people"), [REQUIRED], render_kw=LTR | {"inputmode": "numeric"})

    def validate_typed(self, field: Any) -> None:
        if fold(field.data or "") != str(self.people):
            raise ValidationError(_l("Type the number of people that stands above."))
