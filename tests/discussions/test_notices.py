"""Mails about posts: at once or daily, to followers alone, with a link that ends them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.models import EnrolmentState
from diploma.core import clock
from diploma.discussions import following
from diploma.discussions.models import ForumMember, Notice, Thread
from tests.conftest import Client
from tests.discussions.conftest import FORUM, answered, cohort, mails, user
from tests.world import World


@pytest.fixture
def say(unit: Any, talk: dict[str, int]) -> Any:
    """``say(text, by)``: one more post in the thread."""

    def write(text: str, by: str) -> None:
        with unit() as session:
            answered(session.get_one(Thread, talk["thread"]), text, by=by)

    return write


@pytest.fixture
def choose(unit: Any) -> Any:
    def change(email: str, notice: Notice, follows_all: bool = False) -> None:
        with unit():
            following.choose(cohort(), user(email), follows_all=follows_all, notice=notice)

    return change


def test_who_wants_it_gets_a_mail_at_once_and_without_the_text(
    talk: dict[str, int], choose: Any, work_off: Any, unit: Any, world: World
) -> None:
    choose(world.trainee, Notice.AT_ONCE)
    work_off()
    with unit():
        (mail,) = mails()
    assert mail["to"] == world.trainee and mail["lang"] == "uz-Latn"
    assert f"{FORUM}/{talk['thread']}#post-2" in mail["body"] and "40 daqiqa" not in mail["body"]


def test_the_others_get_one_mail_in_the_morning(
    talk: dict[str, int], say: Any, work_off: Any, unit: Any, world: World
) -> None:
    say("Ikkinchi", world.trainee_2)
    work_off()
    with unit():
        assert mails() == []
    with clock.at(clock.now() + timedelta(days=1)):
        work_off()
        with unit():
            (mail,) = mails()
    assert mail["to"] == world.trainee and "Очередь у окна" in mail["body"] and "Ikkinchi" not in mail["body"]


def test_the_next_daily_mail_does_not_repeat_the_last(
    talk: dict[str, int], say: Any, work_off: Any, unit: Any, world: World
) -> None:
    now = clock.now()
    work_off()
    with clock.at(now + timedelta(days=1)):
        work_off()
    with clock.at(now + timedelta(days=3)):
        work_off()
        with unit():
            assert len(mails()) == 1


def test_what_was_hidden_or_taken_back_before_morning_is_not_told(
    talk: dict[str, int], work_off: Any, unit: Any, bobur: Client
) -> None:
    work_off()
    bobur.send(f"{FORUM}/{talk['thread']}/posts/{talk['answer']}/take-back")
    with clock.at(clock.now() + timedelta(days=1)):
        work_off()
        with unit():
            assert mails() == []


def test_who_follows_the_whole_forum_hears_of_every_discussion(
    talk: dict[str, int], choose: Any, work_off: Any, unit: Any, world: World
) -> None:
    choose(world.instructor, Notice.AT_ONCE, follows_all=True)
    work_off()
    with unit():
        assert [one["to"] for one in mails()] == [world.instructor] * 2


def test_who_follows_later_is_not_told_what_was_written_before(
    talk: dict[str, int], aziza: Client, work_off: Any, unit: Any, world: World, instructor: Client, choose: Any
) -> None:
    choose(world.instructor, Notice.AT_ONCE)
    instructor.send(f"{FORUM}/{talk['thread']}/follow", {"follow": "1"}, page=f"{FORUM}/{talk['thread']}")
    work_off()
    with unit():
        assert mails() == []


def test_who_stops_following_hears_nothing_more(
    talk: dict[str, int], choose: Any, work_off: Any, unit: Any, world: World, aziza: Client
) -> None:
    choose(world.trainee, Notice.AT_ONCE, follows_all=True)
    aziza.send(f"{FORUM}/{talk['thread']}/follow", {"follow": "0"}, page=f"{FORUM}/{talk['thread']}")
    work_off()
    with unit():
        assert mails() == []


@pytest.mark.parametrize("later", [False, True])
def test_who_was_withdrawn_gets_no_mail(
    talk: dict[str, int], choose: Any, work_off: Any, unit: Any, world: World, put: Any, later: bool
) -> None:
    """Neither at once nor in the morning, also when they left in between."""
    choose(world.trainee, Notice.DAILY if later else Notice.AT_ONCE, follows_all=True)
    if later:
        work_off()
    put(world.trainee, EnrolmentState.WITHDRAWN)
    with clock.at(clock.now() + timedelta(days=1)):
        work_off()
        with unit():
            assert [one for one in mails() if one["to"] == world.trainee] == []


def test_the_link_of_a_mail_ends_it_only_when_its_button_is_pressed(
    talk: dict[str, int], choose: Any, work_off: Any, unit: Any, world: World, client: Client, say: Any
) -> None:
    choose(world.trainee, Notice.AT_ONCE)
    work_off()
    with unit():
        link = re.search(r"/unfollow/\S+", mails()[0]["body"])
    assert link
    assert "End these mails" in client.get(f"{link[0]}?lang=en").text
    say("Yana", world.trainee_2)
    work_off()
    assert client.send(link[0]).status_code == 200
    say("Va yana", world.trainee_2)
    work_off()
    with unit():
        assert len(mails()) == 2


def test_the_link_of_a_daily_mail_ends_them_all(talk: dict[str, int], work_off: Any, unit: Any, client: Client) -> None:
    work_off()
    with clock.at(clock.now() + timedelta(days=1)):
        work_off()
    with unit():
        link = re.search(r"/unfollow/\S+", mails()[0]["body"])
    assert link and client.send(link[0]).status_code == 200
    with unit() as session:
        assert session.scalars(select(ForumMember.notice)).all() == [Notice.NEVER]


def test_a_forged_link_ends_nothing(world: World, client: Client) -> None:
    for token in ("nonsense", "WzEsMSwwXQ.xxxx"):
        assert client.get(f"/unfollow/{token}").status_code == 404
        assert client.send(f"/unfollow/{token}").status_code == 404


def test_the_choice_is_made_on_a_page(world: World, aziza: Client, reading: Any) -> None:
    aziza.send(f"{FORUM}/mails", {"follows_all": "1", "notice": "at_once"})
    with reading() as session:
        held = session.scalars(select(ForumMember)).one()
        assert held.follows_all and held.notice is Notice.AT_ONCE
    assert aziza.send(f"{FORUM}/mails", {"notice": "always"}).status_code == 422
