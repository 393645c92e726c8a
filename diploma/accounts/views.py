"""Sign-in and sign-out, activation and reset links, one's own account."""

import re

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as cookie,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user
from itsdangerous import BadSignature
from sqlalchemy import select

from diploma.accounts import access, guard, invitations, passwords, service
from diploma.accounts.forms import ChangePasswordForm, ForgotForm, NewPasswordForm, PreferencesForm, SignInForm
from diploma.accounts.models import Purpose, User, UserSession
from diploma.accounts.permissions import Permission
from diploma.core import clock, db, i18n
from diploma.core.lang import Lang
from diploma.core.web import limited

bp = Blueprint("accounts", __name__)
PARKED_SECONDS = 24 * 3600
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")  # browsers read \ as / and skip tabs and line ends


@bp.route("/sign-in", methods=["GET", "POST"])
@guard.public
@limited("sign-in", burst=10, per_minute=5, by_field="email")
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        if current_user.is_authenticated:
            return redirect(_inside(form.next.data))
    elif form.validate_on_submit():
        user = _recognise(form.email.data or "", form.password.data or "")
        if user:
            _open_session(user)
            return _resume(form.parked.data or "", user) or redirect(_inside(form.next.data))
        form.password.errors = [_("The e-mail or the password is not right. Check both, or set a new password.")]
    return render_template(
        "accounts/sign_in.html", form=form, kept=bool(form.parked.data)
    ), 200 if request.method == "GET" else 422


@bp.post("/sign-out")
@guard.signed_in
def sign_out() -> ResponseReturnValue:
    service.end_session(current_user.session_token)
    cookie.clear()
    return redirect(url_for("home.index"))


@bp.route("/forgot", methods=["GET", "POST"])
@guard.public
@limited("forgot", burst=5, per_minute=1, by_field="email")
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if form.validate_on_submit():
        service.request_reset(form.email.data or "", current_app.config["BASE_URL"])
        return render_template("accounts/sent.html")
    return render_template("accounts/forgot.html", form=form)


@bp.route("/activate/<token>", methods=["GET", "POST"], defaults={"purpose": Purpose.ACTIVATE})
@bp.route("/reset/<token>", methods=["GET", "POST"], defaults={"purpose": Purpose.RESET})
@guard.public
@limited("link", burst=20, per_minute=10)
def use_link(token: str, purpose: Purpose) -> ResponseReturnValue:
    form = NewPasswordForm()
    hashed, weak = None, None
    if form.validate_on_submit():  # argon2 before the first statement: no lock is held meanwhile
        weak = passwords.weakness(form.password.data or "", "")
        hashed = None if weak else passwords.hash_password(form.password.data or "")
    link = service.usable_link(token, purpose, lock=request.method == "POST")
    if link is None:
        return render_template("accounts/link_used.html", purpose=purpose.value, token=token), 410
    if request.method == "GET" and purpose is Purpose.ACTIVATE:
        invitations.note_opened(link)
    weak = weak or (passwords.weakness(form.password.data or "", link.user.email) if hashed else None)
    if hashed and not weak:
        service.set_password(link.user, hashed, link=link)
        _open_session(link.user)
        flash(_("Your password is set."), "ok")
        return redirect(url_for("home.dashboard"))
    if weak:
        form.password.errors = [_(weak)]
    return render_template("accounts/new_password.html", form=form, person=link.user, purpose=purpose.value)


@bp.post("/activate/<token>/again")
@guard.public
@limited("link-again", burst=5, per_minute=1)
def ask_again(token: str) -> ResponseReturnValue:
    """A fresh invitation in the place of one that works no more; the answer is the same for any token."""
    invitations.ask_again(token, current_app.config["BASE_URL"])
    return render_template("accounts/asked_again.html")


@bp.route("/account", methods=["GET", "POST"])
@guard.signed_in
def account() -> ResponseReturnValue:
    form = PreferencesForm(obj=current_user)
    form.offer_choices()
    if not guard.allowed(Permission.MARK):
        del form.work_languages
    if not form.is_submitted():  # ?lang= has just changed it, unseen by the person who was loaded before
        form.language.data = i18n.current()
    if form.validate_on_submit():
        user: User = db.session.get_one(User, current_user.id)
        user.language = Lang(form.language.data)
        user.content_language = Lang(form.content_language.data) if form.content_language.data else None
        user.submission_language = Lang(form.submission_language.data) if form.submission_language.data else None
        user.time_zone = form.time_zone.data
        if form.work_languages:
            service.say_work_languages(user, [Lang(one) for one in form.work_languages.data or []])
        flash(_("Your settings are saved."), "ok")
        return redirect(url_for("accounts.account", lang=user.language.value))
    sessions = db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == current_user.id, UserSession.revoked_at.is_(None))
        .order_by(UserSession.seen_at.desc())
    ).all()
    return render_template(
        "accounts/account.html",
        form=form,
        sessions=sessions,
        here=g.user_session.id,
        translates=access.translates(current_user),
        approves=access.approves(current_user),
        active="account",
    )


@bp.post("/account/sessions/<int:session_id>/end")
@guard.signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    row = db.session.get(UserSession, session_id)
    if row is None or row.user_id != current_user.id:
        abort(404)
    service.end_sessions(current_user, only=row.id)
    flash(_("The session is ended."), "ok")
    return redirect(url_for("accounts.account"))


@bp.route("/account/password", methods=["GET", "POST"])
@guard.signed_in
@limited("password", burst=10, per_minute=5)
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        weak = passwords.weakness(form.password.data or "", current_user.email)
        if not passwords.matches(form.current.data or "", current_user.password_hash):
            form.current.errors = [_("This is not your present password.")]
        elif weak:
            form.password.errors = [_(weak)]
        else:
            hashed = passwords.hash_password(form.password.data or "")
            user = db.session.get_one(User, current_user.id)
            service.set_password(user, hashed)
            _open_session(user)
            flash(_("Your password is changed; all other sessions are ended."), "ok")
            return redirect(url_for("accounts.account"))
    return render_template("accounts/change_password.html", form=form, active="account")


def _recognise(email: str, password: str) -> User | None:
    """The person behind an address and a password. The hash is checked outside of any transaction."""
    with db.reading() as own:
        found = own.scalar(select(User).where(User.email == email.strip().casefold()))
    good = passwords.matches(password, found.password_hash if found else None)
    return db.session.get(User, found.id) if found and good and found.is_active else None


def _open_session(user: User) -> None:
    language = cookie.get("lang")
    cookie.clear()  # nothing of the visitor's session survives: no fixation
    g.pop("csrf_token", None)  # the forms of this answer belong to the session that begins now
    if language:
        cookie["lang"] = language
    user.session_token = service.start_session(user, agent=request.user_agent.string, address=request.remote_addr or "")
    login_user(user)


def _resume(parked: str, user: User) -> ResponseReturnValue | None:
    """The page that gives a kept form back to the person who has signed in again, and to nobody else."""
    if not parked:
        return None
    try:
        kept = guard.parked().loads(parked, max_age=PARKED_SECONDS)
    except BadSignature:
        return None
    if kept["owner"] != user.id:
        return None
    return render_template("accounts/resume.html", path=kept["path"], fields=kept["fields"], at=clock.now())


def _inside(target: str | None) -> str:
    """Only an address of this site is followed; anything else leads to the dashboard."""
    return target if target and _LOCAL.fullmatch(target) else url_for("home.dashboard")
