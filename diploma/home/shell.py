"""What every page shows around its content: the navigation of the person who reads it."""

from functools import partial
from typing import Any

from flask import Flask, has_request_context, url_for
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.core.errors import N_


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
        ("dashboard", "home.dashboard", N_("Dashboard"), True),
        (
            "modules",
            "learning.programme",
            N_("Modules"),
            guard.allowed(Permission.LEARN) or guard.allowed(Permission.PREVIEW),
        ),
        ("corrections", "corrections.index", N_("Corrections"), guard.allowed(Permission.CORRECT_CONTENT)),
        ("translations", "translations.index", N_("Translations"), guard.allowed(Permission.TRANSLATE)),
        ("marking", "marking.queue", N_("Marking"), guard.allowed(Permission.MARK)),
        ("cohorts", "cohorts.index", N_("Cohorts"), guard.allowed(Permission.SEE_COHORT)),
        (
            "entities",
            "entities.index",
            N_("Entities"),
            guard.allowed(Permission.SEE_ENTITY) and not guard.allowed(Permission.MANAGE_ENTITIES),
        ),
        ("nominations", "admissions.nominated", N_("Nominations"), guard.allowed(Permission.NOMINATE)),
        ("certificates", "certificates.index", N_("Certificates"), True),
        ("partners", "cohorts_staff.partners", N_("Partners"), guard.allowed(Permission.MANAGE_ENTITIES)),
    ]
    return [(key, url_for(endpoint), _(text)) for key, endpoint, text, shown in entries if shown]
