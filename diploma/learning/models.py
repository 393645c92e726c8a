"""Published content and what a person has read of it.

An edition is the structure (ids, weights, keys, points, rules); a revision is the text of an edition in
all languages. Both are immutable. A cohort pins its edition; a text correction is a new revision of the
same edition and never changes an answer key.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.core.lang import Lang
from diploma.core.orm import Base, intpk


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
    """The texts of one place (``programme``, ``module:<id>``, ``lesson:<module>/<id>``) in one language."""

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
