"""Who sees what of a cohort's announcements, discussions and messages: one ``visible`` query per kind.

Readers are those who look after the cohort and those who are enrolled in it: who was withdrawn sees nothing of it any
more, whose place is put off reads only. Out of reach is 404.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.discussions.models import Announcement, Message, MessageRecipient, Post, PostReport, Thread
from diploma.discussions.rules import READS, WRITES, frozen


@dataclass(frozen=True)
class Place:
    """The discussions of a cohort as one person finds them; ``enrolment`` is ``None`` for its staff."""

    cohort: Cohort
    user: User
    enrolment: Enrolment | None

    def may(self, permission: Permission) -> bool:
        return cohorts.may(self.user, self.cohort, permission)

    @property
    def moderates(self) -> bool:
        return self.may(Permission.MODERATE)

    @property
    def writes(self) -> bool:
        """Whether this person may write posts here now."""
        inside = self.enrolment is not None and self.enrolment.state in WRITES
        return not frozen(self.cohort) and (inside or self.moderates)


def visible_cohorts(user: User) -> Select[Cohort]:
    """Cohorts whose announcements and discussions a person reads."""
    staff = cohorts.visible_cohorts(user, Permission.MODERATE).with_only_columns(Cohort.id)
    return select(Cohort).where(or_(Cohort.id.in_(staff), Cohort.id.in_(enrolled(user.id))))


def enrolled(person: Any) -> Select[int]:
    """The ids of the cohorts whose announcements a person reads as one of its people."""
    return select(Enrolment.cohort_id).where(Enrolment.user_id == person, Enrolment.state.in_(READS))


def looks_after(user: User, cohort: Cohort) -> bool:
    """Whether a person reads what is published in a cohort without being one of its people."""
    return any(cohorts.may(user, cohort, one) for one in (Permission.MODERATE, Permission.ANNOUNCE))


def visible_threads(user: User) -> Select[Thread]:
    return select(Thread).where(Thread.cohort_id.in_(visible_cohorts(user).with_only_columns(Cohort.id)))


def visible_posts(user: User) -> Select[Post]:
    """Posts in the threads that a person sees; what the hidden ones say is shown to the staff alone."""
    return (
        select(Post)
        .join(Post.thread)
        .where(Post.thread_id.in_(visible_threads(user).with_only_columns(Thread.id)))
        .options(contains_eager(Post.thread))
    )


def visible_announcements(user: User) -> Select[Announcement]:
    """What is published in the cohorts that a person reads; all there is where they write announcements themselves."""
    written = cohorts.visible_cohorts(user, Permission.ANNOUNCE).with_only_columns(Cohort.id)
    read = visible_cohorts(user).with_only_columns(Cohort.id)
    in_time = or_(Announcement.withdrawn_at.is_(None), Announcement.publish_at <= Announcement.withdrawn_at)
    public = and_(Announcement.publish_at <= clock.now(), in_time)
    return select(Announcement).where(
        or_(Announcement.cohort_id.in_(written), and_(Announcement.cohort_id.in_(read), public))
    )


def visible_reports(user: User) -> Select[PostReport]:
    """Reports of posts in the cohorts that a person moderates."""
    held = cohorts.visible_cohorts(user, Permission.MODERATE).with_only_columns(Cohort.id)
    return (
        select(PostReport)
        .join(PostReport.post)
        .join(Post.thread)
        .where(Thread.cohort_id.in_(held))
        .options(contains_eager(PostReport.post).contains_eager(Post.thread))
    )


def visible_messages(user: User) -> Select[Message]:
    """What was sent to people of the cohorts in whose name a person writes, and their own drafts."""
    held = cohorts.visible_cohorts(user, Permission.WRITE_TO_PEOPLE).with_only_columns(Cohort.id)
    return select(Message).where(
        Message.cohort_id.in_(held), or_(Message.sent_at.is_not(None), Message.writer_id == user.id)
    )


def visible_received(user: User) -> Select[MessageRecipient]:
    """The messages that a person got; they are theirs also after they left the cohort."""
    return given_to(user.id)


def given_to(person: Any) -> Select[MessageRecipient]:
    """The same by the person's id, or a parameter in its place."""
    return (
        select(MessageRecipient)
        .join(MessageRecipient.enrolment)
        .where(Enrolment.user_id == person, MessageRecipient.given_at.is_not(None))
    )


# ---- one object, or 404


def place(user: User, slug: str, permission: Permission = Permission.DISCUSS) -> Place:
    """A cohort by its slug for who reads it, or who holds ``permission`` there where another one is asked for."""
    known = visible_cohorts(user) if permission is Permission.DISCUSS else cohorts.visible_cohorts(user, permission)
    found: Cohort | None = session.scalar(known.where(Cohort.slug == slug).options(joinedload(Cohort.partner)))
    if found is None:
        abort(404)
    own = select(Enrolment).where(
        Enrolment.cohort_id == found.id, Enrolment.user_id == user.id, Enrolment.state.in_(READS)
    )
    return Place(found, user, session.scalar(own))


def thread(where: Place, thread_id: int) -> Thread:
    found: Thread | None = session.scalar(
        visible_threads(where.user)
        .where(Thread.id == thread_id, Thread.cohort_id == where.cohort.id)
        .options(joinedload(Thread.author))
    )
    return found or abort(404)


def post(where: Place, thread_id: int, post_id: int) -> Post:
    """A post under the address of its own thread and cohort."""
    found: Post | None = session.scalar(
        visible_posts(where.user)
        .where(Post.id == post_id, Thread.id == thread_id, Thread.cohort_id == where.cohort.id)
        .options(joinedload(Post.author))
    )
    return found or abort(404)


def own_post(where: Place, thread_id: int, post_id: int) -> Post:
    """A post that the person wrote."""
    found = post(where, thread_id, post_id)
    return found if found.author_id == where.user.id else abort(404)


def report(where: Place, report_id: int) -> PostReport:
    found: PostReport | None = session.scalar(
        visible_reports(where.user).where(PostReport.id == report_id, Thread.cohort_id == where.cohort.id)
    )
    return found or abort(404)


def announcement(where: Place, announcement_id: int) -> Announcement:
    found: Announcement | None = session.scalar(
        visible_announcements(where.user).where(
            Announcement.id == announcement_id, Announcement.cohort_id == where.cohort.id
        )
    )
    return found or abort(404)


def message(where: Place, message_id: int) -> Message:
    found: Message | None = session.scalar(
        visible_messages(where.user)
        .where(Message.id == message_id, Message.cohort_id == where.cohort.id)
        .options(joinedload(Message.writer))
    )
    return found or abort(404)


def draft(where: Place, message_id: int) -> Message:
    """A message that the person is writing, or has sent themselves."""
    found = message(where, message_id)
    return found if found.writer_id == where.user.id else abort(404)


def received(user: User, recipient_id: int) -> MessageRecipient:
    found: MessageRecipient | None = session.scalar(
        visible_received(user)
        .where(MessageRecipient.id == recipient_id)
        .options(joinedload(MessageRecipient.message).joinedload(Message.cohort))
    )
    return found or abort(404)
