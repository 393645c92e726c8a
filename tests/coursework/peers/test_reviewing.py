"""A review is written, kept, handed in and changed until its time is over; nobody learns who is with whom."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from diploma.cohorts.models import CohortState, EnrolmentState
from diploma.core import audit
from diploma.core.db import session
from diploma.coursework.peers.models import Review, ReviewState
from tests.coursework.conftest import PAGE, Handed, Unit, enrolment
from tests.coursework.peers.conftest import (
    OVER,
    PEERS_PAGE,
    SENT,
    Circle,
    Decide,
    On,
    Visit,
    cohort_of,
    entry_of,
    give,
    given_to,
    got_by,
)
from tests.world import World

See = Callable[..., Visit]
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def first(begun: Circle) -> str:
    return begun.people[0]


@pytest.fixture
def token(first: str, on: On) -> str:
    """The address of a review that the first person gives."""
    with on(12):
        return given_to(first)[0].token


def stored(token: str) -> Review:
    return session.scalars(select(Review).where(Review.token == token)).one()


# ---- before


def test_authors_are_told_before_they_hand_in(decide: Decide, world: World, visit: See) -> None:
    decide(weight=10)
    page = visit(world.trainee, 1).get(PAGE).text
    assert "Fellow trainees read your work, without your name" in page and "10%" in page
    decide(on=False)
    assert "Fellow trainees" not in visit(world.trainee, 1).get(PAGE).text


def test_without_peer_review_there_is_no_page(handed: Handed, world: World, visit: See) -> None:
    assert visit(world.trainee, 1).get(PEERS_PAGE).status_code == 404


# ---- writing


def test_the_trainee_sees_what_is_to_give_on_every_page_that_leads_there(first: str, visit: See) -> None:
    browser = visit(first)
    for path in ("/dashboard", PAGE):
        assert "Reviews to give: 0 of 2, until" in browser.get(path).text
    assert len(re.findall(rf'href="{PEERS_PAGE}/[^"#]+"', browser.get(PEERS_PAGE).text)) == 2


def test_a_draft_is_kept_and_a_whole_review_handed_in_and_changed(first: str, token: str, visit: See, on: On) -> None:
    browser, path = visit(first), f"{PEERS_PAGE}/{token}"
    kept = browser.send(f"{path}/draft", {"remark-voices": "Whom did you ask?", "page": "a" * 20, "version": "1"})
    assert kept.status_code == 200 and "Saved" in kept.text
    assert "Whom did you ask?" in browser.get(path).text
    short = browser.send(path, {"do": "done", "page": "a" * 20, "remark-voices": "Whom did you ask?"})
    assert short.status_code == 422 and "choose a level" in unescape(short.text)
    assert "choose a level, and say in a sentence why" in short.text and "Whom did you ask?" in short.text
    for comment in ("First", "Second"):
        sent = browser.send(path, {**SENT, "comment": comment})
        assert sent.status_code == 302
    with on(12):
        assert (stored(token).comment, stored(token).state, stored(token).raw) == ("Second", ReviewState.DONE, 80)
    assert "Reviews to give: 1 of 2" in browser.get(PAGE).text


def test_a_double_click_hands_in_once(first: str, token: str, visit: See, on: On) -> None:
    browser = visit(first)
    for _click in range(2):
        assert browser.send(f"{PEERS_PAGE}/{token}", SENT).status_code == 302
    with on(12):
        assert (
            len(list(session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "peer_review.done")))) == 1
        )


def test_a_review_that_is_done_is_not_made_a_draft_again(first: str, token: str, visit: See, on: On) -> None:
    with on(12):
        give(stored(token))
    late = {"comment": "x", "page": "p" * 20, "version": "2"}
    assert visit(first).send(f"{PEERS_PAGE}/{token}/draft", late).status_code == 409
    with on(12):
        assert stored(token).state is ReviewState.DONE


def test_another_window_is_not_overwritten(first: str, token: str, visit: See) -> None:
    browser, path = visit(first), f"{PEERS_PAGE}/{token}"
    browser.send(path, {"do": "save", "comment": "From the phone", "page": "a" * 20, "version": "1"})
    answer = browser.send(path, {"do": "save", "comment": "From the desk", "page": "b" * 20, "version": "1"})
    assert answer.status_code == 409
    assert "From the phone" in answer.text and "From the desk" in answer.text


def test_a_remark_without_end_is_refused_and_not_cut(first: str, token: str, visit: See) -> None:
    answer = visit(first).send(f"{PEERS_PAGE}/{token}", {"do": "save", "remark-voices": "x" * 4001, "version": "1"})
    assert answer.status_code == 422 and "longer than 4000 characters" in answer.text and "x" * 4001 in answer.text


# ---- attacks


def test_a_review_after_its_time_changes_nothing(first: str, token: str, visit: See, on: On) -> None:
    answer = visit(first, OVER).send(f"{PEERS_PAGE}/{token}", SENT)
    assert answer.status_code == 409 and "The time for this review is over" in answer.text
    with on(OVER):
        assert stored(token).state is ReviewState.GIVEN


def test_a_work_that_one_was_not_given_does_not_exist(begun: Circle, first: str, visit: See, on: On) -> None:
    with on(12):
        mine = {one.token for one in given_to(first)}
        others = [one for one in session.scalars(select(Review)) if one.token not in mine]
        own = next(one.token for one in others if one.entry_id == entry_of(first).id)
        foreign = [own, next(one.token for one in others if one.token != own)]
    browser = visit(first)
    for one in foreign:
        for path in (f"{PEERS_PAGE}/{one}", f"{PEERS_PAGE}/{one}/files/1"):
            assert browser.get(path).status_code == 404
        for path in (f"{PEERS_PAGE}/{one}", f"{PEERS_PAGE}/{one}/draft"):
            assert browser.send(path, SENT).status_code == 404


def test_another_cohort_and_staff_do_not_reach_a_review(first: str, token: str, visit: See, world: World) -> None:
    for email in (world.other_trainee, world.other_instructor, world.instructor):
        assert visit(email).get(f"{PEERS_PAGE}/{token}").status_code in (403, 404)
    for email in (world.other_instructor, world.trainee_2):
        assert visit(email).get(f"/cohorts/uz-1/peers/{token}").status_code in (403, 404)
    assert visit(world.other_instructor).get(f"/cohorts/ae-1/peers/{token}").status_code == 404


def test_nothing_of_the_page_says_whose_work_it_is(begun: Circle, first: str, token: str, visit: See, on: On) -> None:
    with on(12):
        author, work = stored(token).entry.enrolment.user, stored(token).entry.work
        secrets = {author.full_name, author.display_name, author.email, work.receipt, work.sha256, "map.pdf"}
        sha = work.files["annex"][0]["sha256"]
    browser = visit(first)
    page, file = browser.get(f"{PEERS_PAGE}/{token}"), browser.get(f"{PEERS_PAGE}/{token}/files/1")
    for secret in secrets | {sha}:
        assert secret not in page.text and secret not in str(file.headers)
    assert "file-1.pdf" in file.headers["Content-Disposition"]
    assert not {"ETag", "Last-Modified"} & set(file.headers.keys())
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    file.close()


def test_lists_are_in_the_order_of_chance(begun: Circle, on: On) -> None:
    with on(12):
        rows = list(session.scalars(select(Review).order_by(Review.id)))
        assert [one.token for one in rows] == sorted(one.token for one in rows)
        assert all(len(one.token) >= 20 for one in rows)


def test_text_of_a_review_runs_nowhere(reviewed: Circle, visit: See, on: On, world: World) -> None:
    author = reviewed.people[0]
    with on(12):
        row = got_by(author)[0]
        token, writer = row.token, row.reviewer.enrolment.user.email
        row.comment, row.remarks, row.reply, row.report = XSS, {"voices": XSS}, XSS, XSS
        row.replied_at = row.reported_at = row.done_at
    for email, path in (
        (author, PEERS_PAGE),
        (writer, f"{PEERS_PAGE}/{token}"),
        (world.instructor, f"/cohorts/uz-1/peers/{token}"),
        (world.instructor, "/cohorts/uz-1/peers"),
    ):
        page = visit(email, OVER).get(path).text
        assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page and "<img src=x" not in page


@pytest.mark.parametrize("state", [EnrolmentState.DEFERRED, EnrolmentState.WITHDRAWN])
def test_who_is_put_off_or_has_left_reviews_nothing(
    first: str, token: str, visit: See, unit: Unit, on: On, state: EnrolmentState
) -> None:
    with unit():
        enrolment(first).state = state
    answer = visit(first).send(f"{PEERS_PAGE}/{token}", SENT)
    assert answer.status_code in (404, 409)
    with on(12):
        assert stored(token).state is ReviewState.GIVEN


def test_the_work_of_who_has_left_is_read_no_more(first: str, token: str, visit: See, unit: Unit) -> None:
    with unit():
        stored(token).entry.enrolment.state = EnrolmentState.WITHDRAWN
    browser = visit(first)
    assert browser.get(f"{PEERS_PAGE}/{token}").status_code == 404
    assert "Reviews to give: 0 of 1" in browser.get(PAGE).text


def test_a_closed_cohort_is_reviewed_no_more(first: str, token: str, visit: See, unit: Unit) -> None:
    with unit():
        cohort_of().state = CohortState.CLOSED
    answer = visit(first).send(f"{PEERS_PAGE}/{token}", SENT)
    assert answer.status_code == 409


def test_a_form_without_the_frame_s_token_is_refused(first: str, token: str, visit: See, on: On) -> None:
    browser = visit(first)
    sent = browser.browser.post(f"{PEERS_PAGE}/{token}", data=SENT)
    assert sent.status_code == 400
    with on(12):
        assert stored(token).state is ReviewState.GIVEN


def test_module_of_the_address_is_that_of_the_review(first: str, token: str, visit: See) -> None:
    answer = visit(first).get(f"/modules/m3-co-creation/peers/{token}")
    assert answer.status_code in (403, 404)
