"""What people do in discussions: open, answer, change, take back, report; and what their staff do."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.access import may
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import audit, clock, outbox
from diploma.core.db import insert_unless_there, session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.text import fold
from diploma.discussions import rules
from diploma.discussions.models import Post, PostReport, Thread, ThreadFollow

WRITTEN = "post-written"  # the job that tells followers


class TooMany(Refused):
    """One person reports faster than anybody can read."""

    status = 429


@dataclass(frozen=True)
class Written:
    """The text of a post in the language of its writer; ``quoted`` is the number of the post that it answers."""

    text: str
    lang: Lang
    quoted: int | None = None


def open_thread(cohort: Cohort, title: str, module: str | None, said: Written, *, key: str, by: User) -> Thread:
    """Begin a discussion; a form sent twice gets the same one."""
    _check_writer(cohort, by)
    one_at_a_time(by)
    token = own_key(key, by)
    if held := session.scalar(select(Thread).join(Post, Post.thread_id == Thread.id).where(Post.key == token)):
        return held
    now = clock.now()
    made = Thread(cohort_id=cohort.id, module=module or None, title=title, search=fold(title), lang=said.lang)
    made.author_id, made.opened_at, made.last_post_at, made.posts = by.id, now, now, 0
    session.add(made)
    session.flush()
    _add(made, said, token, by)
    return made


def answer(thread: Thread, said: Written, *, key: str, by: User) -> Post:
    """Write below a discussion; a form sent twice is one post."""
    _check_writer(thread.cohort, by)
    thread = _lock(thread)
    token = own_key(key, by)
    if held := session.scalar(select(Post).where(Post.key == token, Post.thread_id == thread.id)):
        return held
    _check_unlocked(thread)
    if said.quoted is not None and not 1 <= said.quoted <= thread.posts:
        raise Refused(N_("The post that you answer is not in this discussion."))
    return _add(thread, said, token, by)


def edit(post: Post, said: Written, *, by: User) -> None:
    """Change one's own post while it is fresh; the page then says that it was changed."""
    _check_writer(post.thread.cohort, by)
    _check_unlocked(_lock(post.thread))
    check_editable(post, by=by)
    if (post.text, post.lang) != (said.text, said.lang):
        post.text, post.search, post.lang, post.edited_at = said.text, fold(said.text), said.lang, clock.now()
        session.flush()


def check_editable(post: Post, *, by: User) -> None:
    """:class:`Refused` when a post is not one's own, or no longer fresh, or not shown any more."""
    if post.author_id != by.id or not rules.editable(post, clock.now()):
        raise Refused(N_("A post can be changed for 15 minutes after it was written. Write another one below."))


def take_back(post: Post, *, by: User) -> None:
    """Remove the text of one's own post; that there was one stays to be seen."""
    _lock(post.thread)
    if post.author_id != by.id:
        raise Refused(N_("Only its writer can take a post back."))
    if post.hidden_at:
        raise Refused(N_("This post was hidden by the staff of the cohort. Ask them if you want it to be deleted."))
    if post.removed_at is None:
        post.text = post.search = ""
        post.removed_at, post.helpful_at = clock.now(), None
        session.flush()
        audit.record("post.taken_back", f"post:{post.id}", by=by)


def report(post: Post, reason: str, *, by: User) -> None:
    """Tell the staff what is wrong with a post, once; :class:`TooMany` beyond ``MOST_REPORTS`` an hour."""
    if post.author_id == by.id:
        raise Refused(N_("This is your own post. You can take it back."))
    if post.hidden_at or post.removed_at:
        raise Refused(N_("This post is no longer shown."))
    one_at_a_time(by)
    now = clock.now()
    recent = select(func.count()).where(
        PostReport.reporter_id == by.id, PostReport.reported_at > now - timedelta(hours=1)
    )
    if (session.scalar(recent) or 0) >= rules.MOST_REPORTS:
        raise TooMany(N_("You have sent many reports within an hour. Keep this one and send it later."))
    insert_unless_there(PostReport(post_id=post.id, reporter_id=by.id, reason=reason, text=post.text, reported_at=now))


# ---- the staff


