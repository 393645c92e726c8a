"""What every page shows around its content: the navigation of the person who reads it."""

from functools import partial
from typing import Any

from flask import Flask, has_request_context, url_for
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts


def init_app(app: Flask) -> None:
    app.context_processor(_page)


def _page() -> dict[str, Any]:
    """Nothing of this belongs to a mail, which is rendered outside of any request."""
    if not has_request_context():
        return {}
    within = partial(cohorts.may, current_user)
    return {"nav": navigation(), "allowed": guard.allowed, "within": within, "Permission": Permission}


def navigation() -> list[tuple[str, str, str]]:
    """(key, address, text) of the entries that this person can use."""
    if not current_user.is_authenticated:
        return [
            ("programme", url_for("learning.programme"), _("Programme")),
            ("verify", url_for("certificates.verify"), _("Verify a certificate")),
            ("help", url_for("home.help"), _("Help")),
        ]
    entries = [
        ("dashboard", "home.dashboard", _("Dashboard"), True),
        (
            "modules",
            "learning.programme",
            _("Modules"),
            guard.allowed(Permission.LEARN) or guard.allowed(Permission.PREVIEW),
        ),
        ("corrections", "corrections.index", _("Corrections"), guard.allowed(Permission.CORRECT_CONTENT)),
        ("translations", "translations.index", _("Translations"), guard.allowed(Permission.TRANSLATE)),
        ("marking", "marking.queue", _("Marking"), guard.allowed(Permission.MARK)),
        ("cohorts", "cohorts.index", _("Cohorts"), guard.allowed(Permission.SEE_COHORT)),
        (
            "entities",
            "entities.index",
            _("Entities"),
            guard.allowed(Permission.SEE_ENTITY) and not guard.allowed(Permission.MANAGE_ENTITIES),
        ),
        ("nominations", "admissions.nominated", _("Nominations"), guard.allowed(Permission.NOMINATE)),
        ("certificates", "certificates.index", _("Certificates"), True),
        ("partners", "cohorts_staff.partners", _("Partners"), guard.allowed(Permission.MANAGE_ENTITIES)),
    ]
    return [(key, url_for(endpoint), text) for key, endpoint, text, shown in entries if shown]
