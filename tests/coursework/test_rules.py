"""The arithmetic of coursework; numbers are those of the programme's files."""

import re
from decimal import Decimal

import pytest

from diploma.core import filetypes
from diploma.coursework import rules
from diploma.coursework.models import MarkingState, SubmissionState
from diploma.coursework.rules import Deduction, Reason, SentFile
from diploma.learning.structure import (
    Assignment,
    Criterion,
    Level,
    Part,
    PartKind,
    Rubric,
    Work,
)

RUBRIC = Rubric(
    levels=tuple(
        Level(name, share)
        for name, share in (("exemplary", 100), ("proficient", 80), ("adequate", 60), ("weak", 35), ("absent", 0))
    ),
    criteria=(
        Criterion("statement", 25, "LO1"),
        Criterion("evidence", 25, "LO2"),
        Criterion("voices", 20, "LO2"),
        Criterion("causes", 15, "LO3"),
        Criterion("choice", 15, "LO4"),
    ),
)
PAGE = Part("page", PartKind.TEXT, True, words=(4, 7))
ANNEX = Part("annex", PartKind.FILE, True, types=("pdf", "jpg"), max_mb=10, max_files=2)
ASSIGNMENT = Assignment(Work.INDIVIDUAL, 14, (PAGE, ANNEX), ("own_work", "consent"))


def all_at(level: str) -> dict[str, str]:
    return {one.id: level for one in RUBRIC.criteria}


# ---- lives


def test_a_draft_reaches_its_mark_only_by_being_submitted() -> None:
    assert rules.MOVES[SubmissionState.DRAFT] == {SubmissionState.SUBMITTED}


def test_only_a_submitted_work_is_returned() -> None:
    assert [state for state, to in rules.MOVES.items() if SubmissionState.RETURNED in to] == [SubmissionState.SUBMITTED]


def test_every_state_has_its_moves() -> None:
    assert set(rules.MOVES) == set(SubmissionState)
    assert set(rules.MARKING_MOVES) == set(MarkingState)


def test_a_released_mark_goes_nowhere() -> None:
    assert rules.MARKING_MOVES[MarkingState.RELEASED] == frozenset()


def test_only_a_mark_that_is_set_or_follows_that_of_its_group_is_released() -> None:
    ready = [state for state, to in rules.MARKING_MOVES.items() if MarkingState.RELEASED in to]
    assert ready == [MarkingState.MARKED, MarkingState.READY, MarkingState.FOLLOWING]


# ---- marks


@pytest.mark.parametrize(
    ("level", "mark"), [("exemplary", "100"), ("proficient", "80"), ("adequate", "60"), ("weak", "35"), ("absent", "0")]
)
def test_one_level_everywhere_gives_its_share(level: str, mark: str) -> None:
    assert rules.raw_mark(RUBRIC, all_at(level)) == Decimal(mark)


def test_a_mark_is_exact_to_the_last_place() -> None:
    levels = all_at("weak") | {"statement": "proficient", "evidence": "exemplary"}
    assert rules.raw_mark(RUBRIC, levels) == Decimal("62.5")
    assert rules.points(RUBRIC, RUBRIC.criteria[3], "weak") == Decimal("5.25")


def test_a_criterion_without_a_level_has_no_mark() -> None:
    with pytest.raises(KeyError):
        rules.raw_mark(RUBRIC, {"statement": "weak"})


def test_the_sum_so_far_leaves_open_criteria_out() -> None:
    assert rules.points_so_far(RUBRIC, {"statement": "proficient", "voices": "splendid"}) == Decimal(20)


def test_missing_levels_are_named_in_the_order_of_the_rubric() -> None:
    assert rules.missing_levels(RUBRIC, {"choice": "weak", "voices": "splendid", "evidence": "weak"}) == [
        "statement",
        "voices",
        "causes",
    ]


def test_only_known_levels_of_known_criteria_are_kept() -> None:
    sent = {"choice": "weak", "voices": "splendid", "mark": "100", "causes": ""}
    assert rules.known_levels(RUBRIC, sent) == {"choice": "weak"}


LATE, AGAIN = Deduction(Reason.LATE, 80, 5), Deduction(Reason.RESUBMISSION, 75)


def test_without_a_deduction_the_whole_mark_counts() -> None:
    assert rules.counted_mark(Decimal(91), None, None) == rules.Counted(Decimal(91), Decimal(91), ())


def test_a_cap_takes_what_lies_above_it() -> None:
    assert rules.counted_mark(Decimal(91), LATE) == rules.Counted(Decimal(80), Decimal(91), (LATE,))


def test_a_cap_never_raises_a_mark() -> None:
    assert rules.counted_mark(Decimal("52.75"), LATE, AGAIN).mark == Decimal("52.75")


def test_late_and_resubmission_meet_by_the_lowest() -> None:
    counted = rules.counted_mark(Decimal(91), LATE, AGAIN)
    assert (counted.mark, counted.deductions) == (Decimal(75), (LATE, AGAIN))


@pytest.mark.parametrize(("raw", "mark"), [("91", "81"), ("55", "50"), ("43.5", "43.5")])
def test_points_are_taken_down_to_the_floor_and_a_lower_mark_stays(raw: str, mark: str) -> None:
    assert Deduction(Reason.LATE, off=10, floor=50).applied(Decimal(raw)) == Decimal(mark)


