"""Forms of calls, applications, readings and registrations. Dates and times are those of the cohort's zone."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from diploma.accounts.service import folded_email
from diploma.admissions import labels
from diploma.admissions.calls import Terms
from diploma.admissions.models import AdmissionCall, Entry
from diploma.admissions.nominations import Named
from diploma.admissions.plan import (
    FILE_KINDS,
    MOST_CHOICES,
    MOST_WEIGHT,
    Effect,
    Plan,
    PositionLevel,
    QuestionKind,
    Rule,
    RuleKind,
)
from diploma.cohorts.forms import NamedForm
from diploma.cohorts.rules import clocks_show, instant
from diploma.core import i18n
from diploma.core.errors import Refused
from diploma.core.forms import Form, ManyField
from diploma.core.lang import LANGS, Lang
from diploma.core.text import LONGEST_NAME

REQUIRED = DataRequired(_l("This field is needed."))
_GIVEN = InputRequired(_l("This field is needed."))
_MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
_AUTO = {"dir": "auto"}
_LINK = re.compile(r"://|www\.|@|\.(?:com|net|org|info|biz|link|site|top|xyz|io|ru)\b", re.IGNORECASE)
_EMAIL = {
    "dir": "ltr",
    "autocomplete": "email",
    "inputmode": "email",
    "autocapitalize": "none",
    "spellcheck": "false",
}


def _tag(lang: Lang) -> str:
    return lang.babel.lower()


def _address(_form: Any, field: Any) -> None:
    try:
        folded_email(field.data or "")
    except Refused as refused:
        raise ValidationError(i18n.reason(refused.message, refused.params)) from None


def _no_address(_form: Any, field: Any) -> None:
    """Strangers type names that stand in mails to addresses which they type as well: nobody sends links that way."""
    if _LINK.search(field.data or ""):
        raise ValidationError(_l("A name holds no web address and no e-mail address."))


def languages() -> dict[str, str]:
    return {one.value: one.native_name for one in LANGS}


class TermsForm(Form):
    """When a call is open, to whom, and for how many. ``seen``: the change of places that was shown."""

    opens_at = DateTimeLocalField(_l("Opens"), [REQUIRED], format=_MOMENT)
    closes_at = DateTimeLocalField(_l("Closes"), [REQUIRED], format=_MOMENT)
    entry = RadioField(_l("Who may apply"), default=Entry.BOTH.value)
    places = IntegerField(_l("Places"), [_GIVEN, NumberRange(1, 10_000)])
    waiting = IntegerField(
        _l("Places on the waiting list"),
        [_GIVEN, NumberRange(0, 10_000)],
        default=20,
        description=_l("Who ranks below them is refused."),
    )
    offer_days = IntegerField(_l("Days to answer an offer"), [_GIVEN, NumberRange(1, 60)], default=7)
    reading_days = IntegerField(_l("Days to read"), [_GIVEN, NumberRange(1, 90)], default=14)
    gap = IntegerField(
        _l("Third reading from a difference of"),
        [_GIVEN, NumberRange(1, 100)],
        default=25,
        description=_l("Points of 100 by which two readings differ."),
    )
    seen = HiddenField()

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.entry.choices = {one.value: _(text) for one, text in labels.ENTRIES.items()}

    def validate_opens_at(self, field: Any) -> None:
        if field.data and not clocks_show(field.data, self.zone):
            raise ValidationError(_l("The clocks are changed at that time; choose another."))

    def validate_closes_at(self, field: Any) -> None:
        self.validate_opens_at(field)
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("The call must close after it opens."))

    def show(self, call: AdmissionCall, plan: Plan) -> None:
        zone = ZoneInfo(self.zone)
        self.opens_at.data = call.opens_at.astimezone(zone).replace(tzinfo=None)
        self.closes_at.data = call.closes_at.astimezone(zone).replace(tzinfo=None)
        self.entry.data, self.places.data = call.entry.value, call.places
        self.waiting.data, self.offer_days.data, self.gap.data = plan.waiting, plan.offer_days, plan.gap
        self.reading_days.data = plan.reading_days

    def terms(self) -> Terms:
        given: dict[str, Any] = self.data
        return Terms(
            instant(given["opens_at"], self.zone),
            instant(given["closes_at"], self.zone),
            Entry(given["entry"]),
            given["places"],
            given["gap"],
            given["offer_days"],
            given["waiting"],
            given["reading_days"],
        )


def _effect(kind: RuleKind) -> Any:
    return SelectField(_l(labels.RULES[kind]), default="")


class RulesForm(Form):
    """Each rule of the closed list: left out, noted, or excluding. ``seen``: people shown before it is saved."""

    service = _effect(RuleKind.SERVICE)
    service_years = IntegerField(_l("At least so many years"), [Optional(), NumberRange(1, 50)])
    entities = _effect(RuleKind.ENTITIES)
    entities_named = ManyField(_l("One of these entities"))
    levels = _effect(RuleKind.LEVELS)
    levels_named = ManyField(_l("One of these levels"))
    language = _effect(RuleKind.LANGUAGE)
    not_graduate = _effect(RuleKind.NOT_GRADUATE)
    quota = IntegerField(
        _l("Most places for one entity"),
        [Optional(), NumberRange(1, 10_000)],
        description=_l("Leave it empty for no limit. It counts when places are offered."),
    )
    seen = HiddenField()

    def offer_choices(self, entities: dict[str, str]) -> None:
        effects = {"": _("not asked"), **{one.value: _(text) for one, text in labels.EFFECTS.items()}}
        for kind in RuleKind:
            self[kind.value].choices = effects
        self.entities_named.choices = entities
        self.levels_named.choices = {one.value: _(text) for one, text in labels.POSITIONS.items()}

    def show(self, plan: Plan) -> None:
        self.quota.data = plan.quota
        for rule in plan.rules:
            self[rule.kind.value].data = rule.effect.value
            if isinstance(rule.parameter, int):
                self.service_years.data = rule.parameter
            elif isinstance(rule.parameter, tuple):
                self[f"{rule.kind.value}_named"].data = [str(one) for one in rule.parameter]

    def validate_service_years(self, field: Any) -> None:
        if self.service.data and field.data is None:
            raise ValidationError(_l("Say how many years."))

    def rules(self) -> tuple[Rule, ...]:
        parameters: dict[RuleKind, Any] = {
            RuleKind.SERVICE: self.service_years.data,
            RuleKind.ENTITIES: tuple(int(one) for one in self.entities_named.data or ()),
            RuleKind.LEVELS: tuple(self.levels_named.data or ()),
        }
        asked = [kind for kind in RuleKind if self[kind.value].data]
        return tuple(Rule(kind, Effect(self[kind.value].data), parameters.get(kind)) for kind in asked)

    def validate_entities(self, field: Any) -> None:
        if field.data and not self.entities_named.data:
            raise ValidationError(_l("Choose at least one below."))

    def validate_levels(self, field: Any) -> None:
        if field.data and not self.levels_named.data:
            raise ValidationError(_l("Choose at least one below."))


def _choices(lang: Lang) -> Any:
    marks = {"lang": lang.value, "dir": lang.dir, "class": "low"}
    return TextAreaField(lang.native_name, [Length(max=2000)], render_kw=marks)


class QuestionForm(NamedForm):
    """A question in the languages in which it is asked; answers to choose from stand one on a line."""

    kind = SelectField(_l("Kind"))
    required = BooleanField(_l("An answer is needed"), default=True)
    accepts = ManyField(_l("Kinds of file"), choices={one: one.upper() for one in FILE_KINDS})
    choices_en, choices_ar, choices_ru = _choices(Lang.EN), _choices(Lang.AR), _choices(Lang.RU)
    choices_uz_latn, choices_uz_cyrl = _choices(Lang.UZ_LATN), _choices(Lang.UZ_CYRL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = {one.value: _(text) for one, text in labels.KINDS.items()}

    @property
    def choice_fields(self) -> list[Any]:
        return [self[f"choices_{_tag(lang)}"] for lang in LANGS]

    def choices(self) -> tuple[dict[str, str], ...]:
        """Each answer by language; as many as the longest list has."""
        if self.kind.data != QuestionKind.CHOICE.value:
            return ()
        lines = {lang.value: (self[f"choices_{_tag(lang)}"].data or "").split("\n") for lang in LANGS}
        given = {tag: [one for one in many if one] for tag, many in lines.items()}
        longest = max(len(many) for many in given.values())
        return tuple({tag: many[n] for tag, many in given.items() if n < len(many)} for n in range(longest))

    def file_kinds(self) -> tuple[str, ...]:
        return tuple(self.accepts.data or ()) if self.kind.data == QuestionKind.FILE.value else ()

    def validate_accepts(self, field: Any) -> None:
        if self.kind.data == QuestionKind.FILE.value and not field.data:
            raise ValidationError(_l("Choose at least one kind of file."))

    def validate_kind(self, field: Any) -> None:
        many = self.choices()
        if field.data == QuestionKind.CHOICE.value and not 2 <= len(many) <= MOST_CHOICES:
            raise ValidationError(_l("Give two to twelve answers to choose from, one on a line."))
        if len({frozenset(one) for one in many}) > 1:
            raise ValidationError(_l("Give the same number of answers in each language."))


class CriterionForm(NamedForm):
    """What readers judge, and how much it counts."""

    weight = IntegerField(_l("Weight"), [_GIVEN, NumberRange(1, MOST_WEIGHT)], default=10)


def _paragraph(lang: Lang) -> Any:
    return TextAreaField(lang.native_name, [Length(max=2000)], render_kw={"lang": lang.value, "dir": lang.dir})


class LetterForm(Form):
    """The partner's own paragraph of a letter in each language."""

    text_en, text_ar, text_ru = _paragraph(Lang.EN), _paragraph(Lang.AR), _paragraph(Lang.RU)
    text_uz_latn, text_uz_cyrl = _paragraph(Lang.UZ_LATN), _paragraph(Lang.UZ_CYRL)

    def show(self, texts: dict[str, str]) -> None:
        for tag, text in texts.items():
            self[f"text_{_tag(Lang(tag))}"].data = text

    def texts(self) -> dict[str, str]:
        given = {lang.value: self[f"text_{_tag(lang)}"].data for lang in LANGS}
        return {tag: text for tag, text in given.items() if text}


