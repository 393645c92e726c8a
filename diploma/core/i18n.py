"""The language of a request, and dates, numbers and lists as that language writes them.

Interface language: ``?lang=`` (remembered in a cookie, and in the profile by ``accounts``), else the
profile's, else the cookie's, else the browser's, negotiated by our own rule. An unknown ``?lang=`` is
ignored. Patterns follow the style sheets of the product, not CLDR, where the two differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_translations, gettext, ngettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from diploma.core import clock
from diploma.core.errors import N_
from diploma.core.lang import LANGS, Lang, negotiate

Moment = datetime  # names for the formatter, whose methods are called date, datetime and list
Day = date | datetime
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
NBSP = "\u00a0"

_DATE = {
    Lang.EN: "d MMMM y",
    Lang.AR: "d MMMM y",
    Lang.RU: "d MMMM y 'г'.",
    Lang.UZ_LATN: "y-'yil' d-MMMM",
    Lang.UZ_CYRL: "y 'йил' d MMMM",
}
_TABLE_DATE = {Lang.EN: "%Y-%m-%d", Lang.AR: "%Y-%m-%d"}  # the others write 05.05.2026
# Read once: Babel would look for a locale anew with each number.
_FIGURES = Locale.parse("en_AE")
_LOCALES = {lang: Locale.parse(lang.babel) for lang in Lang} | {Lang.EN: _FIGURES, Lang.AR: Locale.parse("ar_EG")}
_ZONES = {
    "Asia/Tashkent": N_("Tashkent time"),
    "Asia/Samarkand": N_("Samarkand time"),
    "Asia/Dubai": N_("Abu Dhabi time"),
    "Africa/Cairo": N_("Cairo time"),
    "Asia/Amman": N_("Amman time"),
    "UTC": N_("Coordinated Universal Time"),
}


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = app.config["TRANSLATIONS"]
    Babel(app, locale_selector=lambda: current().babel)
    app.jinja_env.globals.update(_=_text, ngettext=_plural)
    app.before_request(_read_choice)
    app.after_request(_remember_choice)
    app.context_processor(_page)


def current() -> Lang:
    """The interface language of this request (English outside of one)."""
    forced: Lang | None = g.get("forced_language") if g else None
    if forced:
        return forced
    if not has_request_context():
        return Lang.EN
    return g.get("language") or _fallback()


def chosen() -> Lang | None:
    """The language that this address asks for (``?lang=``)."""
    language: Lang | None = g.get("chosen_language")
    return language


def prefer(language: Lang | None) -> None:
    """The signed-in person's language: counts unless this address asked for another."""
    if language and "chosen_language" not in g:
        g.language = language
        _forget_catalogue()


@contextmanager
def speaking(language: Lang) -> Iterator[None]:
    """Everything inside is said in ``language``: a mail or a document for its recipient."""
    before = g.get("forced_language")
    g.forced_language = language
    try:
        with force_locale(language.babel):
            _forget_catalogue()
            yield
    finally:
        g.forced_language = before
        _forget_catalogue()


def fmt() -> "Formatter":
    return Formatter(current())


def reason(message: str, params: Mapping[str, Any]) -> str:
    """A message of a service in the reader's language, with those of its parameters that are texts by language tag."""
    tag = current().value
    said = {name: one[tag] if isinstance(one, dict) else one for name, one in params.items()}
    return str(gettext(message) % said)


def lang_url(language: Lang) -> str:
    """The address of this page in another language; the rest of the query is kept."""
    query = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode([*query, ('lang', language.value)])}"


def page_url(language: Lang | None = None) -> str:
    """The public address of this page, in one language or in that which the reader's browser asks for."""
    address = f"{current_app.config['BASE_URL']}{request.path}"
    return f"{address}?lang={language.value}" if language else address


def _page() -> dict[str, Any]:
    return {
        "locale": current(),
        "languages": LANGS,
        "fmt": fmt(),
        "lang_url": lang_url,
        "page_url": page_url,
        "asked_language": chosen(),
    }


@pass_eval_context
def _text(output: EvalContext, message: str, /, **values: Any) -> str:
    """``_`` of the templates. Jinja's own goes through the context three times, a hundred times a page."""
    return _filled(output, _catalogue().ugettext(message), values)


