"""``content check``, ``approve``, ``review`` and ``publish`` on the command line."""

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config import ROOT
from diploma.core.audit import AuditEvent
from diploma.core.lang import Lang
from diploma.learning import catalogue, check_command, publisher
from diploma.learning.models import Edition, Revision
from diploma.learning.structure import Act
from diploma.learning.translation import workbooks
from tests.learning.sample import FOLDER, LESSON_EN, LESSON_RU, MODULE, MODULE_ID, RU, Course
from tests.learning.translation.conftest import READER, TRANSLATOR, read, standings, texts
from tests.learning.translation.workbooks import Book

M2 = "m2-challenge-assessment"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HERE = ("--lang", "ru", "--module", MODULE_ID)
WHY, WHERE = "lessons/01-listen/why", "lessons/01-listen/where"


def counts(run: Any) -> dict[str, int]:
    found: dict[str, int] = json.loads(run("check", "--json").output)["translations"][MODULE_ID]["ru"]
    return found


# ---- check


def test_check_counts_what_is_missing_stale_draft_reviewed_and_approved(run: Any, desk: Course, unit: Any) -> None:
    before = counts(run)
    with unit():
        read(desk, Lang.RU, READER, WHY, WHERE)
        read(desk, Lang.RU, READER, "module/title", act=Act.REVIEWED)
    desk.change(LESSON_EN, "## Where", "## Where to listen")
    found = counts(run)
    assert found == before | {
        "stale": 1,
        "fresh": before["fresh"] - 1,
        "draft": before["draft"] - 3,
        "reviewed": 1,
        "approved": 1,
    }
    said = f"{found['missing']} missing, 1 stale, {found['draft']} draft, 1 reviewed, 1 approved"
    assert f"{MODULE_ID} ru: {said}" in run("check").output


def test_check_works_without_a_database_and_says_what_it_does_not_know(run: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(check_command, "known", lambda _url: None)
    report = json.loads(run("check", "--json").output)
    assert report["approvals"] == "unknown" and set(report["translations"][MODULE_ID]["ru"]) == {
        "missing",
        "stale",
        "fresh",
    }
    answer = run("check")
    assert answer.exit_code == 0 and "Reviews and approvals are unknown" in answer.output


def test_a_file_that_claims_more_than_was_recorded_is_warned_of(run: Any, desk: Course) -> None:
    assert "The files say" not in run("check").output
    for file in (LESSON_RU, f"{FOLDER}/workshops/w1/ru.md"):  # the overlay says so already
        desk.change(file, 'status = "draft"', 'status = "reviewed"')
    answer = run("check")
    assert answer.exit_code == 0 and f"{RU}:1: status: warning: The files say reviewed" in answer.output


# ---- approve and review


def test_a_section_is_approved_by_its_name(run: Any, desk: Course, reading: Any) -> None:
    answer = run("approve", *HERE, "--section", "01-listen#why", "--section", "module/title", "--by", READER)
    assert answer.exit_code == 0 and f"{MODULE_ID} ru: 2 texts approved, 2 of them new" in answer.output
    with reading() as session:
        found = standings(desk, Lang.RU)
        assert (found[WHY], found["module/title"], found[WHERE]) == ("approved", "approved", "draft")
        assert (
            session.scalars(select(AuditEvent).where(AuditEvent.kind == "translation.approved"))
            .first()
            .detail["operator"]
        )


def test_a_section_is_reviewed_by_its_name(run: Any, desk: Course, reading: Any) -> None:
    assert run("review", *HERE, "--section", "01-listen#why", "--by", READER).exit_code == 0
    with reading():
        assert standings(desk, Lang.RU)[WHY] == "reviewed"


def test_all_are_approved_or_none(run: Any, desk: Course, reading: Any) -> None:
    answer = run("approve", *HERE, "--all", "--by", READER)
    assert answer.exit_code == 1 and "assignment/brief: It is not translated yet." in answer.output
    assert "nothing was recorded" in answer.output
    with reading():
        assert "approved" not in standings(desk, Lang.RU).values()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--section", "01-listen#when"), "has no text 01-listen#when"),
        (("--section", "../../../etc/passwd"), "has no text ../../../etc/passwd"),
        (("--section", "01-listen#why", "--module", "m9"), "There is no translation of m9"),
        (("--section", "01-listen#why", "--lang", "en"), f"There is no translation of {MODULE_ID} into en"),
        (("--section", "01-listen#why", "--by", "nobody@desk.test"), "There is no open account nobody@desk.test"),
        (("--section", "01-listen#why", "--by", TRANSLATOR), "no right to approve texts in ru"),
    ],
)
def test_what_cannot_be_approved_is_refused_in_words(run: Any, options: tuple[str, ...], words: str) -> None:
    answer = run("approve", *HERE, "--by", READER, *options)
    assert answer.exit_code == 1 and words in answer.output and "Traceback" not in answer.output


