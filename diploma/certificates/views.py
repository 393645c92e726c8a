"""Certificates of a holder, the registrar's work on a cohort, and public verification."""

import secrets
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.formparser import FormDataParser

from diploma.accounts import guard
from diploma.accounts.access import reach
from diploma.accounts.forms import ReasonForm
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.certificates import (
    access,
    bulk,
    forms,
    history,
    issuers,
    overview,
    printed,
    queries,
    rules,
    service,
    subscriptions,
    verification,
)
from diploma.certificates.models import Certificate
from diploma.certificates.overview import Group
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock, db, i18n, mail, ratelimit, web
from diploma.core.errors import N_
from diploma.core.lang import LANGS
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import ModuleResult
from diploma.learning import catalogue

bp = Blueprint("certificates", __name__)

# Looks at the verification pages, per address: enough for an office that checks a whole cohort, useless for guessing.
VERIFY_BURST, VERIFY_PER_MINUTE = 60, 30

# step → (service verb, question, what follows, verb of the button, what the message says afterwards)
STEPS: dict[str, tuple[Callable[..., Any], str, str, str, str]] = {
    "revoke": (
        service.revoke,
        N_("Revoke this certificate?"),
        N_("Whoever checks it will see that it is revoked, since when and why. This cannot be undone."),
        N_("Revoke"),
        N_("Certificate %(serial)s is revoked."),
    ),
    "suspend": (
        service.suspend,
        N_("Suspend this certificate?"),
        N_("Whoever checks it will see that it is suspended, until you end the suspension."),
        N_("Suspend"),
        N_("Certificate %(serial)s is suspended."),
    ),
    "resume": (
        service.resume,
        N_("End the suspension of this certificate?"),
        N_("Whoever checks it will see again that it is valid."),
        N_("End suspension"),
        N_("Certificate %(serial)s is valid again."),
    ),
    "reissue": (
        service.reissue,
        N_("Reissue this certificate?"),
        N_(
            "A new version with the names below replaces it. "
            "Whoever checks the earlier one will see that it was replaced."
        ),
        N_("Reissue"),
        N_("Certificate %(serial)s is replaced by a new version."),
    ),
}


class _InMemory(FormDataParser):
    """Keeps an uploaded file in memory: what a visitor compares never reaches the disk."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"stream_factory": lambda **_: BytesIO()})


@bp.url_value_preprocessor
def _bound_verification(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body: the public upload is small."""
    if endpoint == "certificates.verify":
        request.max_content_length = verification.LARGEST_FILE + 100_000  # the rest of the form
        request.form_data_parser_class = _InMemory


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    return {
        "title_of": printed.title,
        "names_of": printed.confirmed_names,
        "issuers_of": issuers.of,
        "is_drawn": subscriptions.is_drawn,
    }


# ---- the holder


@bp.get("/certificates/")
@guard.signed_in
def index() -> ResponseReturnValue:
    """One's own certificates, and for staff the cohorts in reach."""
    mine = access.own(current_user)
    waiting = [one for one in mine if one.serial is None and printed.unconfirmed(one.enrolment)]
    staffed = []
    if reach(current_user, Permission.SEE_CERTIFICATES):
        query = cohorts.visible_cohorts(current_user, Permission.SEE_CERTIFICATES)
        staffed = list(db.session.scalars(query.order_by(Cohort.starts_on.desc(), Cohort.id)))
    return render_template(
        "certificates/pages/index.html",
        mine=mine,
        waiting=waiting,
        histories=history.histories(mine),
        studies=[one for one in overview.studies(cohorts.own_enrolments(current_user)) if one.free],
        cohorts=staffed,
        states=overview.states(staffed),
        active="certificates",
    )


@bp.route("/certificates/names", methods=["GET", "POST"])
@guard.signed_in
def names() -> ResponseReturnValue:
    """The holder confirms the name in each language of the certificates that they may get."""
    user = db.session.get_one(User, current_user.id)
    enrolled = cohorts.own_enrolments(user)
    wanted = [lang for lang in LANGS if any(lang in printed.languages(one.cohort) for one in enrolled)]
    form = forms.names_form(wanted, user)
    if form.validate_on_submit():
        for lang in wanted:
            service.confirm_name(user, lang, form[forms.field_name(lang)].data, by=user)
        flash(_("Your names are confirmed. Certificates will be printed with them exactly as they stand here."), "ok")
        return redirect(url_for("certificates.index"))
    page = render_template(
        "certificates/pages/names.html",
        form=form,
        wanted=wanted,
        field_name=forms.field_name,
        confirmed=printed.confirmed_names(user),
        active="certificates",
    )
    return page, 422 if form.errors else 200


