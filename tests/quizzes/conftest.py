"""A quiz that is drawn alike in every test, and the answers that are right in it."""

from collections.abc import Callable
from typing import Any

import pytest

from diploma.core import db
from diploma.learning import catalogue
from diploma.learning.structure import Item, ItemType, Quiz
from diploma.quizzes import rules, service
from diploma.quizzes.models import QuizAttempt

MODULE = "m2-challenge-assessment"
SHORT_ANSWER = "q11"
ASKED = frozenset(f"q{number:02}" for number in range(2, 12))  # one of each type, the short answer last
_SEED: list[int] = []  # the first that draws them, sought once: one in some forty thousand does


@pytest.fixture
def quiz(app: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> Quiz:
    """The quiz of the module; each attempt draws the same ten of its bank, the short answer among them."""
    with app.app_context():
        content = catalogue.latest()
        assert content is not None
        found = content.modules[world.module].quiz
    if not _SEED:
        _SEED.append(next(one for one in range(1_000_000) if set(rules.drawn(found, one)) == ASKED))
    monkeypatch.setattr(service.secrets, "randbits", lambda _bits: _SEED[0])
    return found


@pytest.fixture
def asked(quiz: Quiz) -> list[Item]:
    """The items of an attempt in their order; the first is question 1."""
    return [item for item in quiz.items if item.id in ASKED]


def right(item: Item) -> dict[str, str | list[str]]:
    """The fields of a page that answers ``item`` rightly."""
    match item.type:
        case ItemType.MATCH:
            return {f"left-{left}": pair for left, pair in item.pairs.items()}
        case ItemType.ORDER:
            return {f"place-{option}": str(place) for place, option in enumerate(item.key, 1)}
        case ItemType.NUMBER:
            return {"answer": str(item.value)}
        case ItemType.SHORT:
            return {"answer": "қуйи чегара"}
    return {"answer": list(item.key)}


@pytest.fixture
def trainee(quiz: Quiz, world: Any, browser_of: Callable[[str], Any]) -> Any:
    return browser_of(world.trainee)


@pytest.fixture
def attempt(trainee: Any, app: Any) -> QuizAttempt:
    """The trainee's first attempt, just started."""
    assert trainee.send(f"/modules/{MODULE}/quiz").status_code == 302
    return newest(app)


def newest(app: Any) -> QuizAttempt:
    """The newest attempt as it is stored, with its answers."""
    with app.app_context():
        found: QuizAttempt = db.session.query(QuizAttempt).order_by(QuizAttempt.id.desc()).first()
        list(found.answers)
        db.session.expunge_all()
        return found


def path(attempt: QuizAttempt, rest: object) -> str:
    return f"/modules/{MODULE}/quiz/{attempt.id}/{rest}"