def test_either_sections_or_all_are_named(run: Any) -> None:
    assert run("approve", *HERE, "--by", READER).exit_code == 2
    assert run("approve", *HERE, "--by", READER, "--all", "--section", "01-listen#why").exit_code == 2


# ---- publication


def test_publication_is_refused_below_what_the_module_asks(run: Any, desk: Course, unit: Any) -> None:
    desk.change(MODULE, 'ru = "draft"', 'ru = "reviewed"')
    with unit():
        read(desk, Lang.RU, READER, WHY)
        read(desk, Lang.RU, READER, "module/title", act=Act.REVIEWED)
    answer = run("publish")
    assert answer.exit_code == 1
    assert f"{LESSON_RU}:{desk.line(LESSON_RU, '{#where}')}: where: This text is a draft" in answer.output
    assert f"{RU}:{desk.line(RU, 'summary')}: module.summary: This text is a draft" in answer.output
    assert f"{RU}:1: assignment.brief: This text is not translated" in answer.output
    assert "asks for reviewed in ru" in answer.output
    assert ": why:" not in answer.output and "module.title:" not in answer.output


def test_a_review_is_not_enough_where_an_approval_is_asked(run: Any, desk: Course, unit: Any) -> None:
    desk.change(MODULE, 'ru = "draft"', 'ru = "approved"')
    with unit():
        read(desk, Lang.RU, READER, "module/title", act=Act.REVIEWED)
    assert (
        "module.title: This text is reviewed and not approved; module.toml asks for approved" in run("publish").output
    )


def test_publication_goes_on_when_all_is_recorded(run: Any, tmp_path: Path, app: Any, monkeypatch: Any) -> None:
    whole = Path(shutil.copytree(ROOT / "courses" / "gid", tmp_path / "gid"))
    monkeypatch.setitem(app.config, "COURSES", whole)
    head = whole / "modules" / M2 / "module.toml"
    head.write_text(head.read_text("utf-8").replace('ru = "draft"', 'ru = "approved"'), "utf-8")
    assert run("publish").exit_code == 1
    assert run("approve", "--lang", "ru", "--module", M2, "--all", "--by", READER).exit_code == 0
    assert run("publish").exit_code == 0


def test_draft_asks_for_nothing(run: Any, desk: Course) -> None:
    assert run("publish").exit_code == 0