@bp.post("/certificates/transcripts/<int:enrolment_id>")
@guard.signed_in
def ask_transcript(enrolment_id: int) -> ResponseReturnValue:
    """The holder asks for a transcript of their study in one cohort."""
    service.draft(cohorts.own_enrolment(current_user, enrolment_id), rules.TRANSCRIPT, by=current_user)
    flash(_("Your transcript is being prepared. You will be told by mail when it is issued."), "ok")
    return redirect(url_for("certificates.index"))


@bp.get("/certificates/<serial>.pdf")
@guard.public
def pdf(serial: str) -> ResponseReturnValue:
    """The issued file, for its holder and for staff in reach; for everybody else it does not exist."""
    certificate = access.document(current_user, serial)
    if not subscriptions.is_drawn(certificate):
        subscriptions.draw_again(certificate)
        serial = mail.isolate(certificate.serial or "")
        return render_template("certificates/pages/preparing.html", serial=serial, active="certificates"), 202
    answer = Response(subscriptions.read(certificate), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{certificate.serial}.pdf"'
    return answer


# ---- the registrar


@bp.get("/certificates/cohorts/<slug>")
@guard.needs(Permission.SEE_CERTIFICATES)
def cohort(slug: str) -> ResponseReturnValue:
    """Who of a cohort waits for what; one group at a time."""
    found = cohorts.cohort(current_user, slug, Permission.SEE_CERTIFICATES)
    groups = overview.groups(found)
    group = Group(request.args["group"]) if request.args.get("group") in set(Group) else _first(groups)
    return render_template(
        "certificates/pages/cohort.html",
        cohort=found,
        groups=groups,
        group=group,
        Group=Group,
        lines=groups[group],
        histories=history.histories([line.certificate for line in groups[group] if line.certificate]),
        issuers=issuers.of(found),
        texts=rules.TEXTS,
        may=partial(_may, found),
        approvable=_approvable(found, groups[Group.APPROVAL]),
        results=_results(groups[group]) if group is Group.INELIGIBLE else {},
        content=catalogue.content(found.revision_id),
        lang=current_user.content_language or i18n.current(),
        diploma_waits=overview.diploma_waits(found),
        active="certificates",
    )


@bp.post("/certificates/cohorts/<slug>/draft")
@guard.needs(Permission.ISSUE_CERTIFICATE)
def draft(slug: str) -> ResponseReturnValue:
    found = cohorts.cohort(current_user, slug, Permission.ISSUE_CERTIFICATE)
    count = len(service.draft_eligible(found, by=current_user))
    flash(ngettext("%(num)s certificate is drafted.", "%(num)s certificates are drafted.", count), "ok")
    return redirect(url_for("certificates.cohort", slug=slug))


@bp.route("/certificates/cohorts/<slug>/transcripts", methods=["GET", "POST"])
@guard.needs(Permission.ISSUE_CERTIFICATE)
def transcripts(slug: str) -> ResponseReturnValue:
    """Draft transcripts for chosen people; from then on they are approved and issued like every certificate."""
    found = cohorts.cohort(current_user, slug, Permission.ISSUE_CERTIFICATE)
    if request.method == "POST":
        chosen = access.people(found, request.form.getlist("person", type=int))
        count = service.draft_transcripts(chosen, by=current_user)
        flash(
            ngettext("%(num)s transcript is drafted.", "%(num)s transcripts are drafted.", count),
            "ok" if count else "warn",
        )
        return redirect(url_for("certificates.transcripts", slug=slug))
    studies = overview.studies(queries.enrolments(found))
    return render_template("certificates/pages/transcripts.html", cohort=found, studies=studies, active="certificates")


@bp.post("/certificates/cohorts/<slug>/approve")
@guard.needs(Permission.APPROVE_CERTIFICATE)
def approve(slug: str) -> ResponseReturnValue:
    found = cohorts.cohort(current_user, slug, Permission.APPROVE_CERTIFICATE)
    chosen = access.chosen(current_user, found, _ids(), Permission.APPROVE_CERTIFICATE)
    count = service.approve_all(chosen, request.form.get("issuer", ""), by=current_user)
    flash(
        ngettext("%(num)s certificate is approved.", "%(num)s certificates are approved.", count),
        "ok" if count else "warn",
    )
    return redirect(url_for("certificates.cohort", slug=slug))


@bp.route("/certificates/cohorts/<slug>/issue", methods=["GET", "POST"])
@guard.needs(Permission.ISSUE_CERTIFICATE)
def issue(slug: str) -> ResponseReturnValue:
    """Ask, then order the issue of what was chosen; the page of the work says what becomes of each."""
    found = cohorts.cohort(current_user, slug, Permission.ISSUE_CERTIFICATE)
    chosen = access.chosen(current_user, found, _ids(), Permission.ISSUE_CERTIFICATE)
    if not chosen:
        flash(_("Choose the certificates first."), "warn")
        return redirect(url_for("certificates.cohort", slug=slug, group=Group.READY.value))
    if request.method == "GET":
        key = secrets.token_urlsafe(16)
        return render_template(
            "certificates/pages/issue.html", cohort=found, chosen=chosen, key=key, active="certificates"
        )
    back = url_for("certificates.cohort", slug=slug, group=Group.ISSUED.value)
    work = bulk.issue(found, chosen, back=back, key=request.form.get("key", ""), by=current_user)
    return redirect(url_for("jobs.job", token=work.token))


@bp.route("/certificates/<serial>/<any(revoke, suspend, resume, reissue):step>", methods=["GET", "POST"])
@guard.needs(Permission.REVOKE_CERTIFICATE)
def change(serial: str, step: str) -> ResponseReturnValue:
    """A step after the issue, asked on a page of its own, with the reason."""
    certificate = access.for_step(current_user, serial, Permission.REVOKE_CERTIFICATE)
    verb, question, follows, button, done = STEPS[step]
    back = url_for("certificates.cohort", slug=certificate.enrolment.cohort.slug, group=Group.ISSUED.value)
    form = ReasonForm()
    if form.validate_on_submit():
        verb(certificate, form.reason.data, by=current_user)
        flash(_(done, serial=mail.isolate(serial)), "ok")
        return redirect(back)
    page = render_template(
        "confirm.html",
        title=_(question),
        text=_(follows),
        submit=_(button),
        back=back,
        form=form,
        facts=_facts(certificate, step),
        danger=step == "revoke",
        active="certificates",
    )
    return page, 422 if form.errors else 200


# ---- verification


@bp.route("/verify", methods=["GET", "POST"])
@guard.public
@web.limited("verify", burst=VERIFY_BURST, per_minute=VERIFY_PER_MINUTE)
def verify() -> ResponseReturnValue:
    """Ask about a code or a PDF; both are answered on this page."""
    sent = request.files.get("file")
    if sent and sent.filename:
        return _tell(verification.of_file(sent.stream.read()))
    code = request.values.get("code", "").strip()
    if code:
        return (request.method == "GET" and _too_many()) or _tell(verification.of_code(code))
    return _page(None, 422 if request.method == "POST" else 200)


@bp.get("/verify/<token>")
@guard.public
def show(token: str) -> ResponseReturnValue:
    """Where the QR code leads."""
    return _too_many() or _tell(verification.of_code(token))


def _too_many() -> Response | None:
    wait = ratelimit.take(f"verify:address:{request.remote_addr}", burst=VERIFY_BURST, per_minute=VERIFY_PER_MINUTE)
    return web.too_many(wait) if wait else None


def _tell(answer: verification.Answer) -> ResponseReturnValue:
    return _page(answer, answer.status)


def _page(answer: verification.Answer | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "certificates/pages/verify.html",
        answer=answer,
        shown_token=rules.shown_token,
        isolate=mail.isolate,
        now=clock.now(),
        nothing_chosen=status == 422 and answer is None,
        largest=verification.LARGEST_FILE,
        active="verify",
    )
    return page, status


# ---- common


def _ids() -> list[int]:
    return request.values.getlist("certificate", type=int)


def _results(lines: list[overview.Line]) -> dict[int, dict[str, ModuleResult]]:
    """Where those stand who have not earned a module certificate yet."""
    people = [line.enrolment for line in lines if line.module]
    return gradebook.results(people, catalogue.content(people[0].cohort.revision_id)) if people else {}


def _approvable(found: Cohort, lines: list[overview.Line]) -> list[dict[str, Any]]:
    """The issuers for which this person may approve something now."""
    waiting = {issuer for line in lines for issuer in line.waiting}
    return [
        one for one in issuers.of(found) if one["id"] in waiting and issuers.may_approve(current_user, found, one["id"])
    ]


def _first(groups: dict[Group, list[overview.Line]]) -> Group:
    """The first group in which there is something to do, else the issued ones, else those who are not eligible."""
    order = (Group.READY, Group.APPROVAL, Group.ELIGIBLE, Group.NAMES, Group.ISSUED)
    return next((group for group in order if groups[group]), Group.INELIGIBLE)


def _may(found: Cohort, permission: Permission) -> bool:
    held = reach(current_user, permission)
    return held.everywhere or found.partner_id in held.partners or found.id in held.cohorts


def _facts(certificate: Certificate, step: str) -> list[tuple[str, str, str]]:
    """What the question is about: holder and award, and for a reissue the names that will be printed."""
    person, held_in, lang = certificate.enrolment.user, certificate.enrolment.cohort, i18n.current()
    facts: list[tuple[str, str, str]] = [
        (_("Certificate number"), _isolated(certificate.serial or ""), ""),
        (_("Holder"), _isolated(person.full_name), ""),
        (_("Award"), _isolated(printed.title(held_in, certificate.award, lang)), ""),
    ]
    if step == "reissue":
        names = printed.confirmed_names(person)
        facts += [
            (one.native_name, _isolated(names[one]) if one in names else _("not confirmed"), "")
            for one in printed.languages(held_in)
        ]
    return facts


def _isolated(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(text)
