"""Publishes the content files as an immutable edition (structure) and revision (texts).

Publishing the same files twice changes nothing. A change of ids, weights, keys or points makes a new
edition, which only new cohorts get; a change of words makes a new revision of the same edition.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.core import audit, clock, markup, uploads
from diploma.core.chain import canonical
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.vectors import Drawing
from diploma.learning import checker, freshness, loader
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.partner_checks import DRAWINGS
from diploma.learning.authoring.video_checks import CAPTIONS, Media, minutes
from diploma.learning.lexicon import Lexicon, written_forms
from diploma.learning.models import ContentText, Edition, Revision
from diploma.learning.structure import Module, Status
from diploma.learning.translation import records, requirements, standing
from diploma.learning.translation.standing import Held

Bodies = dict[tuple[str, Lang], dict[str, Any]]


@dataclass(frozen=True)
class Published:
    """What a publication made: ids, and whether edition and revision are new."""

    edition_id: int
    revision_id: int
    edition: int
    revision: int
    new_edition: bool
    new_revision: bool


class NotPublishable(Refused):
    """The files have mistakes, or translations are below what is asked of them; ``mistakes`` lists them all."""

    def __init__(self, message: str, mistakes: list[Mistake]) -> None:
        super().__init__(message, num=len(mistakes))
        self.mistakes = mistakes


def publish(root: Path, *, by: User | None = None) -> Published:
    """Check and publish the course under ``root``; raises :class:`NotPublishable` with every mistake."""
    loaded = loader.load(root)
    held = records.held()
    mistakes = [one for one in checker.check(loaded) if not one.warning]
    if mistakes:
        raise NotPublishable(N_("The content has %(num)s mistakes; nothing was published."), mistakes)
    if too_low := list(requirements.too_low(loaded, held)):
        raise NotPublishable(N_("%(num)s texts are not as far as their module asks; nothing was published."), too_low)
    structure = _structure(loaded)
    bodies = _bodies(loaded, held)
    edition, new_edition = _edition(structure)
    revision, new_revision = _revision(edition, bodies)
    if new_edition:
        _log_waived_prerequisites(loaded, edition)
    if new_revision:
        audit.record("content.published", f"edition:{edition.number}", by=by, revision=revision.number)
    return Published(edition.id, revision.id, edition.number, revision.number, new_edition, new_revision)


def _structure(loaded: loader.Loaded) -> dict[str, Any]:
    assert loaded.programme is not None
    return {
        "programme": loaded.programme.to_dict(),
        "modules": {key: module.to_dict() for key, module in sorted(loaded.modules.items())},
    }


def _without_requirements(structure: dict[str, Any]) -> dict[str, Any]:
    """What a translation needs is asked at publication, of no cohort: asking for more makes no new edition."""
    lowest = {
        key: {**module, "required_status": dict.fromkeys(module["required_status"], Status.DRAFT.value)}
        for key, module in structure["modules"].items()
    }
    return {**structure, "modules": lowest}


def _edition(structure: dict[str, Any]) -> tuple[Edition, bool]:
    digest = hashlib.sha256(canonical(_without_requirements(structure)).encode()).hexdigest()
    found = session.scalar(select(Edition).where(Edition.structure_hash == digest))
    if found:
        return found, False
    number = (session.scalar(select(func.max(Edition.number))) or 0) + 1
    made = Edition(number=number, structure_hash=digest, structure=structure, published_at=clock.now())
    session.add(made)
    session.flush()
    return made, True


def _revision(edition: Edition, bodies: Bodies) -> tuple[Revision, bool]:
    whole = {f"{place}|{lang.value}": body for (place, lang), body in bodies.items()}
    digest = hashlib.sha256(canonical(whole).encode()).hexdigest()
    found = session.scalar(select(Revision).where(Revision.edition_id == edition.id, Revision.text_hash == digest))
    if found:
        return found, False
    number = (session.scalar(select(func.max(Revision.number)).where(Revision.edition_id == edition.id)) or 0) + 1
    made = Revision(edition_id=edition.id, number=number, text_hash=digest, published_at=clock.now())
    session.add(made)
    session.flush()
    session.add_all(
        ContentText(revision_id=made.id, place=place, lang=lang, body=body) for (place, lang), body in bodies.items()
    )
    session.flush()
    return made, True


def _bodies(loaded: loader.Loaded, held: Held) -> Bodies:
    """Everything that ``catalogue`` reads, by place and language; lessons and briefs are rendered here, once."""
    bodies: Bodies = {("programme", lang): {"texts": texts} for lang, texts in loaded.programme_texts.items()}
    for country, pack in loaded.partners.items():
        bodies[f"partner:{country}", Lang.EN] = _pack(pack, loaded.drawings[country])
    for module, languages in loaded.texts.items():
        for lang, texts in languages.items():
            if texts and module == loader.GLOSSARY:
                stale = sorted(_stale(loaded, module, lang))
                bodies[module, lang] = {**_status(loaded, module, lang, held), "stale": stale, "texts": texts}
            elif texts:
                _module_bodies(loaded, module, lang, texts, bodies, _status(loaded, module, lang, held))
    return bodies


def _pack(pack: dict[str, Any], drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    """The country pack with the digest of each logo and seal in place of its file; the bytes are in the store."""

    def stored(issuer: dict[str, Any]) -> dict[str, Any]:
        files = {name: drawings[issuer[name]].svg() for name in DRAWINGS if name in issuer}
        return issuer | {name: uploads.store().put(BytesIO(svg)).sha256 for name, svg in files.items()}

    return {**pack, "issuers": [stored(issuer) for issuer in pack["issuers"]]}


def _module_bodies(
    loaded: loader.Loaded, module: str, lang: Lang, texts: dict[str, str], bodies: Bodies, common: dict[str, str]
) -> None:
    stale = _stale(loaded, module, lang)
    pages = _pages(loaded.modules.get(module))
    section_keys = {f"{page}/{anchor}" for page, anchors in pages.items() for anchor in anchors}
    bodies[f"module:{module}", lang] = {
        **common,
        "stale": sorted(stale - section_keys),
        "texts": {key: text for key, text in texts.items() if key not in section_keys},
        "html": {key: str(markup.render(text)) for key, text in texts.items() if key == "assignment/brief"},
    }
    if lang is loaded.source_language and (owner := _owner(loaded, module)):
        bodies[f"module:{module}", lang]["owner"] = owner
    terms, none = Lexicon(written_forms(loaded.glossary, lang), lang), Lexicon({}, lang)
    for page, anchors in pages.items():
        kind, name = page.split("/")
        there = [anchor for anchor in anchors if f"{page}/{anchor}" in texts]
        if there:
            lexicon, countries = terms if kind == "lessons" else none, sorted(loaded.partners)
            body = bodies[f"{kind.removesuffix('s')}:{module}/{name}", lang] = {
                **common,
                "stale": [one for one in there if f"{page}/{one}" in stale],
                "sections": [_section(one, texts[f"{page}/{one}"], countries, lexicon) for one in there],
            }
            media = loaded.files[module].media.get(name) if kind == "lessons" else None
            if media and lang is loaded.source_language:
                body["video"] = _video(media)


def _pages(module: Module | None) -> dict[str, tuple[str, ...]]:
    """The anchors of each lesson and of the plan of each workshop, by the beginning of the keys of its texts."""
    lessons = {f"lessons/{one.id}": one.anchors for one in module.lessons} if module else {}
    plans = {f"plans/{one.id}": one.anchors for one in module.workshops} if module else {}
    return lessons | plans


def _video(media: Media) -> dict[str, Any]:
    """Kept with the texts too. The bytes are in the store before the revision names them."""
    blobs = {}
    for name, path in sorted(media.items()):
        with path.open("rb") as stream:
            blobs[name] = uploads.store().put(stream)
    video = next(name for name in blobs if not name.endswith(CAPTIONS))
    files = {name: blob.sha256 for name, blob in blobs.items()}
    return {"file": video, "size": blobs[video].size, "minutes": minutes(media), "files": files}


def _owner(loaded: loader.Loaded, module: str) -> str:
    """Kept with the texts, not in the structure: a new owner makes no new edition."""
    head = loaded.files[module].parts.get("module") if module in loaded.files else None
    return str(head.data.get("owner", "")) if head else ""


def _status(loaded: loader.Loaded, module: str, lang: Lang, held: Held) -> dict[str, str]:
    """The lowest that named readers have recorded of the texts that are there; empty for the source language."""
    if lang is loaded.source_language or module not in standing.modules(loaded):
        return {"status": ""}
    return {"status": standing.lowest(standing.texts(loaded, module, lang, held).values()).value}


def _section(anchor: str, markdown: str, countries: list[str], lexicon: Lexicon) -> dict[str, Any]:
    """A section rendered for readers of no country (``*``), and for each country for which it differs.

    The terms of ``lexicon`` lead to their entries.
    """
    common = markup.sections(markdown, "")[0]
    html = {"*": lexicon.mark(common.html, anchor)}
    for country in countries if ":::" in markdown else ():
        own = lexicon.mark(markup.sections(markdown, country)[0].html, anchor)
        if own != html["*"]:
            html[country] = own
    return {"anchor": anchor, "title": common.title, "html": html}


def _stale(loaded: loader.Loaded, module: str, lang: Lang) -> set[str]:
    if lang is loaded.source_language or module not in {*loaded.modules, loader.GLOSSARY}:
        return set()
    return {key for key, state in freshness.state(loaded, module, lang).items() if state is freshness.State.STALE}


def _log_waived_prerequisites(loaded: loader.Loaded, edition: Edition) -> None:
    """A module that is only planned cannot be completed: as a prerequisite it is waived, on the record."""
    assert loaded.programme is not None
    planned = {entry.id for entry in loaded.programme.modules if entry.planned}
    for module in loaded.modules.values():
        for prerequisite in module.prerequisites:
            if prerequisite in planned:
                audit.record(
                    "prerequisite.waived_planned",
                    f"edition:{edition.number}",
                    module=module.id,
                    prerequisite=prerequisite,
                )