def hide(post: Post, reason: str, *, by: User) -> None:
    """Take a post out of sight; readers see by whom and why, the staff also what it said. Closes its reports."""
    _lock(post.thread)
    if not reason.strip():
        raise Refused(N_("Say why: the reason is shown in place of the post."))
    if post.removed_at:
        raise Refused(N_("Its writer has taken this post back; there is nothing to hide."))
    if post.hidden_at is None:
        post.hidden_at, post.hidden_by_id, post.hidden_reason = clock.now(), by.id, reason.strip()
        post.helpful_at = None
        session.flush()
        _close(PostReport.post_id == post.id, by)
        audit.record("post.hidden", f"post:{post.id}", by=by, reason=reason)


def show(post: Post, *, by: User) -> None:
    """Take the hiding back."""
    _lock(post.thread)
    if post.hidden_at:
        audit.record("post.shown", f"post:{post.id}", by=by, hidden_because=post.hidden_reason)
        post.hidden_at, post.hidden_by_id, post.hidden_reason = None, None, ""
        session.flush()


def dismiss(found: PostReport, *, by: User) -> None:
    """Close a report: the post stays."""
    if _close(PostReport.id == found.id, by):
        audit.record("report.dismissed", f"report:{found.id}", by=by)


def lock(thread: Thread, locked: bool, *, by: User) -> None:
    """Let nobody write in a discussion any more, or again."""
    thread = _lock(thread)
    if (thread.locked_at is not None) is locked:
        return
    thread.locked_at, thread.locked_by_id = (clock.now(), by.id) if locked else (None, None)
    session.flush()
    audit.record("thread.locked" if locked else "thread.unlocked", f"thread:{thread.id}", by=by)


def mark_helpful(post: Post, helpful: bool, *, by: User) -> None:
    """Say which answer helped: who asked may, and the staff. At most one of a discussion is marked."""
    thread = _lock(post.thread)
    if by.id != thread.author_id and not may(by, thread.cohort, Permission.MODERATE):
        raise Refused(N_("Who opened the discussion says which answer helped, or the staff of the cohort."))
    if post.number == 1 or post.hidden_at or post.removed_at:
        raise Refused(N_("Only an answer that everybody can read is marked as helpful."))
    session.execute(update(Post).where(Post.thread_id == thread.id, Post.id != post.id).values(helpful_at=None))
    post.helpful_at = clock.now() if helpful else None
    session.flush()


# ---- common to all


def own_key(key: str, by: User) -> str:
    """The key of a form as one person's: nobody else's form meets it."""
    return hashlib.sha256(f"{by.id} {key}".encode()).hexdigest()


def one_at_a_time(by: User) -> None:
    """Of two forms that one person sends at once, the second waits and then finds what the first has written."""
    session.execute(select(User.id).where(User.id == by.id).with_for_update(key_share=True))


def _add(thread: Thread, said: Written, token: str, by: User) -> Post:
    thread.posts, thread.last_post_at = thread.posts + 1, clock.now()
    made = Post(thread_id=thread.id, number=thread.posts, author_id=by.id, lang=said.lang, key=token)
    made.text, made.search, made.quoted, made.written_at = said.text, fold(said.text), said.quoted, thread.last_post_at
    session.add(made)
    session.flush()
    insert_unless_there(ThreadFollow(thread_id=thread.id, user_id=by.id, follows=True, chosen_at=made.written_at))
    outbox.enqueue(WRITTEN, f"{WRITTEN}:{made.id}", {"post_id": made.id})
    return made


def _lock(thread: Thread) -> Thread:
    """The thread as it stands now; whoever changes it or its posts waits here."""
    return session.get_one(Thread, thread.id, with_for_update=True, populate_existing=True)


def _check_unlocked(thread: Thread) -> None:
    if thread.locked_at:
        raise Refused(N_("This discussion is closed. Open a new one if something is left to say."))


def _check_writer(cohort: Cohort, by: User) -> None:
    if rules.frozen(cohort):
        raise Refused(N_("This cohort is closed: its discussions can only be read."))
    if may(by, cohort, Permission.MODERATE):
        return
    state = session.scalar(select(Enrolment.state).where(Enrolment.cohort_id == cohort.id, Enrolment.user_id == by.id))
    if state not in rules.WRITES:
        raise Refused(N_("You are not active in this cohort at the moment: you can read its discussions, not write."))


def _close(which: Any, by: User) -> int:
    """Close the open reports that match; returns how many."""
    query = update(PostReport).where(which, PostReport.closed_at.is_(None))
    closed = session.scalars(query.values(closed_at=clock.now(), closed_by_id=by.id).returning(PostReport.id))
    return len(closed.all())
