"""What happens to people: creation, links by mail, passwords, sessions, roles."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update

from diploma.accounts.access import reach
from diploma.accounts.models import MailedLink, PersonName, Purpose, RoleGrant, User, UserSession
from diploma.accounts.permissions import Permission, Role
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import LANGS, Lang
from diploma.core.text import fold, sort_key

LIFETIME = {Purpose.ACTIVATE: timedelta(days=14), Purpose.RESET: timedelta(hours=2)}
TOUCH = timedelta(minutes=5)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def folded_email(email: str) -> str:
    """The stored form of an address; raises :class:`Refused` when it is none."""
    try:
        return str(
            validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.casefold()
        )
    except EmailNotValidError:
        raise Refused(N_("“%(email)s” is not an e-mail address."), email=email) from None


def find(email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().casefold()))


def create_user(email: str, full_name: str, language: Lang, *, time_zone: str = "UTC", by: User | None = None) -> User:
    """Create a person without a password; the address must be free."""
    address = folded_email(email)
    if find(address):
        raise Refused(N_("An account with the address %(email)s exists already."), email=address)
    user = User(
        email=address,
        language=language,
        time_zone=time_zone,
        created_at=clock.now(),
        full_name="",
        name_search="",
        sort_key="",
    )
    rename(user, full_name)
    session.add(user)
    session.flush()
    audit.record("user.created", f"user:{user.id}", by=by)
    return user


def rename(user: User, full_name: str) -> None:
    """Set the name by which lists show a person, with its folded and sorting forms."""
    if not full_name.strip():
        raise Refused(N_("A name is needed."))
    user.full_name, user.name_search, user.sort_key = full_name, fold(full_name), sort_key(full_name, user.language)


def set_name(user: User, lang: Lang, full_name: str, *, confirmed: bool = False, by: User | None = None) -> PersonName:
    """Store a person's name in one language; a changed spelling loses its confirmation."""
    name = next((one for one in user.names if one.lang is lang), None)
    if name is None:
        name = PersonName(lang=lang, full_name=full_name)
        user.names.append(name)
    elif name.full_name != full_name:
        name.full_name, name.confirmed_at = full_name, None
    if confirmed:
        name.confirmed_at = clock.now()
        audit.record("name.confirmed", f"user:{user.id}", by=by, lang=lang)
    user.name_search = _searched(user)
    return name


def unconfirm_names(user: User, langs: Collection[Lang], *, by: User | None = None) -> None:
    """Ask a person again for their names in ``langs``: nothing is printed with them until they have confirmed."""
    for name in user.names:
        if name.lang in langs and name.confirmed_at:
            name.confirmed_at = None
            audit.record("name.unconfirmed", f"user:{user.id}", by=by, lang=name.lang)


def correct_names(user: User, full_name: str, names: Mapping[Lang, str], *, by: User | None = None) -> None:
    """Correct the name on lists, if one is given, and printed names; those wait for the person to confirm them."""
    if full_name:
        rename(user, full_name)
    for lang, name in names.items():
        set_name(user, lang, name, by=by)
    user.name_search = _searched(user)
    session.flush()


def _searched(user: User) -> str:
    """The folded form of all names of a person, each once."""
    return " ".join(dict.fromkeys(fold(one) for one in [user.full_name, *(n.full_name for n in user.names)]))


def make_link(user: User, purpose: Purpose) -> str:
    """A fresh single-use token; earlier unused ones of the same purpose stop working."""
    return _make_link(user, purpose)[1]


def _make_link(user: User, purpose: Purpose, **about: Any) -> tuple[MailedLink, str]:
    now, token = clock.now(), secrets.token_urlsafe(24)
    kill_links(user, purpose)
    made = MailedLink(
        token_hash=token_hash(token),
        user_id=user.id,
        purpose=purpose,
        created_at=now,
        expires_at=now + LIFETIME[purpose],
        address=user.email,
        **about,
    )
    session.add(made)
    session.flush()
    return made, token


