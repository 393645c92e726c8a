"""The discussions of a cohort: the list, a thread, writing, following."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import clock, i18n, listing
from diploma.core.errors import Refused
from diploma.discussions import access, following, notices, queries, service
from diploma.discussions.access import Place
from diploma.discussions.forms import NoticeForm, PostForm, ThreadForm, module_choices
from diploma.discussions.models import Notice, Thread
from diploma.discussions.pages import bp, hurried, modules, new_key, page, page_number


@bp.get("/cohorts/<slug>/discussions")
@guard.needs(Permission.DISCUSS)
def forum(slug: str) -> ResponseReturnValue:
    """The threads, the latest post first; ``?module=`` and ``?q=`` narrow them down."""
    where = access.place(current_user, slug)
    asked = request.args.get("module", "")
    module = asked if asked in {one.id for one in modules(where)} else ""
    search = request.args.get("q", "")[: listing.LONGEST]
    threads = queries.threads(where, module, search, page_number())
    return page("forum", where, threads=threads, module=module, search=search)


@bp.route("/cohorts/<slug>/discussions/new", methods=["GET", "POST"])
@guard.needs(Permission.DISCUSS)
def new_thread(slug: str) -> ResponseReturnValue:
    if refused := hurried():
        return refused
    where = access.place(current_user, slug)
    form = ThreadForm(language=current_user.writing_language().value, key=new_key())
    form.module.choices = module_choices(modules(where))
    if form.validate_on_submit():
        try:
            made = service.open_thread(
                where.cohort,
                form.title.data or "",
                form.module.data,
                form.written(),
                key=form.key.data or "",
                by=current_user,
            )
            return redirect(url_for(".thread", slug=slug, thread_id=made.id))
        except Refused as refusal:
            form.refuse(refusal)
            return page("new_thread", where, form=form), refusal.status
    return page("new_thread", where, form=form), 422 if form.errors else 200


@bp.route("/cohorts/<slug>/discussions/<int:thread_id>", methods=["GET", "POST"])
@guard.needs(Permission.DISCUSS)
def thread(slug: str, thread_id: int) -> ResponseReturnValue:
    """A page of a thread, and the form below it; ``?answer=`` is the number of the post that is answered."""
    if refused := hurried():
        return refused
    where = access.place(current_user, slug)
    found = access.thread(where, thread_id)
    form = PostForm(language=current_user.writing_language().value, key=new_key())
    if request.method == "GET":
        asked = request.args.get("answer", "")
        form.quoted.data = int(asked) if asked.isdecimal() and len(asked) < 10 and int(asked) <= found.posts else None
    elif form.validate():
        try:
            made = service.answer(found, form.written(), key=form.key.data or "", by=current_user)
            return redirect(_address(found, made.number))
        except Refused as refusal:
            form.refuse(refusal)
            return _thread_page(where, found, form), refusal.status
    return _thread_page(where, found, form), 422 if form.errors else 200


@bp.post("/cohorts/<slug>/discussions/<int:thread_id>/follow")
@guard.needs(Permission.DISCUSS)
def follow(slug: str, thread_id: int) -> ResponseReturnValue:
    """``follow`` in the form is 1 to follow the thread, anything else ends it."""
    found = access.thread(access.place(current_user, slug), thread_id)
    follows = request.form.get("follow") == "1"
    following.follow(found, current_user, follows)
    flash(_("You follow this discussion.") if follows else _("You no longer follow this discussion."), "ok")
    return redirect(_address(found))


@bp.post("/cohorts/<slug>/discussions/<int:thread_id>/lock")
@guard.needs(Permission.MODERATE)
def lock(slug: str, thread_id: int) -> ResponseReturnValue:
    """``lock`` in the form is 1 to close the thread, anything else opens it again."""
    found = access.thread(access.place(current_user, slug, Permission.MODERATE), thread_id)
    locked = request.form.get("lock") == "1"
    service.lock(found, locked, by=current_user)
    flash(_("The discussion is closed. It can still be read.") if locked else _("The discussion is open again."), "ok")
    return redirect(_address(found))


@bp.route("/cohorts/<slug>/discussions/mails", methods=["GET", "POST"])
@guard.needs(Permission.DISCUSS)
def mails(slug: str) -> ResponseReturnValue:
    """What a person follows in this cohort, and how they hear of it."""
    where = access.place(current_user, slug)
    held = following.member(where.cohort.id, current_user.id)
    form = NoticeForm(follows_all=bool(held and held.follows_all), notice=(held.notice if held else Notice.DAILY).value)
    if form.validate_on_submit():
        notice = Notice(form.notice.data)
        following.choose(where.cohort, current_user, follows_all=bool(form.follows_all.data), notice=notice)
        flash(_("Your choice is saved."), "ok")
        return redirect(url_for(".forum", slug=slug))
    return page("mails", where, form=form), 422 if form.errors else 200


@bp.route("/unfollow/<token>", methods=["GET", "POST"])
@guard.public
def unfollow(token: str) -> ResponseReturnValue:
    """The link at the end of a mail. It ends nothing by being opened: programmes open links too."""
    found = notices.stopped(token)
    if found is None:
        return render_template("discussions/unfollow.html", found=None, active=""), 404
    if request.method == "POST":
        notices.stop(token)
        return render_template("discussions/unfollow.html", found=found, done=True, active="")
    return render_template("discussions/unfollow.html", found=found, done=False, active="")


def _thread_page(where: Place, found: Thread, form: PostForm) -> str:
    asked = page_number()
    talk = queries.discussion(where, found, asked)
    return page(
        "thread",
        where,
        thread=found,
        title_hidden=queries.title_hidden(found),
        talk=talk,
        form=form,
        follows=following.follows(found, current_user),
        now=clock.now(),
        page_of=notices.page_of,
        own_language=i18n.current(),
    )


def _address(found: Thread, number: int = 0) -> str:
    """The page of a thread on which a post stands."""
    base = url_for(".thread", slug=found.cohort.slug, thread_id=found.id)
    return f"{base}{notices.page_of(number)}#post-{number}" if number else base
