"""A result says what each level asked for, what the next one needs, and where others stand, without names."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import dates, marking, results, service
from diploma.coursework.extensions import easing
from diploma.coursework.feedback import advice, distribution
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from tests.conftest import Client
from tests.coursework.appeals.conftest import SECOND, accept, ask, cohort
from tests.coursework.conftest import PAGE, Handed, Unit, enrolment, levels, user
from tests.world import M2, World, person

Open = Callable[[str], Client]
Give = Callable[..., None]
CHART = 'class="tbl dist"'
EVIL = "</textarea><script>alert(1)</script>{{ 7*7 }}"
MIXED = levels("proficient", voices="absent", choice="exemplary")


def words(page: str) -> str:
    """The text of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def judged(handed: Handed, world: World, unit: Unit, release: Callable[..., None]) -> Handed:
    """A released work with levels on three heights and a hostile comment on a criterion."""
    with unit():
        said = Judged(MIXED, "All in all.", remarks={"voices": EVIL, "causes": "  "})
        marking.mark(session.get_one(Marking, handed.marking), said, by=user(world.instructor))
    release(handed)
    return handed


# ---- levels, next levels, comments


@pytest.mark.parametrize("lang", [Lang.EN, Lang.AR])
def test_each_criterion_says_its_level_and_what_the_next_one_needs(
    judged: Handed, world: World, unit: Unit, browser_of: Open, reading: Unit, lang: Lang
) -> None:
    with unit():
        user(world.trainee).content_language = lang
    with reading():
        content = results.content_of(session.get_one(Marking, judged.marking).work)
        lines = results.lines(content, M2, MIXED, lang)
    browser = browser_of(world.trainee)
    for address in (PAGE, f"/receipts/{judged.receipt}", f"/receipts/{judged.receipt}/feedback"):
        page = browser.get(address).text
        for line in lines:
            assert line.chosen and str(line.chosen.descriptor).split("\n")[0][:40] in page
            assert line.next is None or str(line.next.descriptor)[:40] in page
    assert "would give 7 of 20 points" in words(page), "voices at the next level"
    assert words(page).count("This is the highest level.") == 1


def test_the_two_criteria_that_would_give_most_come_first(judged: Handed, world: World, browser_of: Open) -> None:
    page = words(browser_of(world.trainee).get(PAGE).text)
    effort = page.split("Where to put your effort next")[1].split("What you handed in")[0]
    assert re.findall(r"(\d+) points instead of (\d+)", effort) == [("7", "0"), ("25", "20")]


def test_a_comment_on_a_criterion_is_shown_as_it_was_written_and_does_nothing(
    judged: Handed, world: World, browser_of: Open
) -> None:
    for who, address in ((world.trainee, PAGE), (world.trainee, f"/receipts/{judged.receipt}/feedback"),
                         (world.instructor, f"/marking/{judged.marking}")):  # fmt: skip
        page = browser_of(who).get(address).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page and "<script>alert" not in page


def test_nothing_is_taught_before_the_release(
    handed: Handed, world: World, unit: Unit, browser_of: Open, reading: Unit
) -> None:
    with unit():
        said = Judged(MIXED, remarks={"voices": "Only the marker knows this sentence."})
        marking.mark(session.get_one(Marking, handed.marking), said, by=user(world.instructor))
    browser = browser_of(world.trainee)
    for address in (PAGE, f"/receipts/{handed.receipt}"):
        page = browser.get(address).text
        assert "Only the marker" not in page and "For the next level" not in page and "effort" not in page
    assert browser.get(f"/receipts/{handed.receipt}/feedback").status_code == 404


def test_the_feedback_of_another_person_does_not_exist(judged: Handed, world: World, browser_of: Open) -> None:
    for who in (world.trainee_2, world.instructor, world.other_instructor):
        assert browser_of(who).get(f"/receipts/{judged.receipt}/feedback").status_code == 404


# ---- comments on criteria while they are written


