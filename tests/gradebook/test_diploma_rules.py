"""How a diploma is decided; the vectors are those of spec content, "Curriculum"."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from diploma.gradebook.rules import (
    DiplomaEvidence,
    DiplomaResult,
    MissingKind,
    Outcome,
    diploma_result,
    final_mark,
)
from diploma.learning.structure import DiplomaWeights, Programme
from tests.gradebook.conftest import D

WEIGHTS = DiplomaWeights(modules=60, capstone=40)
SIXTY = D(60)
GATES = {1: "go", 4: "go", 6: "go"}


@pytest.fixture
def decide(programme: Programme) -> Any:
    """``decide(modules=D(85), capstone=D(90))``: the decision for a person whose marks are all 60 otherwise."""

    def decision(modules: Decimal = SIXTY, capstone: Decimal | None = SIXTY, **changes: Any) -> DiplomaResult:
        ids = [one.id for one in programme.modules]
        marks: dict[str, Decimal | None] = dict.fromkeys(ids, modules)
        sixty: dict[str, Decimal | None] = dict.fromkeys(ids, D(60))
        evidence = DiplomaEvidence(marks, sixty, capstone, GATES, D(80))
        return diploma_result(programme, replace(evidence, **changes))

    return decision


def one_module(programme: Programme, mark: Decimal | None) -> dict[str, Decimal | None]:
    ids = [one.id for one in programme.modules]
    return {**dict.fromkeys(ids, D(60)), ids[1]: mark}


def test_all_at_sixty_with_eighty_per_cent_attendance_passes(decide: Any) -> None:
    assert decide() == DiplomaResult(Outcome.PASSED, D("60.0"), "pass")


def test_a_module_at_59_96_fails_although_one_decimal_would_print_60(programme: Programme) -> None:
    found = diploma_result(
        programme,
        DiplomaEvidence(one_module(programme, D("59.96")), one_module(programme, D(60)), D(60), GATES, D(80)),
    )
    assert found.outcome is Outcome.FAILED and found.band is None and found.final == D("60.0")
    assert [(one.kind, one.have) for one in found.missing] == [(MissingKind.MODULES, D("59.96"))]


@pytest.mark.parametrize(
    ("modules", "capstone", "final", "band"),
    [
        ("89.95", "89.95", "90.0", "distinction"),
        ("89.94", "89.94", "89.9", "very_good"),
        ("95.4", "84.9", "91.2", "very_good"),
        ("95.4", "85", "91.2", "distinction"),
        ("79.95", "79.95", "80.0", "very_good"),
        ("69.95", "69.95", "70.0", "good"),
        ("69.9", "69.9", "69.9", "pass"),
        ("100", "100", "100.0", "distinction"),
    ],
)
def test_the_final_mark_is_rounded_and_then_banded(
    decide: Any, modules: str, capstone: str, final: str, band: str
) -> None:
    found = decide(D(modules), D(capstone))
    assert (found.outcome, found.final, found.band) == (Outcome.PASSED, D(final), band)


@pytest.mark.parametrize("stain", ["capstone_resubmitted", "integrity_finding"])
def test_a_distinction_needs_a_clean_capstone(decide: Any, stain: str) -> None:
    assert decide(D(95), D(95), **{stain: True}).band == "very_good"


def test_the_final_mark_is_rounded_half_up() -> None:
    assert final_mark([D("84.25")], D("84.25"), WEIGHTS) == D("84.3")  # round(84.25, 1) is 84.2
    assert final_mark([D("84.35"), D("84.15")], D("84.25"), WEIGHTS) == D("84.3")
    assert final_mark([D("84.2499")], D("84.2499"), WEIGHTS) == D("84.2")


def test_modules_count_sixty_and_the_capstone_forty() -> None:
    assert final_mark([D(70), D(90)], D(50), WEIGHTS) == D("68.0")


def test_attendance_below_eighty_stays_open_until_it_is_made_up(decide: Any) -> None:
    found = decide(attendance=D("79.9"))
    assert found.outcome is Outcome.OPEN and found.band is None
    assert [one.kind for one in found.missing] == [MissingKind.ATTENDANCE]
    assert decide(attendance=D(80)).outcome is Outcome.PASSED


def test_a_gate_that_was_decided_stop_still_passes(decide: Any) -> None:
    assert decide(gates={1: "go", 4: "stop", 6: "go"}).outcome is Outcome.PASSED


def test_an_undecided_gate_keeps_the_diploma_open(decide: Any) -> None:
    found = decide(gates={1: "go", 2: "go", 6: "go"})
    assert found.outcome is Outcome.OPEN
    assert [(one.kind, one.ids) for one in found.missing] == [(MissingKind.GATES, ("4",))]


@pytest.mark.parametrize(("part", "kind"), [("modules", MissingKind.MODULES), ("assignments", MissingKind.ASSIGNMENT)])
def test_a_mark_that_is_not_there_keeps_it_open(programme: Programme, part: str, kind: MissingKind) -> None:
    full = one_module(programme, D(60))
    evidence = DiplomaEvidence(full, full, D(60), GATES, D(80))
    found = diploma_result(programme, replace(evidence, **{part: one_module(programme, None)}))
    assert found.outcome is Outcome.OPEN and [one.kind for one in found.missing] == [kind]


def test_an_assignment_below_sixty_fails(decide: Any, programme: Programme) -> None:
    assert decide(assignments=one_module(programme, D("59.99"))).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("capstone", "outcome"), [(None, Outcome.OPEN), (D("59.9999"), Outcome.FAILED), (D(60), Outcome.PASSED)]
)
def test_the_capstone_needs_sixty(decide: Any, capstone: Decimal | None, outcome: Outcome) -> None:
    found = decide(D(90), capstone)
    assert found.outcome is outcome and (found.final is None) == (capstone is None)