_NAME = [REQUIRED, Length(max=LONGEST_NAME), _no_address]


class PersonForm(Form):
    """Who somebody is; the base of the forms by which people apply, are nominated, and register."""

    full_name = StringField(_l("Full name"), _NAME, render_kw={**_AUTO, "autocomplete": "name"})
    email = StringField(_l("Work e-mail"), [REQUIRED, Length(max=254), _address], render_kw=_EMAIL)
    language = SelectField(_l("Language of your mails"), choices=languages)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.language.data = i18n.current().value


class RegisterForm(PersonForm):
    entity = SelectField(_l("Entity"), default="")


class NewAddressForm(Form):
    """Another address, typed twice: a mistake would send the link to a stranger."""

    email = StringField(_l("Work e-mail"), [REQUIRED, Length(max=254), _address], render_kw=_EMAIL)
    again = StringField(_l("The same address again"), [REQUIRED, Length(max=254)], render_kw=_EMAIL)

    def validate_again(self, field: Any) -> None:
        if (field.data or "").casefold() != (self.email.data or "").casefold():
            raise ValidationError(_l("The two addresses differ."))


class NominateForm(PersonForm):
    entity = SelectField(_l("Entity"), default="")
    reason = TextAreaField(_l("Why this person"), [REQUIRED, Length(max=2000)], render_kw=_AUTO)