def test_a_comment_on_a_criterion_is_saved_compared_and_frozen_like_the_levels(
    handed: Handed, world: World, browser_of: Open, second_instructor: str, reading: Unit, release: Callable[..., None]
) -> None:
    browser, address = browser_of(world.instructor), f"/marking/{handed.marking}"
    form: dict[str, Any] = {f"level-{one}": level for one, level in levels().items()}
    form |= {"page": "k" * 22, "version": 1, "remark-voices": "Ask the silent."}
    assert browser.send(f"{address}/draft", form, page="/account").status_code == 200
    assert "Ask the silent." in browser.get(address).text
    other = {**form, "page": "o" * 22, "remark-voices": "Ask everybody.", "do": "save"}
    stale = browser.send(address, other, page="/account")
    assert stale.status_code == 409 and "Ask the silent." in stale.text and "Ask everybody." in stale.text
    assert browser.send(address, {**form, "do": "mark"}, page="/account").status_code == 302
    release(handed)
    changed = {**form, "remark-voices": "Later.", "version": 9, "do": "save"}
    assert browser.send(address, changed, page="/account").status_code in (409, 422)
    with reading():
        assert session.get_one(Marking, handed.marking).remarks == {"voices": "Ask the silent."}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"level-voices": "splendid"}, "does not have this level"),
        ({"level-charm": "weak", "remark-charm": "Very charming."}, "Very charming."),
        ({"remark-voices": "x" * 2001}, "longer than 2000 characters"),
    ],
)
@pytest.mark.parametrize("step", ["save", "mark"])
def test_what_does_not_fit_the_rubric_is_named_and_nothing_is_lost(
    handed: Handed, world: World, browser_of: Open, reading: Unit, sent: dict[str, str], says: str, step: str
) -> None:
    form = {f"level-{one}": level for one, level in levels().items()} | {"comment": "Kept.", "version": "1"}
    form |= {"remark-causes": "Also kept.", "weight-voices": "100", "do": step} | sent
    browser, address = browser_of(world.instructor), f"/marking/{handed.marking}"
    answer = browser.send(address, form, page="/account")
    assert answer.status_code == 422 and says in answer.text
    assert "Kept." in answer.text and "Also kept." in answer.text
    assert browser.send(f"{address}/draft", form, page="/account").status_code == 422
    with reading():
        row = session.get_one(Marking, handed.marking)
        assert (row.levels, row.comment, row.counted) == ({}, "", None)


