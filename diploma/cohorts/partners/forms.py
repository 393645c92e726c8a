"""Forms of a partner's appearance, and of the roles of its people."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from diploma.accounts.forms import RoleForm
from diploma.cohorts.forms import REQUIRED, NamedForm, language_field, languages
from diploma.cohorts.models import Partner
from diploma.cohorts.partners.profiles import LONGEST_SENDER, Profile, check_sender
from diploma.core import i18n
from diploma.core.errors import Refused
from diploma.core.forms import Form, ManyField
from diploma.core.lang import LANGS, Lang
from diploma.core.text import uzbek_apostrophes


class ProfileForm(NamedForm):
    """How a partner appears; ``version`` is that of the partner when the form was opened."""

    languages = ManyField(
        _l("Languages offered"),
        [REQUIRED],
        description=_l("What new cohorts can choose from. Older cohorts keep theirs."),
    )
    default = SelectField(_l("Default language"), description=_l("For people whose language nobody gave."))
    reply_to = StringField(
        _l("Answers go to"),
        [Length(max=254)],
        render_kw={"dir": "ltr", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
        description=_l("An address of yours. Empty: that of this site."),
    )
    witness = StringField(
        _l("Witness of the register of certificates"),
        [Length(max=254)],
        render_kw={"dir": "ltr", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
        description=_l("An address of yours that gets the signed head of each day and keeps it. Empty: none."),
    )
    version = HiddenField()
    sender_en, sender_ar, sender_ru = (language_field(one, LONGEST_SENDER) for one in (Lang.EN, Lang.AR, Lang.RU))
    sender_uz_latn, sender_uz_cyrl = (language_field(one, LONGEST_SENDER) for one in (Lang.UZ_LATN, Lang.UZ_CYRL))

    def offer_choices(self) -> None:
        self.languages.choices = self.default.choices = languages()

    @property
    def sender_fields(self) -> list[Any]:
        return [self[_sender(lang)] for lang in LANGS]

    def show(self, partner: Partner) -> None:
        self.show_names(partner.names)
        self.languages.data, self.default.data = partner.languages, next(iter(partner.languages), Lang.EN.value)
        for tag, name in partner.sender_names.items():
            self[_sender(Lang(tag))].data = name
        self.reply_to.data, self.witness.data = partner.reply_to, partner.witness
        self.version.data = str(partner.version)

    def validate_default(self, field: Any) -> None:
        if self.languages.data and field.data not in self.languages.data:
            raise ValidationError(_l("The default language is one of those that are offered."))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good = bool(super().validate(*args, **kwargs))
        for field in self.sender_fields:
            try:
                check_sender(field.data or "")
            except Refused as refused:
                field.errors = [i18n.reason(refused.message, refused.params)]
                good = False
        return good

    def profile(self) -> Profile:
        default, offered = self.default.data, self.languages.data or []
        given = {lang.value: self[_sender(lang)].data or "" for lang in LANGS}
        senders = {tag: uzbek_apostrophes(one) if tag == Lang.UZ_LATN else one for tag, one in given.items() if one}
        ordered = [default, *(one for one in offered if one != default)]
        return Profile(self.names(), ordered, senders, self.reply_to.data or "", self.witness.data or "")


class LogoForm(Form):
    logo = FileField(
        _l("Picture"),
        render_kw={"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"},
        description=_l("PNG or JPEG, at most 200 kB, each side 32 to 2,000 pixels."),
    )


class PartnerRoleForm(RoleForm):
    """A role within one partner: on all of it, on a cohort or on an entity, with its days."""

    starts_on = DateField(_l("First day"), [Optional()], description=_l("Empty: today."))
    ends_on = DateField(_l("Last day"), [Optional()], description=_l("Empty: until it is ended."))


class EndForm(Form):
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Empty: the role ends at once."))


def _sender(lang: Lang) -> str:
    return f"sender_{lang.babel.lower()}"
