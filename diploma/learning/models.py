"""Published content, what a person has read of it and written beside it, and the mistakes that readers report.

An edition is the structure (ids, weights, keys, points, rules); a revision is the text of an edition in
all languages. Both are immutable. A cohort pins its edition; a text correction is a new revision of the
same edition and never changes an answer key.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core.lang import Lang
from diploma.core.orm import Base, intpk
from diploma.learning.structure import Act


class Edition(Base):
    """The structure of the whole programme as published; ``number`` counts from 1."""

    __tablename__ = "editions"

    id: Mapped[intpk]
    number: Mapped[int] = mapped_column(unique=True)
    structure_hash: Mapped[str] = mapped_column(unique=True)
    structure: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class Revision(Base):
    """The texts of an edition; ``number`` counts within the edition."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("edition_id", "number"), UniqueConstraint("edition_id", "text_hash"))

    id: Mapped[intpk]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    number: Mapped[int]
    text_hash: Mapped[str]
    published_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship()


class ContentText(Base):
    """The texts of one place (``programme``, ``module:<id>``, ``lesson:<module>/<id>`` …) in one language."""

    __tablename__ = "content_texts"
    __table_args__ = (UniqueConstraint("revision_id", "place", "lang"),)

    id: Mapped[intpk]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    place: Mapped[str]
    lang: Mapped[Lang]
    body: Mapped[dict[str, Any]]


class LessonProgress(Base):
    """That a person opened a lesson, where they stopped, and when they marked it as complete."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "lesson"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    lesson: Mapped[str]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    completed_at: Mapped[datetime | None]


class SectionRead(Base):
    """That a person has read one section of a lesson."""

    __tablename__ = "sections_read"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "lesson", "section"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    lesson: Mapped[str]
    section: Mapped[str]
    at: Mapped[datetime]


class ModuleCompletion(Base):
    """That a person completed a module; written by the gradebook when the module's last condition is met.

    It stands here because the next module's door reads it.
    """

    __tablename__ = "module_completions"
    __table_args__ = (UniqueConstraint("enrolment_id", "module"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    completed_at: Mapped[datetime]


class SectionNote(Base):
    """What a person wrote for themselves beside a section; nobody else reads it.

    It hangs on the anchor, so it survives every new text of the lesson. ``page`` and ``version`` work as those of a
    submission's draft: the open page that saved last may save again, another one only when it has seen ``version``.
    """

    __tablename__ = "section_notes"
    __table_args__ = (UniqueConstraint("enrolment_id", "module", "lesson", "section"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    lesson: Mapped[str]
    section: Mapped[str]
    text: Mapped[str]
    saved_at: Mapped[datetime]
    page: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MistakeKind(enum.StrEnum):
    """What is wrong with a lesson."""

    FACT = "fact"
    LANGUAGE = "language"
    BROKEN = "broken"
    OTHER = "other"


class ReportState(enum.StrEnum):
    """The life of a report: open, then answered in one of two ways for good."""

    OPEN = "open"
    CORRECTED = "corrected"
    DECLINED = "declined"


class MistakeReport(Base):
    """A mistake that a reader found in a lesson: where, in which language and revision, and what became of it.

    ``section`` is empty for the lesson as a whole, ``cohort_id`` when a member of staff read a preview.
    """

    __tablename__ = "mistake_reports"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_at_if_answered"),
        Index("ix_mistake_reports_queue", "state", "reported_at"),
    )

    id: Mapped[intpk]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    module: Mapped[str]
    lesson: Mapped[str]
    section: Mapped[str]
    lang: Mapped[Lang]
    kind: Mapped[MistakeKind]
    quote: Mapped[str]
    text: Mapped[str]
    reported_at: Mapped[datetime]
    state: Mapped[ReportState] = mapped_column(default=ReportState.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    cohort: Mapped[Cohort | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class TranslationRecord(Base):
    """That a person wrote, reviewed or approved a text in one language: this very text, made from this very source.

    ``key`` is that of the text in its module or the glossary. The hashes (``freshness.text_hash``) say which text was
    meant: when source or translation change, the record stays true and no longer speaks of what is read today. So
    rows are only ever added.
    """

    __tablename__ = "translation_records"
    __table_args__ = (
        UniqueConstraint(
            *("module", "lang", "key", "act", "source_hash", "text_hash", "by_id"), name="uq_translation_records_once"
        ),
    )

    id: Mapped[intpk]
    module: Mapped[str]
    lang: Mapped[Lang]
    key: Mapped[str]
    act: Mapped[Act]
    source_hash: Mapped[str]
    text_hash: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]

    by: Mapped[User] = relationship()


class UploadState(enum.StrEnum):
    """The life of a handed-in workbook: it waits, then the operator's import takes it or refuses it for good."""

    WAITING = "waiting"
    IMPORTED = "imported"
    REFUSED = "refused"


class TranslationUpload(Base):
    """A workbook of translations that somebody without a shell handed in; the file store keeps it by its digest.

    ``partial``: only its good rows are wanted. ``report`` holds what came of it: how many texts were ``written``, and
    the ``problems`` by row as they are shown.
    """

    __tablename__ = "translation_uploads"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (closed_at IS NULL)", name="closed_at_if_closed"),
        Index("ix_translation_uploads_queue", "state", "id"),
    )

    id: Mapped[intpk]
    lang: Mapped[Lang]
    file_name: Mapped[str]
    sha256: Mapped[str]
    partial: Mapped[bool]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    handed_in_at: Mapped[datetime]
    state: Mapped[UploadState] = mapped_column(default=UploadState.WAITING)
    closed_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)

    by: Mapped[User] = relationship()
