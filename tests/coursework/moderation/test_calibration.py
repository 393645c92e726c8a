"""Calibration: the same samples for all markers, agreed levels after one's own, and a gate before marking begins."""

from collections.abc import Callable

import pytest

from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, SubmissionVersion
from diploma.coursework.moderation import calibration, readings
from diploma.coursework.moderation.calibration import Sample
from diploma.coursework.moderation.models import CalibrationSample
from diploma.coursework.service import Incomplete
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, levels, user
from tests.coursework.moderation.conftest import SECOND_MARKER, cohort_of, decide, moderation_of
from tests.world import M2, World

Open = Callable[[str], Client]
SENT = {f"level-{one}": level for one, level in levels("adequate").items()}


def put_up(text: str = "Three windows.", **more: object) -> CalibrationSample:
    sample = Sample(M2, Lang.EN, "The licence", text, levels("proficient"), **more)  # type: ignore[arg-type]
    return calibration.add(cohort_of(), sample, by=user("coordinator@uz.test"))


@pytest.fixture
def sample(world: World, unit: Unit) -> int:
    """A sample of the cohort, agreed as 80; everybody marks it before they begin."""
    with unit():
        decide(on=False, calibrate=1)
        return put_up().id


def test_nobody_marks_before_the_samples(sample: int, handed: Handed, unit: Unit, world: World) -> None:
    with unit():
        row, by = session.get_one(Marking, handed.marking), user(world.instructor)
        with pytest.raises(Refused, match="0 of 1"):
            marking.mark(row, Judged(levels()), by=by)
        calibration.give(session.get_one(CalibrationSample, sample), levels(), cohort_of(), by=by)
        assert marking.mark(row, Judged(levels()), by=by).raw == 80


def test_the_second_marker_marks_the_samples_first_as_well(assigned: Handed, unit: Unit) -> None:
    with unit():
        decide(calibrate=1)
        put_up()
        held = moderation_of(assigned).mark(2)
        assert held
        with pytest.raises(Refused, match="samples"):
            readings.give(held, Judged(levels()), by=user(SECOND_MARKER))


def test_a_gate_asks_for_no_more_samples_than_there_are(handed: Handed, unit: Unit, world: World) -> None:
    with unit():
        decide(on=False, calibrate=3)
        assert calibration.standing(cohort_of(), M2, user(world.instructor)).free


def test_the_distance_is_counted_by_criterion_and_in_points(sample: int, unit: Unit, world: World) -> None:
    with unit():
        row = session.get_one(CalibrationSample, sample)
        given = calibration.give(row, levels(statement="weak"), cohort_of(), by=user(world.instructor))
        found = calibration.distance(cohort_of(), row, given)
        assert found.differences == {**dict.fromkeys(levels(), 0), "statement": -2}
        assert found.off == given.raw - 80 < 0


def test_a_sample_is_marked_once_and_whole(sample: int, unit: Unit, world: World) -> None:
    with unit():
        row, by = session.get_one(CalibrationSample, sample), user(world.instructor)
        with pytest.raises(Incomplete):
            calibration.give(row, {"statement": "weak"}, cohort_of(), by=by)
        first = calibration.give(row, levels("weak"), cohort_of(), by=by)
        assert calibration.give(row, levels(), cohort_of(), by=by).id == first.id and first.raw == 35


def test_the_agreed_levels_are_shown_after_ones_own(sample: int, browser_of: Open, world: World) -> None:
    browser, path = browser_of(world.instructor), f"/samples/{sample}"
    assert "What was agreed" not in browser.get(path).text
    assert browser.send(path, SENT | {"level-causes": ""}, page=path).status_code == 422
    assert browser.send(path, SENT, page=path).status_code == 302
    assert "What was agreed" in browser.get(path).text
    assert "Instructor uz" in browser_of("coordinator@uz.test").get("/cohorts/uz-1/samples").text


def test_a_sample_of_another_cohort_does_not_exist(sample: int, browser_of: Open) -> None:
    assert browser_of("instructor@ae.test").get(f"/samples/{sample}").status_code == 404
    assert browser_of("coordinator@ae.test").get("/cohorts/uz-1/samples").status_code == 404
    assert browser_of("aziza@uz.test").get(f"/samples/{sample}").status_code == 403


def test_a_work_becomes_a_sample_only_of_an_earlier_cohort_and_without_names(
    released: Handed, unit: Unit, world: World
) -> None:
    with unit():
        source = session.get_one(SubmissionVersion, released.version)
        with pytest.raises(Refused, match="earlier cohort"):
            put_up(source=source)
        other = cohort_of("ae-1")
        sample = Sample(M2, Lang.EN, "Windows", "Written by Karimova.", levels(), source)
        with pytest.raises(Refused, match="names its author"):
            calibration.add(other, sample, by=user("director@test.test"))
        sample = Sample(M2, Lang.EN, "Windows", "Written by one of us.", levels(), source)
        assert calibration.add(other, sample, by=user("director@test.test")).source_id == source.id


def test_a_receipt_out_of_reach_is_not_found(released: Handed, browser_of: Open) -> None:
    sent = {**SENT, "title": "T", "text": "Words.", "language": "en", "receipt": released.receipt}
    answer = browser_of("coordinator@ae.test").send(f"/cohorts/ae-1/samples/new?module={M2}", sent)
    assert answer.status_code == 409 and "No work with this receipt" in answer.text


def test_a_sample_is_put_up_by_the_page(world: World, browser_of: Open, unit: Unit) -> None:
    sent = {**SENT, "title": "<b>T</b>", "text": "Words.", "language": "en", "receipt": ""}
    path = f"/cohorts/uz-1/samples/new?module={M2}"
    browser = browser_of("coordinator@uz.test")
    assert browser.send(path, sent | {"title": ""}).status_code == 422
    assert browser.send(path, sent).status_code == 302
    assert "<b>T</b>" not in browser.get("/cohorts/uz-1/samples").text
