"""A rubric that changes under marking: works keep the one under which they were handed in, and everybody is told."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import results
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.rubrics import changes
from diploma.coursework.rubrics.rules import Difference, What, between
from diploma.learning.models import ContentText, Edition, Revision
from diploma.learning.structure import Criterion, Level, Rubric
from tests.conftest import Client
from tests.coursework.conftest import PAGE, Handed, Unit, levels, user
from tests.world import M2, World

Open = Callable[[str], Client]
OTHER_WORDS = "The reader sees who suffers, how often and at what cost."


def words(page: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    return re.sub("[\u2068\u2069]", "", text)


@pytest.fixture
def advance(world: World, unit: Unit) -> Callable[..., None]:
    """``advance({"rubric/voices/weak": "…"})``: the cohort gets a revision in which English texts are others; with
    ``weights`` it stands on another edition, as a person who has moved finds it."""

    def publish(texts: dict[str, str], lang: Lang = Lang.EN, weights: dict[str, int] | None = None) -> None:
        with unit():
            cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
            old = session.get_one(Revision, cohort.revision_id)
            edition = session.get_one(Edition, old.edition_id)
            if weights:
                structure = copy.deepcopy(edition.structure)
                for one in structure["modules"][M2]["rubric"]["criteria"]:
                    one["weight"] = weights.get(one["id"], one["weight"])
                edition = Edition(
                    number=edition.number + 1, structure_hash="other", structure=structure, published_at=clock.now()
                )
                session.add(edition)
                session.flush()
            made = Revision(edition_id=edition.id, number=old.number + 1, text_hash="other", published_at=clock.now())
            session.add(made)
            session.flush()
            for one in session.scalars(select(ContentText).where(ContentText.revision_id == old.id)).all():
                body = copy.deepcopy(one.body)
                if (one.place, one.lang) == (f"module:{M2}", lang):
                    body["texts"] |= texts
                session.add(ContentText(revision_id=made.id, place=one.place, lang=one.lang, body=body))
            if weights:
                cohort.edition_id, cohort.revision_id = edition.id, made.id
            else:
                cohorts.advance_revision(cohort, edition.id, made.id)

    return publish


# ---- pure


IDS = st.sets(st.sampled_from("abcde"), min_size=1)


@settings(max_examples=60, deadline=None)
@given(IDS, IDS, st.integers(1, 99), st.booleans())
def test_differences_are_empty_for_the_same_and_name_each_criterion_once(
    before: set[str], after: set[str], weight: int, renamed: bool
) -> None:
    scale = (Level("high", 100), Level("low", 0))
    old = Rubric(scale, tuple(Criterion(one, 20, "o") for one in sorted(before)))
    new = Rubric(scale, tuple(Criterion(one, weight, "o") for one in sorted(after)))
    assert between(old, old, str, str) == []
    found = between(old, new, str, (lambda key: f"new {key}") if renamed else str)
    assert {one.criterion for one in found if one.what is What.GONE} == before - after
    assert {one.criterion for one in found if one.what is What.ADDED} == after - before
    moved = [one for one in found if one.what is What.WEIGHT]
    assert {one.criterion for one in moved} == (before & after if weight != 20 else set())
    other = {one.criterion for one in found if one.what is What.DESCRIPTORS}
    assert other == (before & after if renamed else set())


def test_levels_that_come_go_and_give_something_else_are_named() -> None:
    old = Rubric((Level("high", 100), Level("low", 0)), ())
    new = Rubric((Level("top", 100), Level("high", 90)), ())
    assert between(old, new, str, str) == [
        Difference(What.LEVEL_GONE, levels=("low",)),
        Difference(What.LEVEL_ADDED, levels=("top",)),
        Difference(What.SHARE, levels=("high",), before=100, after=90),
    ]


# ---- on the pages


def test_desk_and_queue_say_what_is_another_and_the_mark_stays(
    released: Handed, hand_in: Any, world: World, advance: Callable[..., None], browser_of: Open, reading: Unit
) -> None:
    waiting = hand_in(world.trainee_2, key="2" * 20)
    browser = browser_of(world.instructor)
    assert "earlier rubric" not in browser.get("/marking/").text
    advance({"rubric/voices/weak": OTHER_WORDS, "rubric/levels/weak": "Slight", "rubric/causes/title": "Deep causes"})
    queue = words(browser.get("/marking/").text)
    assert "Works under an earlier rubric" in queue
    assert re.search(r"· uz-1 ?: 1 work", queue), queue[400:900]
    assert "earlier rubric" in browser.get("/marking/?state=released").text
    page = words(browser.get(f"/marking/{waiting.marking}").text)
    assert "The rubric has changed since this work was handed in" in page
    assert "Weak is now called Slight." in page and "is now called Deep causes." in page
    assert "other words for Weak." in page
    assert OTHER_WORDS not in page, "the rubric beside the work is the one that its author had"
    own = words(browser_of(world.trainee).get(PAGE).text)
    assert "The rubric below is newer than your mark" in own and OTHER_WORDS in own
    with reading():
        row = session.get_one(Marking, released.marking)
        assert row.state is MarkingState.RELEASED and row.counted == results.computed(row.work, row.levels).mark == 80


def test_a_form_that_was_opened_before_loses_nothing(
    handed: Handed, world: World, advance: Callable[..., None], browser_of: Open, reading: Unit
) -> None:
    browser, address = browser_of(world.instructor), f"/marking/{handed.marking}"
    browser.get(address)
    advance({"rubric/voices/weak": OTHER_WORDS}, weights={"voices": 10, "causes": 30})
    form = {f"level-{one}": level for one, level in levels(voices="absent").items()}
    form |= {"remark-voices": "None.", "version": "1", "page": "k" * 22, "do": "mark"}
    assert browser.send(address, form, page="/account").status_code == 302
    with reading():
        row = session.get_one(Marking, handed.marking)
        assert row.counted == 64 and row.remarks == {"voices": "None."}, "by the weights of its own rubric"
    assert "the weight was 20 and is 10." in words(browser.get(address).text)


def test_counts_are_by_assignment_and_say_how_many_are_marked(
    world: World, crowd: Callable[[int], list[Handed]], set_mark: Callable[..., None], advance: Callable[..., None],
    reading: Unit, queries: Any,
) -> None:  # fmt: skip
    works = crowd(3)
    set_mark(works[0])
    advance({"rubric/voices/weak": OTHER_WORDS})
    with reading():
        marker, stranger = user(world.instructor), user(world.other_instructor)
        assert [(one.cohort, one.module, one.works, one.marked) for one in changes.counts(marker)] == [
            ("uz-1", M2, 3, 1)
        ]
        assert changes.counts(stranger) == []
        with queries() as asked:
            changes.counts(marker)
        assert len(asked) <= 3, "grants, cohorts and one for the works"


@pytest.mark.parametrize(
    ("texts", "lang"), [({"module/title": "Other"}, Lang.EN), ({"rubric/voices/weak": "Бошқа сўзлар"}, Lang.UZ_CYRL)]
)
def test_other_texts_and_other_languages_are_no_change_of_its_rubric(
    handed: Handed, world: World, advance: Callable[..., None], browser_of: Open, texts: dict[str, str], lang: Lang
) -> None:
    advance(texts, lang)
    browser = browser_of(world.instructor)
    assert "earlier rubric" not in browser.get("/marking/").text
    assert "rubric has changed" not in browser.get(f"/marking/{handed.marking}").text
