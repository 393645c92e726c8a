"""What a person may read, and in which language: the trainee's own edition, or a preview for staff."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Select, bindparam, literal, select, true, union_all
from sqlalchemy.orm import joinedload

from diploma.accounts.access import reach
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import own_dates
from diploma.cohorts.effective import Dates
from diploma.cohorts.models import Cohort, Enrolment, Waiver
from diploma.core import clock, i18n
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning import catalogue, notes, rules
from diploma.learning.catalogue import Content
from diploma.learning.models import MistakeReport, ModuleCompletion, SectionNote, SectionRead
from diploma.learning.structure import Lesson, Module, Workshop

# Asked by every page of a trainee: built once, which costs more than to run them.
_BEHIND = union_all(
    select(ModuleCompletion.module, literal("completed")).where(
        ModuleCompletion.enrolment_id == bindparam("enrolment")
    ),
    select(Waiver.module, literal("waived")).where(Waiver.enrolment_id == bindparam("enrolment")),
)
_READ = select(SectionRead.module, SectionRead.lesson, SectionRead.section).where(
    SectionRead.enrolment_id == bindparam("enrolment")
)
_READ_IN = _READ.where(SectionRead.module == bindparam("module"))


@dataclass(frozen=True)
class Reader:
    """A person who reads: their enrolment (``None`` for a staff preview), edition, language, country and zone."""

    user: User
    enrolment: Enrolment | None
    content: Content
    lang: Lang
    country: str
    zone: str
    completed: Collection[str] = field(default_factory=frozenset)
    waived: Collection[str] = field(default_factory=frozenset)
    dates: dict[str, Dates] = field(default_factory=dict)

    def door(self, module: str) -> rules.Door:
        """Whether ``module`` is open to this person; a preview opens everything that is written."""
        if self.enrolment is None:
            entry = self.content.entry(module)
            return rules.Door(planned=entry is None or entry.planned)
        dates = self.dates.get(module)
        return rules.door(
            self.content.programme,
            module,
            opens_at=dates.opens_at if dates else None,
            completed=self.completed,
            waived=module in self.waived,
            now=clock.now(),
        )

    def due_at(self, module: str) -> datetime | None:
        return self.dates[module].due_at if module in self.dates else None


class Locked(Exception):
    """The module exists but is not open; the page says which rule is missing."""

    def __init__(self, reader: Reader, module: str, door: rules.Door) -> None:
        super().__init__(module)
        self.reader, self.module, self.door = reader, module, door


def reader(user: User) -> Reader:
    """Who reads, and what: the chosen enrolment's edition, else for staff a preview of the latest; 404 otherwise."""
    return known_reader(user) or abort(404)


def known_reader(user: Any) -> Reader | None:
    """As ``reader``; ``None`` for a visitor, and for staff who see no lessons."""
    enrolment = cohorts.current_enrolment(user)
    return trainee(user, enrolment) if enrolment else _preview(user)


def trainee(user: User, enrolment: Enrolment) -> Reader:
    """A person who reads as a trainee: the edition of the cohort, with its dates and what they completed."""
    cohort = enrolment.cohort
    completed, waived = _behind_them(enrolment)
    return Reader(
        user,
        enrolment,
        catalogue.content(cohort.revision_id),
        _language(user),
        cohort.partner.slug,
        cohort.time_zone,
        completed,
        waived,
        own_dates.of_person(enrolment),
    )


def _behind_them(enrolment: Enrolment) -> tuple[frozenset[str], frozenset[str]]:
    """The modules that a person has completed, and those that were waived; one query, every page asks it."""
    rows = session.execute(_BEHIND, {"enrolment": enrolment.id}).all()
    return frozenset(module for module, why in rows if why == "completed"), frozenset(
        module for module, why in rows if why == "waived"
    )


def _preview(user: Any) -> Reader | None:
    content = catalogue.latest() if reach(user, Permission.PREVIEW) else None
    return Reader(user, None, content, _language(user), "", user.time_zone) if content else None


def _cohort_preview(user: User, slug: str) -> Reader:
    cohort = cohorts.cohort(user, slug, Permission.PREVIEW)
    content = catalogue.content(cohort.revision_id)
    return Reader(user, None, content, _language(user), cohort.partner.slug, cohort.time_zone)


def _language(user: User) -> Lang:
    return user.content_language or i18n.current()


def open_module(user: User, module: str) -> tuple[Reader, Module]:
    """A module that is open to this person; 404 for an unknown one, :class:`Locked` for one that is shut."""
    who = reader(user)
    if who.content.entry(module) is None:
        abort(404)
    door = who.door(module)
    if not door.open:
        raise Locked(who, module, door)
    return who, who.content.modules[module]


def lesson(user: User, module: str, lesson_id: str) -> tuple[Reader, Module, Lesson]:
    """A lesson of an open module, or 404."""
    who, found = open_module(user, module)
    return who, found, who.content.lesson(module, lesson_id) or abort(404)


def workshop(user: User, module: str, workshop_id: str, slug: str) -> tuple[Reader, Module, Workshop]:
    """What is written for those who lead a workshop, or 404, also for trainees: it tells how they are marked.

    With the ``slug`` of a cohort in reach as its edition has it, else as the latest one has it.
    """
    who = _cohort_preview(user, slug) if slug else _preview(user)
    found = who.content.modules.get(module) if who else None
    wanted = next((one for one in found.workshops if one.id == workshop_id and one.guided), None) if found else None
    return (who, found, wanted) if who and found and wanted else abort(404)


def own(who: Reader) -> Enrolment:
    """The enrolment on which a reader's own things hang, or 404 for a preview."""
    return who.enrolment or abort(404)


def note(user: User, module: str, lesson_id: str, section: str) -> tuple[Reader, SectionNote | None]:
    """A person's own note beside a section, ``None`` while it is not written; 404 where there is neither."""
    who, _found = open_module(user, module)
    held = notes.find(own(who), module, lesson_id, section)
    there = who.content.lesson(module, lesson_id)
    if held is None and (there is None or section not in there.anchors):
        abort(404)
    return who, held


def sections_read(enrolment: Enrolment | None, module: str | None = None) -> set[tuple[str, str, str]]:
    """(module, lesson, section) of everything a person has read."""
    if enrolment is None:
        return set()
    rows = session.execute(_READ_IN if module else _READ, {"enrolment": enrolment.id, "module": module})
    return {(row.module, row.lesson, row.section) for row in rows}


def visible_reports(user: User) -> Select[MistakeReport]:
    """Mistakes reported in the cohorts whose content ``user`` may correct; those of previews to the programme alone."""
    mine = cohorts.visible_cohorts(user, Permission.CORRECT_CONTENT).with_only_columns(Cohort.id)
    everywhere = reach(user, Permission.CORRECT_CONTENT).everywhere
    return select(MistakeReport).where(true() if everywhere else MistakeReport.cohort_id.in_(mine))


def report(user: User, report_id: int) -> MistakeReport:
    """One visible report, or 404."""
    found: MistakeReport | None = session.scalar(
        visible_reports(user).where(MistakeReport.id == report_id).options(joinedload(MistakeReport.reporter))
    )
    return found or abort(404)
