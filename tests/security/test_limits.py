"""Limits of attempts: per account whatever its spelling, per address, in all processes, behind a proxy."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import Config
from diploma.app import create_app
from diploma.core import clock, db
from tests.world import World

WRONG = "wrong wrong wrong"


def attempt(app: Flask, email: str, address: str = "203.0.113.1", **environ: str) -> int:
    """The status of one wrong sign-in from an address, in a browser of its own."""
    place: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": address, **environ}}
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in", **place).text)
    assert token
    data = {"email": email, "password": WRONG, "csrf_token": token[1]}
    return client.post("/sign-in", data=data, **place).status_code


@pytest.fixture
def another_process(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """A second application on the same database, as a second worker has it."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    made = create_app(Config(APP_ENV="test", INSTANCE=tmp_path, DATABASE_URL=url, SECRET_KEY="t" * 40, PROXIES=1))
    yield made
    with made.app_context():
        db.session.remove()
        db.db.engine.dispose()


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """Buckets refill with time: here it stands, however slow the machine is."""
    with clock.at(clock.now()):
        yield


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u00ad", " "])
def test_an_invisible_sign_is_no_other_account(world: World, app: Flask, sign: str) -> None:
    answers = [attempt(app, world.trainee + sign * n, f"203.0.113.{n}") for n in range(11)]
    assert answers[-1] == 429


def test_a_limit_holds_across_processes(world: World, app: Flask, another_process: Flask) -> None:
    answers = [attempt((app, another_process)[n % 2], world.trainee, f"203.0.113.{n}") for n in range(11)]
    assert answers[:10] == [422] * 10 and answers[-1] == 429


def test_a_whole_cohort_signs_in_from_one_office(world: World, app: Flask) -> None:
    assert 429 not in [attempt(app, f"person{n}@uz.test") for n in range(40)]


def test_one_address_does_not_guess_at_all_accounts(world: World, app: Flask) -> None:
    assert [attempt(app, f"person{n}@uz.test") for n in range(41)][-1] == 429


def test_behind_a_proxy_people_have_addresses_of_their_own(world: World, another_process: Flask) -> None:
    for n in range(41):
        attempt(another_process, f"a{n}@uz.test", "127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1")
    other = attempt(another_process, "b@uz.test", "127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.2")
    same = attempt(another_process, "b@uz.test", "127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert (other, same) == (422, 429)


def test_without_a_proxy_nobody_chooses_an_address(world: World, app: Flask) -> None:
    answers = [attempt(app, f"c{n}@uz.test", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(41)]
    assert answers[-1] == 429
