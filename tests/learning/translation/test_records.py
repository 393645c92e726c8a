"""Approvals: by a named reader with the right, of somebody else's fresh text, and of that very text alone."""

from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.core import audit
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused, Stale
from diploma.core.lang import Lang
from diploma.learning.freshness import accept, text_hash
from diploma.learning.models import TranslationRecord
from diploma.learning.structure import Act
from diploma.learning.translation import records
from tests.learning.sample import LESSON_EN, LESSON_RU, MODULE, MODULE_ID, UZ_CYRL, Course
from tests.learning.translation.conftest import (
    ARABIST,
    BOTH,
    READER,
    STRANGER,
    TRANSLATOR,
    person,
    read,
    standings,
    texts,
)

WHY, TITLE, BRIEF = "lessons/01-listen/why", "module/title", "assignment/brief"


def recorded(session: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(TranslationRecord)))


def test_an_approval_says_who_when_and_which_text_made_from_which_source(desk: Course, unit: Any, reading: Any) -> None:
    with unit():
        assert read(desk, Lang.RU, READER, WHY) == 1
    with reading() as session:
        row = session.scalars(select(TranslationRecord)).one()
        text = texts(desk, Lang.RU)[WHY]
        assert (row.by.email, row.module, row.lang, row.key, row.act) == (READER, MODULE_ID, Lang.RU, WHY, Act.APPROVED)
        assert (row.source_hash, row.text_hash) == (text_hash(text.source), text_hash(text.text)) and row.at
        assert standings(desk, Lang.RU)[WHY] == "approved" and standings(desk, Lang.RU)[TITLE] == "draft"


def test_each_approval_stands_in_the_audit_chain(desk: Course, unit: Any, reading: Any) -> None:
    with unit():
        read(desk, Lang.RU, READER, WHY, TITLE)
    with reading() as session:
        rows = session.scalars(select(AuditEvent).where(AuditEvent.kind == "translation.approved")).all()
        assert {one.subject for one in rows} == {f"text:ru:{MODULE_ID}/{key}" for key in (WHY, TITLE)}
        text = texts(desk, Lang.RU)[WHY]
        assert rows[0].detail == {"source_hash": text.source_hash, "text_hash": text.text_hash}
        assert {one.actor_id for one in rows} == {person(READER).id} and audit.verify() == []


def test_the_same_approval_twice_is_one_record(desk: Course, unit: Any, reading: Any) -> None:
    for added in (1, 0):
        with unit():
            assert read(desk, Lang.RU, READER, WHY) == added
    with reading() as session:
        assert recorded(session) == 1


def test_a_review_is_less_than_an_approval_and_does_not_lower_it(desk: Course, unit: Any, reading: Any) -> None:
    for act, standing in ((Act.REVIEWED, "reviewed"), (Act.APPROVED, "approved"), (Act.REVIEWED, "approved")):
        with unit():
            read(desk, Lang.RU, READER, WHY, act=act)
        with reading():
            assert standings(desk, Lang.RU)[WHY] == standing


# ---- lapsing


@pytest.mark.parametrize("file", [LESSON_EN, LESSON_RU])
def test_a_changed_source_or_translation_makes_it_lapse(desk: Course, unit: Any, reading: Any, file: str) -> None:
    with unit():
        read(desk, Lang.RU, READER, WHY)
    before = desk.read(file)
    desk.change(file, "62.5" if file == LESSON_EN else "62,5", "63")
    accept(desk.root, MODULE_ID, Lang.RU)
    with reading():
        assert standings(desk, Lang.RU)[WHY] == "draft"
    desk.write(file, before)
    accept(desk.root, MODULE_ID, Lang.RU)
    with reading():
        assert standings(desk, Lang.RU)[WHY] == "approved"


def test_a_stale_text_is_not_approved_though_it_was(desk: Course, unit: Any, reading: Any) -> None:
    with unit():
        read(desk, Lang.RU, READER, WHY)
    desk.change(LESSON_EN, "three times", "many times")
    with reading():
        assert standings(desk, Lang.RU)[WHY] == "stale"


