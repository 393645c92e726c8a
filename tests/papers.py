"""Worksheets, plans and mark sheets to test with: those of the sample course, in its own edition or in the real module.

A plugin of ``tests/conftest.py``.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.learning import publisher
from diploma.learning.sheets import Field, FieldKind, Worksheet
from tests.learning.sample import FOLDER, MODULE_ID, SAMPLE, Course
from tests.world import World

MODULE = f"/modules/{MODULE_ID}"
TABLE, LETTER = f"{MODULE}/worksheets/evidence-table", f"{MODULE}/worksheets/letter"
WORKSHOP = f"{MODULE}/workshops/w1"
FORM = {"key": "k" * 20, "base": "0"}
EN = {"lang": "en"}
TITLES = {
    "ar": "جدول الأدلة",
    "ru": "Таблица доказательств",
    "uz-Cyrl": "Далиллар жадвали",
    "uz-Latn": "Dalillar jadvali",
}


@pytest.fixture
def papers_course(tmp_path: Path) -> Course:
    """The files that ``papers`` publishes, to be changed and published again."""
    return Course(tmp_path / "papers")


@pytest.fixture
def papers(world: World, unit: Any, papers_course: Course) -> World:
    """The sample course is the newest edition, and that of both cohorts; its module is open to them."""
    with unit() as session:
        made = publisher.publish(papers_course.root)
        now = clock.now()
        for cohort in session.scalars(select(Cohort)):
            cohort.edition_id, cohort.revision_id = made.edition_id, made.revision_id
            dates = (now - timedelta(days=1), now + timedelta(days=7), now + timedelta(days=21))
            cohorts.set_module_dates(cohort, cohorts.ModuleDates(MODULE_ID, *dates))
    return world


def write(reader: Any, fields: dict[str, str], *, path: str = TABLE, **more: Any) -> Any:
    """Send the form of a worksheet as the page does; ``key`` and ``base`` may be given among the fields."""
    return reader.send(path, FORM | fields, page=path, **more)


def put_into(module: Path, lesson: str) -> None:
    """Give a real module the worksheets, plans and mark sheets of the sample until it has its own.

    The sample's workshop takes 3 hours; both of the module take 4.
    """
    if (module / "worksheets.toml").exists():
        return
    for tag, title in TITLES.items():
        with (module / f"{tag}.toml").open("a", encoding="utf-8") as overlay:
            overlay.write(f'\n[worksheets.evidence-table]\ntitle = "{title}"\n')
    sample = SAMPLE / FOLDER
    sheets = (sample / "worksheets.toml").read_text("utf-8").replace("01-listen", lesson)
    marks = (sample / "workshops.toml").read_text("utf-8")
    first = marks.partition("\n")[2]
    (module / "worksheets.toml").write_text(sheets, "utf-8")
    (module / "workshops.toml").write_text(marks + first.replace('"w1"', '"w2"'), "utf-8")
    for workshop in ("w1", "w2"):
        plan = (sample / "workshops" / "w1" / "en.md").read_text("utf-8").replace("| 60 |", "| 120 |")
        (module / "workshops" / workshop).mkdir(parents=True)
        (module / "workshops" / workshop / "en.md").write_text(plan, "utf-8")


def filled(sheet: Worksheet, text: str) -> dict[str, Any]:
    """Something in every field of a worksheet; of a matrix the highest scores, all options alike."""

    def entry(field: Field) -> Any:
        if field.kind is FieldKind.TEXT:
            return text
        if field.kind is FieldKind.TABLE:
            return [{one.id: one.choices[0] if one.choices else text for one in field.columns}]
        scores = {one.id: field.most for one in field.criteria}
        return {"names": [text] * field.options, "scores": [scores] * field.options}

    return {field.id: entry(field) for field in sheet.fields}