class NominateOwnForm(NominateForm):
    """By a line manager: the entity is one of theirs."""

    entity = SelectField(_l("Entity"), [REQUIRED], default="")
    reason = TextAreaField(_l("Why this person"), [REQUIRED, Length(max=2000)], render_kw=_AUTO)

    def named(self) -> Named:
        said: dict[str, Any] = self.data
        language, entity_id = Lang(said["language"]), int(said["entity"])
        return Named(said["full_name"], said["email"], language, entity_id, said["reason"])


class DomainForm(Form):
    domain = StringField(_l("Mail domain"), [REQUIRED, Length(max=253)], render_kw={"dir": "ltr"})
    subdomains = BooleanField(_l("And the domains below it"))
    cohort = SelectField(_l("Cohort to which it leads"))


class ApplicationForm(Form):
    """What every application says; the questions of a call come after it (``application_form``)."""

    full_name = StringField(_l("Full name"), _NAME, render_kw={**_AUTO, "autocomplete": "name"})
    language = SelectField(_l("Language in which you would learn"), choices=languages)
    entity = SelectField(_l("Entity"), default="")
    entity_other = StringField(_l("Name of the entity, if it is not on the list"), [Length(max=200)], render_kw=_AUTO)
    position = StringField(_l("Position"), [Length(max=200)], render_kw=_AUTO)
    level = SelectField(_l("Level of the position"), default="")
    years = IntegerField(_l("Whole years of service"), [Optional(), NumberRange(0, 60)])

    def offer_choices(self, entities: dict[str, str]) -> None:
        self.entity.choices = {"": _("not on the list"), **entities}
        self.level.choices = {"": "", **{one.value: _(text) for one, text in labels.POSITIONS.items()}}

    def chosen_level(self) -> PositionLevel | None:
        return PositionLevel(self.level.data) if self.level.data else None
