"""Whose work it is: what a marker may know of an author before the release, and a trainee of a marker.

Every page, list, file name and mail of the marking asks here. A hidden author is called by the receipt of the work,
which is random: neither its letters nor the order of a list by it say anything of the person (ADR 29).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, false, or_, select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Enrolment
from diploma.core import audit, clock, filetypes
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import policies
from diploma.coursework.allocation.models import Reveal
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion

LONGEST_REASON = 2_000


# ---- one work


def is_nameless(submission: Submission) -> bool:
    """Whether the versions of a work are marked without the name of its author."""
    return policies.of(MARKING, submission.enrolment.cohort, submission.module).anonymous


def is_hidden(marking: Marking, user: User) -> bool:
    """Whether ``user`` does not see whose work this is."""
    if marking.state is MarkingState.RELEASED or not is_nameless(marking.work.submission):
        return False
    mine = select(Reveal.id).where(Reveal.marking_id == marking.id, Reveal.user_id == user.id)
    return session.scalar(mine) is None


def author(marking: Marking, user: User) -> str:
    """What the author of a work is called for ``user``: by name, or by the receipt."""
    name: str = marking.work.submission.enrolment.user.display_name
    return marking.work.receipt if is_hidden(marking, user) else name


def authors(markings: Collection[Marking], user: User) -> dict[int, str]:
    """The same of many works, by the id of the marking; two queries. They are loaded down to the author."""
    enrolments = {one.id: one.work.submission.enrolment for one in markings}
    books = policies.books(MARKING, {one.cohort_id: one.cohort for one in enrolments.values()}.values())
    asked = session.scalars(
        select(Reveal.marking_id).where(Reveal.user_id == user.id, Reveal.marking_id.in_(enrolments))
    )
    shown = set(asked) | {one.id for one in markings if one.state is MarkingState.RELEASED}
    return {
        one.id: enrolments[one.id].user.display_name
        if one.id in shown or not books[enrolments[one.id].cohort_id].at(one.work.submission.module).values.anonymous
        else one.work.receipt
        for one in markings
    }


def file_names(version: SubmissionVersion, *, hidden: bool) -> list[str]:
    """The names of a version's files, in their order. What stands inside a file is as its author sent it."""
    names = [one["name"] for part in version.files.values() for one in part]
    return [_neutral(version, number, one) for number, one in enumerate(names, 1)] if hidden else names


def reveals(marking: Marking) -> list[Reveal]:
    """Who has asked for the author of a work, the first one first."""
    query = select(Reveal).where(Reveal.marking_id == marking.id).options(joinedload(Reveal.user))
    return list(session.scalars(query.order_by(Reveal.id)))


def reveal(marking: Marking, reason: str, *, by: User) -> None:
    """Show the author of a work to ``by`` from now on; once, and never without a reason."""
    if not reason.strip():
        raise Refused(N_("Say why you need the name. It is kept and shown."))
    session.execute(select(Marking.id).where(Marking.id == marking.id).with_for_update())
    if not is_hidden(marking, by):
        return
    session.add(Reveal(marking_id=marking.id, user_id=by.id, at=clock.now(), reason=reason[:LONGEST_REASON]))
    session.flush()
    audit.record("author.revealed", f"marking:{marking.id}", by=by, before="hidden", after="shown", why=reason)


def marker(marking: Marking) -> str:
    """What the trainee is told of who marked their work; empty where the cohort keeps that to itself."""
    submission = marking.work.submission
    if marking.marker is None or policies.of(MARKING, submission.enrolment.cohort, submission.module).hide_marker:
        return ""
    return str(marking.marker.display_name)


# ---- lists


@dataclass(frozen=True)
class Veil:
    """Which authors one person does not see, as SQL. The statement has the tables from marking to author."""

    hides: ColumnElement[bool]
    places: ColumnElement[bool]  # where works are marked without names, whether this one is released or not

    @property
    def author(self) -> ColumnElement[str]:
        return case((self.hides, SubmissionVersion.receipt), else_=User.full_name)

    @property
    def order(self) -> ColumnElement[str]:
        """What a list by authors is sorted by: works without names by chance, not by the name that is hidden."""
        return case((self.hides, SubmissionVersion.receipt), else_=User.sort_key)


def veil(user: User, permission: Permission = Permission.MARK) -> Veil:
    """For the cohorts on which ``user`` holds the permission."""
    places = _anonymous(policies.across(MARKING, user, permission))
    if not places:
        return Veil(false(), false())
    mine_too = exists().where(Reveal.marking_id == Marking.id, Reveal.user_id == user.id).correlate(Marking)
    return Veil(and_(Marking.state != MarkingState.RELEASED, or_(*places), ~mine_too), or_(*places))


def _anonymous(said: Mapping[int, policies.ByModule]) -> list[ColumnElement[bool]]:
    """The places of cohorts' assignments that are marked without names; no programme says so by itself."""
    found: list[ColumnElement[bool]] = []
    for cohort_id, rows in said.items():
        by_module = {module: MARKING.record.from_dict(row.values).anonymous for module, row in rows.items()}
        own = [module for module in by_module if module != policies.ALL]
        named = [module for module in own if by_module[module]]
        here: ColumnElement[bool] = Submission.module.in_(named)
        if by_module.get(policies.ALL):
            here = or_(here, Submission.module.not_in(own))
        elif not named:
            continue
        found.append(and_(Enrolment.cohort_id == cohort_id, here))
    return found


def _neutral(version: SubmissionVersion, number: int, name: str) -> str:
    end = filetypes.ending(name)
    return f"{version.receipt}-{number}.{end}" if end.isalnum() else f"{version.receipt}-{number}"
