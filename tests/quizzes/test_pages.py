"""The quiz as a trainee meets it, without JavaScript."""

import re
from html import unescape
from typing import Any

import pytest

from diploma.core.lang import LANGS
from diploma.learning.structure import Item, ItemType
from tests.quizzes.conftest import MODULE, newest, path, right

OVERVIEW = f"/modules/{MODULE}/quiz"


def number_of(asked: list[Item], item_id: str) -> int:
    return next(number for number, one in enumerate(asked, 1) if one.id == item_id)


def test_the_overview_says_the_terms_and_starts_the_first_attempt(trainee: Any) -> None:
    page = trainee.get(OVERVIEW + "?lang=en").text
    assert "Attempt 1 of 3" in page and "Drawn anew for each attempt" in page
    answer = trainee.send(OVERVIEW)
    assert answer.status_code == 302 and answer.location.endswith("/1")


def test_every_question_is_answered_and_the_review_shows_a_full_score(
    trainee: Any, attempt: Any, asked: list[Item]
) -> None:
    for number, item in enumerate(asked, 1):
        answer = trainee.send(path(attempt, number), {**right(item), "go": "next"})
        assert answer.location.endswith("submit" if number == len(asked) else f"/{number + 1}")
    assert "All 10 questions are answered." in trainee.get(path(attempt, "submit") + "?lang=en").text
    assert trainee.send(path(attempt, "submit")).location.endswith("/review")
    page = trainee.get(path(attempt, "review")).text
    assert '<b class="num">100</b>' in page and "Not right" not in page