def test_a_deduction_comes_back_from_the_database_as_it_was() -> None:
    assert Deduction.from_dict(LATE.to_dict()) == LATE


# ---- what is handed in


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("  \n ", 0),
        ("one two", 2),
        ("one — two …", 2),
        ("400-700 words", 2),
        ("راجع 66 من 120", 4),
        ("oʻqituvchi keldi", 2),
        ("Муаммо\n\nсаҳифаси", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert rules.words(text) == count


def test_a_complete_work_has_no_problems() -> None:
    assert rules.problems(ASSIGNMENT, "one two three four", {"annex": 1}, ["own_work", "consent"]) == []


def test_everything_that_is_missing_is_named_at_once() -> None:
    assert [one.place for one in rules.problems(ASSIGNMENT, "", {}, ["consent"])] == ["page", "annex", "own_work"]


@pytest.mark.parametrize("count", [3, 8])
def test_a_text_outside_its_limits_is_told_its_length(count: int) -> None:
    (problem,) = rules.problems(ASSIGNMENT, "word " * count, {"annex": 1}, ["own_work", "consent"])
    assert problem.params == {"count": count, "least": 4, "most": 7}


def test_a_part_that_is_not_required_may_be_left_out() -> None:
    parts = (Part("page", PartKind.TEXT, False, words=(4, 7)), Part("annex", PartKind.FILE, False))
    assert rules.problems(Assignment(Work.INDIVIDUAL, 1, parts, ()), "", {}, []) == []


def test_a_text_without_limits_may_have_any_length() -> None:
    assert rules.problems(Assignment(Work.INDIVIDUAL, 1, (Part("page", PartKind.TEXT, True),), ()), "one", {}, []) == []


def test_a_sound_file_is_taken() -> None:
    assert rules.file_refusal(ANNEX, SentFile("Map.PDF", "0", 10_000_000, "pdf"), 1) is None
    assert rules.file_refusal(ANNEX, SentFile("photo.jpeg", "0", 1, "jpg"), 0) is None
    assert (
        rules.file_refusal(Part("any", PartKind.FILE, True, types=("pdf",)), SentFile("a.pdf", "0", 10**9, "pdf"), 99)
        is None
    )


@pytest.mark.parametrize(
    ("sent", "held", "says"),
    [
        (SentFile("a.pdf", "0", 1, "pdf"), 2, "2 files are the most"),
        (SentFile("a.pdf", "0", 10_000_001, "pdf"), 0, "larger than 10 MB"),
        (SentFile("a.pdf", "0", 1, ""), 0, "not accepted"),
        (SentFile("a.png", "0", 1, "png"), 0, "type PDF, JPG"),
        (SentFile("a.jpg", "0", 1, "pdf"), 0, "not accepted"),
        (SentFile("a.html", "0", 1, "pdf"), 0, "not accepted"),
        (SentFile("pdf", "0", 1, "pdf"), 0, "not accepted"),
    ],
)
def test_a_file_is_refused_with_the_reason_and_its_name(sent: SentFile, held: int, says: str) -> None:
    problem = rules.file_refusal(ANNEX, sent, held)
    assert problem is not None
    text = problem.message % problem.params
    assert says in text and f"“{sent.name}”" in text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\files\\map.pdf", "map.pdf"),
        ("خريطة الأطراف.pdf", "خريطة الأطراف.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00b\n.pdf", "ab .pdf"),
        ('<b>"x".pdf', "bx.pdf"),
        ("...", "file"),
        ("", "file"),
        ("noend", "noend"),
        ("n" * 300 + ".pdf", "n" * 120 + ".pdf"),
        ("n" * 300, "n" * 120),
        ("a." + "p" * 300, "a." + "p" * 10),
    ],
)
def test_a_file_name_loses_folders_controls_and_length(given: str, kept: str) -> None:
    assert filetypes.safe_name(given) == kept


# ---- receipts


def test_a_receipt_number_is_read_aloud_in_two_groups() -> None:
    assert re.fullmatch(r"R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", rules.receipt_number(0x123456789A))


def test_different_numbers_give_different_receipts() -> None:
    assert len({rules.receipt_number(n) for n in (*range(2000), *range(2**40 - 2000, 2**40))}) == 4000


@pytest.mark.parametrize("typed", ["R-7K0M-91RT", "r-7kom-9lrt", " 7K0M91RT ", "R 7KOM 9IRT"])
def test_a_receipt_number_is_recognised_however_it_is_typed(typed: str) -> None:
    assert rules.read_receipt(typed) == "R-7K0M-91RT"


def test_a_receipt_that_begins_with_r_keeps_it() -> None:
    assert rules.read_receipt("RK0M-91RT") == "R-RK0M-91RT"


def test_the_hash_of_a_version_depends_on_all_of_its_content_and_on_nothing_else() -> None:
    content = {"text": "Муаммо", "files": {"annex": [{"name": "a.pdf", "size": 1}]}}
    assert rules.content_hash(content) == rules.content_hash(dict(reversed(content.items())))
    assert rules.content_hash(content) != rules.content_hash(content | {"text": "Муаммо "})
    assert re.fullmatch("[0-9a-f]{64}", rules.content_hash(content))
