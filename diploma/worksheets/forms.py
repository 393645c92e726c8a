"""The part of a worksheet's form that is the same for all of them; its controls are read by ``entries``."""

from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import Length, Optional

from diploma.core.forms import Form


class WorksheetForm(Form):
    """``key`` is new with each page that shows the form, ``base`` the worksheet's version on it (0: none)."""

    key = HiddenField(validators=[Length(min=16, max=64)])
    base = IntegerField(default=0, validators=[Optional()])

    def seen(self) -> dict[str, Any]:
        """What the open page is, and which version it has seen; only of a form that was validated."""
        return {"page": self.key.data or "", "base": self.base.data or 0}
