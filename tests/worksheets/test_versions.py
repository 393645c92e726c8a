"""Two tabs, two devices, a corrected course: nothing that somebody wrote is overwritten unseen."""

import re
import threading
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import db
from diploma.core.errors import Refused, Stale
from diploma.learning import publisher
from diploma.worksheets import service
from diploma.worksheets.models import FilledWorksheet
from tests.learning.sample import MODULE_ID, WORKSHEETS
from tests.papers import EN, TABLE, write

PHONE, DESK = {"key": "p" * 20}, {"key": "d" * 20}


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(key|base)"[^>]*value="([^"]*)"', page))


def test_another_window_does_not_overwrite_it_and_sees_both_versions(aziza: Any, kept: Any) -> None:
    write(aziza, {"f.statement": "from the phone", "f.claims.0.claim": "on the way", **PHONE})
    answer = write(aziza, {"f.statement": "from the desk", "f.claims.0.claim": "on the way", **DESK}, query_string=EN)
    assert answer.status_code == 409 and "Your worksheet was changed in another window" in answer.text
    assert "from the desk</textarea>" in answer.text
    assert "data-autosave" not in answer.text, "the script would replace the other text before it is read"
    assert re.search(
        r'Saved meanwhile in another window:.*?<p class="pre" dir="auto">from the phone', answer.text, re.S
    )
    assert answer.text.count("Saved meanwhile in another window:") == 1, "what is the same is not shown twice"
    assert kept() == [{"statement": "from the phone", "claims": [{"claim": "on the way"}]}]


def test_the_other_version_of_a_table_and_of_a_matrix_is_shown_too(aziza: Any) -> None:
    write(aziza, {"f.claims.0.claim": "by phone", "f.claims.0.kind": "test", "f.scores.0": "Phone option", **PHONE})
    answer = write(aziza, {"f.claims.0.claim": "by desk", "f.scores.0": "Desk option", **DESK}, query_string=EN)
    assert answer.status_code == 409
    for mine, theirs in (("by desk", "by phone"), ("Desk option", "Phone option")):
        assert mine in answer.text and theirs in answer.text


def test_whoever_has_seen_both_versions_may_replace_the_one(aziza: Any, kept: Any) -> None:
    write(aziza, {"f.statement": "from the phone", **PHONE})
    page = write(aziza, {"f.statement": "from the desk", **DESK}).text
    assert write(aziza, {"f.statement": "both in one", **fields_of(page)}).status_code == 302
    assert kept() == [{"statement": "both in one"}]


def test_a_third_version_that_came_meanwhile_is_seen_first(aziza: Any, kept: Any) -> None:
    write(aziza, {"f.statement": "one", **PHONE})
    page = write(aziza, {"f.statement": "two", **DESK}).text
    write(aziza, {"f.statement": "three", **PHONE})
    assert write(aziza, {"f.statement": "four", **fields_of(page)}).status_code == 409
    assert kept() == [{"statement": "three"}]


def test_a_refused_form_does_not_learn_the_version_that_it_has_not_seen(aziza: Any, kept: Any) -> None:
    page = aziza.get(TABLE).text
    write(aziza, {"f.statement": "from the phone", **PHONE})
    refused = write(aziza, {"f.statement": "x" * 7_000, **fields_of(page)})
    assert refused.status_code == 422
    assert write(aziza, {"f.statement": "short", **fields_of(refused.text)}).status_code == 409
    assert kept() == [{"statement": "from the phone"}]


def test_the_window_that_saved_last_goes_on_saving(aziza: Any, kept: Any) -> None:
    for text in ("one", "one two", "one two three"):
        assert write(aziza, {"f.statement": text, **PHONE}).status_code == 302
    assert kept() == [{"statement": "one two three"}]


def test_the_same_words_from_two_windows_are_no_conflict(aziza: Any) -> None:
    write(aziza, {"f.statement": "the same", **PHONE})
    assert write(aziza, {"f.statement": "the same", **DESK}).status_code == 302


def test_the_script_is_told_of_a_conflict_by_the_status(aziza: Any) -> None:
    write(aziza, {"f.statement": "from the phone", **PHONE})
    answer = write(aziza, {"f.statement": "from the desk", **DESK}, headers={"X-CSRFToken": aziza.token(TABLE)})
    assert answer.status_code == 409


@pytest.mark.parametrize("missing", [{"key": ""}, {"key": "short"}, {"base": "x"}])
def test_a_form_without_its_page_is_refused_and_shown_again(aziza: Any, kept: Any, missing: dict[str, str]) -> None:
    answer = write(aziza, {"f.statement": "mine", **missing})
    assert answer.status_code == 422 and "mine</textarea>" in answer.text and kept() == []


def test_two_first_saves_at_once_leave_one_worksheet(aziza: Any, papers: Any, app: Any, kept: Any) -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def save(number: int) -> None:
        with app.app_context():
            try:
                with db.unit_of_work() as session:
                    found = select(Enrolment).join(User).where(User.email == papers.trainee)
                    ready.wait(10)
                    enrolment = session.scalars(found).one()
                    words = {"statement": f"version {number}"}
                    page = f"page-{number}" * 3
                    service.save(enrolment, (MODULE_ID, "evidence-table"), words, page=page, by=enrolment.user)
                outcomes.append("saved")
            except Stale:
                outcomes.append("stale")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(outcomes) == ["saved", "stale"] and len(kept()) == 1


def test_nobody_saves_for_another(papers: Any, unit: Any) -> None:
    with unit() as session:
        mine = session.scalars(select(Enrolment).join(User).where(User.email == papers.trainee)).one()
        other = session.scalars(select(User).where(User.email == papers.trainee_2)).one()
        with pytest.raises(Refused, match="owner alone"):
            service.save(mine, (MODULE_ID, "evidence-table"), {"statement": "x"}, by=other)


# ---- editions


def test_a_running_cohort_keeps_its_worksheets_when_new_ones_are_published(
    aziza: Any, papers_course: Any, unit: Any, papers: Any, browser_of: Any
) -> None:
    write(aziza, {"f.claims.0.claim": "Three visits"})
    papers_course.change(WORKSHEETS, 'id = "source"', 'id = "origin"')
    papers_course.change(WORKSHEETS, "rows = 3", "rows = 9")
    with unit():
        assert publisher.publish(papers_course.root).new_edition
    page = aziza.get(TABLE).text
    assert 'name="f.claims.2.source"' in page and "f.claims.3." not in page and "Three visits" in page
    assert 'name="f.claims.8.origin"' in browser_of(papers.instructor).get(TABLE).text, "staff see the latest"


def test_corrected_words_of_a_worksheet_reach_a_running_cohort(
    aziza: Any, papers_course: Any, unit: Any, papers: Any
) -> None:
    papers_course.change(WORKSHEETS, '"One claim per row."', '"One claim in each row."')
    with unit() as session:
        made = publisher.publish(papers_course.root)
        assert not made.new_edition and made.new_revision
        for cohort in session.scalars(select(Cohort)):
            cohort.revision_id = made.revision_id
    assert "One claim in each row." in aziza.get(TABLE, query_string=EN).text


def test_what_a_new_edition_no_longer_asks_for_is_kept(aziza: Any, papers_course: Any, unit: Any, kept: Any) -> None:
    """A person who moves to a cohort with a newer edition loses nothing of what they wrote."""
    write(aziza, {"f.statement": "Owners come three times.", "f.claims.0.claim": "Three visits"})
    text = papers_course.read(WORKSHEETS)
    first = text.index('[[worksheets.fields]]\nid = "statement"')
    papers_course.write(WORKSHEETS, text[:first] + text[text.index('[[worksheets.fields]]\nid = "claims"') :])
    with unit() as session:
        made = publisher.publish(papers_course.root)
        for cohort in session.scalars(select(Cohort)):
            cohort.edition_id, cohort.revision_id = made.edition_id, made.revision_id
    page = aziza.get(TABLE).text
    assert "Three visits" in page and "Owners come" not in page
    write(aziza, {"f.claims.0.claim": "Four visits", **fields_of(page)})
    assert kept() == [{"statement": "Owners come three times.", "claims": [{"claim": "Four visits"}]}]


def test_a_worksheet_is_in_a_backup_as_any_row_is(aziza: Any, reading: Any) -> None:
    write(aziza, {"f.statement": "Owners come three times."})
    with reading() as session:
        held = session.scalars(select(FilledWorksheet)).one()
        assert (held.module, held.worksheet, held.version) == (MODULE_ID, "evidence-table", 1)
        assert FilledWorksheet.__table__ in db.Base.metadata.sorted_tables