def test_starting_again_leads_to_the_first_unanswered_question(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    trainee.send(path(attempt, 1), right(asked[0]))
    trainee.send(path(attempt, 2), right(asked[1]))
    assert trainee.send(OVERVIEW).location.endswith("/3")
    assert "Attempt 1 is open" in trainee.get(OVERVIEW + "?lang=en").text


@pytest.mark.parametrize(
    ("go", "end"),
    [
        ("next", "/3"),
        ("back", "/1"),
        ("7", "/7"),
        ("finish", "/submit"),
        ("0", "/1"),
        ("99", "/submit"),
        ("x", "/3"),
        ("99999", "/3"),
        ("", "/3"),
    ],
)
def test_each_button_saves_and_goes_its_way(
    trainee: Any, attempt: Any, asked: list[Item], app: Any, go: str, end: str
) -> None:
    assert trainee.send(path(attempt, 2), {**right(asked[1]), "go": go}).location.endswith(end)
    assert [one.item for one in newest(app).answers] == [asked[1].id]


def test_a_saved_answer_is_on_the_page_again(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    for kind, mark in (
        (ItemType.MATCH, "selected"),
        (ItemType.ORDER, "selected"),
        (ItemType.MULTIPLE, "checked"),
        (ItemType.NUMBER, 'value="55"'),
        (ItemType.SHORT, 'value="қуйи чегара"'),
    ):
        item = next(one for one in asked if one.type is kind)
        here = path(attempt, number_of(asked, item.id))
        assert mark not in trainee.get(here).text
        trainee.send(here, right(item))
        assert mark in trainee.get(here).text


def test_options_stand_in_the_same_order_at_every_visit(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    here = path(attempt, number_of(asked, "q02"))
    orders = {tuple(re.findall(r'name="answer" value="(\w)"', trainee.get(here).text)) for _ in range(3)}
    assert len(orders) == 1 and sorted(orders.pop()) == list("abcde")


def test_the_map_says_which_questions_are_answered(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    trainee.send(path(attempt, 1), right(asked[0]))
    page = trainee.get(path(attempt, 2) + "?lang=en").text
    assert page.count('class="num done"') == 1 and "1 of 10 answered" in page


def test_unanswered_questions_are_named_before_the_submission(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    for number, item in enumerate(asked[:-2], 1):
        trainee.send(path(attempt, number), right(item))
    page = trainee.get(path(attempt, "submit") + "?lang=en").text
    assert "2 questions are not answered" in page
    assert re.findall(rf'href="{path(attempt, "")}(\d+)"><span', page) == ["9", "10"]


def test_a_number_that_cannot_be_read_is_kept_and_asked_again(
    trainee: Any, attempt: Any, asked: list[Item], app: Any
) -> None:
    answer = trainee.send(path(attempt, number_of(asked, "q05")) + "?lang=en", {"answer": "more than half"})
    assert answer.status_code == 422 and "This is not a number" in answer.text and "more than half" in answer.text
    assert newest(app).answers[0].answer == {"text": "more than half"}


def test_an_ambiguous_number_is_shown_as_it_was_read(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    here = path(attempt, number_of(asked, "q05"))
    page = trainee.send(here + "?lang=en", {"answer": "1,234"}, follow_redirects=True).text
    assert "“1,234” was read as 1234." in unescape(page)
    assert "read as 1234" in trainee.get(here).text


def test_autosave_answers_with_the_line_that_the_page_shows(
    trainee: Any, attempt: Any, asked: list[Item], app: Any
) -> None:
    here = path(attempt, number_of(asked, "q05"))
    said = {
        typed: trainee.send(here + "/save?lang=en", {"answer": typed}, page=here).text for typed in ("72,5", "x", "")
    }
    assert re.fullmatch(r"Saved \d\d:\d\d, read as 72.5", said["72,5"])
    assert re.fullmatch(r"Saved \d\d:\d\d, but this is not a number yet", said["x"])
    assert re.fullmatch(r"Saved \d\d:\d\d", said[""])
    assert 'data-autosave="' + here + '/save"' in trainee.get(here).text


def test_a_fraction_is_said_with_the_comma_of_the_interface(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    here = path(attempt, number_of(asked, "q05"))
    assert "72,5" in trainee.send(here + "/save?lang=ru", {"answer": "72.5"}, page=here).text


def test_the_review_shows_the_choice_the_right_answer_and_both_explanations(
    trainee: Any, attempt: Any, asked: list[Item]
) -> None:
    trainee.send(path(attempt, number_of(asked, "q06")), {"answer": "a"})
    trainee.send(path(attempt, number_of(asked, "q05")), {"answer": "0,55"})
    trainee.send(path(attempt, number_of(asked, "q04")), {"left-l1": "r2", "left-l2": "r1"})
    trainee.send(path(attempt, "submit"))
    page = unescape(trainee.get(path(attempt, "review") + "?lang=en").text)
    assert "Size does not repair a sample" in page and "Right. Both numbers are shown" in page
    assert "A feeling is an opinion" not in page  # neither chosen nor right
    assert "read as 0.55" in page and "up to 0.5 more or less is right" in page
    assert "<del" in page and "Partly right" in page and "You gave no answer." in page


def test_before_the_submission_no_page_knows_the_answers(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    pages = "".join(unescape(trainee.get(path(attempt, number) + "?lang=en").text) for number in range(1, 11))
    for secret in (
        "Size does not repair",
        "Right. Both numbers",
        "66 divided by 120",
        "safety rule called? floor",
        "minimum",
    ):
        assert secret not in pages
    assert trainee.get(path(attempt, "review")).location.endswith("/quiz")


def test_after_the_submission_the_questions_lead_to_the_review(trainee: Any, attempt: Any) -> None:
    trainee.send(path(attempt, "submit"))
    for place in (1, "submit"):
        assert trainee.get(path(attempt, place)).location.endswith("/review")


def test_a_question_speaks_the_readers_language_and_says_which(trainee: Any, attempt: Any, asked: list[Item]) -> None:
    here = path(attempt, number_of(asked, "q05"))
    for lang, word in (("ar", "كم نسبتهم"), ("en", "What percentage")):
        page = trainee.get(f"{here}?lang={lang}").text
        assert word in page
        assert re.search(rf'<fieldset[^>]*lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}"', page)


@pytest.mark.parametrize("lang", [one.value for one in LANGS])
def test_every_page_is_there_in_every_language(trainee: Any, attempt: Any, asked: list[Item], lang: str) -> None:
    for number in range(1, 11):
        assert trainee.get(f"{path(attempt, number)}?lang={lang}").status_code == 200
    assert trainee.get(f"{path(attempt, 'submit')}?lang={lang}").status_code == 200
    for number, item in enumerate(asked, 1):
        trainee.send(path(attempt, number), right(item))
    trainee.send(path(attempt, "submit"))
    for place in (path(attempt, "review"), OVERVIEW):
        assert trainee.get(f"{place}?lang={lang}").status_code == 200


def test_the_last_attempt_leaves_the_reviews_open(trainee: Any, attempt: Any, app: Any) -> None:
    for _ in range(2):
        trainee.send(path(newest(app), "submit"))
        trainee.send(OVERVIEW)
    trainee.send(path(newest(app), "submit"))
    page = trainee.get(OVERVIEW + "?lang=en").text
    assert "All attempts are used" in page and page.count("See the review") == 3 and "Try again" not in page


def test_staff_see_the_terms_and_no_button(world: Any, quiz: Any, browser_of: Any) -> None:
    page = browser_of(world.instructor).get(OVERVIEW + "?lang=en")
    assert (
        page.status_code == 200 and "You see the terms of the quiz as staff" in page.text and "Start" not in page.text
    )