def test_new_line_breaks_leave_an_approval_alone(desk: Course, unit: Any, reading: Any) -> None:
    with unit():
        read(desk, Lang.RU, READER, WHY)
    desk.change(LESSON_RU, " владельцев", "\nвладельцев")
    with reading():
        assert standings(desk, Lang.RU)[WHY] == "approved"


@pytest.mark.parametrize(
    ("file", "old", "new"), [(MODULE, "Challenge", "Challenges"), (UZ_CYRL, "Муаммо", "Муаммолар")]
)
def test_latin_lapses_with_whatever_stands_above_it(
    desk: Course, unit: Any, reading: Any, file: str, old: str, new: str
) -> None:
    with unit():
        read(desk, Lang.UZ_LATN, BOTH, TITLE)
    desk.change(file, f'title = "{old}"', f'title = "{new}"')
    for lang in (Lang.UZ_CYRL, Lang.UZ_LATN):
        accept(desk.root, MODULE_ID, lang)
    with reading():
        assert standings(desk, Lang.UZ_LATN)[TITLE] == "draft"


# ---- what is refused


def test_a_reader_of_another_language_approves_nothing(desk: Course, unit: Any, reading: Any) -> None:
    for email in (ARABIST, TRANSLATOR, STRANGER):
        with pytest.raises(Refused, match="no right to approve texts in ru"), unit():
            read(desk, Lang.RU, email, WHY)
    with reading() as session:
        assert recorded(session) == 0


def test_whoever_lost_the_role_approves_nothing_more(desk: Course, unit: Any) -> None:
    with unit():
        accounts.end_role(person(READER).grants[0])
    with pytest.raises(Refused, match="no right"), unit():
        read(desk, Lang.RU, READER, WHY)


def test_nobody_approves_their_own_translation(desk: Course, unit: Any) -> None:
    with unit():
        records.translated([texts(desk, Lang.RU)[WHY]], by=person(BOTH))
    for act in (Act.APPROVED, Act.REVIEWED):
        with pytest.raises(records.NotApprovable) as refused, unit():
            read(desk, Lang.RU, BOTH, WHY, act=act)
        assert refused.value.reasons == [("01-listen#why", records.OWN)]
    with unit():
        assert read(desk, Lang.RU, READER, WHY) == 1
        assert read(desk, Lang.RU, BOTH, TITLE) == 1


def test_a_comma_by_somebody_else_does_not_make_it_a_strangers(desk: Course, unit: Any) -> None:
    with unit():
        records.translated([texts(desk, Lang.RU)[WHY]], by=person(BOTH))
    desk.change(LESSON_RU, "Около", "Примерно")
    with unit():
        records.translated([texts(desk, Lang.RU)[WHY]], by=person(TRANSLATOR))
    with pytest.raises(records.NotApprovable), unit():
        read(desk, Lang.RU, BOTH, WHY)


def test_who_wrote_the_cyrillic_text_does_not_approve_the_latin_one(desk: Course, unit: Any) -> None:
    with unit():
        records.translated([texts(desk, Lang.UZ_CYRL)[TITLE]], by=person(BOTH))
    with pytest.raises(records.NotApprovable), unit():
        read(desk, Lang.UZ_LATN, BOTH, TITLE)


def test_everything_in_the_way_is_named_and_nothing_is_recorded(desk: Course, unit: Any, reading: Any) -> None:
    desk.change(LESSON_EN, "three times", "many times")
    with pytest.raises(records.NotApprovable) as refused, unit():
        read(desk, Lang.RU, READER, TITLE, WHY, BRIEF)
    assert refused.value.reasons == [("01-listen#why", records.STALE), (BRIEF, records.MISSING)]
    with reading() as session:
        assert recorded(session) == 0


def test_what_was_not_read_as_it_stands_is_not_approved(desk: Course, reading: Any) -> None:
    with reading():
        text = texts(desk, Lang.RU)[WHY]
    records.check_unchanged(text, (text.source_hash, text.text_hash))
    for seen in ((text.source_hash, "0" * 64), ("0" * 64, text.text_hash), ("", "")):
        with pytest.raises(Stale, match="changed while you were reading"):
            records.check_unchanged(text, seen)
