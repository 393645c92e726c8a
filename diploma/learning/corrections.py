"""Mistakes that readers report: sent to those who can correct the content, answered once, told to the reporter."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from diploma.accounts import service as accounts
from diploma.accounts.access import reach
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTS, Permission
from diploma.cohorts.access import may
from diploma.cohorts.models import Cohort
from diploma.core import audit, clock, mail
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.learning import catalogue
from diploma.learning.models import MistakeKind, MistakeReport, ReportState

MOST_PER_HOUR = 10
LONGEST_QUOTE, LONGEST_TEXT = 500, 2_000  # characters
MOVES = {
    ReportState.OPEN: {ReportState.CORRECTED, ReportState.DECLINED},
    ReportState.CORRECTED: set(),
    ReportState.DECLINED: set(),
}


class TooMany(Refused):
    """One person reports faster than anybody can read."""

    status = 429


def report(
    where: dict[str, Any], kind: MistakeKind, quote: str, text: str, *, cohort: Cohort | None, by: User, base_url: str
) -> MistakeReport:
    """Record a mistake and tell those who can correct it.

    ``where`` holds the columns of its place: ``module``, ``lesson``, ``section``, ``lang``, ``revision_id``. The same
    report sent twice is one. :class:`TooMany` beyond ``MOST_PER_HOUR`` of one person.
    """
    same = select(MistakeReport).filter_by(reporter_id=by.id, text=text, quote=quote, state=ReportState.OPEN, **where)
    held: MistakeReport | None = session.scalar(same.limit(1))
    if held:
        return held
    now = clock.now()
    recent = select(func.count()).where(
        MistakeReport.reporter_id == by.id, MistakeReport.reported_at > now - timedelta(hours=1)
    )
    if (session.scalar(recent) or 0) >= MOST_PER_HOUR:
        raise TooMany(N_("You have sent many reports within an hour. Keep this one and send it later."))
    made = MistakeReport(**where, kind=kind, quote=quote, text=text, cohort=cohort, reporter=by, reported_at=now)
    session.add(made)
    session.flush()
    for address, language in _receivers(made):
        mail.send("mistake_reported", address, language, f"mistake:{made.id}:{address}", **_words(made, base_url))
    return made


def answer(found: MistakeReport, state: ReportState, text: str, *, by: User, base_url: str) -> None:
    """Close an open report with words that are mailed to the reporter; :class:`Refused` when it is closed already."""
    if state not in MOVES[found.state]:
        raise Refused(N_("This report is answered already."))
    found.state, found.answer, found.answered_by, found.answered_at = state, text, by, clock.now()
    session.flush()
    audit.record("mistake.answered", f"mistake:{found.id}", by=by, state=state.value)
    to = found.reporter
    sender = found.cohort.partner.sender(to.language) if found.cohort else None
    key, words = f"mistake:{found.id}:answer", _words(found, base_url)
    mail.send("mistake_answered", to.email, to.language, key, sender=sender, **words)


def _receivers(made: MistakeReport) -> list[tuple[str, Lang]]:
    """(e-mail, language): the owner whom the newest edition names, else everybody who may correct content there."""
    newest = catalogue.latest()
    owner = newest.owner(made.module) if newest else ""
    if owner:
        known = accounts.find(owner)
        return [(owner, known.language if known else made.lang)]
    roles = [role for role, held in GRANTS.items() if Permission.CORRECT_CONTENT in held]
    people = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.grants.any(RoleGrant.role.in_(roles)))
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    return [(one.email, one.language) for one in people if _may_correct(one, made.cohort)]


def _may_correct(user: User, cohort: Cohort | None) -> bool:
    """A report on a preview belongs to no cohort: only the whole programme's people see it."""
    if cohort is None:
        return reach(user, Permission.CORRECT_CONTENT).everywhere
    return may(user, cohort, Permission.CORRECT_CONTENT)


def _words(found: MistakeReport, base_url: str) -> dict[str, Any]:
    """What the mails say besides their sentences."""
    title = catalogue.content(found.revision_id).say(found.module, f"lessons/{found.lesson}/title", found.lang)
    place = f"/modules/{found.module}/lessons/{found.lesson}{'#' + found.section if found.section else ''}"
    return {
        "report": found,
        "name": found.reporter.display_name,
        "title": str(title),
        "lesson": base_url + place,
        "link": f"{base_url}/corrections/{found.id}",
    }
