"""Works that a marker takes along: what is in the ZIP, for whom, and in how many questions to the database."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.core import workbook
from diploma.core.audit import AuditEvent
from diploma.core.lang import Lang
from diploma.coursework.offline import scripts
from diploma.coursework.rules import SentFile
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, decide
from tests.coursework.conftest import Handed, Unit, user
from tests.coursework.offline.conftest import PAGE, taken, unpacked
from tests.coursework.samples import PDF
from tests.world import World

__all__ = ["decide"]
Hand = Callable[..., Handed]


def test_a_folder_for_each_work_holds_text_files_and_rubric_in_the_language_of_the_work(
    world: World, hand_in: Hand, stored: Callable[..., SentFile], marker: Client, reading: Unit
) -> None:
    text = "العنوان <b>x</b>\n\n" + " ".join(["لا يستخدم أحد هذه الخدمة اليوم."] * 80)
    one = hand_in(world.trainee, lang=Lang.AR, text=text, file=stored(name="Карта <1>.pdf"))
    sheet = taken(marker)
    found = sheet.others
    assert set(found) == {f"{one.receipt}/{name}" for name in ("text.html", "rubric.html", "files/1-Карта 1.pdf")}
    assert found[f"{one.receipt}/files/1-Карта 1.pdf"] == PDF
    page = found[f"{one.receipt}/text.html"].decode()
    assert '<div lang="ar" dir="rtl">' in page and "&lt;b&gt;" in page and "<b>" not in page
    assert '<html lang="ar" dir="rtl">' in found[f"{one.receipt}/rubric.html"].decode()
    assert sheet.at(one.receipt, "author") == "Aziza Karimova" and sheet.at(one.receipt, "module") == "GID-102"
    with reading() as reader:
        assert reader.scalars(select(AuditEvent).where(AuditEvent.kind == "works.taken")).one().detail == {
            "works": [one.marking]
        }


def test_what_is_saved_already_stands_in_the_sheet_and_a_name_never_becomes_a_formula(
    world: World, handed: Handed, set_mark: Callable[..., None], unit: Unit, marker: Client
) -> None:
    with unit():
        user(world.trainee).full_name = "=cmd|' /C calc'!A0"
    set_mark(handed, comment="=1+1")
    answer = marker.get(f"{PAGE}works.zip?state=marked")
    data = unpacked(answer)["marks.xlsx"]
    sheet = taken(marker, "state=marked")
    assert sheet.at(handed.receipt, "criterion:voices") == "Proficient"
    assert sheet.at(handed.receipt, "comment") == "=1+1"  # it comes back as it was
    assert sheet.at(handed.receipt, "author").startswith("'=")
    (grid, *_others) = workbook.grids(data)
    (total,) = grid.formulas
    assert total.first_column == total.last_column == sheet.column("total")
    assert sheet.at(handed.receipt, "total") == "80"


def test_where_names_are_hidden_nothing_in_the_archive_names_anybody(
    world: World, hand_in: Hand, stored: Callable[..., SentFile], decide: Decide, marker: Client
) -> None:
    decide(anonymous=True)
    one = hand_in(world.trainee, file=stored(name="Aziza Karimova.pdf"))
    sheet = taken(marker)
    assert f"{one.receipt}/files/{one.receipt}-1.pdf" in sheet.others
    assert "Aziza" not in str(sheet.rows) + str([*sheet.others])
    assert "Karimova" not in b"".join(sheet.others.values()).decode("latin-1")
    assert sheet.at(one.receipt, "author") == ""


def test_only_works_that_one_may_mark_are_taken_along(
    world: World,
    two: tuple[Handed, Handed],
    second_instructor: str,
    unit: Unit,
    browser_of: Callable[[str], Client],
    marker: Client,
) -> None:
    mine, given = two
    assert browser_of(second_instructor).get(f"/marking/{given.marking}").status_code == 200  # open on another desk
    sheet = taken(marker)
    assert sheet.number(mine.receipt) == 3 and given.receipt not in str(sheet.rows) + str(sheet.others)
    assert "1 work is left out" in marker.get(PAGE).text
    abroad = browser_of(world.other_instructor)
    assert abroad.get(f"{PAGE}works.zip").status_code == 404
    assert mine.receipt not in abroad.get(PAGE).text
    assert browser_of(world.trainee).get(f"{PAGE}works.zip").status_code == 403


def test_a_large_queue_comes_in_parts_and_one_without_end_is_refused(
    crowd: Callable[[int], list[Handed]], world: World, marker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = crowd(3)
    monkeypatch.setattr(scripts, "PART_WORKS", 2)
    page = marker.get(PAGE).text
    assert re.findall(r"part=(\d)", page) == ["1", "2"]
    parts = [str(taken(marker, f"part={n}").rows) for n in (1, 2)]
    assert [sum(one.receipt in part for one in works) for part in parts] == [2, 1]
    assert marker.get(f"{PAGE}works.zip?part=3").status_code == 404
    monkeypatch.setattr(scripts, "MOST_WORKS", 2)
    assert "More than 2 works are in this queue" in marker.get(PAGE).text
    answer = marker.get(f"{PAGE}works.zip", follow_redirects=True)
    assert answer.status_code == 200 and "More than 2 works" in answer.text


def test_many_works_cost_as_many_questions_as_few(
    crowd: Callable[[int], list[Handed]], marker: Client, queries: Any
) -> None:
    def asked(count: int) -> int:
        crowd(count)
        unpacked(marker.get(f"{PAGE}works.zip"))  # what is published is read once per process
        with queries() as seen:
            unpacked(marker.get(f"{PAGE}works.zip"))
        return len(seen)

    few = asked(3)
    assert asked(12) == few
