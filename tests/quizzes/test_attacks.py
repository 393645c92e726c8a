"""What a trainee with a hand-made request gets: nothing."""

import re
from typing import Any

import pytest

from diploma.learning.structure import Item
from diploma.quizzes import access
from tests.quizzes.conftest import MODULE, newest, path, right
from tests.quizzes.test_pages import OVERVIEW, number_of


@pytest.fixture
def intruder(world: Any, browser_of: Any) -> Any:
    return browser_of(world.trainee_2)


def bare(page: str, number: int) -> str:
    """A page without what differs between any two requests."""
    return re.sub(r'(content|value)="[\w.-]{60,}"', "", page).replace(f"/{number}/", "/")


@pytest.mark.parametrize("place", ["1", "submit", "review"])
def test_another_persons_attempt_does_not_exist(attempt: Any, intruder: Any, place: str) -> None:
    theirs, missing = intruder.get(path(attempt, place)), intruder.get(f"{OVERVIEW}/999999/{place}")
    assert theirs.status_code == missing.status_code == 404
    assert bare(theirs.text, attempt.id) == bare(missing.text, 999999)


@pytest.mark.parametrize("place", ["1", "1/save", "submit"])
def test_another_persons_attempt_takes_nothing(attempt: Any, intruder: Any, app: Any, place: str) -> None:
    assert intruder.send(path(attempt, place), {"answer": "a"}, page=OVERVIEW).status_code == 404
    assert newest(app).submitted_at is None and newest(app).answers == []


def test_staff_do_not_open_an_attempt(attempt: Any, world: Any, browser_of: Any) -> None:
    assert browser_of(world.instructor).get(path(attempt, "review")).status_code == 403


@pytest.mark.parametrize("place", ["0", "11", "99999"])
def test_a_question_outside_the_attempt_does_not_exist(trainee: Any, attempt: Any, place: str) -> None:
    assert trainee.get(path(attempt, place)).status_code == 404


def test_an_attempt_does_not_exist_under_another_module(trainee: Any, attempt: Any, monkeypatch: Any) -> None:
    elsewhere = f"/modules/m3-co-creation/quiz/{attempt.id}/1"
    assert trainee.get(elsewhere).status_code == 403  # the module is not written yet
    really = access.learning.open_module
    monkeypatch.setattr(access.learning, "open_module", lambda user, _module: really(user, MODULE))
    assert trainee.get(elsewhere).status_code == 404
    assert trainee.get(path(attempt, 1)).status_code == 200


@pytest.mark.parametrize("place", ["", "/save"])
def test_a_submitted_attempt_takes_no_answer(
    trainee: Any, attempt: Any, asked: list[Item], app: Any, place: str
) -> None:
    trainee.send(path(attempt, "submit"))
    answer = trainee.send(path(attempt, f"1{place}"), right(asked[0]), page=OVERVIEW)
    assert answer.status_code == 409 and newest(app).answers == [] and newest(app).score == 0


def test_an_option_of_another_item_is_refused(trainee: Any, attempt: Any, asked: list[Item], app: Any) -> None:
    for item, fields in (
        ("q06", {"answer": "e"}),
        ("q06", {"answer": ["a", "c"]}),
        ("q03", {"answer": "a"}),
        ("q04", {"left-l1": "r9"}),
        ("q07", {"place-a": "6"}),
        ("q07", {"place-a": "x"}),
    ):
        here = path(attempt, number_of(asked, item))
        assert trainee.send(here, fields).status_code == 409
    assert newest(app).answers == []


def test_a_double_click_starts_one_attempt_and_a_fourth_is_refused(trainee: Any, attempt: Any, app: Any) -> None:
    assert trainee.send(OVERVIEW).status_code == 302 and newest(app).number == 1
    for _ in range(3):
        trainee.send(path(newest(app), "submit"), page=OVERVIEW)
        answer = trainee.send(OVERVIEW)
    assert answer.status_code == 409 and newest(app).number == 3


def test_submitting_twice_keeps_the_first_score(trainee: Any, attempt: Any, asked: list[Item], app: Any) -> None:
    trainee.send(path(attempt, 1), right(asked[0]))
    trainee.send(path(attempt, "submit"))
    first = newest(app)
    assert trainee.send(path(attempt, "submit"), page=OVERVIEW).status_code == 302
    assert (newest(app).score, newest(app).submitted_at) == (first.score, first.submitted_at)


def test_fields_that_no_page_sends_change_nothing(trainee: Any, attempt: Any, asked: list[Item], app: Any) -> None:
    sent = {
        "answer": "0",
        "share": "1",
        "score": "100",
        "item": "q11",
        "submitted_at": "2026-01-01",
        "chosen": "a",
        "text": "55",
        "attempt_id": "1",
        "seed": "1",
    }
    trainee.send(path(attempt, number_of(asked, "q05")), sent)
    kept = newest(app)
    assert [(one.item, one.answer, one.share) for one in kept.answers] == [("q05", {"text": "0"}, None)]
    assert kept.score is None and kept.submitted_at is None and kept.seed == attempt.seed


def test_a_script_in_a_short_answer_is_only_text(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    here = path(attempt, number_of(asked, "q11"))
    trainee.send(here, {"answer": attack})
    assert "<script>alert" not in trainee.get(here).text and "&lt;script&gt;alert" in trainee.get(here).text
    trainee.send(path(attempt, "submit"))
    review = trainee.get(path(attempt, "review")).text
    assert "<script>alert" not in review and "<img" not in review and "&lt;script&gt;alert" in review


def test_a_script_in_a_number_is_only_text(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    answer = trainee.send(path(attempt, number_of(asked, "q05")), {"answer": '"><script>alert(1)</script>'})
    assert answer.status_code == 422 and "<script>alert" not in answer.text


def test_nothing_is_saved_without_the_token_of_the_page(trainee: Any, attempt: Any, app: Any) -> None:
    for place in ("1", "1/save", "submit"):
        assert trainee.post(path(attempt, place), data={"answer": "a"}).status_code == 400
    assert trainee.post(OVERVIEW).status_code == 400
    assert newest(app).answers == [] and newest(app).submitted_at is None


def test_a_visitor_is_sent_to_sign_in(client: Any, attempt: Any) -> None:
    assert "/sign-in" in client.get(path(attempt, 1)).location
    assert "/sign-in" in client.get(OVERVIEW).location
    assert MODULE in client.get(OVERVIEW).location
