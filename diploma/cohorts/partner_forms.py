"""Forms of a partner's appearance, its entities by day, and the roles of its people."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from diploma.accounts.forms import RoleForm
from diploma.cohorts import labels
from diploma.cohorts.forms import REQUIRED, NamedForm, language_field, languages
from diploma.cohorts.models import EntityKind, Partner
from diploma.cohorts.partners import LONGEST_SENDER, Profile, check_sender
from diploma.core import i18n
from diploma.core.errors import Refused
from diploma.core.forms import Form, ManyField
from diploma.core.lang import LANGS, Lang
from diploma.core.mail import isolate
from diploma.core.text import uzbek_apostrophes

AT_THE_TOP = ""
_DAY = _l("From which day")


class KindForm(Form):
    kind = SelectField(_l("Kind"))

    def offer_kinds(self) -> None:
        self.kind.choices = {one.value: i18n.reason(labels.KINDS[one], {}) for one in EntityKind}


class EntityForm(NamedForm, KindForm):
    kind = SelectField(_l("Kind"), default=EntityKind.OTHER.value)
    parent = SelectField(_l("Belongs to"), default=AT_THE_TOP)
    opened_on = DateField(
        _l("Exists from"), [Optional()], description=_l("Leave it empty if it has been there all the time.")
    )


class DatedForm(Form):
    """A change from a day on. What is dated before today needs a reason."""

    valid_from = DateField(_DAY, [REQUIRED])
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=2000)],
        render_kw={"dir": "auto", "class": "low"},
        description=_l("Needed only for a day that has passed; it is recorded."),
    )


class RenameForm(DatedForm, NamedForm):
    valid_from = DateField(_DAY, [REQUIRED], description=_l("What is dated before this day keeps the earlier name."))


class MoveForm(DatedForm):
    parent = SelectField(_l("Belongs to"))


class MergeForm(DatedForm):
    into = SelectField(_l("Becomes part of"))


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
        self.reply_to.data, self.version.data = partner.reply_to, str(partner.version)

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
        return Profile(self.names(), ordered, senders, self.reply_to.data or "")


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


def entity_choices(rows: Iterable[tuple[int, int, str]], first: dict[str, str]) -> dict[str, str]:
    """Choices of a select from (id, depth, name): what stands below is set in by dashes."""
    return first | {str(one): f"{'– ' * depth}{isolate(name)}" for one, depth, name in rows}
