"""What the pages show, each with a constant number of queries whatever the number of posts and people."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock, listing
from diploma.core.chain import AnySession
from diploma.core.db import session
from diploma.core.finding import MOST_WORDS
from diploma.core.listing import Rows
from diploma.core.orm import UTCDateTime
from diploma.core.outbox import Job, JobState
from diploma.core.text import fold
from diploma.discussions import access
from diploma.discussions.access import Place
from diploma.discussions.models import (
    Announcement,
    ForumMember,
    Message,
    MessageRecipient,
    Post,
    PostReport,
    Thread,
)
from diploma.discussions.rules import POSTS_PER_PAGE

PAGE, PEOPLE = 30, 60


@dataclass(frozen=True)
class Line:
    """A thread on the list; ``hidden`` when its title is not shown to readers, ``answered`` when a post helped."""

    thread: Thread
    hidden: bool
    answered: bool


@dataclass(frozen=True)
class Unread:
    """What a person has not looked at yet: announcements of a cohort, messages of any."""

    announcements: int = 0
    messages: int = 0


@dataclass(frozen=True)
class Told:
    """A recipient on the page of a sent message, and what became of the mail; ``None`` when nothing is known of it."""

    recipient: MessageRecipient
    mail: JobState | None = None


# The dashboard of every trainee asks it: built once, which costs more than to run it.
_person: Any = bindparam("person")
_cohort: Any = bindparam("cohort")
_SEEN = select(ForumMember.announcements_seen_at).where(
    ForumMember.cohort_id == _cohort, ForumMember.user_id == _person
)
_FRESH = (
    select(func.count(Announcement.id))
    .where(Announcement.cohort_id == _cohort, Announcement.writer_id != _person)
    .where(Announcement.withdrawn_at.is_(None), Announcement.publish_at <= bindparam("now"))
    .where(Announcement.publish_at > func.coalesce(_SEEN.scalar_subquery(), bindparam("since", type_=UTCDateTime)))
    .where(or_(bindparam("staff", type_=Boolean).is_(true()), _cohort.in_(access.enrolled(_person))))
)
_MINE = access.given_to(_person).where(MessageRecipient.read_at.is_(None))
_MINE = _MINE.with_only_columns(func.count(), maintain_column_froms=True)
_UNREAD = select(_FRESH.scalar_subquery(), _MINE.scalar_subquery())


@dataclass(frozen=True)
class Discussion:
    """A page of a thread; ``staff`` are the ids of those authors who are not enrolled."""

    posts: Rows[Post]
    staff: set[int] = field(default_factory=set)
    reported: set[int] = field(default_factory=set)


def threads(where: Place, module: str, search: str, page: int) -> Rows[Line]:
    """The threads of a cohort, the latest post first; of those that match every word when something is searched."""
    first = aliased(Post)
    query = (
        access.visible_threads(where.user)
        .where(Thread.cohort_id == where.cohort.id)
        .join(first, and_(first.thread_id == Thread.id, first.number == 1))
        .where(*([Thread.module == module] if module else []), *_matching(search, first))
    )
    answered = select(Post.id).where(Post.thread_id == Thread.id, Post.helpful_at.is_not(None)).exists()
    found = query.add_columns(first.hidden_at.is_not(None), answered).options(joinedload(Thread.author))
    rows = _page(found, (Thread.last_post_at.desc(), Thread.id.desc()), page)
    return Rows([Line(*row) for row in rows.rows], rows.total, rows.page, PAGE)


def _matching(search: str, first: Any) -> list[ColumnElement[bool]]:
    """Each word occurs in the title or in a post; what is hidden is not searched, not even for the staff."""
    read = (Post.hidden_at.is_(None), Post.thread_id == Thread.id)
    words = [fold(word) for word in search.split()[:MOST_WORDS]]
    return [
        or_(
            and_(first.hidden_at.is_(None), Thread.search.contains(word, autoescape=True)),
            select(Post.id).where(*read, Post.search.contains(word, autoescape=True)).exists(),
        )
        for word in words
        if word
    ]


def discussion(where: Place, thread: Thread, page: int) -> Discussion:
    """A page of the posts of a thread, the first one first."""
    query = select(Post).where(Post.thread_id == thread.id)
    query = query.options(joinedload(Post.author), joinedload(Post.hidden_by))
    pages = listing.last_page(thread.posts, POSTS_PER_PAGE)
    page = min(page, pages)
    between = Post.number.between((page - 1) * POSTS_PER_PAGE + 1, page * POSTS_PER_PAGE)
    rows = list(session.scalars(query.where(between).order_by(Post.number)))
    authors = {one.author_id for one in rows}
    enrolled = select(Enrolment.user_id).where(Enrolment.cohort_id == thread.cohort_id, Enrolment.user_id.in_(authors))
    mine = select(PostReport.post_id).where(
        PostReport.reporter_id == where.user.id, PostReport.post_id.in_([one.id for one in rows])
    )
    found = Rows(rows, thread.posts, page, POSTS_PER_PAGE)
    return Discussion(found, authors - set(session.scalars(enrolled)), set(session.scalars(mine)))


def title_hidden(thread: Thread) -> bool:
    """Whether the title belongs to an opening post that is hidden."""
    hidden = select(Post.id).where(Post.thread_id == thread.id, Post.number == 1, Post.hidden_at.is_not(None))
    return session.scalar(hidden) is not None


def reports(where: Place, page: int) -> Rows[PostReport]:
    """The open reports of a cohort, the oldest first."""
    query = (
        _open_reports(where)
        .join(PostReport.reporter)
        .options(joinedload(PostReport.reporter), contains_eager(PostReport.post).joinedload(Post.author))
    )
    return _scalars(query, (PostReport.reported_at, PostReport.id), page)


def open_reports(where: Place) -> int:
    return _count(_open_reports(where))


def _open_reports(where: Place) -> Select[PostReport]:
    return access.visible_reports(where.user).where(Thread.cohort_id == where.cohort.id, PostReport.closed_at.is_(None))


def announcements(where: Place, page: int) -> Rows[Announcement]:
    """Announcements: what is pinned and not withdrawn first, then the newest."""
    query = access.visible_announcements(where.user).where(Announcement.cohort_id == where.cohort.id)
    query = query.options(joinedload(Announcement.writer), joinedload(Announcement.withdrawn_by))
    pinned = and_(Announcement.pinned.is_(True), Announcement.withdrawn_at.is_(None))
    return _scalars(query, (pinned.desc(), Announcement.publish_at.desc(), Announcement.id.desc()), page)


def unread(user: User, cohort: Cohort) -> Unread:
    """Counts for the person's own pages: one query."""
    staff = access.looks_after(user, cohort)
    values = {"person": user.id, "cohort": cohort.id, "since": cohort.created_at, "now": clock.now(), "staff": staff}
    row = session.execute(_UNREAD, values).one()
    return Unread(row[0], row[1])


