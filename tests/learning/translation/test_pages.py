"""The translators' desk: one's own languages alone, a text beside its source, and the reader's word on that text."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.core import db
from diploma.core.lang import Lang
from diploma.learning.models import TranslationRecord, TranslationUpload, UploadState
from diploma.learning.structure import Act
from diploma.learning.translation import records, workbooks
from tests.learning.sample import FOLDER, LESSON_EN, MODULE_ID, RU, Course
from tests.learning.translation.conftest import (
    ARABIST,
    BOTH,
    READER,
    RIGHTS,
    STRANGER,
    TRANSLATOR,
    person,
    standings,
    texts,
)
from tests.learning.translation.workbooks import STATUS, Book

DESK, HERE = "/translations/", f"/translations/ru/{MODULE_ID}"
WHY, TITLE, BRIEF = "lessons/01-listen/why", "module/title", "assignment/brief"
UPLOADS = "/translations/ru/uploads/"


@pytest.fixture
def browser(desk: Course, app: Any, browser_of: Any, password_hash: str) -> Any:
    """``browser(READER)``: signed in; passwords are set once for all."""
    with app.app_context(), db.unit_of_work():
        for email in RIGHTS:
            accounts.set_password(person(email), password_hash)
        accounts.grant_role(person(STRANGER), Role.TRANSLATOR)
    return browser_of


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="((?:source|text)_hash)" value="([^"]+)"', page))


def record(who: Any, key: str = WHY, act: str = "approved", **changes: str) -> Any:
    page = who.get(f"{HERE}/{key}").text
    return who.send(f"{HERE}/{key}", {"act": act, **hidden(page), **changes}, page=f"{HERE}/{key}")


def count(reading: Any) -> int:
    with reading() as session:
        return len(session.scalars(select(TranslationRecord)).all())


# ---- whose languages


def test_the_desk_shows_the_languages_of_its_reader_and_no_other(browser: Any) -> None:
    page = browser(READER).get(DESK).text
    assert "/translations/ru/" in page and "/translations/ar/" not in page and "You approve" in page
    assert "Upload a workbook" not in page and "Upload a workbook" in browser(TRANSLATOR).get(DESK).text


def test_a_translator_without_a_language_is_told_whom_to_ask(browser: Any) -> None:
    assert "No language yet" in browser(STRANGER).get(DESK).text


def test_who_is_no_translator_finds_no_desk(browser: Any, unit: Any) -> None:
    with unit():
        accounts.end_role(person(STRANGER).grants[0])
        accounts.grant_role(person(STRANGER), Role.DIRECTOR)
    who = browser(STRANGER)
    assert who.get(DESK).status_code == 403 and "/translations/" not in who.get("/dashboard").text


@pytest.mark.parametrize("place", ["", f"/{TITLE}"])
def test_another_language_is_as_if_it_were_missing(browser: Any, place: str) -> None:
    who = browser(ARABIST)
    answers = [who.get(f"/translations/{lang}/{MODULE_ID}{place}") for lang in ("ru", "en", "xx", "uz-cyrl")]
    assert {one.status_code for one in answers} == {404}
    assert who.send(f"{HERE}/{TITLE}", {"act": "approved"}, page="/account").status_code == 404
    for path in ("/translations/ru/texts.xlsx", UPLOADS, f"{UPLOADS}check?file=x"):
        assert who.get(path).status_code == 404


@pytest.mark.parametrize("key", ["module/none", "../../etc/passwd", "%2e%2e/%2e%2e/secret", "lessons//why"])
def test_a_key_that_names_no_text_leads_nowhere(browser: Any, key: str) -> None:
    assert browser(READER).get(f"{HERE}/{key}").status_code in (308, 404)
    assert browser(READER).get(f"/translations/ru/m9/{TITLE}").status_code == 404


# ---- reading


def test_counts_and_filters_lead_to_the_texts(browser: Any, desk: Course) -> None:
    desk.change(LESSON_EN, "three times", "many times")
    who = browser(READER)
    assert "Stale <span" in who.get(DESK).text and f"{HERE}?state=stale" in who.get(DESK).text
    page = who.get(f"{HERE}?state=stale").text
    assert "01-listen#why" in page and "01-listen#where" not in page
    assert "01-listen#where" in who.get(f"{HERE}?state=draft").text
    assert (
        "Nothing here" in who.get(f"{HERE}?state=approved").text and "Nothing here" in who.get(f"{HERE}?state=x").text
    )


def test_a_text_stands_beside_its_source_each_in_its_own_direction(browser: Any) -> None:
    page = browser(ARABIST).get(f"/translations/ar/{MODULE_ID}/{TITLE}").text
    assert '<div class="pre" lang="en" dir="ltr">Challenge</div>' in page and "Not translated yet." in page
    page = browser(BOTH).get(f"/translations/uz-Latn/{MODULE_ID}/{TITLE}").text
    assert 'lang="uz-Cyrl" dir="ltr">Муаммо</div>' in page and 'lang="uz-Latn" dir="ltr">Muammo</div>' in page


def test_the_page_says_who_translated_and_who_approved(browser: Any, desk: Course, unit: Any) -> None:
    with unit():
        records.translated([texts(desk, Lang.RU)[WHY]], by=person(TRANSLATOR))
    who = browser(READER)
    assert record(who).status_code == 302
    page = who.get(f"{HERE}/{WHY}").text
    assert "Translated by <bdi>Translator</bdi>" in page and "Approved by <bdi>Reader</bdi>" in page


# ---- recording


@pytest.mark.parametrize("act", ["reviewed", "approved"])
def test_a_reader_records_and_goes_on_to_the_next_text(browser: Any, desk: Course, reading: Any, act: str) -> None:
    answer = record(browser(READER), act=act)
    assert answer.status_code == 302 and answer.headers["Location"] == f"{HERE}/lessons/01-listen/where"
    with reading():
        assert standings(desk, Lang.RU)[WHY] == act


def test_only_who_holds_the_right_sees_the_buttons_and_may_use_them(browser: Any, reading: Any) -> None:
    who, page = browser(TRANSLATOR), browser(READER).get(f"{HERE}/{WHY}").text
    assert 'value="approved"' in page and 'value="approved"' not in who.get(f"{HERE}/{WHY}").text
    answer = who.send(f"{HERE}/{WHY}", {"act": "approved", **hidden(page)}, page="/account")
    assert answer.status_code == 403 and count(reading) == 0


def test_ones_own_translation_is_for_somebody_else(browser: Any, desk: Course, unit: Any, reading: Any) -> None:
    page = browser(READER).get(f"{HERE}/{WHY}").text
    with unit():
        records.translated([texts(desk, Lang.RU)[WHY]], by=person(BOTH))
    who = browser(BOTH)
    assert "for somebody else to approve" in who.get(f"{HERE}/{WHY}").text
    answer = who.send(f"{HERE}/{WHY}", {"act": "approved", **hidden(page)}, page="/account")
    assert answer.status_code == 409 and count(reading) == 1


@pytest.mark.parametrize("forged", [{"text_hash": "0" * 64}, {"source_hash": "0" * 64}, {"text_hash": ""}])
def test_a_forged_hash_approves_nothing(browser: Any, reading: Any, forged: dict[str, str]) -> None:
    assert record(browser(READER), **forged).status_code == 409 and count(reading) == 0


def test_the_hashes_of_another_text_approve_nothing(browser: Any, reading: Any) -> None:
    who = browser(READER)
    other = hidden(who.get(f"{HERE}/{TITLE}").text)
    assert record(who, **other).status_code == 409 and count(reading) == 0


def test_a_text_that_changed_while_it_was_read_is_read_again(browser: Any, desk: Course, reading: Any) -> None:
    who = browser(READER)
    seen = hidden(who.get(f"{HERE}/{TITLE}").text)
    desk.change(RU, '"Вызов"', '"Вызов дня"')
    answer = who.send(f"{HERE}/{TITLE}", {"act": "approved", **seen}, page="/account")
    assert answer.status_code == 409 and "changed while you were reading" in answer.text and count(reading) == 0


def test_a_stale_or_missing_text_has_no_button(browser: Any, desk: Course, reading: Any) -> None:
    desk.change(LESSON_EN, "three times", "many times")
    who = browser(READER)
    for key, words in ((WHY, "Its source changed"), (BRIEF, "It is not translated yet.")):
        page = who.get(f"{HERE}/{key}").text
        assert words in page and 'name="act"' not in page
    with reading():
        stale = texts(desk, Lang.RU)[WHY]
    form = {"act": "approved", "source_hash": stale.source_hash, "text_hash": stale.text_hash}
    assert who.send(f"{HERE}/{WHY}", form, page="/account").status_code == 409 and count(reading) == 0


@pytest.mark.parametrize("act", ["translated", "", "deleted"])
def test_no_other_act_is_recorded_by_a_form(browser: Any, reading: Any, act: str) -> None:
    assert record(browser(READER), act=act).status_code == 400 and count(reading) == 0


def test_a_new_file_is_seen_at_once(browser: Any, desk: Course) -> None:
    who = browser(READER)
    assert "Вызов" in who.get(f"{HERE}/{TITLE}").text
    desk.change(RU, '"Вызов"', '"Задача"')
    assert "Задача" in who.get(f"{HERE}/{TITLE}").text


# ---- workbooks


def upload(who: Any, data: bytes, name: str = "list.xlsx") -> Any:
    return who.send(UPLOADS, {"file": (io.BytesIO(data), name)}, follow_redirects=True)


def handed_in(who: Any, page: str, **more: str) -> Any:
    reference = re.search(r'name="file" value="([^"]+)"', page)
    assert reference
    return who.send(f"{UPLOADS}hand-in", {"file": reference[1], **more}, page=UPLOADS)


def test_the_workbook_of_a_language_is_downloaded(browser: Any) -> None:
    answer = browser(READER).get(f"/translations/ru/texts.xlsx?module={MODULE_ID}")
    assert answer.status_code == 200 and f'filename="ru-{MODULE_ID}.xlsx"' in answer.headers["Content-Disposition"]
    sheet = workbooks.read(answer.data, "x.xlsx")
    assert sheet.lang is Lang.RU and {one.module for one in sheet.rows} == {MODULE_ID}
    assert browser(READER).get("/translations/ru/texts.xlsx?module=../x").status_code == 404


def test_what_is_wrong_is_shown_by_row_and_nothing_is_written(browser: Any, desk: Course, reading: Any) -> None:
    book = Book(desk, Lang.RU).translate({TITLE: "Вызов дня", "quiz/q01/stem": "Какие из 7 дел?"})
    before = desk.read(RU)
    page = upload(browser(TRANSLATOR), book.bytes()).text
    assert f">{book.row('quiz/q01/stem')}</th>" in page and "The numbers differ from the source" in page
    assert "Hand in only the good rows; 1 stays out" in page and desk.read(RU) == before
    with reading() as session:
        assert session.scalars(select(TranslationUpload)).all() == []


def test_a_handed_in_workbook_waits_and_is_imported_in_the_name_of_its_translator(
    browser: Any, desk: Course, run: Any, reading: Any
) -> None:
    who, before = browser(BOTH), desk.read(RU)
    page = upload(who, Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}).bytes()).text
    assert "1 text will be written." in page
    assert handed_in(who, page).status_code == 302 and desk.read(RU) == before
    assert "Waits for the import" in who.get(UPLOADS).text
    answer = run("import", "--waiting")
    assert answer.exit_code == 0 and f"list.xlsx by {BOTH}: imported, 1 texts written" in answer.output
    assert 'title = "Вызов дня"' in desk.read(RU) and "In the course" in who.get(UPLOADS).text
    with reading() as session:
        rows = session.scalars(select(TranslationRecord)).all()
        assert [(one.act, one.by.email, one.key) for one in rows] == [(Act.TRANSLATED, BOTH, TITLE)]
    assert "for somebody else to approve" in who.get(f"{HERE}/{TITLE}").text
    assert "0 workbooks" in run("import", "--waiting").output


def test_only_the_good_rows_are_handed_in_when_that_is_said(browser: Any, desk: Course, run: Any) -> None:
    who = browser(TRANSLATOR)
    book = Book(desk, Lang.RU).translate({TITLE: "Вызов дня", "quiz/q01/stem": "Какие из 7 дел?"})
    page = upload(who, book.bytes()).text
    assert handed_in(who, page).headers["Location"].startswith(f"{UPLOADS}check?file=")
    assert handed_in(who, page, partial="1").headers["Location"] == UPLOADS
    assert run("import", "--waiting").exit_code == 0 and "Вызов дня" in desk.read(RU) and "из 7" not in desk.read(RU)
    page = who.get(UPLOADS).text
    assert "1 text written" in page and f"Row {book.row('quiz/q01/stem')}" in page


def test_what_changed_while_a_workbook_waited_is_refused_by_the_import(browser: Any, desk: Course, run: Any) -> None:
    who = browser(TRANSLATOR)
    handed_in(who, upload(who, Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}).bytes()).text)
    desk.change(RU, '"Вызов"', '"Задача"')
    answer = run("import", "--waiting")
    assert answer.exit_code == 1 and "refused, 0 texts written" in answer.output and "Задача" in desk.read(RU)
    assert "Somebody else has changed this translation" in who.get(UPLOADS).text


def test_who_lost_the_right_meanwhile_imports_nothing(browser: Any, desk: Course, run: Any, unit: Any) -> None:
    who = browser(TRANSLATOR)
    handed_in(who, upload(who, Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}).bytes()).text)
    with unit():
        accounts.end_role(person(TRANSLATOR).grants[0])
    answer = run("import", "--waiting")
    assert answer.exit_code == 1 and "no right to translate into ru" in answer.output and "дня" not in desk.read(RU)


def test_the_same_workbook_twice_waits_once(browser: Any, desk: Course, reading: Any) -> None:
    who = browser(TRANSLATOR)
    page = upload(who, Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}).bytes()).text
    for _ in range(2):
        handed_in(who, page)
    with reading() as session:
        assert [one.state for one in session.scalars(select(TranslationUpload))] == [UploadState.WAITING]


def test_a_file_of_another_person_or_language_is_not_taken(browser: Any, desk: Course) -> None:
    page = upload(browser(TRANSLATOR), Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}).bytes()).text
    assert handed_in(browser(BOTH), page).headers["Location"] == UPLOADS
    reference = re.search(r'name="file" value="([^"]+)"', page)
    assert reference and browser(BOTH).get(f"{UPLOADS}check?file={reference[1]}").status_code == 302
    assert browser(TRANSLATOR).get(f"/translations/uz-Cyrl/uploads/check?file={reference[1]}").status_code == 302


def test_a_workbook_of_another_language_is_told_so(browser: Any, desk: Course) -> None:
    answer = upload(browser(TRANSLATOR), Book(desk, Lang.UZ_CYRL).bytes())
    assert answer.status_code == 422 and "This workbook holds texts in Ўзбекча" in answer.text


def test_who_only_reads_uploads_nothing(browser: Any, desk: Course) -> None:
    who = browser(READER)
    assert who.get(UPLOADS).status_code == 403
    answer = who.send(UPLOADS, {"file": (io.BytesIO(Book(desk, Lang.RU).bytes()), "x.xlsx")}, page="/account")
    assert answer.status_code == 403


@pytest.mark.parametrize(("data", "words"), [(b"", "is empty"), (b"a,b\n", "is no workbook"), (None, "Choose a file")])
def test_a_file_that_is_no_workbook_is_refused_in_words(browser: Any, data: bytes | None, words: str) -> None:
    who = browser(TRANSLATOR)
    answer = who.send(UPLOADS, {}) if data is None else upload(who, data)
    assert answer.status_code == 422 and words in answer.text


def test_a_workbook_without_a_change_cannot_be_handed_in(browser: Any, desk: Course, reading: Any) -> None:
    who = browser(TRANSLATOR)
    page = upload(who, Book(desk, Lang.RU).set(TITLE, STATUS, "approved").bytes()).text
    assert "The workbook changes no text of the course." in page and ">Hand in</button>" not in page
    handed_in(who, page)
    with reading() as session:
        assert session.scalars(select(TranslationUpload)).all() == []


def test_the_web_writes_nothing_into_the_course(browser: Any, desk: Course) -> None:
    """Whatever people do on the desk, the files are as they were: not even the folder is touched."""
    before = {str(one): (one.stat().st_mtime_ns, one.read_bytes()) for one in desk.root.rglob("*") if one.is_file()}
    who = browser(BOTH)
    record(who)
    handed_in(who, upload(who, Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}).bytes()).text)
    after = {str(one): (one.stat().st_mtime_ns, one.read_bytes()) for one in desk.root.rglob("*") if one.is_file()}
    assert after == before and (desk.root / FOLDER).is_dir()
