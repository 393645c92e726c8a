"""The forms of certificates: the holder's names, and a reason with what it is about."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from diploma.accounts.forms import ReasonForm
from diploma.accounts.models import User
from diploma.certificates import printed, rules
from diploma.certificates.names import proposing
from diploma.certificates.names.proposing import Proposal
from diploma.core.forms import Form
from diploma.core.lang import Lang


def field_name(lang: Lang) -> str:
    """``name_uz_Latn``."""
    return f"name_{lang.babel}"


def proposals(wanted: Sequence[Lang], user: User) -> dict[Lang, Proposal]:
    """What stands in the field of each language that is not confirmed: the name as known there, or a proposal made of
    the confirmed names, else of the others, else of the account's name."""
    confirmed, known = printed.confirmed_names(user), {one.lang: one.full_name for one in user.names}
    written = proposing.language_of(user.full_name, user.language)
    account = {written: user.full_name} if written else {}
    found = {}
    for lang in wanted:
        if lang not in confirmed:
            own = {one: name for one, name in (account | known).items() if one is lang}
            found[lang] = proposing.propose(lang, own, confirmed, known, account)
    return {lang: one for lang, one in found.items() if one}


def names_form(wanted: Sequence[Lang], user: User) -> Form:
    """One field for each language, filled with the confirmed name or with its proposal."""
    names = printed.confirmed_names(user) | {lang: one.name for lang, one in proposals(wanted, user).items()}
    fields = {
        field_name(lang): StringField(
            lang.native_name,
            [_printable(lang)],
            filters=[_tidy(lang)],
            default=names.get(lang, ""),
            render_kw={"lang": lang.value, "dir": lang.dir, "autocomplete": "off", "maxlength": rules.LONGEST_NAME},
        )
        for lang in wanted
    }
    made: Form = type("NamesForm", (Form,), fields)()
    return made


class SendBackForm(ReasonForm):
    """Why an issuer does not approve, and for which names if it is about them."""

    issuer = SelectField(_l("You answer for"))
    names = SelectMultipleField(
        _l("The name is wrong in"),
        description=_l(
            "The holder is asked to confirm these names again. Leave it empty if it is about something else."
        ),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[Optional()],
    )


def send_back_form(able: Sequence[dict[str, Any]], langs: Sequence[Lang], lang: Lang) -> SendBackForm:
    """``able``: the issuers for which this person may answer; ``langs``: those of the certificate."""
    form = SendBackForm()
    form.issuer.choices = [SelectChoice(one["id"], one["name"][lang.value]) for one in able]
    form.names.choices = [SelectChoice(one.value, one.native_name) for one in langs]
    return form


def _tidy(lang: Lang) -> Callable[[str | None], str | None]:
    return lambda name: rules.tidy_name(lang, name) if name else name


def _printable(lang: Lang) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        # A field that is not sent keeps its proposal; what was not before somebody's eyes is not confirmed.
        fault = printed.name_fault(lang, field.data if field.raw_data else "")
        if fault:
            raise ValidationError(gettext(fault.message) % fault.params)

    return check
