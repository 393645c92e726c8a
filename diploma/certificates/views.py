"""Certificates of a holder, and the registrar's work on a cohort. Public verification has a file of its own."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import joinedload

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
    judging,
    overview,
    pages,
    printed,
    queries,
    rules,
    service,
    status,
    subscriptions,
    verify_views,
)
from diploma.certificates.blueprint import bp
from diploma.certificates.overview import Group
from diploma.certificates.transparency import access as takeaway
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock, db, i18n, mail
from diploma.core.errors import N_
from diploma.core.lang import LANGS
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import ModuleResult
from diploma.learning import catalogue

__all__ = ["bp", "verify_views"]  # importing it gives the blueprint its routes
JUDGED_AT_ONCE = 40  # certificates that a page tries while somebody waits for it: each takes about 40 ms
bp.context_processor(pages.for_templates)

# step → (service verb, question, what follows, verb of the button, what the message says afterwards)
STEPS: dict[str, tuple[Callable[..., Any], str, str, str, str]] = {
    "revoke": (
        status.revoke,
        N_("Revoke this certificate?"),
        N_("Whoever checks it will see that it is revoked, since when and why. This cannot be undone."),
        N_("Revoke"),
        N_("Certificate %(serial)s is revoked."),
    ),
    "suspend": (
        status.suspend,
        N_("Suspend this certificate?"),
        N_("Whoever checks it will see that it is suspended, until you end the suspension."),
        N_("Suspend"),
        N_("Certificate %(serial)s is suspended."),
    ),
    "resume": (
        status.resume,
        N_("End the suspension of this certificate?"),
        N_("Whoever checks it will see again that it is valid."),
        N_("End suspension"),
        N_("Certificate %(serial)s is valid again."),
    ),
    "reissue": (
        status.reissue,
        N_("Reissue this certificate?"),
        N_(
            "A new version with the names below replaces it. "
            "Whoever checks the earlier one will see that it was replaced."
        ),
        N_("Reissue"),
        N_("Certificate %(serial)s is replaced by a new version."),
    ),
    "renew": (
        status.renew,
        N_("Renew this certificate?"),
        N_(
            "A new version with the names below and the new last day replaces it. "
            "Whoever checks the earlier one will see that it was replaced."
        ),
        N_("Renew"),
        N_("Certificate %(serial)s is renewed by a new version."),
    ),
}


# ---- the holder


@bp.get("/certificates/")
@guard.signed_in
def index() -> ResponseReturnValue:
    """One's own certificates, and for staff the cohorts in reach."""
    mine = access.own(current_user)
    waiting = [one for one in mine if one.serial is None and printed.unconfirmed(one.enrolment)]
    staffed, partners, ending = [], [], []
    if reach(current_user, Permission.SEE_CERTIFICATES):
        ending = access.ending(current_user, clock.now().date())
        query = cohorts.visible_cohorts(current_user, Permission.SEE_CERTIFICATES).options(joinedload(Cohort.partner))
        staffed = list(db.session.scalars(query.order_by(Cohort.starts_on.desc(), Cohort.id)))
        partners = takeaway.partners(current_user)
    return render_template(
        "certificates/pages/index.html",
        mine=mine,
        waiting=waiting,
        histories=history.histories(mine),
        ending=ending,
        studies=[one for one in overview.studies(cohorts.own_enrolments(current_user)) if one.free],
        cohorts=staffed,
        partners=partners,
        states=overview.states(staffed),
        approvals=overview.waiting_for(current_user, staffed),
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
        proposals=forms.proposals(wanted, user),
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
    return pages.pdf(subscriptions.read(certificate), certificate.serial or "")


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
        may=partial(pages.may, found),
        approvable=_approvable(found, groups[Group.APPROVAL]),
        answerable=any(issuers.may_approve(current_user, found, one["id"]) for one in issuers.of(found)),
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
    chosen = access.chosen(current_user, found, pages.ids(), Permission.APPROVE_CERTIFICATE)
    count = service.approve_all(chosen, request.form.get("issuer", ""), by=current_user)
    flash(
        ngettext("%(num)s certificate is approved.", "%(num)s certificates are approved.", count),
        "ok" if count else "warn",
    )
    return redirect(url_for("certificates.cohort", slug=slug))


@bp.route("/certificates/cohorts/<slug>/issue", methods=["GET", "POST"])
@guard.needs(Permission.ISSUE_CERTIFICATE)
def issue(slug: str) -> ResponseReturnValue:
    """Say what would become of each, ask, then order the issue; the page of the work says what becomes of each."""
    found = cohorts.cohort(current_user, slug, Permission.ISSUE_CERTIFICATE)
    chosen = access.chosen(current_user, found, pages.ids(), Permission.ISSUE_CERTIFICATE)
    if not chosen:
        flash(_("Choose the certificates first."), "warn")
        return redirect(url_for("certificates.cohort", slug=slug, group=Group.READY.value))
    if request.method == "GET":
        key = secrets.token_urlsafe(16)
        judged = list(judging.judge(chosen, by=current_user)) if len(chosen) <= JUDGED_AT_ONCE else []
        return render_template(
            "certificates/pages/issue.html",
            cohort=found,
            chosen=chosen,
            reasons={one.certificate.id: one.reason for one in judged if one.reason},
            judged=bool(judged),
            reason_of=lambda reason: i18n.reason(reason.message, reason.params),
            key=key,
            active="certificates",
        )
    back = url_for("certificates.cohort", slug=slug, group=Group.ISSUED.value)
    work = bulk.issue(found, chosen, back=back, key=request.form.get("key", ""), by=current_user)
    return redirect(url_for("jobs.job", token=work.token))


@bp.route("/certificates/<serial>/<any(revoke, suspend, resume, reissue, renew):step>", methods=["GET", "POST"])
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
        facts=pages.facts(certificate, step),
        danger=step == "revoke",
        active="certificates",
    )
    return page, 422 if form.errors else 200


# ---- common


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
