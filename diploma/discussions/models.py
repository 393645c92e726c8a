"""Announcements of a cohort, its discussions, and messages to a selection of its people."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.lang import Lang
from diploma.core.orm import Base, intpk


class Announcement(Base):
    """A text of the staff to the whole cohort, about a module if it names one.

    ``texts`` holds ``{"title", "text"}`` by language tag. ``key`` is that of the form: sent twice it is one row.
    """

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (reason = '')", name="reason_if_withdrawn"),
        Index("ix_announcements_page", "cohort_id", "publish_at"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str | None]
    texts: Mapped[dict[str, Any]]
    writer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    publish_at: Mapped[datetime]
    pinned: Mapped[bool] = mapped_column(default=False)
    by_mail: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship()
    writer: Mapped[User] = relationship(foreign_keys=[writer_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])

    __mapper_args__ = {"version_id_col": version}


class Notice(enum.StrEnum):
    """How a person hears of new posts in what they follow."""

    DAILY = "daily"
    AT_ONCE = "at_once"
    NEVER = "never"


class ForumMember(Base):
    """What one person has chosen in the discussions of one cohort, and up to when they have seen its announcements.

    A person without a row follows nothing but what they write in. ``digested_at`` is the time of the last daily mail.
    """

    __tablename__ = "forum_members"
    __table_args__ = (UniqueConstraint("cohort_id", "user_id"),)

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    follows_all: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[Notice] = mapped_column(default=Notice.DAILY)
    announcements_seen_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]


class Thread(Base):
    """A discussion; its first post is number 1. ``search`` is the folded title."""

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("(locked_at IS NULL) = (locked_by_id IS NULL)", name="locked_by_somebody"),
        Index("ix_threads_page", "cohort_id", "last_post_at"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str | None]
    title: Mapped[str]
    search: Mapped[str]
    lang: Mapped[Lang]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime]
    last_post_at: Mapped[datetime]
    posts: Mapped[int] = mapped_column(default=0)
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    cohort: Mapped[Cohort] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])


class Post(Base):
    """A post. A hidden one keeps its text for the staff; of one that its author took back nothing is kept.

    ``search`` is the folded text. Of a thread at most one post is marked as helpful.
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_reason = '')", name="reason_if_hidden"),
        CheckConstraint("removed_at IS NULL OR (text = '' AND search = '')", name="nothing_kept_of_removed"),
        Index(
            "uq_posts_helpful",
            "thread_id",
            unique=True,
            sqlite_where=text("helpful_at IS NOT NULL"),
            postgresql_where=text("helpful_at IS NOT NULL"),
        ),
    )

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    lang: Mapped[Lang]
    text: Mapped[str]
    search: Mapped[str]
    quoted: Mapped[int | None]
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_reason: Mapped[str] = mapped_column(default="")
    helpful_at: Mapped[datetime | None]
    key: Mapped[str] = mapped_column(unique=True)

    thread: Mapped[Thread] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    hidden_by: Mapped[User | None] = relationship(foreign_keys=[hidden_by_id])


class ThreadFollow(Base):
    """Whether a person follows one thread, since when; it counts more than following the whole forum."""

    __tablename__ = "thread_follows"
    __table_args__ = (UniqueConstraint("thread_id", "user_id"),)

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    follows: Mapped[bool]
    chosen_at: Mapped[datetime]


class PostReport(Base):
    """A reader's report of a post, once per person. ``text`` is what the post said then."""

    __tablename__ = "post_reports"
    __table_args__ = (
        UniqueConstraint("post_id", "reporter_id"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"),
    )

    id: Mapped[intpk]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str]
    text: Mapped[str]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    post: Mapped[Post] = relationship()
    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id])


class Message(Base):
    """A message of the staff to a selection; a draft until it is sent.

    ``texts`` holds ``{"subject", "text"}`` by language tag. ``module`` is the one that {module} and {due} speak of.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_page", "cohort_id", "sent_at"),)

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    writer_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module: Mapped[str | None]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship()
    writer: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class MessageRecipient(Base):
    """A person whom a message is for, once; ``subject`` and ``text`` as they got it, empty until then."""

    __tablename__ = "message_recipients"
    __table_args__ = (
        UniqueConstraint("message_id", "enrolment_id"),
        CheckConstraint("(given_at IS NULL) = (subject = '')", name="subject_if_given"),
    )

    id: Mapped[intpk]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    lang: Mapped[Lang | None]
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]

    message: Mapped[Message] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
