"""A text that is too long is refused in the person's language; the form keeps it."""

import time
from collections.abc import Callable

import pytest

from tests.conftest import Client
from tests.world import World

Open = Callable[[str], Client]


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Field cannot be longer than 200 characters."), ("ru", "200"), ("ar", "200"), ("uz-Latn", "200")],
)
def test_a_name_that_is_too_long_is_refused_in_words(world: World, browser_of: Open, lang: str, said: str) -> None:
    browser = browser_of(world.director)
    answer = browser.send(f"/partners/uz/entities/new?lang={lang}", {"name_en": "x" * 201})
    assert answer.status_code == 422 and said in answer.text
    assert lang == "en" or "Field cannot be longer" not in answer.text


def test_a_hundred_thousand_letters_in_a_sign_in_are_refused(world: World, client: Client) -> None:
    answer = client.send("/sign-in", {"email": "a" * 100_000, "password": "p" * 100_000})
    assert answer.status_code == 422


def test_a_letter_under_thousands_of_marks_in_a_sign_in_holds_nobody_up(world: World, client: Client) -> None:
    began = time.process_time()
    answer = client.send("/sign-in", {"email": "a" + "\u0301" * 20_000 + "\u0316" * 20_000, "password": "x"})
    assert answer.status_code == 422 and time.process_time() - began < 5


def test_a_form_beyond_all_measure_is_refused_before_it_is_read(world: World, client: Client) -> None:
    assert client.send("/sign-in", {"email": "a" * 3_000_000}).status_code == 413
