"""Who may take a partner's register along: who sees the certificates of all its cohorts. Heads are for everybody."""

from datetime import date
from typing import Any

from flask import abort
from sqlalchemy import select

from diploma.accounts.permissions import Permission
from diploma.certificates.transparency.models import RegisterExport, RegisterHead, RegisterKey
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Partner
from diploma.core.db import session


def partners(user: Any) -> list[Partner]:
    """The partners whose register ``user`` may take along."""
    query = cohorts.visible_partners(user, Permission.SEE_CERTIFICATES)
    return list(session.scalars(query.order_by(Partner.slug)))


def partner(user: Any, slug: str) -> Partner:
    """One of them, or 404; who looks after single cohorts of it may not."""
    return cohorts.partner(user, slug, Permission.SEE_CERTIFICATES)


def export(where: Partner, token: str) -> RegisterExport:
    """An export of a partner that was found, or 404."""
    query = select(RegisterExport).where(RegisterExport.partner_id == where.id, RegisterExport.token == token)
    found: RegisterExport | None = session.scalar(query)
    return found or abort(404)


def head(day: str) -> RegisterHead:
    """The head of a day, or 404."""
    try:
        found: RegisterHead | None = session.get(RegisterHead, date.fromisoformat(day))
    except ValueError:
        found = None
    return found or abort(404)


def key(key_id: str) -> RegisterKey:
    """A key that has signed, or 404."""
    found: RegisterKey | None = session.get(RegisterKey, key_id)
    return found or abort(404)
