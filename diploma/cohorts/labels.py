"""The words for roles and states, as gettext sources: translated where they are shown."""

from collections.abc import Mapping

from flask_babel import gettext

from diploma.accounts.permissions import Role
from diploma.cohorts.life.models import Cause, EventKind
from diploma.cohorts.models import CohortState, EntityKind, Presence
from diploma.cohorts.rules import AHEAD
from diploma.cohorts.standings import Standing
from diploma.cohorts.tutor_models import Ending
from diploma.core.errors import N_

ROLES: Mapping[Role, str] = {
    Role.TRAINEE: N_("Trainee"),
    Role.INSTRUCTOR: N_("Instructor"),
    Role.MODERATOR: N_("Moderator"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.REGISTRAR: N_("Registrar"),
    Role.DIRECTOR: N_("Programme director"),
    Role.TRANSLATOR: N_("Translator"),
    Role.LINE_MANAGER: N_("Line manager"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMIN: N_("Administrator"),
}

_S = CohortState
# State → (name, kind of tag).
STATES: Mapping[CohortState, tuple[str, str]] = {
    _S.DRAFT: (N_("Draft cohort"), ""),
    _S.OPEN: (N_("Open for enrolment"), "info"),
    _S.RUNNING: (N_("Running"), "ok"),
    _S.MARKING: (N_("Teaching ended, marking"), "warn"),
    _S.CLOSED: (N_("Closed cohort"), ""),
    _S.ARCHIVED: (N_("Archived cohort"), ""),
}

# A step of a cohort's life → (verb of the button, what follows from it).
STEPS: Mapping[tuple[CohortState, CohortState], tuple[str, str]] = {
    (_S.DRAFT, _S.OPEN): (N_("Open enrolment"), N_("People can be enrolled and invited.")),
    (_S.OPEN, _S.RUNNING): (N_("Start the cohort"), N_("Modules open to the trainees on their dates.")),
    (_S.OPEN, _S.DRAFT): (N_("Back to draft"), N_("Nothing is deleted. The cohort can be opened again.")),
    (_S.RUNNING, _S.MARKING): (N_("End teaching"), N_("What is handed in is marked; no new sessions are expected.")),
    (_S.MARKING, _S.CLOSED): (N_("Close the cohort"), N_("Marks, attendance and the list of people are frozen.")),
    (_S.MARKING, _S.RUNNING): (N_("Resume teaching"), N_("The cohort runs again as before.")),
    (_S.CLOSED, _S.ARCHIVED): (N_("Archive"), N_("The cohort leaves the lists of current work. It cannot come back.")),
    (_S.CLOSED, _S.MARKING): (N_("Reopen"), N_("Marks and attendance can be changed again. The reason is recorded.")),
}

# Standing → (name, kind of tag).
STANDINGS: Mapping[Standing, tuple[str, str]] = {
    Standing.BOUNCED: (N_("Mail came back"), "bad"),
    Standing.NEW: (N_("Not invited"), ""),
    Standing.INVITED: (N_("Invited"), "info"),
    Standing.OPENED: (N_("Link opened"), "warn"),
    Standing.ACTIVE: (N_("Active"), "ok"),
    Standing.COMPLETED: (N_("Completed"), "ok"),
    Standing.DEFERRED: (N_("Deferred"), "warn"),
    Standing.WITHDRAWN: (N_("Withdrawn"), "bad"),
}

KINDS: Mapping[EntityKind, str] = {
    EntityKind.MINISTRY: N_("Ministry"),
    EntityKind.AGENCY: N_("Agency"),
    EntityKind.CENTRE_OF_GOVERNMENT: N_("Centre of government"),
    EntityKind.UNIVERSITY: N_("University"),
    EntityKind.COMPANY: N_("Company"),
    EntityKind.OTHER: N_("Other body"),
}

PRESENCES: Mapping[Presence, str] = {
    Presence.PRESENT: N_("Present"),
    Presence.ABSENT: N_("Absent"),
    Presence.EXCUSED: N_("Excused"),
    Presence.MADE_UP: N_("Made up"),
}

CAUSES: Mapping[Cause, str] = {
    Cause.OWN_WISH: N_("Own wish"),
    Cause.HEALTH: N_("Health"),
    Cause.FAMILY: N_("Family"),
    Cause.WORKLOAD: N_("Load of work"),
    Cause.NEW_POST: N_("New post"),
    Cause.ABSENCE: N_("Never took part"),
    Cause.CONDUCT: N_("Conduct"),
    Cause.MISTAKE: N_("Enrolled by mistake"),
    Cause.OTHER: N_("Another reason"),
}

# A step in the life of an enrolment → (icon, name).
EVENTS: Mapping[EventKind, tuple[str, str]] = {
    EventKind.WITHDRAWN: ("out", N_("Withdrawn from the cohort")),
    EventKind.DEFERRED: ("clock", N_("Put off")),
    EventKind.RETURNED: ("undo", N_("Taken back")),
    EventKind.MOVED: ("arrow", N_("Moved to another cohort")),
}

# Why somebody is a person's tutor no more.
ENDINGS: Mapping[Ending, str] = {
    Ending.CHANGED: N_("Another tutor was chosen."),
    Ending.TAKEN: N_("No other tutor was chosen."),
    Ending.MOVED: N_("The person moved to another cohort."),
    Ending.ROLE_ENDED: N_("The role of the instructor on the cohort has ended."),
}

WEEKDAYS: Mapping[str, str] = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}

DATES: Mapping[str, str] = {
    "opens_at": N_("Opens"),
    "due_at": N_("Assignment due"),
    "cut_off_at": N_("Nothing accepted after"),
    "session": N_("Session"),
}


def strip() -> list[tuple[str, str]]:
    """The kinds of ``rules.shown_presence`` with their words, as an attendance strip explains them."""
    order = (Presence.PRESENT, Presence.MADE_UP, Presence.EXCUSED, Presence.ABSENT)
    return [*((one.value, gettext(PRESENCES[one])) for one in order), (AHEAD, gettext("Not recorded yet"))]
