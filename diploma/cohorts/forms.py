"""Forms of partners, cohorts and waivers. Dates and times are those of the cohort's zone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from diploma.cohorts.models import CohortAward, CohortModule
from diploma.cohorts.rules import clocks_show, instant
from diploma.cohorts.service import ModuleDates
from diploma.core.forms import Form, ManyField
from diploma.core.lang import LANGS, Lang
from diploma.core.text import uzbek_apostrophes

REQUIRED = DataRequired(_l("This field is needed."))
SLUG = Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z", message=_l("Use small Latin letters, figures and hyphens."))
LTR = {"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
_MINUTE = "%Y-%m-%dT%H:%M"
MOMENT = [_MINUTE, _MINUTE + ":%S", "%Y-%m-%d %H:%M"]  # the first is what is shown; browsers send any
CLOCKS_CHANGE = _l("The clocks are changed at that time; choose another.")
DATES = ("opens_at", "due_at", "cut_off_at")
AWARDS = {
    CohortAward.FOUNDATION: _l("Foundation workshop"),
    CohortAward.DIPLOMA: _l("Diploma"),
    CohortAward.ASSESSOR: _l("Certified assessor"),
}


def language_field(lang: Lang, longest: int = 200) -> Any:
    """A text in one language, labelled with that language's own name."""
    return StringField(lang.native_name, [Length(max=longest)], render_kw={"lang": lang.value, "dir": lang.dir})


class NamedForm(Form):
    """A name in the languages in which it is known; at least one."""

    name_en, name_ar, name_ru = (language_field(one) for one in (Lang.EN, Lang.AR, Lang.RU))
    name_uz_latn, name_uz_cyrl = (language_field(one) for one in (Lang.UZ_LATN, Lang.UZ_CYRL))

    @property
    def name_fields(self) -> list[Any]:
        return [self[_field(lang)] for lang in LANGS]

    def names(self) -> dict[str, str]:
        """The names by language tag; Uzbek ones with their own apostrophes."""
        given = {lang.value: self[_field(lang)].data or "" for lang in LANGS}
        return {tag: uzbek_apostrophes(name) if tag == Lang.UZ_LATN else name for tag, name in given.items() if name}

    def show_names(self, names: dict[str, str]) -> None:
        for tag, name in names.items():
            self[_field(Lang(tag))].data = name

    def validate_name_en(self, field: Any) -> None:
        if not any(one.data for one in self.name_fields):
            raise ValidationError(_l("Give the name in at least one language."))


def _field(lang: Lang) -> str:
    return f"name_{lang.babel.lower()}"


class PartnerForm(NamedForm):
    slug = StringField(
        _l("Short name"),
        [REQUIRED, Length(max=20), SLUG],
        render_kw=LTR,
        description=_l("The code of the country, such as uz. It stands in addresses and cannot be changed."),
    )
    time_zone = SelectField(_l("Time zone"))
    languages = ManyField(_l("Languages"), [REQUIRED])

    def offer_choices(self) -> None:
        self.time_zone.choices = time_zones()
        self.languages.choices = languages()


class CohortForm(NamedForm):
    """What may change later; ``version`` is that of the cohort when the form was opened."""

    starts_on = DateField(_l("First day"), [REQUIRED])
    ends_on = DateField(_l("Last day"), [REQUIRED])
    seats = IntegerField(_l("Seats"), [InputRequired(_l("This field is needed.")), NumberRange(1, 10_000)])
    languages = ManyField(_l("Languages of the cohort"), [REQUIRED])
    certificate_languages = ManyField(_l("Languages of the certificates"), [REQUIRED])
    version = HiddenField()

    def offer_choices(self, offered: Sequence[str], held: Sequence[str] = ()) -> None:
        """The cohort's languages are those that its partner offers, the first is its default; ``held`` ones stay."""
        names = languages()
        self.languages.choices = {tag: names[tag] for tag in dict.fromkeys([*offered, *held])}
        self.certificate_languages.choices = names

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The last day lies before the first."))


class NewCohortForm(CohortForm):
    slug = StringField(
        _l("Short name"),
        [REQUIRED, Length(max=40), SLUG],
        render_kw=LTR,
        description=_l("Such as uz-2026-1. It stands in addresses and cannot be changed."),
    )
    award = RadioField(_l("Leads to"), default=CohortAward.DIPLOMA.value)
    time_zone = SelectField(_l("Time zone of all dates"))

    def offer_choices(self, offered: Sequence[str], held: Sequence[str] = ()) -> None:
        super().offer_choices(offered, held)
        self.award.choices = {one.value: str(text) for one, text in AWARDS.items()}
        self.time_zone.choices = time_zones()


class DatesForm(Form):
    """The dates of one module; all three or none. Several stand in one HTML form, told apart by their prefix."""

    class Meta(Form.Meta):
        csrf = False  # the page's own token is checked before any form is read

    opens_at = DateTimeLocalField(_l("Opens"), [Optional()], format=MOMENT)
    due_at = DateTimeLocalField(_l("Assignment due"), [Optional()], format=MOMENT)
    cut_off_at = DateTimeLocalField(_l("Nothing accepted after"), [Optional()], format=MOMENT)

    def __init__(self, module: str, zone: str, held: CohortModule | None, **kwargs: Any) -> None:
        self.module, self.zone, self.held = module, zone, held
        shown = {name: local(getattr(held, name), zone) for name in DATES} if held else {}
        super().__init__(prefix=f"{module}-", **{"data": shown, **kwargs})

    @property
    def moments(self) -> list[Any]:
        return [self[name] for name in DATES]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good = bool(super().validate(*args, **kwargs))
        given = [one.data for one in self.moments]
        for one in self.moments:
            if one.data and not clocks_show(one.data, self.zone):
                one.errors = [*one.errors, CLOCKS_CHANGE]
            elif not one.data and not one.errors and (any(given) or self.held):
                one.errors = [_l("Give all three dates.") if any(given) else _l("A date can be moved, not taken away.")]
        if good and all(given) and given != sorted(given):
            self.cut_off_at.errors = [_l("The dates must follow each other: opens, due, cut-off.")]
        return not self.errors

    def dates(self) -> ModuleDates | None:
        """What is to be saved; ``None`` when nothing was given or nothing changed."""
        if not self.opens_at.data:
            return None
        given = [instant(one.data, self.zone) for one in self.moments]
        held = [getattr(self.held, name).replace(second=0, microsecond=0) for name in DATES] if self.held else []
        return ModuleDates(self.module, *given) if given != held else None


class WaiveForm(Form):
    """Opens one module to one person."""

    module = SelectField(_l("Module"))
    reason = TextAreaField(_l("Reason"), [REQUIRED, Length(max=2000)], render_kw={"dir": "auto", "class": "low"})


def local(moment: datetime, zone: str) -> datetime:
    """An instant as clocks of ``zone`` show it, for a control of date and time."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def languages() -> dict[str, str]:
    return {one.value: one.native_name for one in LANGS}


def time_zones() -> dict[str, str]:
    names = sorted(one for one in available_timezones() if "/" in one and not one.startswith("Etc/"))
    return {one: one for one in [*names, "UTC"]}
