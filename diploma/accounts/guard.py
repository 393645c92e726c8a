"""Who is asking, and may they? Every view carries exactly one of these marks; a test walks the URL map.

``@needs(Permission.X)`` asks for a permission on some scope (which object, is for ``access`` to say);
``@signed_in`` asks for any account; ``@public`` asks for nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from diploma.accounts.forms import SignInForm
from diploma.accounts.models import User, UserSession
from diploma.accounts.permissions import Permission
from diploma.accounts.service import TOUCH, token_hash
from diploma.core import clock, db, i18n
from diploma.core.web import SAFE

View = TypeVar("View", bound=Callable[..., Any])
login = LoginManager()
PARK_LIMIT = 200_000  # characters of a form that survive an expired session

_SESSION = (  # asked by every request: built once, which costs more than to run it
    select(UserSession)
    .where(UserSession.token_hash == bindparam("token_hash"))
    .options(joinedload(UserSession.user).joinedload(User.grants))
)


def init_app(app: Flask) -> None:
    login.init_app(app)
    login.session_protection = None  # our session rows are the protection: revocable, expiring, listed
    login.user_loader(_load)
    app.before_request(_identify)


def public(view: View) -> View:
    view.__dict__["permission"] = "public"
    return view


def signed_in(view: View) -> View:
    return _guarded(view, None)


def needs(permission: Permission) -> Callable[[View], View]:
    return lambda view: _guarded(view, permission)


def allowed(permission: Permission) -> bool:
    """Whether the person of this request holds the permission on some scope; templates use it too."""
    user = current_user._get_current_object()
    if not isinstance(user, User):
        return False
    known: dict[User, frozenset[Permission]] = g.setdefault("rights", {})  # every page asks for a dozen
    if user not in known:
        known[user] = user.rights(clock.now())
    return permission in known[user]


def parked() -> URLSafeTimedSerializer:
    """Signs the fields of a form that arrived after its session had ended."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="parked form")


def _guarded(view: View, permission: Permission | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if permission is not None and not allowed(permission):
            abort(403)
        return view(*args, **kwargs)

    guarded.__dict__["permission"] = permission.value if permission else "signed-in"
    return guarded  # type: ignore[return-value]


def _ask_to_sign_in() -> ResponseReturnValue:
    """A page becomes a redirect; a form that was being sent is kept and comes back after the sign-in."""
    if request.method in SAFE:
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    token = _park()
    form = SignInForm(formdata=None, parked=token)
    return render_template("accounts/sign_in.html", form=form, kept=bool(token)), 401


def _park() -> str:
    """The fields of this request for the person whose session has ended; empty when there is nobody or nothing to keep.

    They stand readable in the page, so a form with passwords is never kept.
    """
    owner = g.get("former_user_id")
    fields = [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]
    small = 0 < sum(len(value) for _, value in fields) <= PARK_LIMIT
    if owner is None or not small or request.blueprint == "accounts":
        return ""
    kept: str = parked().dumps({"owner": owner, "path": request.full_path.rstrip("?"), "fields": fields})
    return kept


def _load(token: str) -> User | None:
    row = db.session.scalars(_SESSION, {"token_hash": token_hash(token)}).unique().one_or_none()
    lifetime = timedelta(hours=current_app.config["SESSION_HOURS"])
    if row is None:
        return None
    if row.revoked_at or row.seen_at + lifetime < clock.now() or not row.user.is_active:
        g.former_user_id = row.user_id
        return None
    g.user_session = row
    row.user.session_token = token
    user: User = row.user
    return user


def _identify() -> None:
    """Load the person before the view; note now and then that the session is in use, and a newly chosen language."""
    if request.endpoint == "static" or not current_user.is_authenticated:
        return
    row, chosen, now = g.user_session, i18n.chosen(), clock.now()
    i18n.prefer(current_user.language)
    if row.seen_at + TOUCH < now or (chosen and chosen is not current_user.language):
        with db.aside() as own:
            person = own.get_one(User, row.user_id)
            own.get_one(UserSession, row.id).seen_at = person.last_seen_at = now
            person.language = chosen or person.language
    db.session.commit()  # a body may arrive slowly: no transaction stays open meanwhile
