"""The pages of a marker's own comment bank."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import i18n
from diploma.core.errors import Refused
from diploma.core.lang import LANGS, Lang
from diploma.core.text import fold
from diploma.coursework import access, bank, queue_pages
from diploma.coursework.forms import BankForm
from diploma.coursework.models import BankComment

bp = Blueprint("bank", __name__, url_prefix="/marking/comments")


@bp.get("/")
@guard.needs(Permission.MARK)
def index() -> ResponseReturnValue:
    """One's own comments, the most used first; ``q`` finds a part of any of their texts in any script."""
    held, q = bank.of(current_user), fold(request.args.get("q", ""))
    shown = [one for one in held if any(q in fold(text) for text in one.texts.values())]
    return render_template(
        "coursework/bank.html",
        held=len(held),
        rows=[(one, *bank.worded(one, i18n.current())) for one in shown],
        titles=dict(queue_pages.titles()),
        tags={one.value: one for one in LANGS},
        active="marking",
    )


@bp.route("/new", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def add() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/<int:comment_id>", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def edit(comment_id: int) -> ResponseReturnValue:
    return _edit(access.bank_comment(current_user, comment_id))


@bp.route("/<int:comment_id>/delete", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def delete(comment_id: int) -> ResponseReturnValue:
    comment = access.bank_comment(current_user, comment_id)
    if request.method == "POST":
        bank.delete(comment)
        flash(_("The comment is deleted."), "ok")
        return redirect(url_for("bank.index"))
    return render_template(
        "confirm.html",
        title=_("Delete this comment?"),
        text=bank.worded(comment, i18n.current())[1],
        submit=_("Delete"),
        back=url_for("bank.index"),
        danger=True,
        active="marking",
    )


def _edit(comment: BankComment | None) -> ResponseReturnValue:
    """Write a comment in up to five languages; what is refused stays in the form."""
    form = BankForm(data=_present(comment) if comment else None)
    form.module.choices = [SelectChoice("", _("All modules")), *(SelectChoice(*one) for one in queue_pages.titles())]
    if form.validate_on_submit():
        try:
            _save(comment, form.texts(), form.module.data or None)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The comment is saved."), "ok")
            return redirect(url_for("bank.index"))
    page = render_template("coursework/bank_comment.html", form=form, comment=comment, active="marking")
    return page, 422 if request.method == "POST" else 200


def _save(comment: BankComment | None, texts: dict[Lang, str], module: str | None) -> None:
    if comment:
        bank.change(comment, texts, module)
    else:
        bank.keep(current_user, texts, module)


def _present(comment: BankComment) -> dict[str, str]:
    return {"module": comment.module or "", **{Lang(tag).babel: text for tag, text in comment.texts.items()}}
