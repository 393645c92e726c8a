"""What the pages of a cohort ask of its content.

The content stands one layer above cohorts and imports point downwards only, so it answers through this door:
``diploma.learning.curriculum`` provides the one answer when the application is wired.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from diploma.core.lang import Lang


@dataclass(frozen=True)
class Text:
    """A text of the content with the language that it is in."""

    words: str
    lang: Lang


@dataclass(frozen=True)
class Workshop:
    """A live session that the content plans; ``hours`` are whole hours.

    ``guided`` when there is something to read for those who lead it: a plan, a mark sheet.
    """

    id: str
    title: Text
    hours: int
    guided: bool


@dataclass(frozen=True)
class Module:
    """A written module as cohort pages name it; ``prerequisites`` are ids of written modules."""

    id: str
    code: str
    title: Text
    prerequisites: tuple[str, ...]
    workshops: tuple[Workshop, ...]


@dataclass(frozen=True)
class Texts:
    """One revision of the texts of one edition; ``edition`` and ``revision`` are the numbers that people see."""

    edition_id: int
    revision_id: int
    edition: int
    revision: int


@dataclass(frozen=True)
class Progress:
    """How far a person is in a module: whole per cent of its sections read, and when it was completed."""

    percent: int = 0
    completed_at: datetime | None = None


class Curriculum(Protocol):
    """The questions; each is answered with a constant number of queries."""

    def latest(self) -> Texts | None:
        """The newest texts of the newest edition; ``None`` before the first publication."""

    def newest_texts(self, edition_id: int) -> Texts:
        """The newest texts of one edition."""

    def workdays(self, partner: str) -> list[str]:
        """The workdays (``mon`` … ``sun``) of a partner's country pack; none where there is no pack."""

    def modules(self, revision_id: int, lang: Lang) -> list[Module]:
        """The written modules of an edition in the order of the programme, named in ``lang`` or its fallback."""

    def progress(self, revision_id: int, enrolments: Collection[int]) -> Mapping[tuple[int, str], Progress]:
        """Progress by (enrolment id, module id); a module that was never opened has none."""


_provided: list[Curriculum] = []


def provide(curriculum: Curriculum) -> None:
    """Give the answers; called once, where the content's own module is imported."""
    _provided[:] = [curriculum]


def current() -> Curriculum:
    if not _provided:
        raise RuntimeError("no curriculum: the application must import diploma.learning.curriculum")
    return _provided[0]
