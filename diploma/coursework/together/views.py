"""The page on which a marker gives single members of a group more or less than the mark of the group."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core.errors import N_, Refused
from diploma.coursework import access
from diploma.coursework.allocation import anonymity
from diploma.coursework.models import Marking
from diploma.coursework.queue_pages import query
from diploma.coursework.rules import Adjustment
from diploma.coursework.together import adjusting, following, members
from diploma.coursework.together.forms import AdjustForm, Entry

bp = Blueprint("together", __name__)


@bp.route("/marking/<int:marking_id>/members", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def adjust(marking_id: int) -> ResponseReturnValue:
    """The members of a group with their points; each change needs a reason."""
    row, form = access.marking(current_user, marking_id), AdjustForm()
    if not adjusting.most(row):
        abort(404)
    everybody = members.markings(row)
    if not form.validate_on_submit():
        form.seen.data = adjusting.seen(row)
        return _page(row, form, {one.id: _stored(one) for one in everybody})
    typed = {one.id: form.entry(one.id) for one in everybody}
    try:
        wanted = {one.id: _read(one, typed[one.id]) for one in everybody}
        adjusting.adjust(row, wanted, shown=form.seen.data or "", by=current_user)
    except Refused as refused:
        form.refuse(refused)
        form.seen.data = adjusting.seen(row)
        return _page(row, form, typed, refused.status)
    flash(_("The points of the members are saved."), "ok")
    return redirect(url_for("marking.script", marking_id=row.id, **query()))


def _read(one: Marking, typed: Entry) -> Adjustment:
    """The points as they were typed; :class:`Refused` for what is no whole number."""
    if typed.read is None:
        raise Refused(N_("%(receipt)s: give whole points, such as 5 or -5."), receipt=one.work.receipt)
    return typed.read


def _stored(one: Marking) -> Entry:
    held = following.adjustment(one)
    return Entry(f"{held.points:+d}", held.reason) if held else Entry("", "")


def _page(row: Marking, form: AdjustForm, entries: dict[int, Entry], status: int = 200) -> ResponseReturnValue:
    hidden = anonymity.is_hidden(row, current_user)
    page = render_template(
        "coursework/together/adjust.html",
        row=row,
        form=form,
        entries=[(one, entries[one.id], _called(one, hidden)) for one in members.markings(row)],
        most=adjusting.most(row),
        is_open=row.state in adjusting.OPEN,
        author=anonymity.author(row, current_user),
        query=query(),
        active="marking",
    )
    return page, status


def _called(one: Marking, hidden: bool) -> str:
    return one.work.receipt if hidden else str(one.work.submission.enrolment.user.display_name)
