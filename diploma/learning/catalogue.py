"""Published content as pages read it. Immutable, so each piece is read from the database once per process.

``content(revision_id)`` is the edition with the texts of one revision. ``say`` gives a text in the asked
language, or in the nearest fallback, and knows which it was.

What ``publisher`` stores per place and language in ``ContentText.body``:
``programme``            ``{"texts": {key: text}}``
``partner:<slug>``       the country pack as it stands in its file (``lang`` is ``en``)
``module:<id>``          ``{"status": …, "stale": [key, …], "texts": {key: text}, "html": {key: html}}``; in the source
                         language also ``"owner"``, an e-mail address, when the module names one
``glossary``             ``{"status": …, "stale": [key, …], "texts": {"glossary/<id>/term": …, …/meaning}}``
``lesson:<module>/<id>`` the same with ``"sections": [{"anchor", "title", "html": {"*": …, "uz": …}}]``; in the source
                         language also ``"video": {"file", "size", "minutes", "files": {name: sha256}}`` when it has one
``plan:<module>/<id>``   the sections of the plan of a workshop, as those of a lesson
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

from sqlalchemy import select

from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning.models import ContentText, Edition, Revision
from diploma.learning.structure import Lesson, Module, ModuleEntry, Programme, Workshop


class Said(str):
    """A text with the language it is in; ``fallback`` when that is not the one asked for."""

    lang: Lang
    fallback: bool
    draft: bool

    @classmethod
    def make(cls, text: str, lang: Lang, *, fallback: bool, draft: bool) -> Self:
        said = cls(text)
        said.lang, said.fallback, said.draft = lang, fallback, draft
        return said


@dataclass(frozen=True)
class Section:
    """One section of a lesson, rendered; ``stale`` when its source changed after it was translated."""

    anchor: str
    title: str
    html: str
    lang: Lang
    fallback: bool
    stale: bool


@dataclass(frozen=True)
class Term:
    """An entry of the glossary in ``lang``; ``stale`` when its source changed after it was translated."""

    id: str
    term: str
    meaning: str
    lang: Lang
    fallback: bool
    draft: bool
    stale: bool


@dataclass(frozen=True)
class Video:
    """A lesson's video: ``size`` in bytes, ``minutes`` rounded up; ``files`` are it and its captions, with digests."""

    file: str
    size: int
    minutes: int
    files: dict[str, str]

    @cached_property
    def captions(self) -> dict[Lang, str]:
        """Language → file name (``walk.ar.vtt``)."""
        named = {lang: name for name in self.files for lang in Lang if name.endswith(f".{lang.value}.vtt")}
        return {lang: named[lang] for lang in Lang if lang in named}


