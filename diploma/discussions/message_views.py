"""Messages to a selection of people: chosen, written, looked at, sent; and what a person has got."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import labels
from diploma.cohorts import standings as people
from diploma.cohorts.standings import Standing
from diploma.core import clock, db, i18n, listing
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.discussions import access, messages, notices, queries, rules
from diploma.discussions.access import Place
from diploma.discussions.forms import MessageForm, module_choices
from diploma.discussions.models import Message, MessageRecipient
from diploma.discussions.pages import bp, hurried, modules, page, page_number


@bp.get("/cohorts/<slug>/messages")
@guard.needs(Permission.WRITE_TO_PEOPLE)
def sent(slug: str) -> ResponseReturnValue:
    """What was sent to people of the cohort, and one's own drafts."""
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    return page("sent", where, rows=queries.sent(where, page_number()), pick=rules.pick)


@bp.get("/cohorts/<slug>/messages/people")
@guard.needs(Permission.WRITE_TO_PEOPLE)
def choose(slug: str) -> ResponseReturnValue:
    """The people of a cohort to be ticked; ``?standing=`` and ``?q=`` narrow them down as on their own list."""
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    asked = listing.asked(request.args, people.PEOPLE, "name")
    standing = _standing()
    return page(
        "choose",
        where,
        people=people.members(where.cohort, asked, i18n.current(), standing=standing),
        standing=standing,
        standings=people.standings(where.cohort),
        words=labels.STANDINGS,
    )


@bp.post("/cohorts/<slug>/messages/begin")
@guard.needs(Permission.WRITE_TO_PEOPLE)
def begin(slug: str) -> ResponseReturnValue:
    """A draft for the people ticked in a list (``enrolment``), or for all whom the list found (``everybody``)."""
    if refused := hurried():
        return refused
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    try:
        draft = messages.begin(where.cohort, _chosen(where), by=current_user)
    except Refused as refusal:
        flash(i18n.reason(refusal.message, refusal.params), "warn")
        return redirect(url_for(".choose", slug=slug))
    return redirect(url_for(".write", slug=slug, message_id=draft.id))


@bp.route("/cohorts/<slug>/messages/<int:message_id>/write", methods=["GET", "POST"])
@guard.needs(Permission.WRITE_TO_PEOPLE)
def write(slug: str, message_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    draft = access.draft(where, message_id)
    form = MessageForm()
    form.module.choices = module_choices(modules(where))
    if request.method == "GET":
        form.show_message(draft)
    elif form.validate():
        try:
            texts = form.texts(where.cohort.languages)
            messages.write(draft, texts, form.module.data, version=form.version.data or 0)
            return redirect(url_for(".message", slug=slug, message_id=draft.id))
        except Refused as refusal:
            form.refuse(refusal)
            form.version.data = draft.version
            return _write_page(where, draft, form), refusal.status
    return _write_page(where, draft, form), 422 if form.errors else 200


@bp.get("/cohorts/<slug>/messages/<int:message_id>")
@guard.needs(Permission.WRITE_TO_PEOPLE)
def message(slug: str, message_id: int) -> ResponseReturnValue:
    """A draft as each language's readers will see it; of a sent message also what became of it."""
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    found = access.message(where, message_id)
    return page(
        "message",
        where,
        message=found,
        previews=_previews(found),
        rows=queries.recipients(found, page_number()),
        own=found.writer_id == current_user.id,
    )


@bp.post("/cohorts/<slug>/messages/<int:message_id>/send")
@guard.needs(Permission.WRITE_TO_PEOPLE)
def send(slug: str, message_id: int) -> ResponseReturnValue:
    if refused := hurried():
        return refused
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    draft = access.draft(where, message_id)
    back = url_for(".message", slug=slug, message_id=draft.id)
    work = messages.send(draft, back=back, by=current_user)
    return redirect(url_for("jobs.job", token=work.token))


@bp.post("/cohorts/<slug>/messages/<int:message_id>/discard")
@guard.needs(Permission.WRITE_TO_PEOPLE)
def discard(slug: str, message_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.WRITE_TO_PEOPLE)
    messages.discard(access.draft(where, message_id))
    flash(_("The draft is deleted."), "ok")
    return redirect(url_for(".sent", slug=slug))


@bp.get("/messages/")
@guard.signed_in
def inbox() -> ResponseReturnValue:
    """What a person got, in every cohort: mails get lost."""
    return render_template(
        "discussions/inbox.html", rows=queries.received(current_user, page_number()), active="messages"
    )


@bp.get("/messages/<int:recipient_id>")
@guard.signed_in
def received(recipient_id: int) -> ResponseReturnValue:
    """One message; to open it is to have read it."""
    found = access.received(current_user, recipient_id)
    answer = render_template("discussions/received.html", found=found, active="messages")
    if found.read_at is None:
        db.session.commit()  # the reading transaction ends before the writing one begins
        with db.aside() as own:
            own.get_one(MessageRecipient, found.id).read_at = clock.now()
    return answer


def _standing() -> Standing | None:
    asked = request.values.get("standing", "")
    return Standing(asked) if asked in {*Standing} else None


def _chosen(where: Place) -> set[int]:
    """Enrolment ids from a form: those ticked; with ``everybody`` the ids that it names, or all that its list finds."""
    everybody = request.form.get("everybody")
    if everybody is None:
        return set(request.form.getlist("enrolment", int))
    if everybody != "found":
        return {int(one) for one in everybody.split(",") if one.isdecimal() and len(one) < 10}
    search = request.form.get("q", "")[: listing.LONGEST]
    return set(people.found(where.cohort, search, standing=_standing()))


def _previews(found: Message) -> list[tuple[Lang, int, MessageRecipient, tuple[Lang, str, str]]]:
    """By language of the recipients: how many, the first of them, and the message as that one reads it."""
    if not found.texts:
        return []
    counts, firsts = messages.languages(found), messages.examples(found)
    return [(lang, counts[lang], one, notices.as_read(found, one.enrolment.user)) for lang, one in firsts.items()]


def _write_page(where: Place, draft: Message, form: MessageForm) -> str:
    return page("write", where, draft=draft, form=form, readers=messages.languages(draft))