def seen(own: AnySession, cohort_id: int, user_id: int, now: datetime) -> None:
    """Note in a session of its own that a person has looked at the announcements of a cohort."""
    held = own.scalar(select(ForumMember).where(ForumMember.cohort_id == cohort_id, ForumMember.user_id == user_id))
    if held is None:
        held = ForumMember(cohort_id=cohort_id, user_id=user_id)
        own.add(held)
    held.announcements_seen_at = now


def sent(where: Place, page: int) -> Rows[Any]:
    """(message, recipients, given) of a cohort: one's own drafts first, then the newest."""
    mine = select(func.count()).where(MessageRecipient.message_id == Message.id)
    total, given = mine.scalar_subquery(), mine.where(MessageRecipient.given_at.is_not(None)).scalar_subquery()
    query = access.visible_messages(where.user).where(Message.cohort_id == where.cohort.id)
    query = query.add_columns(total, given).options(joinedload(Message.writer))
    return _page(query, (Message.sent_at.desc().nulls_first(), Message.id.desc()), page)


def recipients(message: Message, page: int) -> Rows[Told]:
    """Whom a message is for, by name, with what became of each mail."""
    query = (
        select(MessageRecipient)
        .where(MessageRecipient.message_id == message.id)
        .join(MessageRecipient.enrolment)
        .join(Enrolment.user)
        .options(joinedload(MessageRecipient.enrolment).joinedload(Enrolment.user))
    )
    found = _scalars(query, (User.sort_key, MessageRecipient.id), page, PEOPLE)
    keys = {f"mail:message:{one.id}": one.id for one in found.rows}
    jobs = session.execute(select(Job.key, Job.state).where(Job.key.in_(keys)))
    states = {keys[key]: state for key, state in jobs}
    return Rows([Told(one, states.get(one.id)) for one in found.rows], found.total, found.page, PEOPLE)


def received(user: User, page: int) -> Rows[MessageRecipient]:
    """The messages that a person got, the newest first."""
    query = access.visible_received(user).options(
        joinedload(MessageRecipient.message).joinedload(Message.writer),
        joinedload(MessageRecipient.message).joinedload(Message.cohort),
    )
    return _scalars(query, (MessageRecipient.given_at.desc(), MessageRecipient.id.desc()), page)


def _page(query: Select[Any], order: tuple[Any, ...], page: int, size: int = PAGE) -> Rows[Any]:
    total = _count(query)
    page = min(page, listing.last_page(total, size))
    rows = session.execute(query.order_by(*order).limit(size).offset((page - 1) * size)).unique().all()
    return Rows(list(rows), total, page, size)


def _scalars(query: Select[Any], order: tuple[Any, ...], page: int, size: int = PAGE) -> Rows[Any]:
    found = _page(query, order, page, size)
    return Rows([row[0] for row in found.rows], found.total, found.page, size)


def _count(query: Select[Any]) -> int:
    return int(session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0)
