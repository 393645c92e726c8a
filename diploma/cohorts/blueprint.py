"""The two blueprints of this feature. ``views`` and ``staff_views`` bring the parts of each together."""

from flask import Blueprint, request

from diploma.cohorts import labels

bp = Blueprint("cohorts", __name__)  # work with a cohort: people, imports, sessions
staff = Blueprint("cohorts_staff", __name__)  # setting up: partners, entities, cohorts, dates, roles
for _part in (bp, staff):
    _part.context_processor(lambda: {"labels": labels})


def page_number() -> int:
    """The page of a list that this address asks for; anything else is the first."""
    return max(1, request.args.get("page", 1, int))
