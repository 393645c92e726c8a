"""Progress: what a person opened and read. Idempotent; written in short transactions of their own."""

from datetime import timedelta

from sqlalchemy import bindparam, select

from diploma.core import clock, outbox
from diploma.core.chain import AnySession
from diploma.learning.models import LessonProgress, ModuleCompletion, SectionRead
from diploma.learning.structure import Lesson

TOUCH = timedelta(minutes=10)

_PROGRESS = select(LessonProgress).where(
    LessonProgress.enrolment_id == bindparam("enrolment"),
    LessonProgress.module == bindparam("module"),
    LessonProgress.lesson == bindparam("lesson"),
)


def progress(session: AnySession, enrolment_id: int, module: str, lesson: str) -> LessonProgress | None:
    return session.scalar(_PROGRESS, {"enrolment": enrolment_id, "module": module, "lesson": lesson})


def worth_noting(row: LessonProgress | None) -> bool:
    """Whether opening the lesson now changes anything in its row."""
    return row is None or row.seen_at + TOUCH < clock.now()


def open_lesson(session: AnySession, enrolment_id: int, module: str, lesson: str) -> LessonProgress:
    """Note that a person opened a lesson; the first time is kept, later ones refresh ``seen_at``."""
    now = clock.now()
    row = progress(session, enrolment_id, module, lesson)
    if row is None:
        row = LessonProgress(enrolment_id=enrolment_id, module=module, lesson=lesson, opened_at=now, seen_at=now)
        session.add(row)
        session.flush()
        notice(session, enrolment_id, module, f"opened:{lesson}")
    elif worth_noting(row):
        row.seen_at = now
    return row


def read_section(session: AnySession, enrolment_id: int, module: str, lesson: str, section: str) -> None:
    """Note that a section was read, and that the person stands there."""
    held = session.scalar(
        select(SectionRead.id).where(
            SectionRead.enrolment_id == enrolment_id,
            SectionRead.module == module,
            SectionRead.lesson == lesson,
            SectionRead.section == section,
        )
    )
    if held is None:
        session.add(
            SectionRead(enrolment_id=enrolment_id, module=module, lesson=lesson, section=section, at=clock.now())
        )
    open_lesson(session, enrolment_id, module, lesson).place = section


def complete_lesson(session: AnySession, enrolment_id: int, module: str, lesson: Lesson) -> None:
    """Mark a lesson as complete: all its sections count as read."""
    row = open_lesson(session, enrolment_id, module, lesson.id)
    row.completed_at = row.completed_at or clock.now()
    for anchor in lesson.anchors:
        read_section(session, enrolment_id, module, lesson.id, anchor)


def complete_module(session: AnySession, enrolment_id: int, module: str) -> bool:
    """Record the completion of a module once; ``True`` the first time."""
    held = session.scalar(
        select(ModuleCompletion.id).where(
            ModuleCompletion.enrolment_id == enrolment_id, ModuleCompletion.module == module
        )
    )
    if held is None:
        session.add(ModuleCompletion(enrolment_id=enrolment_id, module=module, completed_at=clock.now()))
    return held is None


def notice(session: AnySession, enrolment_id: int, module: str, what: str) -> None:
    """Tell the layers above that something counts towards the module's result."""
    outbox.enqueue(
        "progress",
        f"progress:{enrolment_id}:{module}:{what}",
        {"enrolment_id": enrolment_id, "module": module},
        into=session,
    )