class Content:
    """One edition (``edition_id``) with the texts of one revision (``revision_id``)."""

    def __init__(self, revision: Revision, edition: Edition) -> None:
        self.revision_id, self.edition_id, self.number = revision.id, edition.id, edition.number
        self.programme = Programme.from_dict(edition.structure["programme"])
        self.modules = {key: Module.from_dict(one) for key, one in edition.structure["modules"].items()}

    def entry(self, module: str) -> ModuleEntry | None:
        """A module of the programme, written or planned."""
        return next((one for one in self.programme.modules if one.id == module), None)

    def lesson(self, module: str, lesson: str) -> Lesson | None:
        written = self.modules.get(module)
        return next((one for one in written.lessons if one.id == lesson), None) if written else None

    def partner(self, slug: str) -> dict[str, Any]:
        """The country pack: issuers, signatories, digits, week."""
        return self._body(f"partner:{slug}", Lang.EN) or {}

    def say(self, module: str | None, key: str, lang: Lang) -> Said:
        """The text ``key`` of a module (``None``: of the programme) in ``lang`` or its nearest fallback."""
        place = f"module:{module}" if module else "programme"
        for one in self.order(lang):
            body = self._body(place, one)
            if body and key in body.get("texts", {}):
                return Said.make(body["texts"][key], one, fallback=one is not lang, draft=body.get("status") == "draft")
        raise KeyError(f"{place} has no text {key}")

    def has(self, module: str, key: str) -> bool:
        """Whether a module has a text that it may do without."""
        body = self._body(f"module:{module}", self.programme.source_language)
        return body is not None and key in body["texts"]

    def html(self, module: str, key: str, lang: Lang) -> Said:
        """A text that is written in Markdown (``assignment/brief``), rendered."""
        for one in self.order(lang):
            body = self._body(f"module:{module}", one)
            if body and key in body.get("html", {}):
                return Said.make(body["html"][key], one, fallback=one is not lang, draft=body.get("status") == "draft")
        raise KeyError(f"{module} has no text {key}")

    def sections(self, module: str, lesson: Lesson, lang: Lang, country: str) -> list[Section]:
        """The lesson's sections in its own order; a section missing in ``lang`` comes in the fallback."""
        return [self._section(f"lesson:{module}/{lesson.id}", anchor, lang, country) for anchor in lesson.anchors]

    def plan(self, module: str, workshop: Workshop, lang: Lang, country: str) -> list[Section]:
        """The sections of the plan of a workshop; empty when none is written."""
        return [self._section(f"plan:{module}/{workshop.id}", anchor, lang, country) for anchor in workshop.anchors]

    def video(self, module: str, lesson: Lesson) -> Video | None:
        body = self._body(f"lesson:{module}/{lesson.id}", self.programme.source_language) or {}
        return Video(**body["video"]) if "video" in body else None

    def glossary(self, lang: Lang) -> dict[str, Term]:
        """The entries by id, in the order of the file; one that is missing in ``lang`` comes in the fallback."""
        return _glossary(self, lang)

    def term(self, entry: str, lang: Lang) -> Term:
        """One entry; ``KeyError`` for an unknown id."""
        term, meaning = f"glossary/{entry}/term", f"glossary/{entry}/meaning"
        for one in self.order(lang):
            body = self._body("glossary", one) or {"texts": {}}
            texts = body["texts"]
            if term in texts and meaning in texts:
                stale = not {term, meaning}.isdisjoint(body["stale"])
                draft = body["status"] == "draft"
                return Term(entry, texts[term], texts[meaning], one, one is not lang, draft, stale)
        raise KeyError(f"the glossary has no entry {entry}")

    def entries(self) -> list[str]:
        """The ids of the glossary's entries."""
        body = self._body("glossary", self.programme.source_language) or {"texts": {}}
        return [key.split("/")[1] for key in body["texts"] if key.endswith("/term")]

    def status(self, module: str, lang: Lang) -> str:
        """draft, reviewed or approved; empty for the source language."""
        body = self._body(f"module:{module}", lang)
        return str(body.get("status", "")) if body else ""

    def owner(self, module: str) -> str:
        """The e-mail address of whoever answers for a module's content; empty when it names nobody."""
        body = self._body(f"module:{module}", self.programme.source_language)
        return str(body.get("owner", "")) if body else ""

    def order(self, lang: Lang) -> tuple[Lang, ...]:
        """``lang``, then its fallbacks, then the source."""
        return self._orders[lang]

    @cached_property
    def _orders(self) -> dict[Lang, tuple[Lang, ...]]:
        source = self.programme.source_language
        return {lang: tuple(dict.fromkeys((lang, *self.programme.fallback.get(lang, ()), source))) for lang in Lang}

    def _section(self, place: str, anchor: str, lang: Lang, country: str) -> Section:
        for one in self.order(lang):
            body = self._body(place, one) or {}
            for part in body.get("sections", ()):
                if part["anchor"] == anchor:
                    html = part["html"].get(country, part["html"]["*"])
                    return Section(anchor, part["title"], html, one, one is not lang, anchor in body.get("stale", ()))
        raise KeyError(f"{place} has no section {anchor}")

    def _body(self, place: str, lang: Lang) -> dict[str, Any] | None:
        return _body(self.revision_id, place, lang)


@lru_cache(maxsize=16)
def content(revision_id: int) -> Content:
    revision = session.get_one(Revision, revision_id)
    return Content(revision, session.get_one(Edition, revision.edition_id))


@lru_cache(maxsize=64)
def _glossary(content: Content, lang: Lang) -> dict[str, Term]:
    return {entry: content.term(entry, lang) for entry in content.entries()}


def latest() -> Content | None:
    """The newest revision of the newest edition; ``None`` before the first publication."""
    newest = session.scalar(
        select(Revision.id).join(Edition).order_by(Edition.number.desc(), Revision.number.desc()).limit(1)
    )
    return content(newest) if newest else None


@lru_cache(maxsize=4096)
def _body(revision_id: int, place: str, lang: Lang) -> dict[str, Any] | None:
    return session.scalar(
        select(ContentText.body).where(
            ContentText.revision_id == revision_id, ContentText.place == place, ContentText.lang == lang
        )
    )


def forget() -> None:
    """Empty the caches; only tests need it, because what is published never changes."""
    content.cache_clear()
    _body.cache_clear()
    _glossary.cache_clear()
