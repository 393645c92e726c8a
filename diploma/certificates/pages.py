"""What the views of certificates share: words and facts for templates, what was chosen, a PDF on its way out."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from diploma.accounts.access import reach
from diploma.accounts.permissions import Permission
from diploma.certificates import issuers, printed, subscriptions, terms
from diploma.certificates.models import Certificate
from diploma.cohorts.models import Cohort
from diploma.core import i18n


def for_templates() -> dict[str, Any]:
    """Functions that the templates call."""
    return {
        "title_of": printed.title,
        "names_of": printed.confirmed_names,
        "issuers_of": issuers.of,
        "is_drawn": subscriptions.is_drawn,
        "is_renewable": terms.is_renewable,
    }


def ids() -> list[int]:
    """The certificates that were ticked."""
    return request.values.getlist("certificate", type=int)


def may(found: Cohort, permission: Permission) -> bool:
    """Whether this person holds a permission on a cohort."""
    held = reach(current_user, permission)
    return held.everywhere or found.partner_id in held.partners or found.id in held.cohorts


def facts(certificate: Certificate, step: str) -> list[tuple[str, str, str]]:
    """What the question is about: holder and award, and before anything is printed the names."""
    person, held_in, lang = certificate.enrolment.user, certificate.enrolment.cohort, i18n.current()
    facts: list[tuple[str, str, str]] = [
        *([(_("Certificate number"), _isolated(certificate.serial), "")] if certificate.serial else []),
        (_("Holder"), _isolated(person.full_name), ""),
        (_("Award"), _isolated(printed.title(held_in, certificate.award, lang)), ""),
    ]
    if step == "renew" and certificate.valid_until:
        days = (_("Valid until"), certificate.valid_until), (_("New last day"), terms.next_last_day(certificate))
        facts += [(word, i18n.fmt().date(day), "") for word, day in days]
    if step in ("reissue", "renew", "send-back"):
        names = printed.confirmed_names(person)
        facts += [
            (one.native_name, _isolated(names[one]) if one in names else _("not confirmed"), "")
            for one in printed.languages(held_in)
        ]
    return facts


def pdf(data: bytes, name: str) -> Response:
    """A PDF to be downloaded."""
    answer = Response(data, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def _isolated(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(text)
