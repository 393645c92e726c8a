"""A person says that their name is wrong; those who look after the cohort accept or refuse, with words that are mailed.

Certificates stand layers above: that a name was corrected goes to them as an event of the outbox.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import access
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.names import documents
from diploma.cohorts.names.documents import Document
from diploma.cohorts.names.models import NameRequest, RequestState
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import insert_unless_there, session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.text import uzbek_apostrophes

CORRECTED = "name-corrected"  # the event: ``user_id``, ``langs`` and the number of the request


def ask(
    enrolment: Enrolment,
    full_name: str,
    names: Mapping[Lang, str],
    why: str,
    *,
    document: Document | None = None,
    base_url: str,
    by: User,
) -> NameRequest:
    """Ask for another spelling on lists (``full_name``) or in print; :class:`Refused` while a request is open."""
    if enrolment.user_id != by.id:
        raise Refused(N_("You can ask for a correction of your own name only."))
    wanted = _changed(by, full_name, names)
    if not any(wanted):
        raise Refused(N_("Write at least one name otherwise than it stands now."))
    made = NameRequest(
        user_id=by.id,
        enrolment_id=enrolment.id,
        full_name=wanted[0],
        names=wanted[1],
        why=why.strip(),
        document_sha256=document.sha256 if document else None,
        document_kind=document.kind if document else None,
        asked_at=clock.now(),
    )
    if not insert_unless_there(made):
        raise Refused(N_("Your last request is not decided yet. You will get the answer by e-mail."))
    audit.record("name.correction_asked", f"user:{by.id}", by=by, request=made.id, document=made.document_kind)
    documents.keep_for_a_while(made)
    for one in _coordinators(enrolment.cohort, but=by):
        mail.send(
            "name_asked",
            one.email,
            one.language,
            f"name-asked:{made.id}:{one.id}",
            name=one.full_name,
            person=by.full_name,
            link=f"{base_url}/name-requests/{made.id}",
        )
    return made


def accept(asked: NameRequest, answer: str = "", *, base_url: str, by: User) -> None:
    """Correct the names as asked. Printed ones wait for their holder's confirmation; certificates are told."""
    _decide(asked, RequestState.ACCEPTED, answer, by)
    names = {Lang(tag): name for tag, name in asked.names.items()}
    accounts.correct_names(asked.user, asked.full_name, names, by=by)
    payload: dict[str, Any] = {"user_id": asked.user_id, "langs": [*asked.names], "request_id": asked.id}
    outbox.enqueue(CORRECTED, f"{CORRECTED}:{asked.id}", payload)
    _write(asked, base_url)


def refuse(asked: NameRequest, answer: str, *, base_url: str, by: User) -> None:
    """Leave the names as they are; the reason is mailed."""
    if not answer.strip():
        raise Refused(N_("Say why, so that the person knows what to do."))
    _decide(asked, RequestState.REFUSED, answer, by)
    _write(asked, base_url)


def withdraw(asked: NameRequest, *, by: User) -> None:
    """Take one's own request back while nobody has decided."""
    _lock(asked)
    if asked.user_id != by.id:
        raise Refused(N_("You can take back your own request only."))
    _close(asked, RequestState.WITHDRAWN, "", by)


def latest(user: User) -> NameRequest | None:
    """A person's own last request, decided or not."""
    mine = select(NameRequest).where(NameRequest.user_id == user.id).order_by(NameRequest.id.desc())
    return session.scalar(mine.limit(1))


def visible(user: Any) -> Select[NameRequest]:
    """The open requests of people in the cohorts that ``user`` looks after; never one's own."""
    mine = access.visible_enrolments(user, Permission.MANAGE_COHORT).with_only_columns(Enrolment.id)
    return (
        select(NameRequest)
        .where(NameRequest.enrolment_id.in_(mine), NameRequest.user_id != getattr(user, "id", 0))
        .where(NameRequest.state == RequestState.OPEN)
    )


def waiting(user: Any) -> list[NameRequest]:
    """The queue, the oldest first; a constant number of queries."""
    return list(
        session.scalars(
            visible(user)
            .options(
                joinedload(NameRequest.user),
                joinedload(NameRequest.enrolment).joinedload(Enrolment.cohort),
            )
            .order_by(NameRequest.asked_at, NameRequest.id)
        )
    )


def count(user: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(visible(user).subquery())) or 0)


def _changed(user: User, full_name: str, names: Mapping[Lang, str]) -> tuple[str, dict[str, str]]:
    """What is asked for otherwise than it stands: the name on lists, the printed names by language tag."""
    held = {one.lang: one.full_name for one in user.names}
    tidy = {lang: uzbek_apostrophes(one) if lang is Lang.UZ_LATN else one for lang, one in names.items()}
    other = {lang.value: one for lang, one in tidy.items() if one and one != held.get(lang)}
    return (full_name if full_name != user.full_name else ""), other


def _decide(asked: NameRequest, to: RequestState, answer: str, by: User) -> None:
    _lock(asked)
    if asked.user_id == by.id:
        raise Refused(N_("Nobody decides on their own name."))
    _close(asked, to, answer, by)


def _lock(asked: NameRequest) -> None:
    """Read the request as it stands now: two who decide follow each other."""
    session.refresh(asked, ["state", "document_sha256", "document_kind"], with_for_update=True)
    if asked.state is not RequestState.OPEN:
        raise Refused(N_("This request is decided already."))


def _close(asked: NameRequest, to: RequestState, answer: str, by: User) -> None:
    """End a request; its document is deleted with the end of this transaction."""
    documents.forget(asked)
    asked.state, asked.answer, asked.decided_by_id, asked.decided_at = to, answer.strip(), by.id, clock.now()
    said = {"request": asked.id, "full_name": asked.full_name or None, "names": asked.names or None}
    audit.record(f"name.correction_{to.value}", f"user:{asked.user_id}", by=by, reason=asked.answer or None, **said)


def _coordinators(cohort: Cohort, *, but: User) -> list[User]:
    """Who coordinates a cohort today, by a role on it or on its partner."""
    scope = or_(RoleGrant.cohort_id == cohort.id, RoleGrant.partner_id == cohort.partner_id)
    people = session.scalars(
        select(User)
        .where(
            User.disabled_at.is_(None),
            User.id != but.id,
            User.grants.any((RoleGrant.role == Role.COORDINATOR) & scope),
        )
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    return [one for one in people if access.may(one, cohort, Permission.MANAGE_COHORT)]


def _write(asked: NameRequest, base_url: str) -> None:
    to = asked.user
    mail.send(
        "name_decided",
        to.email,
        to.language,
        f"name-decided:{asked.id}",
        name=to.full_name,
        accepted=asked.state is RequestState.ACCEPTED,
        printed=bool(asked.names),
        answer=asked.answer,
        link=f"{base_url}/certificates/names" if asked.names else f"{base_url}/account/name",
    )
