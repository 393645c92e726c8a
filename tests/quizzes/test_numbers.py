"""Numbers as people type them in five languages."""

from decimal import Decimal

import pytest

from diploma.quizzes.numbers import Number, read_number


@pytest.mark.parametrize(
    "text", ["72.5", "72,5", "٧٢٫٥", "۷۲٫۵", "٧٢,٥", " 72.50 ", "72,5 %", "72.5%", "٧٢٫٥٪", "+72.5", "٧٢،٥"]
)
def test_the_same_number_is_read_in_every_writing(text: str) -> None:
    assert read_number(text) == Number(Decimal("72.5"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4 000", "4000"),
        ("4\u00a0000", "4000"),
        ("٤٬٠٠٠", "4000"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("-3", "-3"),
        ("−3,5", "-3.5"),
        (".5", "0.5"),
        ("0,125", "0.125"),
        ("1.234", "1.234"),
        ("7.", "7"),
    ],
)
def test_thousands_fractions_and_signs_are_read(text: str, value: str) -> None:
    assert read_number(text) == Number(Decimal(value))


@pytest.mark.parametrize("text", ["1,234", "١,٢٣٤", "999,000"])
def test_one_comma_before_three_digits_is_read_as_thousands_and_called_ambiguous(text: str) -> None:
    found = read_number(text)
    assert found is not None and found.ambiguous
    assert found.value == int(found.value) >= 1000


@pytest.mark.parametrize(
    "text", ["", "about 5", "1,23,4", "5 6", "1e5", "--3", "NaN", "Infinity", "5/6", "½", "12,34.5"]
)
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    assert read_number(text) is None
