"""What goes out by mail: new posts at once or daily, announcements, messages. Each to a person once, in their language.

A mail about a post says who wrote where, never what: a post that is hidden or taken back is then nowhere to be read.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import own_dates
from diploma.cohorts.access import may, orderer
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import batch, clock, i18n, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Payload
from diploma.discussions import announcements, following, messages, rules
from diploma.discussions.announcements import DUE
from diploma.discussions.models import (
    Announcement,
    ForumMember,
    Message,
    MessageRecipient,
    Notice,
    Post,
    Thread,
    ThreadFollow,
)
from diploma.discussions.service import WRITTEN
from diploma.learning import catalogue

DIGEST = "forum-digest"


# ---- posts


@outbox.handles(WRITTEN)
def tell_followers(payload: Payload, _result: Any) -> None:
    """Mail those who want to know at once, and put the others' daily mail down for the morning."""
    post = session.get_one(Post, payload["post_id"], options=[joinedload(Post.author)])
    if post.hidden_at or post.removed_at:
        return
    cohort = post.thread.cohort
    for user, notice in _followers(post):
        if notice is Notice.AT_ONCE:
            _mail_post(post, user)
        elif notice is Notice.DAILY:
            due = rules.morning(clock.now(), cohort.time_zone)
            order = {"cohort_id": cohort.id, "user_id": user.id, "since": post.written_at.isoformat()}
            outbox.enqueue(DIGEST, f"{DIGEST}:{cohort.id}:{user.id}:{due:%Y-%m-%d}", order, due_at=due)


@outbox.handles(DIGEST)
def send_digest(payload: Payload, _result: Any) -> None:
    """The new posts of a day in what a person follows, by discussion; nothing when there are none left to read."""
    user = session.get_one(User, payload["user_id"], options=[selectinload(User.grants)])
    cohort = session.get_one(Cohort, payload["cohort_id"])
    held, now = following.ensured(cohort.id, user.id), clock.now()
    if held.notice is not Notice.DAILY or not _reads(user, cohort):
        return
    since = held.digested_at or datetime.fromisoformat(payload["since"])
    lines = [(thread, count, f"{_forum(cohort)}/{thread.id}") for thread, count in _news(held, since)]
    held.digested_at = now
    if lines:
        key = f"digest:{held.id}:{now.isoformat()}"
        stop = _stop_link(user, cohort)
        words: dict[str, Any] = {
            "sender": cohort.partner.sender(user.language),
            "cohort": cohort.name(user.language),
            "lines": lines,
            "name": user.full_name,
            "stop": stop,
        }
        mail.send("discussion_digest", user.email, user.language, key, **words)


def _mail_post(post: Post, user: User) -> None:
    thread = post.thread
    words = {"title": _title(thread), "author": post.author.full_name, "name": user.full_name}
    link = f"{_forum(thread.cohort)}/{thread.id}{page_of(post.number)}#post-{post.number}"
    stop = _stop_link(user, thread.cohort, thread)
    key, sender = f"post:{post.id}:{user.id}", thread.cohort.partner.sender(user.language)
    mail.send("discussion_post", user.email, user.language, key, sender=sender, link=link, stop=stop, **words)


def page_of(number: int) -> str:
    """The query that leads to the page of a thread on which a post stands."""
    page = (number - 1) // rules.POSTS_PER_PAGE + 1
    return f"?page={page}" if page > 1 else ""


def _title(thread: Thread) -> str:
    """Empty when the opening post, to which the title belongs, is hidden."""
    hidden = session.scalar(select(Post.hidden_at).where(Post.thread_id == thread.id, Post.number == 1))
    return "" if hidden else thread.title


