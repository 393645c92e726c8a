"""Base of every form: CSRF, messages in the person's language, text cleaned on the way in."""

from typing import Any

from flask_babel import get_translations, gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from diploma.core import i18n
from diploma.core.errors import N_, Refused
from diploma.core.text import clean, clean_lines


def _plural(singular: str, plural: str) -> tuple[str, str]:
    """Mark a pair of WTForms' sentences for extraction."""
    return singular, plural


# What WTForms says by itself. Its sources are English; our catalogues translate them.
SENTENCES = (
    N_("This field is required."),
    N_("Not a valid choice."),
    N_("Not a valid choice"),
    N_("Invalid Choice: could not coerce."),
    N_("Invalid Choice: could not coerce"),
    N_("Not a valid integer value."),
    N_("Not a valid decimal value."),
    N_("Not a valid date value."),
    N_("Not a valid datetime value."),
    N_("Number must be at least %(min)s."),
    N_("Number must be at most %(max)s."),
    N_("Number must be between %(min)s and %(max)s."),
    N_("Field must be between %(min)d and %(max)d characters long."),
    _plural("Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long."),
    _plural("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."),
)


class _Translations:
    """WTForms' messages from our own catalogues: it ships none for Uzbek and raises for ``uz``."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # WTForms fills in the numbers itself; flask_babel would do so too early and miss ``max``
        return str(get_translations().ungettext(singular, plural, n))


class Form(FlaskForm):
    """A form whose validators speak the interface language and whose texts arrive clean."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Translations:
            return _Translations()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            return _Cleaned(unbound_field).bind(form=form, **options)

    def refuse(self, refused: Refused) -> None:
        """Show a refusal of a service above the form, which keeps what was typed."""
        self.form_errors.append(i18n.reason(refused.message, refused.params))


class ManyField(SelectMultipleField):
    """Boxes to tick; what was not offered is refused by WTForms."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Cleaned:
    """A field with the cleaning filter of its kind: none for passwords, by line for long text."""

    def __init__(self, unbound: Any) -> None:
        kind = unbound.field_class
        if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
            tidy = _clean_lines if issubclass(kind, TextAreaField) else _clean
            filters = [tidy, *unbound.kwargs.get("filters", ())]
            unbound = type(unbound)(kind, *unbound.args, name=unbound.name, **{**unbound.kwargs, "filters": filters})
        self.bind = unbound.bind


def _clean(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _clean_lines(value: Any) -> Any:
    return clean_lines(value) if isinstance(value, str) else value
