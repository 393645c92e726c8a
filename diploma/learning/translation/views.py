"""The translators' desk: how far the languages have come, one text beside its source, and the reader's word on it."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.access import approves, translates
from diploma.accounts.permissions import Permission
from diploma.core import i18n, listing
from diploma.core.errors import N_
from diploma.core.lang import LANGS, Lang
from diploma.learning import freshness
from diploma.learning.catalogue import Said
from diploma.learning.loader import GLOSSARY, Loaded
from diploma.learning.structure import Act
from diploma.learning.translation import course, records, standing, workbooks
from diploma.learning.translation.places import places, title
from diploma.learning.translation.standing import Standing, Text

bp = Blueprint("translations", __name__)
PAGE = 50  # texts on one page of the list
# Standing → (word, kind of tag, class of its part of the bar)
WORDS = {
    Standing.MISSING: (_l("Not translated"), "", "fill-0"),
    Standing.STALE: (_l("Stale"), "warn", "fill-bad"),
    Standing.DRAFT: (_l("Draft"), "", "fill-3"),
    Standing.REVIEWED: (_l("Reviewed"), "info", "fill-1"),
    Standing.APPROVED: (_l("Approved by a reader"), "ok", "fill-ok"),
}
ACTS = {
    Act.TRANSLATED: N_("Translated by %(name)s"),
    Act.REVIEWED: N_("Reviewed by %(name)s"),
    Act.APPROVED: N_("Approved by %(name)s"),
}


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"WORDS": WORDS, "active": "translations"}


@bp.get("/translations/")
@guard.needs(Permission.TRANSLATE)
def index() -> ResponseReturnValue:
    """The languages of this person, each with its modules and how far their texts have come."""
    loaded, own = loaded_course(), _languages()
    held = records.held(langs=own) if own else {}
    counts = {
        (lang, module): standing.counts(standing.texts(loaded, module, lang, held).values())
        for lang in own
        for module in standing.modules(loaded)
    }
    return render_template(
        "translations/index.html",
        langs=own,
        modules=[(one, module_title(loaded, one)) for one in standing.modules(loaded)],
        counts=counts,
        translates=translates(current_user),
        approves=approves(current_user),
    )


@bp.get("/translations/<language>/<module>")
@guard.needs(Permission.TRANSLATE)
def module(language: str, module: str) -> ResponseReturnValue:
    """The texts of a module in a language; ``?state=`` shows those that stand there."""
    lang, loaded = language_of(language), loaded_course()
    texts = _texts(loaded, module, lang)
    asked = request.args.get("state", "")
    shown = [one for one in texts.values() if not asked or one.standing == asked]
    pages = listing.last_page(len(shown), PAGE)
    page = listing.page(request.args, pages)
    where = places(loaded, module, lang)
    return render_template(
        "translations/module.html",
        lang=lang,
        source=loaded.source_language,
        module=module,
        module_title=module_title(loaded, module),
        counts=standing.counts(texts.values()),
        state=asked,
        texts=[(one, title(one.key, where[one.key])) for one in shown[(page - 1) * PAGE : page * PAGE]],
        page=page,
        pages=pages,
        translates=lang in translates(current_user),
    )


@bp.get("/translations/<language>/texts.xlsx")
@guard.needs(Permission.TRANSLATE)
def workbook(language: str) -> ResponseReturnValue:
    """The workbook of a language: of one module (``?module=``), or of all."""
    lang, loaded = language_of(language), loaded_course()
    known, asked = standing.modules(loaded), request.args.get("module", "")
    if asked and asked not in known:
        abort(404)
    held = records.held(langs=[lang])
    data = workbooks.export(loaded, lang, [asked] if asked else known, held, _)
    name = "-".join(filter(None, (lang.value, asked)))
    return Response(
        data, mimetype=workbooks.TYPE, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    )


@bp.route("/translations/<language>/<module>/<path:key>", methods=["GET", "POST"])
@guard.needs(Permission.TRANSLATE)
def text(language: str, module: str, key: str) -> ResponseReturnValue:
    """One text beside its source; a named reader records here that they have read it."""
    lang, loaded = language_of(language), loaded_course()
    texts = _texts(loaded, module, lang)
    if key not in texts:
        abort(404)
    if request.method == "POST":
        return _record(loaded, texts, key)
    origin = _origin(loaded, lang)
    return render_template(
        "translations/text.html",
        lang=lang,
        origin=origin,
        text=texts[key],
        name=title(key, places(loaded, module, lang)[key]),
        module=module,
        module_title=module_title(loaded, module),
        history=records.history(texts[key]) if texts[key].text else [],
        acts=ACTS,
        obstacle=_obstacle(loaded, texts[key]),
        neighbours=_neighbours([*texts], key),
        number=[*texts].index(key) + 1,
        total=len(texts),
    )


def loaded_course() -> Loaded:
    """The content files as they stand now."""
    return course.current(current_app.config["COURSES"])


def language_of(tag: str) -> Lang:
    """A language in which this person translates or approves; 404 for any other."""
    return next((one for one in _languages() if one.value == tag), None) or abort(404)


def module_title(loaded: Loaded, module: str) -> Said:
    """The title of a module in the language of the page, else in the source language; ours for the glossary."""
    here, source = i18n.current(), loaded.source_language
    if module == GLOSSARY:
        return Said.make(_("Glossary"), here, fallback=False, draft=False)
    key, texts = "module/title", loaded.texts[module]
    lang = here if key in texts.get(here, {}) else source
    return Said.make(texts[lang][key], lang, fallback=lang is not here, draft=False)


def _languages() -> list[Lang]:
    own = translates(current_user) | approves(current_user)
    return [lang for lang in LANGS if lang in own]


def _texts(loaded: Loaded, module: str, lang: Lang) -> dict[str, Text]:
    """All texts of a module in a language, or 404."""
    if module not in standing.modules(loaded):
        abort(404)
    return standing.texts(loaded, module, lang, records.held(module=module, langs=[lang]))


def _origin(loaded: Loaded, lang: Lang) -> Lang:
    """The language from which ``lang`` is made."""
    return freshness.lineage(loaded, lang)[-2]


def _obstacle(loaded: Loaded, text: Text) -> str | None:
    """Why this person cannot record that they have read the text, in words; ``None`` when they can."""
    if text.lang not in approves(current_user):
        return ""
    found = records.obstacles(loaded, [text], current_user)
    return _(found[0][1]) if found else None


def _record(loaded: Loaded, texts: dict[str, Text], key: str) -> ResponseReturnValue:
    """Record a review or an approval, and go on to the next text that waits for a reader."""
    found, act = texts[key], Act(request.form["act"]) if request.form.get("act") in ("reviewed", "approved") else None
    if act is None:
        abort(400)
    if found.lang not in approves(current_user):
        abort(403)
    records.check_unchanged(found, (request.form.get("source_hash", ""), request.form.get("text_hash", "")))
    records.approve(loaded, [found], by=current_user, act=act)
    flash(_("Recorded: you have approved this text.") if act is Act.APPROVED else _("Recorded: reviewed by you."), "ok")
    keys, waits = [*texts], (Standing.DRAFT, Standing.REVIEWED)
    later = [one for one in keys[keys.index(key) + 1 :] if texts[one].standing in waits]
    return redirect(
        url_for("translations.text", language=found.lang.value, module=found.module, key=(later or [key])[0])
    )


def _neighbours(keys: list[str], key: str) -> tuple[str | None, str | None]:
    at = keys.index(key)
    return keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None
