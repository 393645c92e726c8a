"""Dates, numbers and lists in five languages, as the style sheets say (``spec/language``)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from diploma.core import clock, i18n
from diploma.core.i18n import Formatter
from diploma.core.lang import Lang

NB = "\u00a0"


@pytest.fixture
def speak(app: Flask) -> Iterator[Callable[[Lang], Formatter]]:
    with app.app_context():
        stack: list[Any] = []

        def start(lang: Lang) -> Formatter:
            manager = i18n.speaking(lang)
            manager.__enter__()
            stack.append(manager)
            return i18n.fmt()

        yield start
        for manager in reversed(stack):
            manager.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (Lang.EN, "5 May 2026"),
        (Lang.AR, "5 مايو 2026"),
        (Lang.RU, "5 мая 2026 г."),
        (Lang.UZ_LATN, "2026-yil 5-may"),
        (Lang.UZ_CYRL, "2026 йил 5 май"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(speak: Any, lang: Lang, text: str) -> None:
    assert speak(lang).date(date(2026, 5, 5)) == text


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (Lang.EN, "2026-05-05"),
        (Lang.AR, "\u20662026-05-05\u2069"),
        (Lang.RU, "05.05.2026"),
        (Lang.UZ_CYRL, "05.05.2026"),
    ],
)
def test_a_date_in_a_table_is_short(speak: Any, lang: Lang, text: str) -> None:
    assert speak(lang).table_date(date(2026, 5, 5)) == text


@pytest.mark.parametrize(
    ("lang", "small", "large", "part"),
    [
        (Lang.EN, "3,700", "45,000", "62.5"),
        (Lang.AR, "3,700", "45,000", "62.5"),
        (Lang.RU, "3700", f"45{NB}000", "62,5"),
        (Lang.UZ_LATN, f"3{NB}700", f"45{NB}000", "62,5"),
        (Lang.UZ_CYRL, f"3{NB}700", f"45{NB}000", "62,5"),
    ],
)
def test_numbers_group_as_the_language_groups_them(speak: Any, lang: Lang, small: str, large: str, part: str) -> None:
    say = speak(lang)
    assert (say.number(3700), say.number(45000), say.number(Decimal("62.5"))) == (small, large, part)


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ("60", "60"),
        ("72.5", "72.5"),
        ("84.25", "84.25"),
        ("59.995", "59.995"),
        ("59.96", "59.96"),
        ("66.66666", "66.67"),
        ("89.9999", "89.9999"),
        ("0", "0"),
        ("100", "100"),
    ],
)
def test_a_mark_never_seems_to_cross_a_limit(speak: Any, mark: str, text: str) -> None:
    assert speak(Lang.EN).mark(Decimal(mark)) == text


@pytest.mark.parametrize(
    ("lang", "text"),
    [(Lang.EN, "30%"), (Lang.AR, "\u206630%\u2069"), (Lang.RU, f"30{NB}%"), (Lang.UZ_LATN, f"30{NB}%")],
)
def test_the_per_cent_sign_stands_where_the_language_puts_it(speak: Any, lang: Lang, text: str) -> None:
    assert speak(lang).percent(30) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "بلا ساعات"),
        (1, "ساعة واحدة"),
        (2, "ساعتان"),
        (3, "3 ساعات"),
        (11, "11 ساعة"),
        (Decimal("4.0"), "4 ساعات"),
        (Decimal("1.5"), "1.5 ساعة"),
    ],
)
def test_hours_take_the_plural_form_of_arabic(speak: Any, count: int | Decimal, text: str) -> None:
    assert speak(Lang.AR).hours(count) == text


@pytest.mark.parametrize(
    ("lang", "minutes", "text"),
    [
        (Lang.EN, 25, "25 min"),
        (Lang.EN, 120, "2 h"),
        (Lang.EN, 85, "1 h 25 min"),
        (Lang.AR, 0, "أقل من دقيقة"),
        (Lang.AR, 122, "ساعتان ودقيقتان"),
        (Lang.AR, 85, "ساعة واحدة و25 دقيقة"),
        (Lang.RU, 85, "1 ч 25 мин"),
        (Lang.UZ_CYRL, 85, "1 соат 25 дақиқа"),
    ],
)
def test_a_duration_is_said_in_hours_and_minutes(speak: Any, lang: Lang, minutes: int, text: str) -> None:
    assert speak(lang).duration(minutes) == text


def test_an_instant_is_shown_in_its_zone(speak: Any) -> None:
    moment = datetime(2026, 11, 29, 18, 59, tzinfo=UTC)
    assert speak(Lang.EN).datetime(moment, "Asia/Tashkent") == "29 November 2026, 23:59, Tashkent time"


def test_days_are_counted_by_the_calendar_of_the_zone(speak: Any) -> None:
    say = speak(Lang.EN)
    with clock.at(datetime(2026, 11, 29, 20, 0, tzinfo=UTC)):  # 01:00 on the 30th in Tashkent
        due = datetime(2026, 11, 30, 18, 59, tzinfo=UTC)
        assert say.relative_days(due, "Asia/Tashkent") == "today"
        assert say.relative_days(due, "UTC") == "tomorrow"
        assert say.relative_days(due - timedelta(days=3), "UTC") == "2 days ago"


def test_a_list_has_the_joiner_of_its_language(speak: Any) -> None:
    assert speak(Lang.EN).list(["a", "b", "c"]) == "a, b and c"
    assert speak(Lang.EN).list(["a"]) == "a" and speak(Lang.EN).list([]) == ""


def test_a_template_follows_the_language_in_force(app: Flask) -> None:
    page = app.jinja_env.from_string("{{ _('Modules') }}")
    with app.app_context(), i18n.speaking(Lang.RU):
        assert page.render() == "Модули"
        with i18n.speaking(Lang.AR):
            assert page.render() == "المساقات"
        assert page.render() == "Модули"