def kill_links(user: User, *purposes: Purpose) -> None:
    """Let the unused links of a person work no more."""
    session.execute(
        update(MailedLink)
        .values(used_at=clock.now())
        .where(MailedLink.user_id == user.id, MailedLink.purpose.in_(purposes), MailedLink.used_at.is_(None))
    )


def invite(
    user: User,
    base_url: str,
    *,
    cohort_id: int | None = None,
    reminder: int = 0,
    sender: mail.Sender | None = None,
    by: User | None = None,
) -> MailedLink:
    """Mail the activation link, in the person's language; ``reminder`` is the number of a reminder."""
    link, token = _make_link(user, Purpose.ACTIVATE, mail_ref=mail.reference(), cohort_id=cohort_id, reminder=reminder)
    mail.send(
        "reminder" if reminder else "invitation",
        user.email,
        user.language,
        f"invite:{token_hash(token)}",
        about=f"invitation.{link.mail_ref}",
        sender=sender,
        name=user.full_name,
        link=f"{base_url}/activate/{token}",
        days=LIFETIME[Purpose.ACTIVATE].days,
    )
    audit.record("user.invited", f"user:{user.id}", by=by, reminder=reminder or None)
    return link


def request_reset(email: str, base_url: str) -> None:
    """Ask for a reset link. The work is a job, so that the answer tells nobody whether the account exists."""
    outbox.enqueue(
        "reset-link", f"reset-link:{secrets.token_hex(8)}", {"email": email.strip().casefold(), "base_url": base_url}
    )


@outbox.handles("reset-link")
def _send_reset(payload: dict[str, Any], _result: None) -> None:
    user = find(payload["email"])
    if user is None or not user.is_active:
        return
    token = make_link(user, Purpose.RESET)
    mail.send(
        "reset",
        user.email,
        user.language,
        f"reset:{token_hash(token)}",
        name=user.full_name,
        link=f"{payload['base_url']}/reset/{token}",
        hours=2,
    )
    audit.record("password.reset_requested", f"user:{user.id}")


def usable_link(token: str, purpose: Purpose, *, lock: bool = True) -> MailedLink | None:
    """The link behind a token, if it is unused, unexpired and its person active; a page that only reads locks none."""
    query = select(MailedLink).where(MailedLink.token_hash == token_hash(token), MailedLink.purpose == purpose)
    link = session.scalar(query.with_for_update() if lock else query)
    good = link and link.used_at is None and link.expires_at > clock.now() and link.user.is_active
    return link if good else None


def set_password(user: User, password_hash: str, *, link: MailedLink | None = None, by: User | None = None) -> None:
    """Store a new hash (made before the transaction), use up the link, end every session of the person."""
    now = clock.now()
    user.password_hash, user.activated_at = password_hash, user.activated_at or now
    if link:
        link.used_at = now
    end_sessions(user)
    audit.record("password.set", f"user:{user.id}", by=by or user)


def say_work_languages(user: User, languages: Collection[Lang]) -> None:
    """Note in which languages an instructor tutors and marks: their own word for it."""
    before, after = user.work_languages, _tags(languages)
    if before != after:
        user.work_languages = after
        audit.record("user.work_languages", f"user:{user.id}", by=user, before=before, after=after)


def start_session(user: User, *, agent: str, address: str) -> str:
    """Open a session row; returns its token, which the browser keeps."""
    token, now = secrets.token_urlsafe(32), clock.now()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            agent=agent[:200],
            address=address[:60],
        )
    )
    user.last_seen_at = now
    audit.record("session.started", f"user:{user.id}", by=user)
    return token


def end_sessions(user: User, *, only: int | None = None) -> None:
    """Revoke one session of a person, or all."""
    query = update(UserSession).where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
    session.execute((query.where(UserSession.id == only) if only else query).values(revoked_at=clock.now()))


