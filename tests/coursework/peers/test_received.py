"""Authors read the reviews of their work when the time is over; they answer, report, and learn nothing of marks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.coursework.models import AssignmentPolicy
from diploma.coursework.peers import service
from diploma.coursework.peers.models import Review
from tests.coursework.conftest import PAGE, Handed, Unit, user
from tests.coursework.peers.conftest import (
    OVER,
    PEERS_PAGE,
    Circle,
    Decide,
    On,
    Visit,
    cohort_of,
    give,
    given_to,
    got_by,
)
from tests.world import M2, World

See = Callable[..., Visit]
SAID = "Name the source."
LEAD = "/cohorts/uz-1/peers"


def answer_to(token: str, step: str) -> str:
    return f"/modules/{M2}/reviews/{token}/{step}"


@pytest.fixture
def author(reviewed: Circle) -> str:
    return reviewed.people[0]


@pytest.fixture
def token(author: str, on: On) -> str:
    with on(12):
        return got_by(author)[0].token


def test_a_review_is_not_read_before_its_time(author: str, token: str, visit: See) -> None:
    browser = visit(author, 13)
    assert SAID not in browser.get(PEERS_PAGE).text and SAID not in browser.get(PAGE).text
    for step in ("reply", "report"):
        assert browser.get(answer_to(token, step)).status_code == 404
        assert browser.send(answer_to(token, step), {"text": "Why?"}).status_code == 404


def test_after_the_time_authors_read_levels_and_remarks_and_no_names(
    reviewed: Circle, author: str, visit: See, on: On
) -> None:
    page = visit(author, OVER).get(PEERS_PAGE).text
    assert page.count(SAID) == 10 and "Review 2" in page
    with on(OVER):
        for one in got_by(author):
            assert one.reviewer.enrolment.user.full_name not in page


def test_a_reviewer_with_more_time_is_read_only_after_it(author: str, on: On, visit: See) -> None:
    with on(12):
        got_by(author)[0].until_at = got_by(author)[0].until_at.replace(year=2099)
    assert visit(author, OVER).get(PEERS_PAGE).text.count(SAID) == 5


def test_who_has_not_reviewed_does_not_see_their_own(begun: Circle, on: On, visit: See, decide: Decide) -> None:
    author = begun.people[0]
    with on(12):
        for one in got_by(author):
            give(one)
    page = visit(author, OVER).get(PEERS_PAGE).text
    assert SAID not in page and "Your own reviews are missing" in page
    decide(must_review=False)
    assert visit(author, OVER).get(PEERS_PAGE).text.count(SAID) == 10


def test_where_the_rules_say_so_reviews_are_shown_with_the_mark(
    reviewed: Circle,
    author: str,
    decide: Decide,
    visit: See,
    set_mark: Callable[..., None],
    release: Callable[..., None],
) -> None:
    decide(after_release=True)
    without = visit(author, OVER).get(PEERS_PAGE).text
    set_mark(reviewed.works[author])
    marked = visit(author, OVER).get(PEERS_PAGE).text
    assert SAID not in marked and marked.count("They are shown together with your mark") == 1
    assert [line for line in without.splitlines() if "csrf" not in line] == [
        line for line in marked.splitlines() if "csrf" not in line
    ]  # that a mark is set shows nowhere
    release(reviewed.works[author])
    assert SAID in visit(author, OVER).get(PEERS_PAGE).text


def test_an_answer_is_given_once_and_reaches_the_reviewer_without_a_name(
    author: str, token: str, visit: See, on: On
) -> None:
    browser = visit(author, OVER)
    assert browser.send(answer_to(token, "reply"), {"text": ""}).status_code == 422
    assert browser.send(answer_to(token, "reply"), {"text": "Thank you."}).status_code == 302
    assert browser.send(answer_to(token, "reply"), {"text": "And more."}).status_code == 422
    with on(OVER):
        row = session.scalars(select(Review).where(Review.token == token)).one()
        writer, name = row.reviewer.enrolment.user.email, row.entry.enrolment.user.full_name
    page = visit(writer, OVER).get(f"{PEERS_PAGE}/{token}").text
    assert "Thank you." in page and "And more." not in page and name not in page


def test_a_reviewer_cannot_answer_or_report_in_the_author_s_place(token: str, visit: See, on: On) -> None:
    with on(OVER):
        writer = session.scalars(select(Review).where(Review.token == token)).one().reviewer.enrolment.user.email
    for step in ("reply", "report"):
        assert visit(writer, OVER).send(answer_to(token, step), {"text": "x"}).status_code == 404


def test_a_reported_review_is_in_the_queue_of_the_staff_and_hidden_with_a_reason(
    author: str, token: str, visit: See, world: World
) -> None:
    visit(author, OVER).send(answer_to(token, "report"), {"text": "This is an insult."})
    staff = visit(world.instructor, OVER)
    for path in ("/marking/", "/dashboard"):
        assert "1 review of a trainee’s work was reported" in staff.get(path).text
    assert "This is an insult." in staff.get(LEAD).text
    assert staff.send(f"{LEAD}/{token}/hide", {"reason": ""}).status_code == 422
    assert staff.send(f"{LEAD}/{token}/hide", {"reason": "It is one."}).status_code == 302
    assert "was reported" not in staff.get("/marking/").text
    seen = visit(author, OVER).get(PEERS_PAGE).text
    assert seen.count(SAID) == 5 and "1 review was hidden by the staff." in seen
    staff.send(f"{LEAD}/{token}/show", {"reason": "It is none."})
    seen = visit(author, OVER).get(PEERS_PAGE).text
    assert seen.count(SAID) == 10 and "hidden by the staff" not in seen


def test_a_report_can_be_closed_without_hiding(author: str, token: str, visit: See, world: World) -> None:
    visit(author, OVER).send(answer_to(token, "report"), {"text": "Too strict."})
    staff = visit(world.instructor, OVER)
    assert staff.send(f"{LEAD}/{token}/keep", {"reason": "It is fair."}).status_code == 302
    assert staff.send(f"{LEAD}/{token}/keep", {"reason": "It is fair."}).status_code == 422
    assert "was reported" not in staff.get("/marking/").text


def test_nobody_decides_on_a_review_of_their_own_work(author: str, token: str, on: On) -> None:
    with on(OVER):
        row = session.scalars(select(Review).where(Review.token == token)).one()
        with pytest.raises(Refused, match="own work"):
            service.hide(row, "I do not like it.", by=user(author))


# ---- staff


def test_staff_see_who_has_reviewed_and_read_each_review_with_names(
    begun: Circle, visit: See, on: On, world: World
) -> None:
    with on(12):
        rows = given_to(begun.people[0])
        give(rows[0])
        token, names = rows[0].token, [one.enrolment.user.full_name for one in (rows[0].reviewer, rows[0].entry)]
    browser = visit(world.instructor)
    page = browser.get(LEAD).text
    assert "1/2" in page and page.count("0/2") >= 4 and "lacks reviews" in page
    review = browser.get(f"{LEAD}/{token}").text
    assert all(one in review for one in names) and SAID in review
    for path in (f"{LEAD}/add", f"{LEAD}/{rows[1].token}/move"):
        assert browser.get(path).status_code == 200


def test_the_author_of_a_nameless_work_is_a_receipt_until_a_reason_is_given(
    begun: Circle, visit: See, on: On, world: World, unit: Unit
) -> None:
    with unit():
        session.add(AssignmentPolicy(cohort_id=cohort_of().id, module="", area="marking", values={"anonymous": True}))
    with on(12):
        row = given_to(begun.people[0])[0]
        give(row)
        token, author = row.token, row.entry.enrolment.user.full_name
        receipt, marking = row.entry.work.receipt, row.entry.work.marking
        assert marking
        reveal = f"/marking/{marking.id}/author"
    page = visit(world.instructor).get(f"{LEAD}/{token}").text
    assert author not in page and receipt in page and reveal not in page
    steward = visit(world.coordinator)
    assert reveal in steward.get(f"{LEAD}/{token}").text
    steward.send(reveal, {"reason": "A complaint."})
    assert author in steward.get(f"{LEAD}/{token}").text


def test_how_near_reviews_are_to_marks_is_said_after_the_release_alone(
    reviewed: Circle, visit: See, world: World, set_mark: Callable[..., None], release: Callable[..., None]
) -> None:
    handed: Handed = reviewed.works[reviewed.people[0]]
    set_mark(handed)
    assert "stands here after the release" in visit(world.instructor).get(LEAD).text
    release(handed)
    assert (
        "10 points from the mark of the rubric on average, and 10 points at most"
        in visit(world.instructor, OVER).get(LEAD).text
    )


def test_more_time_and_works_by_hand_over_the_pages(begun: Circle, visit: See, on: On, world: World) -> None:
    with on(12):
        rows = given_to(begun.people[0])
        entry, row = rows[0].reviewer_id, rows[0]
        token = row.token
        readers = {one.reviewer_id for one in session.scalars(select(Review).where(Review.entry_id == row.entry_id))}
        every = set(session.scalars(select(Review.reviewer_id)))
        to = next(iter(every - readers - {row.entry_id}))
    browser = visit(world.instructor)
    far = (browser.at + timedelta(days=1)).strftime("%Y-%m-%dT23:59")
    assert browser.send(f"{LEAD}/people/{entry}/time", {"until": far, "reason": "Ill."}).status_code == 302
    assert browser.send(f"{LEAD}/people/{entry}/time", {"until": "2001-01-01T10:00", "reason": "x"}).status_code == 422
    moved = browser.send(f"{LEAD}/{token}/move", {"reviewer": str(to), "until": far})
    assert moved.status_code == 302
    own = browser.send(f"{LEAD}/add", {"reviewer": str(to), "work": str(to), "until": far})
    assert own.status_code == 422 and "must not review this work" in own.text
