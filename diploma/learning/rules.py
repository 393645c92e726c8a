"""When a module is open to a person, and how far they are (``spec/content``). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from diploma.learning.structure import Lesson, Module, Programme


@dataclass(frozen=True)
class Door:
    """Whether a module is open, and the rules that keep it shut.

    ``planned``: not written yet. ``unscheduled``: the cohort has no dates for it. ``opens_at``: opens then.
    ``missing``: prerequisite modules still to complete.
    """

    planned: bool = False
    unscheduled: bool = False
    opens_at: datetime | None = None
    missing: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return not (self.planned or self.unscheduled or self.opens_at or self.missing)


def door(
    programme: Programme,
    module: str,
    *,
    opens_at: datetime | None,
    completed: Collection[str],
    waived: bool,
    now: datetime,
) -> Door:
    """The door of one module for one person.

    A prerequisite that is only planned is waived for everybody; ``waived`` opens the rest for this person.
    Dates are never waived.
    """
    entry = next(one for one in programme.modules if one.id == module)
    if entry.planned:
        return Door(planned=True)
    if opens_at is None:
        return Door(unscheduled=True)
    written = {one.id for one in programme.modules if not one.planned}
    missing = tuple(one for one in entry.prerequisites if one in written and one not in completed) if not waived else ()
    return Door(opens_at=opens_at if opens_at > now else None, missing=missing)


def read_share(module: Module, read: Collection[tuple[str, str]]) -> int:
    """Whole per cent of the module's sections read; ``read`` holds (lesson, section)."""
    sections = [(lesson.id, anchor) for lesson in module.lessons for anchor in lesson.anchors]
    return 100 * sum(one in read for one in sections) // len(sections) if sections else 0


def next_place(module: Module, read: Collection[tuple[str, str]]) -> tuple[Lesson, str] | None:
    """The first section not read yet, in the order of the module; ``None`` when all are."""
    for lesson in module.lessons:
        for anchor in lesson.anchors:
            if (lesson.id, anchor) not in read:
                return lesson, anchor
    return None


def minutes_left(lesson: Lesson, read: Collection[tuple[str, str]]) -> int:
    """Share of the lesson's minutes that its unread sections stand for, at least 1."""
    unread = sum((lesson.id, anchor) not in read for anchor in lesson.anchors)
    return max(1, lesson.minutes * unread // max(1, len(lesson.anchors)))