def _followers(post: Post) -> list[tuple[User, Notice]]:
    """Who hears of a post: others than its author, who followed before it was written and may read it today."""
    thread = post.thread
    rows = session.execute(
        select(User, ForumMember.notice)
        .outerjoin(ThreadFollow, and_(ThreadFollow.thread_id == thread.id, ThreadFollow.user_id == User.id))
        .outerjoin(ForumMember, and_(ForumMember.cohort_id == thread.cohort_id, ForumMember.user_id == User.id))
        .where(_follows(post.written_at), User.id != post.author_id, User.disabled_at.is_(None))
        .options(selectinload(User.grants))
        .order_by(User.id)
    ).all()
    inside = set(session.scalars(_enrolled(thread.cohort)))
    staff = Permission.MODERATE
    return [(u, notice or Notice.DAILY) for u, notice in rows if u.id in inside or may(u, thread.cohort, staff)]


def _follows(written_at: Any) -> Any:
    """Whether a thread is followed by itself, since before a post was written, or with the whole forum."""
    itself = and_(ThreadFollow.follows.is_(True), ThreadFollow.chosen_at <= written_at)
    return or_(itself, and_(ThreadFollow.id.is_(None), ForumMember.follows_all.is_(True)))


def _enrolled(cohort: Cohort) -> Select[Any]:
    """The ids of those who are in a cohort: who was withdrawn gets no mail of it any more."""
    return select(Enrolment.user_id).where(Enrolment.cohort_id == cohort.id, Enrolment.state.in_(rules.READS))


def _reads(user: User, cohort: Cohort) -> bool:
    inside = session.scalar(_enrolled(cohort).where(Enrolment.user_id == user.id))
    return user.disabled_at is None and (inside is not None or may(user, cohort, Permission.MODERATE))


def _news(held: ForumMember, since: datetime) -> list[tuple[Thread, int]]:
    """The threads that a person follows with the number of others' posts since then that can be read."""
    first = select(Post.thread_id).where(Post.number == 1, Post.hidden_at.is_not(None))
    posts = session.scalars(
        select(Post)
        .join(Post.thread)
        .outerjoin(ThreadFollow, and_(ThreadFollow.thread_id == Thread.id, ThreadFollow.user_id == held.user_id))
        .outerjoin(ForumMember, ForumMember.id == held.id)
        .where(Thread.cohort_id == held.cohort_id, Post.written_at >= since, Post.author_id != held.user_id)
        .where(_follows(Post.written_at), Post.hidden_at.is_(None), Post.removed_at.is_(None), Thread.id.not_in(first))
        .options(joinedload(Post.thread))
        .order_by(Post.id)
    ).all()
    threads = {one.thread_id: one.thread for one in posts}
    counts = Counter(one.thread_id for one in posts)
    return [(threads[key], count) for key, count in counts.items()]


# ---- links that end mails


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="unfollow")


def _stop_link(user: User, cohort: Cohort, thread: Thread | None = None) -> str:
    token = _signer().dumps([user.id, cohort.id, thread.id if thread else 0])
    return f"{current_app.config['BASE_URL']}/unfollow/{token}"


def stopped(token: str) -> tuple[User, Cohort, Thread | None] | None:
    """Whose mails about what a link ends; ``None`` for a link that is not ours."""
    try:
        user_id, cohort_id, thread_id = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    user, cohort = session.get(User, user_id), session.get(Cohort, cohort_id)
    thread = session.get(Thread, thread_id) if thread_id else None
    return (user, cohort, thread) if user and cohort else None


def stop(token: str) -> None:
    """End the mails that a link is about: of one thread, or all of a cohort's discussions."""
    found = stopped(token)
    if found is None:
        return
    user, cohort, thread = found
    if thread:
        following.follow(thread, user, False)
    else:
        held = following.ensured(cohort.id, user.id)
        held.notice = Notice.NEVER
        session.flush()


def _forum(cohort: Cohort) -> str:
    return f"{current_app.config['BASE_URL']}/cohorts/{cohort.slug}/discussions"


# ---- announcements


@outbox.handles(DUE)
def announcement_due(payload: Payload, _result: Any) -> None:
    announcements.order_mails(payload)


