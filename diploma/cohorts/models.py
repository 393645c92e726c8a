"""Partners, their entities, cohorts, the people enrolled in them, and live sessions."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core import clock, mail
from diploma.core.lang import Lang
from diploma.core.orm import Base, JSONValue, Mark, intpk, mark, texts


class Partner(Base):
    """A partner government. ``slug`` (``uz``) names its country pack in ``courses/gid/partners``."""

    __tablename__ = "partners"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(unique=True)
    names: Mapped[texts]
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    workdays: Mapped[list[str]] = mapped_column(default=list)  # mon … sun; empty: those of the country pack
    created_at: Mapped[datetime]
    sender_names: Mapped[texts] = mapped_column(default=dict)
    reply_to: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")  # the address that keeps the signed heads of the register
    logo_sha256: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def name(self, lang: Lang) -> str:
        return self.names.get(lang.value) or self.names.get("en") or next(iter(self.names.values()))

    def sender(self, lang: Lang) -> mail.Sender:
        """Who writes to the partner's people: empty parts are those of the installation."""
        names = self.sender_names
        return mail.Sender(names.get(lang.value) or names.get("en") or next(iter(names.values()), ""), self.reply_to)


class EntityKind(enum.StrEnum):
    """Closed list: what a body is; a centre of government is above all entities of its country."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    CENTRE_OF_GOVERNMENT = "centre_of_government"
    UNIVERSITY = "university"
    COMPANY = "company"
    OTHER = "other"  # what an import made of a name alone, and cities, courts, funds


class Entity(Base):
    """A ministry, agency or other body of a partner; entities form a tree that changes by day.

    ``parent_id`` is where it stood from the beginning; ``moves`` say where it stands from a day on. It existed from
    ``opened_on`` (empty: always) until before ``closed_on``. One that was merged is closed, and its people and what
    stood below it belong to ``merged_into`` since then; no row of theirs is rewritten.
    """

    __tablename__ = "entities"
    __table_args__ = (
        Index("uq_entities_id_partner_id", "id", "partner_id", unique=True),  # for the keys that tie moves to a partner
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("opened_on IS NULL OR closed_on IS NULL OR opened_on < closed_on", name="days_in_order"),
        CheckConstraint(
            "merged_into_id IS NULL OR (closed_on IS NOT NULL AND merged_into_id <> id)", name="merged_is_closed"
        ),
    )

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    kind: Mapped[EntityKind] = mapped_column(default=EntityKind.OTHER)
    created_at: Mapped[datetime]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))

    partner: Mapped[Partner] = relationship()
    dated_names: Mapped[list["EntityName"]] = relationship(
        order_by="EntityName.valid_from", cascade="all, delete-orphan"
    )
    merged_into: Mapped["Entity | None"] = relationship(remote_side="Entity.id", foreign_keys=[merged_into_id])
    moves: Mapped[list["EntityMove"]] = relationship(
        order_by="EntityMove.valid_from", cascade="all, delete-orphan", foreign_keys="EntityMove.entity_id"
    )

    @property
    def current(self) -> "Entity":
        """What it is today: itself, or what it was merged into, however often."""
        if self.merged_into is None or self.closed_on is None or self.closed_on > clock.today(self.partner.time_zone):
            return self
        return self.merged_into.current

    def names_on(self, day: date | None = None) -> dict[str, str]:
        """The names valid on a day, today by default; before the first of them the first."""
        if len(self.dated_names) == 1:  # of one that never changed its name the partner's clocks are not asked
            return self.dated_names[0].names
        on = day or clock.today(self.partner.time_zone)
        return ([one for one in self.dated_names if one.valid_from <= on] or self.dated_names[:1])[-1].names

    def name(self, lang: Lang, on: date | None = None) -> str:
        """The name valid on a day, today by default: what is dated 2019 keeps that of 2019."""
        names = self.names_on(on)
        return names.get(lang.value) or names.get("en") or next(iter(names.values()))

    def parent_on(self, day: date) -> int | None:
        """The id of the entity under which it was put last, by a day."""
        moved = [one for one in self.moves if one.valid_from <= day]
        return moved[-1].parent_id if moved else self.parent_id

    def stands_on(self, day: date) -> bool:
        return (self.opened_on is None or self.opened_on <= day) and (self.closed_on is None or day < self.closed_on)


class EntityMove(Base):
    """Where an entity stands from a day on: under another of the same partner, or at the top."""

    __tablename__ = "entity_moves"
    __table_args__ = (
        UniqueConstraint("entity_id", "valid_from"),
        CheckConstraint("parent_id IS NULL OR parent_id <> entity_id", name="not_its_own_parent"),
        ForeignKeyConstraint(["entity_id", "partner_id"], ["entities.id", "entities.partner_id"]),
        ForeignKeyConstraint(
            ["parent_id", "partner_id"],
            ["entities.id", "entities.partner_id"],
            name="fk_entity_moves_parent_id_partner_id",
        ),
    )

    id: Mapped[intpk]
    entity_id: Mapped[int]
    parent_id: Mapped[int | None]
    partner_id: Mapped[int]
    valid_from: Mapped[date]


class EntityName(Base):
    """An entity's name from a day on, in the languages in which it is known."""

    __tablename__ = "entity_names"
    __table_args__ = (UniqueConstraint("entity_id", "valid_from"),)

    id: Mapped[intpk]
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    names: Mapped[texts]
    name_search: Mapped[str] = mapped_column(index=True)
    valid_from: Mapped[date]


