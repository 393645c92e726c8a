"""Forms of sign-in, activation, reset and the person's own account."""

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, EqualTo, Length

from diploma.core.forms import Form, ManyField
from diploma.core.lang import LANGS, Lang
from diploma.core.text import LONGEST_NAME

_EMAIL = {
    "dir": "ltr",
    "autocomplete": "username",
    "inputmode": "email",
    "autocapitalize": "none",
    "spellcheck": "false",
}
_TRANSLATIONS = {one.value: one.native_name for one in LANGS if one is not Lang.EN}
_REQUIRED = DataRequired(_l("This field is needed."))


class SignInForm(Form):
    """``parked`` carries a signed form that arrived after its session had ended."""

    email = StringField(_l("Work e-mail"), [_REQUIRED, Length(max=254)], render_kw=_EMAIL)
    password = PasswordField(
        _l("Password"), [_REQUIRED, Length(max=200)], render_kw={"dir": "ltr", "autocomplete": "current-password"}
    )
    next = HiddenField()
    parked = HiddenField()


class ForgotForm(Form):
    email = StringField(_l("Work e-mail"), [_REQUIRED, Length(max=254)], render_kw=_EMAIL)


class NewPasswordForm(Form):
    password = PasswordField(
        _l("New password"),
        [_REQUIRED],
        description=_l("At least 10 characters; a short sentence is easy to remember."),
        render_kw={"dir": "ltr", "autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [_REQUIRED, EqualTo("password", _l("The two passwords differ."))],
        render_kw={"dir": "ltr", "autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(
        _l("Present password"), [_REQUIRED], render_kw={"dir": "ltr", "autocomplete": "current-password"}
    )


class PreferencesForm(Form):
    """The three languages of one person's day, those in which an instructor works, and the time zone of dates."""

    language = SelectField(_l("Language of the interface"))
    content_language = SelectField(_l("Language of lessons"))
    submission_language = SelectField(_l("Language of your submissions"))
    work_languages = ManyField(
        _l("Languages in which you tutor and mark"),
        description=_l("People who write in one of them may be given to you. Nothing ticked: those chosen above."),
        choices={one.value: one.native_name for one in LANGS},
    )
    time_zone = SelectField(_l("Time zone"))

    def offer_choices(self) -> None:
        names = [(one.value, one.native_name) for one in LANGS]
        self.language.choices = names
        same = [("", str(_l("the same as the interface")))]
        self.content_language.choices = self.submission_language.choices = [*same, *names]
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.time_zone.choices = [(zone, zone) for zone in (*zones, "UTC")]


class RoleForm(Form):
    """A role for a person, on one scope; for a translator also the languages of their work."""

    email = StringField(_l("E-mail of the person"), [_REQUIRED, Length(max=254)], render_kw=_EMAIL)
    full_name = StringField(
        _l("Full name, if the person is new here"), [Length(max=LONGEST_NAME)], render_kw={"dir": "auto"}
    )
    role = SelectField(_l("Role"))
    scope = SelectField(_l("Where"))
    translates = ManyField(_l("A translator writes in"), choices=_TRANSLATIONS)
    approves = ManyField(_l("A translator approves in, as named reader"), choices=_TRANSLATIONS)


class ReasonForm(Form):
    reason = TextAreaField(_l("Reason"), [_REQUIRED, Length(max=2000)], render_kw={"dir": "auto"})