@batch.does(announcements.MAIL, title=N_("Send an announcement by mail"), permission=Permission.ANNOUNCE)
def mail_announcement(payload: Payload, _by_id: int) -> None:
    found = session.get_one(Announcement, payload["announcement_id"], populate_existing=True)
    enrolment = _recipient(payload["enrolment_id"])
    if found.withdrawn_at:
        raise Refused(N_("The announcement was withdrawn in the meantime."))
    user = enrolment.user
    lang, said = rules.pick(found.texts, order(enrolment.cohort, user.language))
    link = f"{current_app.config['BASE_URL']}/cohorts/{enrolment.cohort.slug}/announcements"
    words = {"title": said["title"], "text": said["text"], "cohort": enrolment.cohort.name(user.language)}
    key = f"announcement:{found.id}:{user.id}"
    mail.send(
        "announcement",
        user.email,
        user.language,
        key,
        sender=_of_writer(found, user),
        link=link,
        other=_other(lang, user),
        **words,
    )


# ---- messages


@batch.does(messages.SEND, title=N_("Send a message"), permission=Permission.WRITE_TO_PEOPLE)
def give(payload: Payload, by_id: int) -> None:
    """Keep the message for one recipient, as it reads for them, and mail it. Done once, however often it is ordered."""
    row = session.get_one(MessageRecipient, payload["recipient_id"], with_for_update=True, populate_existing=True)
    found = row.message
    orderer(by_id, found.cohort, Permission.WRITE_TO_PEOPLE)
    enrolment = _recipient(row.enrolment_id)
    if row.given_at:
        return
    user = enrolment.user
    row.lang, row.subject, row.text = as_read(found, user)
    row.given_at = clock.now()
    session.flush()
    words: dict[str, Any] = {
        "subject": row.subject,
        "text": row.text,
        "writer": found.writer.full_name,
        "other": _other(row.lang, user),
    }
    link = f"{current_app.config['BASE_URL']}/messages/{row.id}"
    mail.send(
        "message", user.email, user.language, f"message:{row.id}", sender=_of_writer(found, user), link=link, **words
    )


def _of_writer(found: Announcement | Message, user: User) -> mail.Sender:
    """In the partner's name; answers go to who wrote."""
    return replace(found.cohort.partner.sender(user.language), reply_to=found.writer.email)


def as_read(found: Message, user: User) -> tuple[Lang, str, str]:
    """The language, subject and text in which ``user`` gets a message."""
    lang, said = rules.pick(found.texts, order(found.cohort, user.language))
    values = {"name": user.full_name, **_about(found, lang, user)}
    subject = " ".join(rules.filled(said["subject"], values).split())
    return lang, subject, rules.filled(said["text"], values)


def _about(found: Message, lang: Lang, user: User) -> dict[str, str]:
    """The title of the module and the date that it has for ``user``, in the language of the text around them."""
    if not found.module:
        return {}
    title = str(catalogue.content(found.cohort.revision_id).say(found.module, "module/title", lang))
    dates = own_dates.of_user(found.cohort, user.id).get(found.module)
    zone = found.cohort.time_zone
    with i18n.speaking(lang):
        return {"module": title, **({"due": i18n.fmt().datetime(dates.due_at, zone)} if dates else {})}


def _recipient(enrolment_id: int) -> Enrolment:
    """Somebody who is still in the cohort, as they are now."""
    found = session.get_one(Enrolment, enrolment_id, populate_existing=True, options=[joinedload(Enrolment.user)])
    if found.state not in rules.READS or found.user.disabled_at:
        raise Refused(N_("This person has left the cohort in the meantime."))
    return found


def _other(lang: Lang, user: User) -> Lang | None:
    """The language of a text when it is not that of its reader."""
    return lang if lang is not user.language else None


def order(cohort: Cohort, lang: Lang) -> tuple[Lang, ...]:
    """The languages in which a reader of ``lang`` is shown a text, nearest first; then that of the cohort."""
    nearest = catalogue.content(cohort.revision_id).order(lang)
    return (*nearest, *(Lang(one) for one in cohort.languages))