@pass_eval_context
def _plural(output: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    """``ngettext`` of the templates; the message knows the number as ``num``."""
    return _filled(output, _catalogue().ungettext(one, many, num), {"num": num, **values})


def _filled(output: EvalContext, message: str, values: dict[str, Any]) -> str:
    """Always a format string, so that a translation never has to know whether it has values."""
    text = Markup(message) if output.autoescape else message
    return text % values if "%" in message else text


def _catalogue() -> Translations:
    """The texts of the language in force, looked up once: a page asks for two hundred of them."""
    kept: Translations | None = g.get("catalogue")
    if kept is None:
        kept = g.catalogue = get_translations()
    return kept


def _forget_catalogue() -> None:
    """Another language is in force from here on."""
    g.pop("catalogue", None)


def _read_choice() -> None:
    asked = Lang.parse(request.args.get("lang", ""))
    if asked:
        g.chosen_language = g.language = asked


def _remember_choice(response: Any) -> Any:
    asked = chosen()
    if asked and request.cookies.get(COOKIE) != asked.value:
        response.set_cookie(
            COOKIE, asked.value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=bool(request.is_secure)
        )
    return response


def _fallback() -> Lang:
    g.language = Lang.parse(request.cookies.get(COOKIE, "")) or negotiate(request.headers.get("Accept-Language", ""))
    language: Lang = g.language
    return language


class Formatter:
    """Dates, numbers and lists in one language."""

    def __init__(self, language: Lang) -> None:
        self.language = language
        self._locale = _LOCALES[language]

    @property
    def comma(self) -> str:
        """What stands between two items of a list, with its space."""
        return "، " if self.language is Lang.AR else ", "

    def _isolated(self, figures: str) -> str:
        return f"\u2066{figures}\u2069" if self.language is Lang.AR else figures

    def date(self, day: Day, zone: str | None = None) -> str:
        """5 May 2026 · 5 مايو 2026 · 5 мая 2026 г. · 2026-yil 5-may."""
        return str(format_date(_local(day, zone), _DATE[self.language], locale=self._locale))

    def table_date(self, day: Day, zone: str | None = None) -> str:
        """2026-05-05 or 05.05.2026; isolated in Arabic, where the parts would change places after a word."""
        pattern = _TABLE_DATE.get(self.language, "%d.%m.%Y")
        return self._isolated(_local(day, zone).strftime(pattern))

    def time(self, moment: Moment, zone: str | None = None) -> str:
        return f"{_local(moment, zone):%H:%M}"

    def datetime(self, moment: Moment, zone: str | None = None) -> str:
        """Date, time and the name of the zone: «5 May 2026, 14:00, Tashkent time»."""
        said = [self.date(moment, zone), self.time(moment, zone)]
        return self.comma.join([*said, self.zone(zone)] if zone else said)

    def day(self, moment: Day, zone: str | None = None) -> str:
        return str(_local(moment, zone).day)

    def month_short(self, moment: Day, zone: str | None = None) -> str:
        return str(format_datetime(_local(moment, zone), "MMM", locale=self._locale)).rstrip(".")

    def zone(self, name: str) -> str:
        """The spoken name of a time zone: our own messages, because CLDR has gaps in Uzbek."""
        if name in _ZONES:
            return gettext(_ZONES[name])
        offset = clock.now().astimezone(ZoneInfo(name)).utcoffset() or timedelta()
        return f"UTC{offset.total_seconds() / 3600:+g}"

    def number(self, value: int | Decimal) -> str:
        """3,700 · 45 000 · 62,5; Russian groups from five digits on."""
        small = self.language is Lang.RU and abs(Decimal(value)) < 10_000
        text = str(format_decimal(value, locale=_FIGURES, group_separator=not small, decimal_quantization=False))
        if self.language in (Lang.EN, Lang.AR):
            return text
        return text.replace(",", NBSP).replace(".", ",")

    def mark(self, value: Decimal) -> str:
        """Two decimals, more where two would hide on which side of a limit the mark stands (59.995)."""
        places = next(places for places in count(2) if not _seems_whole(value, places))
        shown = _rounded(value, places)
        text = f"{shown:f}".rstrip("0").rstrip(".") if "." in f"{shown:f}" else f"{shown:f}"
        return text if self.language in (Lang.EN, Lang.AR) else text.replace(".", ",")

    def percent(self, value: Decimal | int) -> str:
        space = "" if self.language in (Lang.EN, Lang.AR) else NBSP
        return self._isolated(f"{self.mark(Decimal(value))}{space}%")

    def size(self, count: int) -> str:
        """A file's size in whole units of 1,000: 840 kB, 4.8 MB."""
        if count < 1_000_000:
            return gettext("%(size)s kB", size=self.number(max(1, round(count / 1000))))
        return gettext("%(size)s MB", size=self.number(round(Decimal(count) / 1_000_000, 1)))

    def duration(self, minutes: int) -> str:
        """25 min · 2 h · 1 h 25 min; Arabic has a form of its own for one and for two."""
        hours, rest = divmod(minutes, 60)
        if hours and not rest:
            return self.hours(hours)
        said = ngettext("%(num)s min", "%(num)s min", rest)
        return gettext("%(hours)s %(minutes)s", hours=self.hours(hours), minutes=said) if hours else said

    def hours(self, count: int | Decimal) -> str:
        """30 h · 1.5 h; a whole number takes the plural form of its language."""
        if count == int(count):
            return ngettext("%(num)s h", "%(num)s h", int(count))
        return gettext("%(n)s h", n=self.number(count))

    def list(self, items: Iterable[str]) -> str:
        """a, b and c; our own joiner, because CLDR has none for Uzbek Cyrillic."""
        said = [str(one) for one in items]
        if len(said) < 2:
            return "".join(said)
        return gettext("%(first)s and %(last)s", first=self.comma.join(said[:-1]), last=said[-1])

    def relative_days(self, moment: Moment, zone: str | None = None) -> str:
        """today · tomorrow · in 3 days · 2 days ago, by calendar days of the zone."""
        days = (_day(moment, zone) - _day(clock.now(), zone)).days
        if days == 0:
            return gettext("today")
        if days == 1:
            return gettext("tomorrow")
        if days > 0:
            return ngettext("in %(num)s day", "in %(num)s days", days)
        return ngettext("%(num)s day ago", "%(num)s days ago", -days)


def _day(moment: datetime, zone: str | None) -> date:
    return moment.astimezone(ZoneInfo(zone) if zone else UTC).date()


def _local(moment: Any, zone: str | None) -> Any:
    if isinstance(moment, datetime):
        info: tzinfo = ZoneInfo(zone) if zone else UTC
        return moment.astimezone(info)
    return moment


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _seems_whole(value: Decimal, places: int) -> bool:
    """Whether rounding would move the mark onto a whole number, where the limits stand."""
    rounded = _rounded(value, places)
    return rounded != value and rounded == rounded.to_integral_value()
