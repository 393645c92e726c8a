"""People, their names, sessions, single-use links and roles."""

import enum
from collections.abc import Callable
from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.permissions import DELEGABLE, GRANTABLE, GRANTS, Permission, Role
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.core.orm import BINARY, Base, intpk


class User(UserMixin, Base):  # type: ignore[misc]
    """A person. ``email`` is stored folded; a person without ``password_hash`` has not activated yet."""

    __tablename__ = "users"

    id: Mapped[intpk]
    email: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    name_search: Mapped[str] = mapped_column(index=True)
    sort_key: Mapped[str] = mapped_column(BINARY, index=True)
    password_hash: Mapped[str | None]
    language: Mapped[Lang] = mapped_column(default=Lang.EN)
    content_language: Mapped[Lang | None]
    submission_language: Mapped[Lang | None]
    work_languages: Mapped[list[str]] = mapped_column(default=list)  # of one who marks; empty: not said yet
    time_zone: Mapped[str] = mapped_column(default="UTC")
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]

    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="user", foreign_keys="RoleGrant.user_id")
    names: Mapped[list["PersonName"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    session_token = ""  # of the session through which this request came; set by ``sessions``

    # Flask-Login compares the tokens, and people who have not signed in have none: all of them were one person.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the token of a session row, never the person's id."""
        return self.session_token

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def display_name(self) -> str:
        return self.full_name

    @property
    def initials(self) -> str:
        words = [word for word in self.full_name.split() if word[0].isalpha()]
        return "".join(word[0] for word in words[:2]).upper()

    def reading_language(self) -> Lang:
        """Language of lessons: their own setting, else that of the interface."""
        return self.content_language or self.language

    def writing_language(self) -> Lang:
        return self.submission_language or self.reading_language()

    def working_languages(self) -> frozenset[Lang]:
        """The languages in which an instructor tutors and marks: as they said, else those of their own day."""
        said = frozenset(Lang(one) for one in self.work_languages)
        return said or frozenset({self.language, self.reading_language()})

    def current_grants(self, now: datetime) -> list["RoleGrant"]:
        return [grant for grant in self.grants if grant.holds_at(now)]

    def can(self, permission: Permission, now: datetime) -> bool:
        """Whether a role of this person carries the permission anywhere; scopes are checked by ``access``."""
        return permission in self.rights(now)

    def rights(self, now: datetime) -> frozenset[Permission]:
        """All permissions that the roles of this person carry, each on some scope."""
        return frozenset().union(*(GRANTS[grant.role] for grant in self.current_grants(now)))

    def grantable(self, now: datetime) -> frozenset[Role]:
        """Roles that this person may give to others, somewhere."""
        return self.grantable_at(now, lambda _: True)

    def grantable_at(
        self, now: datetime, reaches: Callable[["RoleGrant"], bool], *, cohort: bool = False
    ) -> frozenset[Role]:
        """Roles that this person may give through those of their own roles that reach a place.

        ``cohort`` says that the place is a single cohort: on it more may be given (``DELEGABLE``).
        """
        held = [one for one in self.current_grants(now) if reaches(one)]
        given = [GRANTABLE.get(one.role, frozenset()) for one in held]
        given += [DELEGABLE.get(one.role, frozenset()) for one in held if cohort and one.partner_id]
        return frozenset().union(*given)


class PersonName(Base):
    """A person's full name as written in one language, confirmed by the person before it is printed."""

    __tablename__ = "person_names"
    __table_args__ = (UniqueConstraint("user_id", "lang"),)

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    lang: Mapped[Lang]
    full_name: Mapped[str]
    confirmed_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="names")


# Signs in what a browser says of itself → what people call it. Each browser claims to be those that stand below it.
_BROWSERS = (("Edg", "Edge"), ("YaBrowser", "Yandex Browser"), ("OPR/", "Opera"),
             ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
             ("CriOS/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


class UserSession(Base):
    """A sign-in on one device. Only the SHA-256 of its token is stored; the person can end it."""

    __tablename__ = "user_sessions"

    id: Mapped[intpk]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    agent: Mapped[str]
    address: Mapped[str]

    user: Mapped[User] = relationship()

    @property
    def device(self) -> str:
        """Browser and system by their own names, as in "Firefox, Android"; empty when the browser tells neither."""
        said = (next((name for sign, name in signs if sign in self.agent), "") for signs in (_BROWSERS, _SYSTEMS))
        return ", ".join(name for name in said if name)


class Purpose(enum.StrEnum):
    """What a mailed link does."""

    ACTIVATE = "activate"
    RESET = "reset"


class MailedLink(Base):
    """A single-use, expiring link; only the SHA-256 of its token is stored.

    The row is also the life of the mail that carried it, to ``address``: queued, sent, opened (its page was shown) or
    bounced, whichever came last; ``mail_ref`` names it in what mail servers send back. ``cohort_id`` is the cohort
    that invited, ``reminder`` the number of a reminder (0: sent by hand), ``remind_at`` when the next one is planned.
    """

    __tablename__ = "mailed_links"
    __table_args__ = (
        CheckConstraint("reminder >= 0 AND reminder <= 3", name="three_reminders"),
        CheckConstraint("(bounced_at IS NULL) = (bounce_reason = '')", name="reason_if_bounced"),
    )

    id: Mapped[intpk]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[Purpose]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")
    mail_ref: Mapped[str | None] = mapped_column(unique=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"))
    reminder: Mapped[int] = mapped_column(default=0)
    remind_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship()

    @property
    def bounced(self) -> bool:
        """Whether the mail came back, and nobody has opened the link since."""
        return bool(self.bounced_at and not (self.opened_at and self.opened_at >= self.bounced_at))


class RoleGrant(Base):
    """A role held on exactly one scope: the programme (no scope column), a partner, an entity or a cohort.

    It holds from ``starts_on`` through ``ends_on`` by the clocks of ``time_zone``, those of its scope, which stand in
    the row so that no request looks them up; one that was taken away on its first day ends the day before.
    ``translates`` and ``approves`` are the languages (tags) into which a translator may write, and in which they are
    a named reader. They do not depend on the scope: the content is one for all governments.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN partner_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN entity_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN cohort_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_scope",
        ),
        CheckConstraint("role = 'translator' OR translates = '[]'", name="only_translators_translate"),
        CheckConstraint("role = 'translator' OR approves = '[]'", name="only_translators_approve"),
        Index("ix_role_grants_scope", "role", "cohort_id", "partner_id"),
    )

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"))
    time_zone: Mapped[str] = mapped_column(default="UTC")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    translates: Mapped[list[str]] = mapped_column(default=list)
    approves: Mapped[list[str]] = mapped_column(default=list)

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])

    @property
    def programme_wide(self) -> bool:
        return self.partner_id is None and self.entity_id is None and self.cohort_id is None

    def holds_at(self, moment: datetime) -> bool:
        day = clock.day_of(moment, self.time_zone)
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
