"""A small course whose translations are accepted, and people who translate and read them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.core import db
from diploma.core.lang import Lang
from diploma.learning.freshness import accept
from diploma.learning.structure import Act
from diploma.learning.translation import records, standing
from diploma.learning.translation.standing import Text
from tests.learning.sample import MODULE_ID, Course

TRANSLATOR, READER, BOTH, ARABIST, STRANGER = (
    f"{login}@desk.test" for login in ("translator", "reader", "both", "arabist", "stranger")
)
RIGHTS: dict[str, dict[str, list[Lang]]] = {
    TRANSLATOR: {"translates": [Lang.RU, Lang.UZ_CYRL]},
    READER: {"approves": [Lang.RU]},
    BOTH: {
        "translates": [Lang.RU, Lang.UZ_CYRL, Lang.UZ_LATN],
        "approves": [Lang.RU, Lang.UZ_CYRL, Lang.UZ_LATN],
    },
    ARABIST: {"translates": [Lang.AR], "approves": [Lang.AR]},
    STRANGER: {},
}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The sample; every translation has been accepted as it stands."""
    made = Course(tmp_path / "course")
    for lang in (Lang.RU, Lang.UZ_CYRL, Lang.UZ_LATN):
        accept(made.root, MODULE_ID, lang)
    return made


@pytest.fixture
def desk(app: Flask, course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The sample as the installation's course, and people with the rights of ``RIGHTS``."""
    monkeypatch.setitem(app.config, "COURSES", course.root)
    with app.app_context(), db.unit_of_work():
        for email, rights in RIGHTS.items():
            user = accounts.create_user(email, email.partition("@")[0].title(), Lang.EN)
            if rights:
                accounts.grant_role(user, Role.TRANSLATOR, **rights)
    return course


@pytest.fixture
def run(app: Flask, desk: Course) -> Callable[..., Any]:
    """``run("approve", "--lang", "ru", …)``: the answer of a command of the group ``content``."""
    return lambda *args: app.test_cli_runner().invoke(args=["content", *(str(one) for one in args)])


def person(email: str) -> User:
    found = accounts.find(email)
    assert found
    return found


def texts(course: Course, lang: Lang, module: str = MODULE_ID) -> dict[str, Text]:
    """The texts as they stand today; inside of an application context."""
    return standing.texts(course.load(), module, lang, records.held())


def standings(course: Course, lang: Lang) -> dict[str, str]:
    return {key: one.standing.value for key, one in texts(course, lang).items()}


def read(course: Course, lang: Lang, email: str, *keys: str, act: Act = Act.APPROVED) -> int:
    """A named reader records texts, all when none is named; inside of a unit of work."""
    found = texts(course, lang)
    chosen = [found[key] for key in keys or found]
    return records.approve(course.load(), chosen, by=person(email), act=act)
