"""The form in which a holder confirms how their name is printed."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import ValidationError

from diploma.accounts.models import User
from diploma.certificates import printed, rules
from diploma.core.forms import Form
from diploma.core.lang import Lang


def field_name(lang: Lang) -> str:
    """``name_uz_Latn``."""
    return f"name_{lang.babel}"


def names_form(wanted: Sequence[Lang], user: User) -> Form:
    """One field for each language, filled with the name as known, or with the account's where its letters fit."""
    known = {one.lang: one.full_name for one in user.names}
    fields = {
        field_name(lang): StringField(
            lang.native_name,
            [_printable(lang)],
            filters=[_tidy(lang)],
            default=known.get(lang) or _guess(lang, user),
            render_kw={"lang": lang.value, "dir": lang.dir, "autocomplete": "off", "maxlength": rules.LONGEST_NAME},
        )
        for lang in wanted
    }
    made: Form = type("NamesForm", (Form,), fields)()
    return made


def _guess(lang: Lang, user: User) -> str:
    name = rules.tidy_name(lang, user.full_name)
    return "" if rules.name_fault(lang, name) else name


def _tidy(lang: Lang) -> Callable[[str | None], str | None]:
    return lambda name: rules.tidy_name(lang, name) if name else name


def _printable(lang: Lang) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        fault = printed.name_fault(lang, field.data or "")
        if fault:
            raise ValidationError(gettext(fault.message) % fault.params)

    return check