def test_weights_that_a_form_sends_are_nobodys_business(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    form = {f"level-{one}": level for one, level in levels().items()} | {"do": "mark", "version": "1"}
    form |= {"weight-voices": "100", "raw": "100", "counted": "100", "points": "100"}
    browser_of(world.instructor).send(f"/marking/{handed.marking}", form, page="/account")
    with reading():
        assert session.get_one(Marking, handed.marking).counted == 80


# ---- what a resubmission needs


def test_below_the_limit_the_page_says_what_would_reach_it(
    handed: Handed, world: World, give: Give, browser_of: Open, reading: Unit
) -> None:
    give([35], [handed])
    page = words(browser_of(world.trainee).get(PAGE).text)
    assert "To reach 60 it needs 60 points by the rubric; this work has 35." in page
    assert "It counts at most 75" in page
    with reading():
        row = session.get_one(Marking, handed.marking)
        lines = results.lines(results.content_of(row.work), M2, row.levels, Lang.EN)
        from_page = re.search(r"One way to ([\d.]+) points", page)
        assert from_page and float(from_page[1]) >= 60 and lines


def test_at_the_limit_nothing_is_needed(released: Handed, world: World, browser_of: Open) -> None:
    assert "To reach 60" not in words(browser_of(world.trainee).get(PAGE).text)


# ---- the marks of the cohort


@pytest.fixture
def nine(handed: Handed, crowd: Callable[[int], list[Handed]], give: Give) -> list[Handed]:
    """Nine released marks of others; the first trainee's work waits."""
    works = crowd(9)
    give([100, 100, 100, 80, 80, 80, 60, 60, 35], works)
    return works


def chart(page: str) -> list[tuple[str, str, bool]]:
    """Bands, counts, and which is the reader's own."""
    table = page.split(CHART)[1].split("</table>")[0]
    heads = re.findall(r'<bdi dir="ltr">([^<]+)</bdi>(<br>)?', table)
    counts = re.findall(r'<td class="num">(\d+)', table)
    return [(band, count, bool(own)) for (band, own), count in zip(heads, counts, strict=True)]


def test_the_tenth_mark_opens_the_distribution_in_bands_of_three_at_least(
    nine: list[Handed], handed: Handed, world: World, give: Give, browser_of: Open
) -> None:
    browser = browser_of(world.trainee)
    assert CHART not in browser.get(PAGE).text
    give([60], [handed])
    for address in (
        PAGE,
        f"/receipts/{handed.receipt}",
        f"/receipts/{handed.receipt}/feedback",
        f"/modules/{M2}/result",
    ):
        page = browser.get(address).text
        assert chart(page) == [("0–69", "4", True), ("70–89", "3", False), ("90–100", "3", False)], address
        assert "Trainee" not in page.split(CHART)[1].split("</section>")[0]


def test_nobody_sees_it_before_their_own_mark_is_released(
    nine: list[Handed], handed: Handed, world: World, hand_in: Any, give: Give, browser_of: Open
) -> None:
    own = hand_in(world.trainee_2, key="2" * 20)
    give([60], [handed])
    browser = browser_of(world.trainee_2)
    for address in (PAGE, f"/receipts/{own.receipt}", f"/modules/{M2}/result"):
        assert CHART not in browser.get(address).text


def test_one_more_mark_changes_no_figure_and_five_do(
    nine: list[Handed], handed: Handed, world: World, crowd: Callable[[int], list[Handed]], give: Give, browser_of: Open
) -> None:
    """Who knows that one colleague got their mark today must not read it from the difference."""
    give([60], [handed])
    browser, more = browser_of(world.trainee), crowd(5)
    before = chart(browser.get(PAGE).text)
    for one in more[:4]:
        give([35], [one])
        assert chart(browser.get(PAGE).text) == before
    give([35], more[4:])
    assert [count for _band, count, _own in chart(browser.get(PAGE).text)] == ["6", "3", "3", "3"]


def test_a_later_mark_of_a_person_moves_no_figure_and_is_no_further_person(
    nine: list[Handed],
    handed: Handed,
    world: World,
    unit: Unit,
    hand_in: Any,
    crowd: Callable[[int], list[Handed]],
    give: Give,
    browser_of: Open,
) -> None:
    """A resubmission of one person would be the only thing that changed."""
    give([60], [handed])
    browser = browser_of(world.trainee)
    before = chart(browser.get(PAGE).text)
    with unit():
        work = session.get_one(Marking, nine[8].marking).work.submission
        service.open_resubmission(work, by=work.enrolment.user)
        email = work.enrolment.user.email
    give([100], [hand_in(email, key="r" * 20)])
    assert chart(browser.get(PAGE).text) == before
    give([35] * 4, crowd(4))
    assert chart(browser.get(PAGE).text) == before, "fourteen people, though fifteen marks"


def test_an_accepted_appeal_moves_no_figure(
    nine: list[Handed],
    handed: Handed,
    world: World,
    unit: Unit,
    give: Give,
    browser_of: Open,
    password_hash: str,
) -> None:
    """It would be the only thing that changed."""
    give([60], [handed])
    browser = browser_of(world.trainee)
    before = chart(browser.get(PAGE).text)
    with unit():
        person(SECOND, "Second Marker", password_hash, Role.INSTRUCTOR, cohort_id=cohort().id)
    with unit():
        for criterion in ("statement", "evidence"):
            accept(ask(nine[6], criterion, key=criterion * 3))
        assert session.get_one(Marking, nine[6].marking).counted == 80
    assert chart(browser.get(PAGE).text) == before


def test_the_marks_of_another_cohort_are_not_among_them(
    nine: list[Handed], handed: Handed, world: World, unit: Unit, give: Give, reading: Unit
) -> None:
    give([60], [handed])
    with unit():
        one = session.get_one(Marking, nine[0].marking).work.submission.enrolment
        other = session.query(Cohort).where(Cohort.slug == world.other_cohort).one()
        one.cohort = other
    with reading():
        assert distribution.of(enrolment(world.trainee), M2) is None, "nine are left"
        moved = session.get_one(Marking, nine[0].marking).work.submission.enrolment
        assert distribution.of(moved, M2) is None, "they see nothing of where they were"


def test_it_asks_the_database_twice_however_many_there_are(
    nine: list[Handed], handed: Handed, world: World, give: Give, reading: Unit, queries: Any
) -> None:
    give([60], [handed])
    with reading():
        own = enrolment(world.trainee)
        distribution.of(own, M2)
        with queries() as asked:
            assert distribution.of(own, M2)
    assert len(asked) == 2


def test_advice_counts_lateness_and_the_cap_as_the_mark_will(handed: Handed, give: Give, reading: Unit) -> None:
    give([35], [handed])
    with reading():
        row = session.get_one(Marking, handed.marking)
        work = row.work.submission
        late, eased = dates.late(work.enrolment.cohort, M2), easing.of([work])[work.id]
        lines = results.lines(results.content_of(row.work), M2, row.levels, Lang.EN)
        found = advice.of(row, lines, 60, late, 75, eased)
        assert found and found.needed == 60 and found.then >= 60 and found.way
        hopeless = advice.of(row, lines, 60, late, 50, eased)
        assert hopeless and hopeless.needed is None and hopeless.way == []
