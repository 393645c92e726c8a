from decimal import Decimal

import pytest

from diploma.core.lang import Lang
from diploma.learning.authoring.numbers import differences, numbers


@pytest.mark.parametrize(
    ("lang", "text", "value"),
    [
        (Lang.EN, "4,000", "4000"),
        (Lang.EN, "1,234,567.5", "1234567.5"),
        (Lang.EN, "72.5%", "72.5"),
        (Lang.EN, "4000", "4000"),
        (Lang.AR, "4,000", "4000"),
        (Lang.AR, "٧٢٫٥", "72.5"),
        (Lang.AR, "٤٬٠٠٠", "4000"),
        (Lang.AR, "۷۲٫۵", "72.5"),
        (Lang.RU, "4\u00a0000", "4000"),
        (Lang.RU, "45 000", "45000"),
        (Lang.RU, "1\u202f234\u202f567,5", "1234567.5"),
        (Lang.RU, "62,5", "62.5"),
        (Lang.RU, "62.5", "62.5"),
        (Lang.UZ_LATN, "4\u00a0000 ga yaqin", "4000"),
        (Lang.UZ_CYRL, "62,5 дақиқа", "62.5"),
    ],
)
def test_a_number_is_read_as_its_language_writes_it(lang, text, value):
    assert numbers(text, lang) == {Decimal(value): 1}


@pytest.mark.parametrize("text", ["1. First\n2. Second", "{#gate-1}", "https://a.example/2026"])
def test_markers_anchors_and_addresses_are_no_numbers(text):
    assert not numbers(text, Lang.EN)


def test_a_list_of_scores_is_not_one_number():
    assert numbers("3, 2, 3 и 4", Lang.RU) == {Decimal(3): 2, Decimal(2): 1, Decimal(4): 1}


@pytest.mark.parametrize(
    ("source", "translation", "lang"),
    [
        ("3 of 12", "ثلاثة من 12", Lang.AR),
        ("Gate 1 takes 20 minutes", "البوابة الأولى عشرون دقيقة", Lang.AR),
        ("Twenty-five minutes", "25 минут", Lang.RU),
        ("the second of three", "2-si 3 tadan", Lang.UZ_LATN),
        ("a six-months test", "проверка «6 месяцев»", Lang.RU),
        ("one hundred people", "100 человек", Lang.RU),
        ("on 2026-05-05", "05.05.2026", Lang.RU),
        ("350-500 words", "350–500 слов", Lang.RU),
        ("1,234", "1 234", Lang.RU),
        ("0.55", "0,55", Lang.UZ_CYRL),
    ],
)
def test_the_same_numbers_may_be_written_otherwise(source, translation, lang):
    assert differences(source, translation, lang) == ([], [])


@pytest.mark.parametrize(
    ("source", "translation", "lang", "lacking", "added"),
    [
        ("66 of 120", "66 из 102", Lang.RU, [120], [102]),
        ("66 of 120", "120 из 120", Lang.RU, [66], [120]),
        ("4,000", "4.000", Lang.AR, [4000], [4]),
        ("1,234", "1,234", Lang.RU, [1234], [Decimal("1.234")]),
        ("three roads", "4 дороги", Lang.RU, [], [4]),
        ("in 2026", "в будущем", Lang.RU, [2026], []),
        ("13 files", "ملفات", Lang.AR, [13], []),
        ("72.5", "семьдесят", Lang.RU, [Decimal("72.5")], []),
    ],
)
def test_other_numbers_are_told(source, translation, lang, lacking, added):
    assert differences(source, translation, lang) == (lacking, added)
