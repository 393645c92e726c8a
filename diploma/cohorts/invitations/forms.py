"""The form of an address that is corrected."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from diploma.cohorts.forms import LTR, REQUIRED
from diploma.core.forms import Form


class AddressForm(Form):
    """Another address for somebody who has not activated."""

    email = StringField(_l("Work e-mail"), [REQUIRED, Length(max=254)], render_kw={**LTR, "inputmode": "email"})
