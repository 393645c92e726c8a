"""Publication: immutable, idempotent, and a word is not a key."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from config import ROOT
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.learning import catalogue, freshness, publisher
from diploma.learning.models import ContentText, Edition, Revision
from tests.learning.sample import MODULE_ID, Course

M2 = "m2-challenge-assessment"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the real course that a test may change."""
    return Path(shutil.copytree(ROOT / "courses" / "gid", tmp_path / "gid"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_publishing_the_same_files_again_changes_nothing(course: Path, unit: Any, reading: Any) -> None:
    with unit():
        first = publisher.publish(course)
    with unit():
        second = publisher.publish(course)
    assert (first.new_edition, first.new_revision) == (True, True)
    assert (second.new_edition, second.new_revision) == (False, False)
    assert (first.edition_id, first.revision_id) == (second.edition_id, second.revision_id)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Edition)) == 1
        assert session.scalar(select(func.count()).select_from(Revision)) == 1


def test_a_planned_prerequisite_is_waived_on_the_record(tmp_path: Path, unit: Any, reading: Any) -> None:
    with unit():
        publisher.publish(Course(tmp_path / "sample").root)
    with reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "prerequisite.waived_planned")).one()
        assert event.detail == {"module": MODULE_ID, "prerequisite": "m1-design"}


def test_a_corrected_word_is_a_new_revision_of_the_same_edition(course: Path, unit: Any) -> None:
    with unit():
        first = publisher.publish(course)
    change(course / "modules" / M2 / "module.toml", "Challenge assessment", "Assessing challenges")
    with unit():
        second = publisher.publish(course)
        assert second.edition_id == first.edition_id and second.revision == 2
        assert catalogue.content(first.revision_id).say(M2, "module/title", Lang.EN) == "Challenge assessment"
        assert catalogue.content(second.revision_id).say(M2, "module/title", Lang.EN) == "Assessing challenges"


def test_a_changed_weight_is_a_new_edition_and_leaves_the_cohort_alone(world: Any, course: Path, unit: Any) -> None:
    rubric = course / "modules" / M2 / "rubric.toml"
    change(rubric, "weight = 25", "weight = 20")
    change(rubric, "weight = 15", "weight = 20")
    with unit() as session:
        made = publisher.publish(course)
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        assert made.new_edition and cohort.edition_id != made.edition_id
        with pytest.raises(Refused, match="keeps its edition"):
            cohorts.advance_revision(cohort, made.edition_id, made.revision_id)


def test_a_mistake_publishes_nothing_and_is_named(course: Path, unit: Any, reading: Any) -> None:
    change(course / "modules" / M2 / "quiz.toml", 'answer = "', 'answer = "zz')
    with pytest.raises(publisher.NotPublishable) as refused, unit():
        publisher.publish(course)
    assert any(one.file.endswith("quiz.toml") and one.line for one in refused.value.mistakes)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ContentText)) == 0


def test_a_section_whose_source_changed_is_shown_as_stale(course: Path, unit: Any) -> None:
    lesson = course / "modules" / M2 / "lessons" / "01-from-complaint-to-challenge" / "en.md"
    change(lesson, "Many public projects", "Quite a few public projects")
    with unit():
        made = publisher.publish(course)
        content = catalogue.content(made.revision_id)
        page = content.modules[M2].lessons[0]
        stale = {lang: [one.anchor for one in content.sections(M2, page, lang, "uz") if one.stale] for lang in Lang}
    assert stale == {Lang.EN: []} | {lang: ["why"] for lang in Lang if lang is not Lang.EN}


def test_accepting_the_translation_makes_it_fresh_again(course: Path, unit: Any) -> None:
    lesson = course / "modules" / M2 / "lessons" / "01-from-complaint-to-challenge" / "en.md"
    change(lesson, "Many public projects", "Quite a few public projects")
    freshness.accept(course, M2, Lang.RU)
    with unit():
        content = catalogue.content(publisher.publish(course).revision_id)
        page = content.modules[M2].lessons[0]
        assert not any(one.stale for one in content.sections(M2, page, Lang.RU, "uz"))
        assert any(one.stale for one in content.sections(M2, page, Lang.AR, "uz"))


def test_a_missing_translation_is_read_in_its_fallback(course: Path, unit: Any) -> None:
    (course / "modules" / M2 / "lessons" / "01-from-complaint-to-challenge" / "ru.md").unlink()
    with unit():
        content = catalogue.content(publisher.publish(course).revision_id)
        sections = content.sections(M2, content.modules[M2].lessons[0], Lang.RU, "uz")
    assert {(one.lang, one.fallback) for one in sections} == {(Lang.EN, True)}


def test_the_command_names_file_line_and_key_of_a_mistake(course: Path, app: Any, monkeypatch: Any) -> None:
    change(course / "modules" / M2 / "module.toml", "[complete_when]", "[complete_wen]")
    monkeypatch.setitem(app.config, "COURSES", course)
    checked = app.test_cli_runner().invoke(args=["content", "check"])
    published = app.test_cli_runner().invoke(args=["content", "publish"])
    assert checked.exit_code == published.exit_code == 1
    assert f"modules/{M2}/module.toml:" in checked.output and "complete_wen" in checked.output


def test_a_new_owner_is_no_new_edition(course: Path, unit: Any) -> None:
    head = course / "modules" / M2 / "module.toml"
    with unit():
        first = publisher.publish(course)
        assert catalogue.content(first.revision_id).owner(M2) == ""
    change(head, "stages =", 'owner = "owner@example.test"\nstages =')
    with unit():
        second = publisher.publish(course)
        assert (second.edition_id, second.new_revision) == (first.edition_id, True)
        assert catalogue.content(second.revision_id).owner(M2) == "owner@example.test"
