"""The one page of all forms with which staff set up a partner, and the places above it."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from diploma.cohorts.models import Entity, Partner
from diploma.core import i18n

Trail = list[tuple[str, str]]


def partner_trail(partner: Partner) -> Trail:
    return [
        (_("Partners"), url_for("cohorts_staff.partners")),
        (partner.name(i18n.current()), url_for("cohorts_staff.partner", slug=partner.slug)),
    ]


def entity_trail(entity: Entity) -> Trail:
    page = url_for("cohorts_staff.entity", slug=entity.partner.slug, entity_id=entity.id)
    return [*partner_trail(entity.partner), (entity.name(i18n.current()), page)]


def form_page(form: Any, title: str, submit: str, trail: Trail, **more: Any) -> ResponseReturnValue:
    """The last place of the trail is the way back."""
    page = render_template(
        "cohorts/form.html",
        form=form,
        title=title,
        submit=submit,
        trail=trail,
        back=trail[-1][1],
        active="partners",
        **more,
    )
    return page, 422 if form.errors else 200