def test_asking_for_more_makes_no_new_edition(desk: Course, unit: Any, reading: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("diploma.learning.translation.requirements.too_low", lambda *_: [])
    with unit():
        publisher.publish(desk.root)
    desk.change(MODULE, 'ru = "draft"', 'ru = "approved"')
    with unit():
        again = publisher.publish(desk.root)
    assert not again.new_edition and not again.new_revision
    with reading() as session:
        assert len(session.scalars(select(Edition)).all()) == 1


def test_a_revision_carries_the_status_that_readers_recorded(desk: Course, unit: Any, reading: Any) -> None:
    desk.change(LESSON_RU, 'status = "draft"', 'status = "approved"')
    desk.change(RU, 'status = "reviewed"', 'status = "approved"')
    with unit():
        claimed = publisher.publish(desk.root)
    with unit():
        there = [key for key, one in texts(desk, Lang.RU).items() if one.text]
        read(desk, Lang.RU, READER, *there)
        approved = publisher.publish(desk.root)
    with reading() as session:
        assert catalogue.content(claimed.revision_id).status(MODULE_ID, Lang.RU) == "draft"
        assert catalogue.content(approved.revision_id).status(MODULE_ID, Lang.RU) == "approved"
        assert not catalogue.content(approved.revision_id).say(MODULE_ID, "module/title", Lang.RU).draft
        assert len(session.scalars(select(Revision)).all()) == 2


# ---- export and import


@pytest.fixture
def exported(run: Any, tmp_path: Path) -> Path:
    path = tmp_path / "list.xlsx"
    answer = run("export", *HERE, "--out", path)
    assert answer.exit_code == 0 and str(path) in answer.output
    return path


def test_a_workbook_is_written_and_comes_back(run: Any, desk: Course, exported: Path) -> None:
    Book(desk, Lang.RU).translate({"module/title": "Вызов дня"}).save(exported)
    answer = run("import", exported, "--by", TRANSLATOR)
    assert answer.exit_code == 0 and "1 to write, 0 with errors" in answer.output and answer.output.endswith("Done.\n")
    assert 'title = "Вызов дня"' in desk.read(RU)
    assert run("import", exported, "--by", TRANSLATOR).exit_code == 0


def test_all_modules_are_exported_by_default(run: Any, tmp_path: Path, app: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "COURSES", ROOT / "courses" / "gid")
    assert run("export", "--lang", "uz-Cyrl", "--out", tmp_path / "all.xlsx").exit_code == 0
    sheet = workbooks.read(tmp_path / "all.xlsx", "all.xlsx")
    assert sheet.lang is Lang.UZ_CYRL and {one.module for one in sheet.rows} >= {M2, "glossary"}


def test_problems_are_told_by_row_and_nothing_is_written(run: Any, desk: Course, tmp_path: Path) -> None:
    book = Book(desk, Lang.RU).translate({"module/title": "Вызов дня", "quiz/q01/stem": "Какие из 7 дел?"})
    path, row = book.save(tmp_path / "list.xlsx"), book.row("quiz/q01/stem")
    answer = run("import", path, "--by", TRANSLATOR)
    assert answer.exit_code == 1 and f"row {row}  {MODULE_ID}  quiz/q01/stem  The numbers differ" in answer.output
    assert "Nothing was written" in answer.output and "Вызов дня" not in desk.read(RU)
    report = json.loads(run("import", path, "--by", TRANSLATOR, "--json").output)
    assert (report["lang"], report["ready"], report["written"]) == ("ru", 1, 0)
    assert [(one["row"], one["key"]) for one in report["errors"]] == [(row, "quiz/q01/stem")]
    assert run("import", path, "--by", TRANSLATOR, "--partial").exit_code == 0 and "Вызов дня" in desk.read(RU)


def test_rows_that_are_gone_are_told(run: Any, desk: Course, tmp_path: Path) -> None:
    book = Book(desk, Lang.RU)
    del book.rows[book.row("module/summary") - 1]
    answer = run("import", book.save(tmp_path / "list.xlsx"), "--by", TRANSLATOR)
    assert (
        answer.exit_code == 0
        and f"1 texts have no row: lost, or new since the export: {MODULE_ID} module/summary" in (answer.output)
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sixty megabytes of zeros in a small file", "unpacks to far more than texts"),
        ("a file of sixty megabytes", "too large: at most 20 MB are read"),
        ("a workbook of something else", "has the columns of exported texts"),
        ("a list of people", "is no workbook"),
        ("a picture", "is no workbook"),
        ("nothing", "is empty"),
        ("a workbook with a password", "protected by a password"),
        ("an old workbook", "Tables of this kind are not read"),
        ("a document type", "has parts that do not belong"),
        ("only the header", "There are no texts below the header"),
        ("no file", "No such file"),
    ],
)
def test_a_nasty_file_gets_a_clear_sentence(run: Any, desk: Course, tmp_path: Path, name: str, words: str) -> None:
    path = tmp_path / "list.xlsx"
    if name != "no file":
        path.write_bytes(nasty(name, desk))
    answer = run("import", path, "--by", TRANSLATOR)
    assert answer.exit_code == 1 and words in answer.output and len(answer.output.strip().splitlines()) == 1


def nasty(name: str, desk: Course) -> bytes:
    book = Book(desk, Lang.RU)
    match name:
        case "sixty megabytes of zeros in a small file":
            return with_part(book.bytes(), "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 60_000_000)
        case "a file of sixty megabytes":
            return b"PK\x03\x04" + bytes(60_000_000)
        case "a workbook of something else":
            book.rows = [["Name", "Key"], ["a", "b"]]
            return book.bytes()
        case "a list of people":
            return b"E-mail,Name\na@uz.test,A\n"
        case "a picture":
            return b"\x89PNG\r\n\x1a\n0000"
        case "a workbook with a password":
            return OLE + "EncryptedPackage".encode("utf-16-le")
        case "an old workbook":
            return OLE + bytes(600)
        case "a document type":
            bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
            return with_part(book.bytes(), "xl/worksheets/sheet1.xml", bomb)
        case "only the header":
            book.rows = book.rows[:1]
            return book.bytes()
    return b""


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with another part of that name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return out.getvalue()