def end_session(token: str) -> None:
    session.execute(
        update(UserSession).where(UserSession.token_hash == token_hash(token)).values(revoked_at=clock.now())
    )


def grant_role(
    user: User,
    role: Role,
    *,
    partner_id: int | None = None,
    entity_id: int | None = None,
    cohort_id: int | None = None,
    time_zone: str = "UTC",
    starts_on: date | None = None,
    ends_on: date | None = None,
    translates: Collection[Lang] = (),
    approves: Collection[Lang] = (),
    by: User | None = None,
) -> RoleGrant:
    """Give a role on one scope. A person may not give a role to themselves nor one above their own.

    ``by`` is ``None`` for the operator, who may give every role. Granting twice changes nothing. ``time_zone`` is that
    of the scope: by its clocks the days are meant. ``translates`` and ``approves`` are a translator's languages; more
    of them later are a grant of their own, so that past rights can be explained. What is translated is read by all
    governments: only who grants roles everywhere gives languages.
    """
    today = clock.today(time_zone)
    languages = {"translates": _tags(translates), "approves": _tags(approves)}
    if by is not None and (by.id == user.id or role not in _grantable(by, cohort_id)):
        raise Refused(N_("You may not grant this role."))
    if any(languages.values()):
        check_languages(role, by)
    if ends_on is not None and ends_on < (starts_on or today):
        raise Refused(N_("The last day lies before the first."))
    scope = {"partner_id": partner_id, "entity_id": entity_id, "cohort_id": cohort_id}
    same = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.user_id == user.id, RoleGrant.role == role, RoleGrant.ends_on.is_(None))
        .filter_by(**scope)
    )
    held = next((one for one in same if {name: getattr(one, name) for name in languages} == languages), None)
    if held:
        return held
    made = RoleGrant(
        user_id=user.id,
        role=role,
        time_zone=time_zone,
        starts_on=starts_on or today,
        ends_on=ends_on,
        granted_by_id=getattr(by, "id", None),
        **scope,
        **languages,
    )
    session.add(made)
    session.flush()
    said = {name: tags or None for name, tags in languages.items()}
    audit.record("role.granted", f"user:{user.id}", by=by, role=role, **scope, **said)
    return made


def end_role(grant: RoleGrant, *, last_day: date | None = None, by: User | None = None) -> None:
    """Take a role away at once, or after a ``last_day``; the row stays, so that past rights can be explained."""
    if by is not None and (by.id == grant.user_id or grant.role not in _grantable(by, grant.cohort_id)):
        raise Refused(N_("You may not take this role away."))
    today = clock.today(grant.time_zone)
    if last_day is not None and grant.ends_on is not None and grant.ends_on < today:
        raise Refused(N_("The role has ended already. Give it again if it is to go on."))
    if last_day is not None and last_day < max(today, grant.starts_on):
        raise Refused(N_("The last day of a role cannot lie in the past. Leave it empty to end the role at once."))
    grant.ends_on = last_day or today - timedelta(days=1)
    audit.record("role.ended", f"user:{grant.user_id}", by=by, role=grant.role, ends_on=str(grant.ends_on))


def _grantable(by: User, cohort_id: int | None) -> frozenset[Role]:
    """Roles that ``by`` may give at all; whether theirs reach the scope is for the cohorts' appointments to say."""
    return by.grantable_at(clock.now(), lambda _: True, cohort=cohort_id is not None)


def check_languages(role: Role, by: User | None) -> None:
    """:class:`Refused` unless ``by`` may give rights on translations with ``role``."""
    if role is not Role.TRANSLATOR:
        raise Refused(N_("Languages belong to the role of a translator."))
    if by is not None and not reach(by, Permission.GRANT_ROLES).everywhere:
        raise Refused(N_("You may not give rights on translations: they count for all governments."))


def _tags(languages: Collection[Lang]) -> list[str]:
    return [lang.value for lang in LANGS if lang in languages]
