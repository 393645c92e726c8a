"""The mark sheet comes back: it is seen first, good rows alone are saved, and nothing is overwritten unseen."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.models import CohortState
from diploma.core import clock, jobs, workbook
from diploma.core.batch import Batch, BatchItem
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import marking, results
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.offline import saving
from diploma.learning import catalogue
from tests.cohorts.nasty.archive import plain, repacked, xlsx
from tests.cohorts.nasty.ods_writer import document, row, table
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, cohort_of, decide
from tests.coursework.conftest import CRITERIA, Handed, Unit, levels, user
from tests.coursework.offline.conftest import PAGE, SHEETS, Sheet, brought, sent, sheet_of, taken
from tests.world import World

__all__ = ["decide"]
Open = Callable[[str], Client]


def stored(reading: Unit, handed: Handed) -> Marking:
    with reading() as reader:
        found: Marking = reader.get_one(Marking, handed.marking)
        return found


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace("&#34;", '"')


def test_marks_come_back_from_the_sheet_and_the_same_sheet_changes_nothing_more(
    two: tuple[Handed, Handed], marker: Client, reading: Unit
) -> None:
    one, other = two
    sheet = taken(marker)
    sheet.fill(one.receipt, comment="Count the silent users.\nAsk them.", due="46000.5")
    page = said(sent(marker, sheet.saved()).text)
    assert "1 mark will be set" in page and "Rows refused 0" in page
    assert stored(reading, one).state is MarkingState.WAITING  # only looked at
    page = said(brought(marker, sheet.saved()).text)
    assert "1 mark is set." in page
    row = stored(reading, one)
    assert (row.state, row.counted) == (MarkingState.MARKED, Decimal(80))
    assert row.comment == "Count the silent users.\nAsk them." and row.levels == levels()
    assert stored(reading, other).state is MarkingState.WAITING
    assert "There is nothing new in this sheet." in brought(marker, sheet.saved()).text
    assert stored(reading, one).version == row.version


def test_comments_on_criteria_which_the_sheet_does_not_hold_stay_as_they_are(
    two: tuple[Handed, Handed], marker: Client, unit: Unit, reading: Unit
) -> None:
    with unit():
        begun = session.get_one(Marking, two[0].marking)
        marking.save_marking(begun, Judged({}, remarks={"statement": "Whose words?"}), by=user("instructor@uz.test"))
    sheet = taken(marker)
    sheet.fill(two[0].receipt)
    brought(marker, sheet.saved())
    kept = stored(reading, two[0])
    assert kept.state is MarkingState.MARKED and kept.remarks == {"statement": "Whose words?"}


def test_levels_are_read_in_every_language_by_id_and_by_rank_in_ods_too(
    world: World, two: tuple[Handed, Handed], marker: Client, reading: Unit
) -> None:
    one, other = two
    sheet = taken(marker)
    words = dict.fromkeys(CRITERIA, 4) | {"choice": "proficient"}
    for lang, key in zip((Lang.AR, Lang.RU, Lang.UZ_CYRL), CRITERIA, strict=False):
        marker.get(f"/account?lang={lang.value}")
        page = taken(marker)  # titles and lists in that language
        assert page.column("seal") == sheet.column("seal")
        words[key] = _level_name(marker, lang)
    marker.get("/account?lang=en")
    sheet.put(one.receipt, **{f"criterion:{key}": word for key, word in words.items()})
    sheet.fill(other.receipt, 5)
    rows = "".join(_ods_row(cells) for cells in sheet.rows)
    answer = brought(marker, _ods(rows))
    assert "2 marks are set." in answer.text, said(answer.text)
    assert stored(reading, one).levels == levels("proficient")
    assert stored(reading, other).counted == Decimal(100)


def _level_name(marker: Client, lang: Lang) -> str:
    with marker.application.app_context():
        content = catalogue.latest()
        assert content
        (line, *_rest) = results.lines(content, World().module, {}, lang)
        return next(str(step.title) for step in line.levels if step.id == "proficient")


def _ods_row(cells: list[Any]) -> str:
    return row([str(one) if one != "" else None for one in cells])


def _ods(rows: str) -> bytes:
    return document(table(rows))


def test_a_row_whose_mark_changed_on_the_server_is_refused_by_its_number_with_both_sides(
    two: tuple[Handed, Handed], second_instructor: str, marker: Client, unit: Unit, reading: Unit
) -> None:
    one, other = two
    sheet = taken(marker)
    sheet.fill(one.receipt, comment="From the train")
    sheet.fill(other.receipt)
    with unit():
        judged = Judged(levels("exemplary"), "From the office")
        marking.mark(session.get_one(Marking, one.marking), judged, by=user(second_instructor))
    page = said(brought(marker, sheet.saved()).text)
    assert "1 mark is set." in page
    assert f"{sheet.number(one.receipt)} Aziza Karimova Refused The mark changed on the server since" in page
    for part in ("Second Instructor saved it", "“From the office”", "“From the train”", ": Proficient"):
        assert part in page, part
    kept = stored(reading, one)
    assert (kept.levels, kept.comment) == (levels("exemplary"), "From the office")
    assert stored(reading, other).state is MarkingState.MARKED


def test_two_markers_who_come_at_once_do_not_overwrite_each_other(
    handed: Handed, second_instructor: str, marker: Client, browser_of: Open, unit: Unit, reading: Unit
) -> None:
    sheet = taken(marker)
    sheet.fill(handed.receipt, comment="mine")
    page = sent(marker, sheet.saved())  # seen as good, and then somebody else is quicker
    with unit():
        row = session.get_one(Marking, handed.marking)
        marking.mark(row, Judged(levels("exemplary"), "theirs"), by=user(second_instructor))
    form = {"file": page.request.args["file"], "keep": "mark"}
    answer = marker.send(f"{SHEETS}/save", form, page=PAGE, follow_redirects=True)
    assert "The mark changed on the server" in answer.text
    assert stored(reading, handed).comment == "theirs"


def test_the_version_that_was_shown_is_asked_again_when_a_row_is_saved(
    handed: Handed, second_instructor: str, marker: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch, reading: Unit
) -> None:
    """Another process saves between the look at the rows and the lock of the row."""
    sheet = taken(marker)
    sheet.fill(handed.receipt, comment="mine")
    real = saving._save

    def later(row: Marking, judged: Judged, keep: Any, by: Any) -> None:
        session.connection().exec_driver_sql(
            f"UPDATE markings SET version = version + 1, comment = 'theirs' WHERE id = {handed.marking}"
        )
        real(row, judged, keep, by)

    monkeypatch.setattr(saving, "_save", later)
    answer = brought(marker, sheet.saved())
    assert "Row 3: Somebody else saved this marking" in answer.text
    assert stored(reading, handed).state is MarkingState.WAITING


def test_what_is_wrong_with_a_row_is_said_by_its_number_and_refused_rows_come_back_with_the_reasons(
    two: tuple[Handed, Handed], marker: Client, reading: Unit
) -> None:
    one, other = two
    sheet = taken(marker)
    sheet.fill(one.receipt, **{"criterion:voices": "Brilliant", "criterion:causes": "", "comment": "Kept"})
    sheet.fill(other.receipt)
    sheet.rows.append([*sheet.rows[sheet.number(other.receipt) - 1]])
    stranger = [*sheet.rows[2]]
    stranger[sheet.column("receipt")] = "R-0000-0000"
    sheet.rows.append(stranger)
    page = brought(marker, sheet.saved())
    text = said(page.text)
    for part in (
        "there is no level “Brilliant”. Choose one from the list",
        "choose a level, or keep the sheet as drafts.",
        "5 Bobur Toshmatov Refused This work stands in row 4 too.",
        "6 R-0000-0000 Refused There is no work with this receipt number that you may mark.",
    ):
        assert part in text, (part, text)
    assert stored(reading, one).state is MarkingState.WAITING and stored(reading, other).counted == Decimal(80)
    file = page.request.args["file"]
    data = marker.get(f"{SHEETS}/refused.xlsx?file={file}").data
    _works, _levels, _help, loose = workbook.grids(data)
    assert [[row[0][:12], row[2]] for row in loose.rows] == [
        ["This work st", other.receipt],
        ["There is no ", "R-0000-0000"],
    ]
    again = sheet_of(data)
    assert again.at(one.receipt, "criterion:voices") == "Brilliant" and again.at(one.receipt, "comment") == "Kept"
    assert "no level “Brilliant”" in again.at(one.receipt, "reason")
    again.put(one.receipt, **{"criterion:voices": "exemplary", "criterion:causes": 1})
    assert "1 mark is set." in brought(marker, again.saved()).text
    assert stored(reading, one).comment == "Kept"


def test_half_a_row_is_kept_as_a_draft_and_a_mark_is_taken_back_only_by_a_change(
    two: tuple[Handed, Handed], set_mark: Callable[..., None], marker: Client, reading: Unit
) -> None:
    one, other = two
    set_mark(other)
    sheet = taken(marker)
    sheet.put(one.receipt, **{"criterion:voices": "exemplary"})
    assert "1 draft is saved." in brought(marker, sheet.saved(), keep="draft").text
    row = stored(reading, one)
    assert (row.state, row.levels) == (MarkingState.MARKING, {"voices": "exemplary"})
    marked = taken(marker, "state=marked")
    assert "nothing new" in brought(marker, marked.saved(), keep="draft").text
    marked.put(other.receipt, comment="Once more")
    page = said(sent(marker, marked.saved(), keep="draft").text)
    assert "takes the mark 80 back" in page


def test_columns_may_be_moved_but_a_missing_or_foreign_one_is_named(
    handed: Handed, marker: Client, reading: Unit
) -> None:
    sheet = taken(marker)
    sheet.fill(handed.receipt)

    def page(rows: list[list[Any]]) -> str:
        return said(sent(marker, xlsx(*rows)).text)

    turned = [row[::-1] for row in sheet.rows]
    assert "1 mark will be set" in page(turned)
    assert "1 mark will be set" in page(sheet.rows[1:])  # without the hidden row the titles tell
    at = sheet.column("criterion:voices")
    lost = page([row[:at] + row[at + 1 :] for row in sheet.rows])
    assert f"The column “{sheet.rows[1][at]}” is missing" in lost
    assert "The column “Seal of the row” is missing" in page([row[:-1] for row in sheet.rows])
    twice = page([[*row, row[at]] for row in sheet.rows])
    assert "stands twice, in" in twice
    foreign = [[*row] for row in sheet.rows]
    foreign[0][at] = "criterion:style"
    assert "is none of this rubric: “style”" in page(foreign)
    assert "has the columns of a mark sheet" in page([["a", "b"], [1, 2]])


def test_cells_that_slipped_into_another_row_give_no_mark_to_the_wrong_work(
    two: tuple[Handed, Handed], marker: Client, reading: Unit
) -> None:
    """Somebody sorts the levels and receipts without the rest; or types a seal."""
    one, other = two
    sheet = taken(marker)
    sheet.fill(one.receipt)
    sheet.fill(other.receipt, 5)
    at = sheet.column("receipt")
    sheet.rows[2][at], sheet.rows[3][at] = sheet.rows[3][at], sheet.rows[2][at]
    answer = sent(marker, sheet.saved())
    page = said(answer.text)
    assert page.count("its hidden seal belongs to another work") == 2
    kept = marker.get(f"{SHEETS}/refused.xlsx?file={answer.request.args['file']}").data
    assert sheet_of(kept).at(one.receipt, "seal") == sheet.at(one.receipt, "seal")  # not made good by a round trip
    sheet.rows[2][at], sheet.rows[3][at] = sheet.rows[3][at], sheet.rows[2][at]
    version, said_before, signed = sheet.at(one.receipt, "seal").split("-")
    sheet.put(one.receipt, seal=f"{int(version) + 1}-{said_before}-{signed}")
    sheet.put(other.receipt, seal="")
    page = said(brought(marker, sheet.saved()).text)
    assert page.count("its hidden seal belongs to another work") == 2
    assert {stored(reading, work).state for work in two} == {MarkingState.WAITING}


def test_a_formula_in_a_cell_that_is_read_is_refused(handed: Handed, marker: Client) -> None:
    sheet = taken(marker)
    sheet.fill(handed.receipt)

    def fill(_book: Any, page: Any) -> None:
        page.write_formula(2, sheet.column("comment"), '=WEBSERVICE("http://x")', None, "good")

    page = said(sent(marker, xlsx(*sheet.rows, fill=fill)).text)
    assert "A cell of this row holds a formula or is merged." in page and "Rows ready 0" in page


def test_receipts_of_other_cohorts_ones_own_work_and_closed_marks_are_refused(
    world: World,
    two: tuple[Handed, Handed],
    hand_in: Callable[..., Handed],
    set_mark: Callable[..., None],
    release: Callable[..., None],
    marker: Client,
    browser_of: Open,
    reading: Unit,
    unit: Unit,
) -> None:
    one, other = two
    foreign = hand_in(world.other_trainee, key="f" * 20)
    abroad = browser_of(world.other_instructor)
    theirs = taken(abroad)
    theirs.fill(foreign.receipt)
    stolen = said(sent(marker, theirs.saved()).text)
    assert "There is no work with this receipt number that you may mark." in stolen and "سالم" not in stolen
    sheet = taken(marker)
    sheet.fill(one.receipt, comment="late")
    sheet.fill(other.receipt)
    set_mark(one)
    release(one)
    page = said(brought(marker, sheet.saved()).text)
    assert "The mark is released; it can no longer be changed here." in page and "1 mark is set." in page
    sheet.put(other.receipt, comment="after the end")
    with unit():
        cohort_of().state = CohortState.CLOSED
    assert "The cohort is closed; its marks are frozen." in said(sent(marker, sheet.saved()).text)
    assert {stored(reading, work).comment for work in (*two, foreign)} == {""}


def test_a_work_on_another_desk_and_a_conflict_keep_a_row_out(
    two: tuple[Handed, Handed], second_instructor: str, marker: Client, browser_of: Open, reading: Unit
) -> None:
    one, other = two
    sheet = taken(marker)
    sheet.fill(one.receipt)
    sheet.fill(other.receipt)
    browser_of(second_instructor).get(f"/marking/{one.marking}")
    marker.send(f"/marking/{other.marking}/conflict", {"reason": "A cousin"})
    page = said(brought(marker, sheet.saved()).text)
    assert "Another marker has this work: Second Instructor." in page
    assert "There is no work with this receipt number that you may mark." in page
    assert {stored(reading, work).state for work in two} == {MarkingState.WAITING}


def test_the_address_of_an_uploaded_sheet_works_for_its_owner_alone_and_a_day(
    handed: Handed, second_instructor: str, marker: Client, browser_of: Open
) -> None:
    sheet = taken(marker)
    sheet.fill(handed.receipt)
    page = sent(marker, sheet.saved())
    address = f"{SHEETS}/check?file={page.request.args['file']}"
    other = browser_of(second_instructor)
    assert other.get(address).status_code == 302
    assert other.get(address.replace("check", "refused.xlsx")).status_code == 404
    assert other.send(f"{SHEETS}/save", {"file": page.request.args["file"]}, page=PAGE).status_code == 302
    assert marker.get(f"/marking/offline/files/check?file={page.request.args['file']}").status_code == 302
    assert "Row" in marker.get(address).text
    with clock.at(clock.now() + timedelta(hours=25)):
        assert marker.get(address).status_code == 302


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"%PDF-1.7 no table",
        repacked(plain(), {"xl/worksheets/sheet1.xml": b"<a>" * 10_000_000}),
        repacked(plain(), {"../../etc/passwd": b"x"}),
        repacked(plain(), {"xl/worksheets/sheet1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    ],
    ids=["empty", "polyglot", "bomb", "slip", "entities"],
)
def test_a_hostile_file_is_refused_with_words(hostile: bytes, handed: Handed, marker: Client) -> None:
    answer = sent(marker, hostile)
    assert answer.status_code == 422 and "marks.xlsx" in answer.text


def test_many_rows_are_brought_back_by_a_job_that_refuses_what_became_stale_meanwhile(
    crowd: Callable[[int], list[Handed]],
    second_instructor: str,
    marker: Client,
    unit: Unit,
    reading: Unit,
    queries: Any,
    monkeypatch: pytest.MonkeyPatch,
    app: Any,
) -> None:
    works = crowd(4)
    sheet = taken(marker)
    for one in works:
        sheet.fill(one.receipt)
    monkeypatch.setattr(saving, "AT_ONCE", 3)
    answer = brought(marker, sheet.saved())
    assert answer.request.path.startswith("/jobs/")
    again = brought(marker, sheet.saved())
    assert again.request.path == answer.request.path  # the same form, sent twice
    with unit():
        row = session.get_one(Marking, works[0].marking)
        marking.mark(row, Judged(levels("exemplary"), "quicker"), by=user(second_instructor))
    with app.app_context():
        jobs.drain()
    assert [stored(reading, one).state for one in works] == [MarkingState.MARKED] * 4
    assert stored(reading, works[0]).comment == "quicker"
    with reading() as reader:
        (batch,) = reader.scalars(select(Batch))
        failed = reader.scalars(select(BatchItem).where(BatchItem.message != "")).one()
    assert batch.over and failed.label == works[0].receipt and "Somebody else saved" in failed.message


def test_the_check_of_many_rows_costs_as_many_questions_as_of_few(
    crowd: Callable[[int], list[Handed]], marker: Client, queries: Any
) -> None:
    def asked(count: int) -> int:
        for one in (works := crowd(count)):
            assert one.receipt
        sheet: Sheet = taken(marker)
        for one in works:
            sheet.fill(one.receipt)
        address = f"{SHEETS}/check?file={sent(marker, sheet.saved()).request.args['file']}"
        with queries() as seen:
            assert marker.get(address).status_code == 200
        return len(seen)

    assert asked(3) == asked(9)


def test_rows_are_accepted_that_a_marker_sends_in_where_names_are_hidden(
    world: World, handed: Handed, decide: Decide, marker: Client, reading: Unit
) -> None:
    decide(anonymous=True)
    sheet = taken(marker)
    sheet.fill(handed.receipt)
    sheet.put(handed.receipt, **{"receipt": handed.receipt.lower().replace("-", " ")})
    page = brought(marker, sheet.saved()).text
    assert "Aziza" not in page and "1 mark is set." in page
    assert stored(reading, handed).state is MarkingState.MARKED
