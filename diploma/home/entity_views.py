"""The pages of line managers: their entities, the people of each, and the same list as a file."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import labels
from diploma.cohorts.entities import access as entity_access
from diploma.core import i18n, listing
from diploma.home import entities, entity_files
from diploma.learning import catalogue

bp = Blueprint("entities", __name__)


@bp.get("/entities/")
@guard.needs(Permission.SEE_ENTITY)
def index() -> ResponseReturnValue:
    """The entities that a person looks after, as a tree, each with how many people it has and how many are behind."""
    found = [entities.overview(one) for one in entity_access.scopes(current_user)]
    return render_template("home/entities.html", found=found, labels=labels, active="entities")


@bp.get("/entities/<int:entity_id>")
@guard.needs(Permission.SEE_ENTITY)
def people(entity_id: int) -> ResponseReturnValue:
    """The people of an entity and of all below it, as of today."""
    scope, entity = entity_access.entity(current_user, entity_id)
    seen, lang = entities.overview(scope), i18n.current()
    only_behind = request.args.get("behind") == "1"
    asked = listing.asked(request.args, (), "")
    return render_template(
        "home/entity.html",
        seen=seen,
        scope=scope,
        entity=entity,
        people=entities.people(seen, entity_id, asked, lang, only_behind=only_behind),
        children=scope.tree.sorted([one.id for one in scope.tree.children(entity_id)], lang),
        above=[one for one in reversed(scope.tree.above(entity_id)) if one in scope.seen],
        only_behind=only_behind,
        content=catalogue.content,
        labels=labels,
        active="entities",
    )


@bp.get("/entities/<int:entity_id>/people.xlsx")
@guard.needs(Permission.SEE_ENTITY)
def people_file(entity_id: int) -> ResponseReturnValue:
    """The whole list of the page, whatever page of it is shown; with the same search."""
    scope, _entity = entity_access.entity(current_user, entity_id)
    seen, lang, only_behind = entities.overview(scope), i18n.current(), request.args.get("behind") == "1"
    asked = listing.asked(request.args, (), "")
    found = entities.people(seen, entity_id, asked, lang, only_behind=only_behind, whole=True)
    data = entity_files.people(found.rows, lang, i18n.fmt(), _)
    headers = {"Content-Disposition": f'attachment; filename="people-{entity_id}.xlsx"'}
    return Response(data, mimetype=entity_files.TYPE, headers=headers)
