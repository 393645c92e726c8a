"""What a person follows in the discussions of a cohort, and how they hear of it."""

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.db import insert_unless_there, session
from diploma.discussions.models import ForumMember, Notice, Thread, ThreadFollow


def member(cohort_id: int, user_id: int) -> ForumMember | None:
    found: ForumMember | None = session.scalar(
        select(ForumMember).where(ForumMember.cohort_id == cohort_id, ForumMember.user_id == user_id)
    )
    return found


def choose(cohort: Cohort, user: User, *, follows_all: bool, notice: Notice) -> None:
    """Follow the whole forum or only what one chose, and hear of it daily, at once or never."""
    held = ensured(cohort.id, user.id)
    held.follows_all, held.notice = follows_all, notice
    session.flush()


def follow(thread: Thread, user: User, follows: bool) -> None:
    """Follow one thread or not, whatever is chosen for the whole forum."""
    now = clock.now()
    insert_unless_there(ThreadFollow(thread_id=thread.id, user_id=user.id, follows=follows, chosen_at=now))
    held = session.scalars(
        select(ThreadFollow).where(ThreadFollow.thread_id == thread.id, ThreadFollow.user_id == user.id)
    ).one()
    held.follows, held.chosen_at = follows, now
    session.flush()


def follows(thread: Thread, user: User) -> bool:
    """Whether news of a thread go to a person."""
    own = session.scalar(
        select(ThreadFollow.follows).where(ThreadFollow.thread_id == thread.id, ThreadFollow.user_id == user.id)
    )
    if own is not None:
        return bool(own)
    held = member(thread.cohort_id, user.id)
    return held is not None and held.follows_all


def ensured(cohort_id: int, user_id: int) -> ForumMember:
    """The row of a person in a cohort, made when it is not there yet."""
    found = member(cohort_id, user_id)
    if found is None:
        insert_unless_there(ForumMember(cohort_id=cohort_id, user_id=user_id))
        found = member(cohort_id, user_id)
    assert found
    return found
