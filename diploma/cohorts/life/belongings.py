"""What hangs on an enrolment and comes along when it moves, counted for the preview.

The tables are those of the features above, so they are found by what they refer to; a test demands a word for each.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Table, func, literal, select, union_all

from diploma.cohorts.models import Attendance, Enrolment, LiveSession, Presence
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.core.orm import Base

# Table → what a row of it is to people; ``None`` for what is told otherwise.
WORDS: Mapping[str, str | None] = {
    "submissions": N_("Assignments begun or handed in"),
    "quiz_attempts": N_("Quiz attempts"),
    "module_completions": N_("Modules completed"),
    "certificates": N_("Certificates, drafted or issued"),
    "sections_read": N_("Sections read"),
    "section_notes": N_("Private notes"),
    "filled_worksheets": N_("Worksheets filled in"),
    "waivers": N_("Waived prerequisites"),
    "attendance": None,
    "lesson_progress": None,
    "enrolment_events": None,
    "name_requests": None,
    "message_recipients": N_("Messages received"),
    "applications": None,
    "group_members": None,  # these four belong to the cohort in which they were made, and stay behind
    "peer_entries": None,
    "own_dates": None,
    "extension_requests": None,
    "tutorships": None,
}


def tables() -> list[Table]:
    """Every table with a row of its own for an enrolment."""
    return [
        one
        for one in Base.metadata.sorted_tables
        if "enrolment_id" in one.c
        and any(key.column.table.name == "enrolments" for key in one.c.enrolment_id.foreign_keys)
    ]


def counted(enrolment: Enrolment) -> list[tuple[str, int]]:
    """(what, how many) of everything that the person has, in one query; what they do not have is left out."""
    parts = [
        select(literal(one.name), func.count()).where(one.c.enrolment_id == enrolment.id)
        for one in tables()
        if WORDS.get(one.name)
    ]
    found = {row[0]: int(row[1]) for row in session.execute(union_all(*parts))}
    return [(words, found[name]) for name, words in WORDS.items() if words and found.get(name)]


def hours_attended(enrolment: Enrolment) -> Decimal:
    """Hours of the sessions at which the person was, or which they made up."""
    there = (Presence.PRESENT, Presence.MADE_UP)
    rows = session.scalars(
        select(LiveSession.hours)
        .join(Attendance, Attendance.session_id == LiveSession.id)
        .where(Attendance.enrolment_id == enrolment.id, Attendance.presence.in_(there))
    )
    return sum(rows, Decimal(0))
