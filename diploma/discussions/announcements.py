"""Announcements: written, changed, withdrawn; and mailed to whoever reads them, once per person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import audit, batch, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.outbox import Payload
from diploma.discussions import rules
from diploma.discussions.models import Announcement
from diploma.discussions.service import one_at_a_time, own_key

DUE = "announcement-due"  # the job that orders the mails when an announcement is published
MAIL = "mail-announcement"


@dataclass(frozen=True)
class Plan:
    """An announcement as its form has it; ``publish_at`` empty: now. ``texts``: title and text by language tag."""

    texts: Mapping[str, Mapping[str, str]]
    module: str | None = None
    publish_at: datetime | None = None
    pinned: bool = False
    by_mail: bool = False


def announce(cohort: Cohort, plan: Plan, *, key: str, by: User) -> Announcement:
    """Publish now or at a time; a form sent twice is one announcement."""
    _check(cohort, plan)
    one_at_a_time(by)
    token = own_key(key, by)
    if held := session.scalar(select(Announcement).where(Announcement.key == token)):
        return held
    now = clock.now()
    made = Announcement(cohort_id=cohort.id, writer_id=by.id, created_at=now, key=token, **_columns(plan))
    made.publish_at = plan.publish_at or now
    session.add(made)
    session.flush()
    audit.record("announcement.written", f"announcement:{made.id}", by=by, publish_at=made.publish_at)
    _order_mails(made)
    return made


def change(found: Announcement, plan: Plan, *, by: User) -> None:
    """Change what is not withdrawn; what is published says when it was changed. Mails are not repeated."""
    _check(found.cohort, plan)
    if found.withdrawn_at:
        raise Refused(N_("This announcement is withdrawn. Write a new one."))
    published = found.publish_at <= clock.now()
    for name, value in _columns(plan).items():
        setattr(found, name, value)
    if published:
        found.edited_at = clock.now()
    else:
        found.publish_at = plan.publish_at or clock.now()
    session.flush()
    audit.record("announcement.changed", f"announcement:{found.id}", by=by)
    _order_mails(found)


def withdraw(found: Announcement, reason: str, *, by: User) -> None:
    """Take an announcement back; its readers see the reason in its place."""
    if not reason.strip():
        raise Refused(N_("Say why: the reason is shown in place of the announcement."))
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by_id, found.reason = clock.now(), by.id, reason.strip()
        session.flush()
        audit.record("announcement.withdrawn", f"announcement:{found.id}", by=by, reason=reason)


def order_mails(payload: Payload) -> None:
    """Begin to mail an announcement that is published now; done for each of its times, it begins once."""
    found = session.get_one(Announcement, payload["announcement_id"])
    if found.withdrawn_at or not found.by_mail or found.publish_at > clock.now():
        return
    rows = session.execute(
        select(Enrolment.id, User.full_name)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.cohort_id == found.cohort_id, Enrolment.state.in_(rules.WRITES))
        .where(User.disabled_at.is_(None))
        .order_by(Enrolment.id)
    )
    items = [(name, {"announcement_id": found.id, "enrolment_id": one}) for one, name in rows]
    back = f"/cohorts/{found.cohort.slug}/announcements"
    if items:
        batch.start(MAIL, items, cohort_id=found.cohort_id, back=back, key=str(found.id), by=found.writer)


def _order_mails(found: Announcement) -> None:
    if found.by_mail:
        key = f"{DUE}:{found.id}:{found.publish_at.isoformat()}"
        outbox.enqueue(DUE, key, {"announcement_id": found.id}, due_at=found.publish_at)


def _columns(plan: Plan) -> dict[str, object]:
    texts = {tag: dict(said) for tag, said in plan.texts.items()}
    return {"texts": texts, "module": plan.module or None, "pinned": plan.pinned, "by_mail": plan.by_mail}


def _check(cohort: Cohort, plan: Plan) -> None:
    if rules.frozen(cohort):
        raise Refused(N_("This cohort is closed: nothing is announced in it any more."))
    if not plan.texts or not plan.texts.keys() <= set(cohort.languages):
        raise Refused(N_("Write the announcement in at least one language of the cohort."))
    if not all(said.get("title") and said.get("text") for said in plan.texts.values()):
        raise Refused(N_("Each language needs both a title and a text."))
