"""Opening, answering, changing and taking back; languages, links, search and pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.cohorts.models import CohortState
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.markup import from_plain
from diploma.discussions import service
from diploma.discussions.models import Post, Thread
from diploma.discussions.service import Written
from tests.conftest import Client
from tests.discussions.conftest import FORUM, answered, cohort, key, opened, user
from tests.world import World

NEW = {"title": "Savol", "text": "Birinchi xat\n\nIkkinchi xat boshi", "language": "uz-Latn", "module": ""}


def main(page: str) -> str:
    return page.partition("<main")[2]


# ---- writing


def test_a_trainee_opens_a_discussion_and_another_answers(world: World, aziza: Client, bobur: Client) -> None:
    made = aziza.send(f"{FORUM}/new", NEW | {"key": key()})
    address = made.headers["Location"]
    bobur.send(address, {"text": "Жавоб", "language": "uz-Cyrl", "key": key()})
    page = aziza.get(address).text
    assert 'lang="uz-Latn" dir="ltr"><p>Birinchi xat</p>\n<p>' in page or "<p>Ikkinchi xat boshi</p>" in page
    assert '<div class="stack g2" lang="uz-Cyrl" dir="ltr"><p>Жавоб</p>' in page
    assert "Savol" in bobur.get(FORUM).text


def test_a_form_sent_twice_is_one_discussion_and_one_post(world: World, aziza: Client, reading: Any) -> None:
    form = NEW | {"key": key()}
    first, second = (aziza.send(f"{FORUM}/new", form).headers["Location"] for _ in range(2))
    answer = {"text": "Ещё раз", "language": "ru", "key": key()}
    for _ in range(2):
        aziza.send(first, answer)
    with reading() as session:
        assert first == second and session.scalar(select(func.count(Post.id))) == 2


def test_the_key_of_another_persons_form_gives_nothing_away(talk: dict[str, int], unit: Any, world: World) -> None:
    with unit():
        mine = service.open_thread(cohort(), "A", None, Written("a", Lang.EN), key="k" * 20, by=user(world.trainee))
        other = service.open_thread(cohort(), "B", None, Written("b", Lang.EN), key="k" * 20, by=user(world.trainee_2))
        assert mine.id != other.id


def test_the_language_offered_is_that_in_which_the_person_hands_in(world: World, browser_of: Any) -> None:
    page = browser_of(world.trainee).get(f"{FORUM}/new").text
    assert '<option selected value="uz-Latn">' in page


def test_a_text_of_a_hundred_thousand_letters_is_refused_in_words_and_kept(world: World, aziza: Client) -> None:
    answer = aziza.send(f"{FORUM}/new", NEW | {"text": "ы" * 100_000, "key": key()})
    assert answer.status_code == 422 and "10000 characters" in answer.text and "ы" * 100_000 in answer.text


def test_overrides_of_direction_do_not_get_in(world: World, aziza: Client) -> None:
    made = aziza.send(f"{FORUM}/new", NEW | {"title": "a\u202eb", "text": "c\u2067d\u202ee", "key": key()})
    page = main(aziza.get(made.headers["Location"]).text)
    assert ">ab<" in page and "<p>cde</p>" in page


def test_an_answer_names_the_post_it_answers_and_copies_nothing(
    talk: dict[str, int], aziza: Client, unit: Any, world: World
) -> None:
    address = f"{FORUM}/{talk['thread']}"
    assert 'name="quoted"' in aziza.get(f"{address}?answer=2").text
    aziza.send(address, {"text": "Спасибо", "language": "ru", "quoted": "2", "key": key()})
    page = aziza.get(address).text
    assert page.count("40 daqiqa") == 1 and re.search(r'href="[^"]*#post-2">Answers post #2', page)


def test_a_post_of_another_discussion_cannot_be_answered_here(talk: dict[str, int], aziza: Client) -> None:
    address = f"{FORUM}/{talk['thread']}"
    form = {"text": "Спасибо", "language": "ru", "quoted": "77", "key": key()}
    answer = aziza.send(address, form)
    assert answer.status_code == 409 and "not in this discussion" in answer.text and "Спасибо" in answer.text


@pytest.mark.parametrize("asked", ["99999999999999999999", "-1", "x", "0"])
def test_an_odd_number_to_answer_is_no_error(talk: dict[str, int], aziza: Client, asked: str) -> None:
    assert aziza.get(f"{FORUM}/{talk['thread']}?answer={asked}&page={asked}").status_code == 200


# ---- changing


def test_a_post_is_changed_within_fifteen_minutes_and_says_so(talk: dict[str, int], aziza: Client) -> None:
    address = f"{FORUM}/{talk['thread']}"
    aziza.send(f"{address}/posts/{talk['first']}/edit", {"text": "Иначе", "language": "en"})
    page = aziza.get(address).text
    assert "Иначе" in page and "Кто измерял" not in page and "changed " in page


def test_after_fifteen_minutes_nothing_is_changed(talk: dict[str, int], aziza: Client) -> None:
    address = f"{FORUM}/{talk['thread']}"
    with clock.at(clock.now() + timedelta(minutes=16)):
        answer = aziza.send(f"{address}/posts/{talk['first']}/edit", {"text": "Иначе", "language": "en"})
        assert answer.status_code == 409 and "15 minutes" in answer.text
        page = aziza.get(address).text
    assert "Кто измерял" in page and "/edit" not in page


def test_nobody_changes_the_post_of_another(talk: dict[str, int], bobur: Client, instructor: Client) -> None:
    address = f"{FORUM}/{talk['thread']}/posts/{talk['first']}"
    for browser in (bobur, instructor):
        assert browser.send(f"{address}/edit", {"text": "x", "language": "en"}).status_code == 404
        assert browser.send(f"{address}/take-back").status_code == 404


def test_the_service_itself_lets_only_the_writer_change(talk: dict[str, int], unit: Any, world: World) -> None:
    with unit() as session:
        post = session.get_one(Post, talk["first"])
        with pytest.raises(Refused):
            service.edit(post, Written("x", Lang.EN), by=user(world.trainee_2))
        with pytest.raises(Refused):
            service.take_back(post, by=user(world.instructor))


def test_of_a_post_taken_back_a_stub_remains_and_no_text(talk: dict[str, int], bobur: Client, reading: Any) -> None:
    address = f"{FORUM}/{talk['thread']}"
    bobur.send(f"{address}/posts/{talk['answer']}/take-back")
    page = bobur.get(address).text
    assert "has taken this post back" in page and "40 daqiqa" not in page
    with reading() as session:
        kept = session.get_one(Post, talk["answer"])
        assert (kept.text, kept.search) == ("", "")


# ---- where nothing is written


def test_a_closed_discussion_takes_no_answer(talk: dict[str, int], instructor: Client, aziza: Client) -> None:
    address = f"{FORUM}/{talk['thread']}"
    instructor.send(f"{address}/lock", {"lock": "1"}, page=address)
    answer = aziza.send(address, {"text": "Ещё", "language": "ru", "key": key()})
    assert answer.status_code == 409 and "This discussion is closed" in answer.text
    instructor.send(f"{address}/lock", {"lock": "0"}, page=address)
    assert aziza.send(address, {"text": "Ещё", "language": "ru", "key": key()}).status_code == 302


def test_a_closed_cohort_is_read_only(talk: dict[str, int], aziza: Client, unit: Any) -> None:
    with unit():
        cohort().state = CohortState.CLOSED
    address = f"{FORUM}/{talk['thread']}"
    assert 'id="write"' not in aziza.get(address).text
    assert aziza.send(address, {"text": "Ещё", "language": "ru", "key": key()}).status_code == 409


def test_who_writes_faster_than_anybody_is_asked_to_wait(world: World, aziza: Client, reading: Any) -> None:
    codes = [aziza.send(f"{FORUM}/new", NEW | {"key": key()}).status_code for _ in range(12)]
    assert codes[:10] == [302] * 10 and codes[-1] == 429
    with reading() as session:
        assert session.scalar(select(func.count(Thread.id))) == 10


# ---- finding


@pytest.mark.parametrize("word", ["olchadik", "ўлчадик", "OʻLCHADIK", "ochered", "очередь"])
def test_a_word_is_found_in_any_script(talk: dict[str, int], aziza: Client, word: str) -> None:
    assert "Очередь у окна" in main(aziza.get(f"{FORUM}?q={word}").text)


def test_what_is_not_there_is_not_found(talk: dict[str, int], aziza: Client) -> None:
    page = main(aziza.get(f"{FORUM}?q=%25").text)
    assert "Очередь у окна" not in page and "Nothing found" in page


def test_the_helpful_answer_is_marked_by_who_asked_and_only_one(
    talk: dict[str, int], aziza: Client, bobur: Client, unit: Any, world: World, reading: Any
) -> None:
    with unit() as session:
        second = answered(session.get_one(Thread, talk["thread"]), "Uch marta.", by=world.instructor).id
    address = f"{FORUM}/{talk['thread']}"
    for post in (talk["answer"], second):
        aziza.send(f"{address}/posts/{post}/helpful", {"helpful": "1"}, page=address)
    assert bobur.send(f"{address}/posts/{talk['answer']}/helpful", {"helpful": "1"}, page=address).status_code == 409
    assert "Helpful answer" in main(bobur.get(FORUM).text)
    with reading() as session:
        marked = session.scalars(select(Post.id).where(Post.helpful_at.is_not(None))).all()
        assert marked == [second]


# ---- text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("# no heading *no emphasis*", "<p># no heading *no emphasis*</p>"),
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>"),
        ("javascript:alert(1) http://a.test", "<p>javascript:alert(1) http://a.test</p>"),
        (
            "https://a.test/?x=1&y=2.",
            '<p><a href="https://a.test/?x=1&amp;y=2" rel="noopener noreferrer">https://a.test/?x=1&amp;y=2</a>.</p>',
        ),
        ('https://a.test/"onmouseover=x', '<p><a href="https://a.test/" rel="noopener noreferrer">https://a.test/</a>"onmouseover=x</p>'),
    ],
)  # fmt: skip
def test_a_text_keeps_its_lines_and_nothing_in_it_is_markup(text: str, html: str) -> None:
    assert str(from_plain(text)) == html


# ---- many


def test_the_pages_ask_as_often_for_three_hundred_posts_as_for_three(
    talk: dict[str, int], aziza: Client, unit: Any, world: World, queries: Any
) -> None:
    def asked(*paths: str) -> list[int]:
        counts = []
        for path in paths:
            aziza.get(path)
            with queries() as seen:
                assert aziza.get(path).status_code == 200
            counts.append(len(seen))
        return counts

    paths = (FORUM, f"{FORUM}?q=lchad", f"{FORUM}/{talk['thread']}", f"{FORUM}/{talk['thread']}?page=9")
    few = asked(*paths)
    with unit() as session:
        thread = session.get_one(Thread, talk["thread"])
        people = (world.trainee, world.trainee_2, world.instructor)
        for number in range(297):
            answered(thread, f"Oʻlchadik {number}", by=people[number % 3], quoted=number % 2 + 1)
        for number in range(60):
            opened(f"Mavzu {number}", "Matn", by=people[number % 3])
    assert asked(*paths) == few and max(few) <= 20
    assert main(aziza.get(f"{FORUM}/{talk['thread']}?page=10").text).count("<article") == 29