class CohortState(enum.StrEnum):
    """The life of a cohort; ``rules.COHORT_MOVES`` lists its only steps."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    MARKING = "marking"
    CLOSED = "closed"
    ARCHIVED = "archived"


class CohortAward(enum.StrEnum):
    """What a cohort works towards: ids of the awards in ``programme.toml``."""

    FOUNDATION = "foundation"
    DIPLOMA = "diploma"
    ASSESSOR = "assessor"


class Cohort(Base):
    """One intake of one partner, pinned to an edition of the content."""

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("seats > 0", name="has_seats"),
    )

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(unique=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    names: Mapped[texts]
    award: Mapped[CohortAward] = mapped_column(default=CohortAward.DIPLOMA)
    state: Mapped[CohortState] = mapped_column(default=CohortState.DRAFT)
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    certificate_languages: Mapped[list[str]]
    workdays: Mapped[list[str]] = mapped_column(default=list)  # mon … sun; empty: those of the partner
    seats: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    created_at: Mapped[datetime]
    reminders: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    partner: Mapped[Partner] = relationship()
    modules: Mapped[list["CohortModule"]] = relationship(order_by="CohortModule.opens_at", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    def name(self, lang: Lang) -> str:
        return self.names.get(lang.value) or self.names.get("en") or self.slug


class CohortModule(Base):
    """The dates of one module in one cohort; instants, shown in the cohort's zone."""

    __tablename__ = "cohort_modules"
    __table_args__ = (
        UniqueConstraint("cohort_id", "module"),
        CheckConstraint("opens_at <= due_at AND due_at <= cut_off_at", name="dates_in_order"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    cut_off_at: Mapped[datetime]


class EnrolmentState(enum.StrEnum):
    """The life of an enrolment."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    COMPLETED = "completed"


class Enrolment(Base):
    """A person in a cohort: everything that the person does hangs on it.

    ``moved_at`` is when it came over from another cohort: sessions held here before do not count against the person.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("cohort_id", "user_id"),
        Index("uq_enrolments_id_cohort_id", "id", "cohort_id", unique=True),  # for the key that ties a group's members
        Index("ix_enrolments_personnel", "cohort_id", "personnel_number"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.ACTIVE)
    position: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    personnel_number: Mapped[str] = mapped_column(default="")
    enrolled_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    user: Mapped[User] = relationship()
    entity: Mapped[Entity | None] = relationship()


class Waiver(Base):
    """A prerequisite that staff waived for one person, with the reason."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("enrolment_id", "module"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class LiveSession(Base):
    """A taught session of a module: a workshop or a lecture, in person or online. ``hours`` are delivered hours."""

    __tablename__ = "live_sessions"
    __table_args__ = (CheckConstraint("hours > 0", name="has_hours"),)

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    module: Mapped[str]
    workshop: Mapped[str | None]
    title: Mapped[str]
    starts_at: Mapped[datetime]
    hours: Mapped[mark]
    place: Mapped[str] = mapped_column(default="")
    sheet_saved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Presence(enum.StrEnum):
    """What the attendance sheet says of a person at a session (``decisions``: marks)."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    MADE_UP = "made_up"


class Attendance(Base):
    """A person's row on the sheet of a session; ``workshop_mark`` is 0 to 100, for workshops only."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("session_id", "enrolment_id"),
        CheckConstraint(
            "workshop_mark IS NULL OR (workshop_mark >= 0 AND workshop_mark <= 1000000)", name="mark_in_range"
        ),
    )

    id: Mapped[intpk]
    session_id: Mapped[int] = mapped_column(ForeignKey("live_sessions.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    presence: Mapped[Presence]
    workshop_mark: Mapped[Decimal | None] = mapped_column(Mark)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class RosterImport(Base):
    """A roster file that was applied: what it planned and did, for the record and for the operator.

    ``before`` is what taking it back needs (``roster.writing.Before``): there for a day, then erased.
    """

    __tablename__ = "roster_imports"

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    report: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONValue)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None]  # a plain number, as in the audit


class DraftState(enum.StrEnum):
    """The life of a draft: open → waiting → done; open again when the import was not done."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"


class RosterDraft(Base):
    """A roster import under way, its uploader's alone.

    ``layout`` is that of ``header`` (empty: guessed). ``fixes``: row → field → the value in the file and the one that
    takes its place. ``answers``: row → what a person decided (``corrections.Answer``). ``plan`` is the fingerprint of
    what was confirmed, ``attempts`` counts the confirmations. ``reason`` and ``params`` say why the last one was not
    done. ``outcome``: row → what became of it.
    """

    __tablename__ = "roster_drafts"
    __table_args__ = (CheckConstraint("(state = 'done') = (import_id IS NOT NULL)", name="import_if_done"),)

    id: Mapped[intpk]
    token: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    layout: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fixes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[DraftState] = mapped_column(default=DraftState.OPEN)
    plan: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("roster_imports.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()
