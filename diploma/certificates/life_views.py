"""One certificate: its page for the holder and the staff, the mail once more, sent back by an issuer, and tried before
the issue."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.certificates import (
    access,
    bulk,
    delivery,
    forms,
    history,
    issuers,
    pages,
    printed,
    rules,
    service,
    sharing,
    specimens,
    subscriptions,
)
from diploma.certificates.models import CertificateState
from diploma.certificates.overview import Group
from diploma.certificates.snapshot import Snapshot
from diploma.cohorts import access as cohorts
from diploma.core import i18n
from diploma.core.lang import Lang

bp = Blueprint("certificate", __name__)
bp.context_processor(pages.for_templates)


@bp.get("/certificates/<serial>")
@guard.signed_in
def document(serial: str) -> ResponseReturnValue:
    """An issued certificate as its holder has it, and the staff of its cohort see it: to pass on, to look after."""
    certificate = access.document(current_user, serial)
    shown, cohort = Snapshot.from_json(certificate.snapshot or ""), certificate.enrolment.cohort
    drawn = subscriptions.is_drawn(certificate)
    newer = access.successor(certificate) if certificate.state is CertificateState.SUPERSEDED else None
    return render_template(
        "certificates/pages/document.html",
        one=certificate,
        p=shown,
        is_own=certificate.enrolment.user_id == current_user.id,
        may=partial(pages.may, cohort),
        size=subscriptions.size(certificate) if drawn else 0,
        newer=newer,
        linkedin=sharing.linkedin(shown, i18n.current()),
        steps=history.histories([certificate])[certificate.id],
        shown_token=rules.shown_token,
        active="certificates",
    )


@bp.post("/certificates/<serial>/send")
@guard.needs(Permission.ISSUE_CERTIFICATE)
def send(serial: str) -> ResponseReturnValue:
    """Mail a certificate to its holder once more."""
    certificate = access.for_step(current_user, serial, Permission.ISSUE_CERTIFICATE)
    delivery.deliver_again(certificate, by=current_user)
    flash(_("The mail to the holder is on its way."), "ok")
    return redirect(url_for("certificate.document", serial=serial))


@bp.route("/certificates/cohorts/<slug>/<int:certificate_id>/send-back", methods=["GET", "POST"])
@guard.needs(Permission.APPROVE_CERTIFICATE)
def send_back(slug: str, certificate_id: int) -> ResponseReturnValue:
    """An issuer says why it does not approve; asked on a page of its own."""
    found = cohorts.cohort(current_user, slug, Permission.APPROVE_CERTIFICATE)
    certificate = access.open_one(current_user, found, certificate_id, Permission.APPROVE_CERTIFICATE)
    able = [one for one in issuers.of(found) if issuers.may_approve(current_user, found, one["id"])]
    form = forms.send_back_form(able, printed.languages(found), i18n.current())
    back = url_for("certificates.cohort", slug=slug, group=Group.APPROVAL.value)
    if form.validate_on_submit():
        langs = [Lang(one) for one in form.names.data or ()]
        service.send_back(certificate, form.issuer.data or "", str(form.reason.data), langs, by=current_user)
        flash(_("The certificate is sent back. The registrar is told."), "ok")
        return redirect(back)
    page = render_template(
        "confirm.html",
        title=_("Send this certificate back?"),
        text=_("It is not approved by anyone until this is settled. The registrar reads the reason."),
        submit=_("Send back"),
        back=back,
        form=form,
        facts=pages.facts(certificate, "send-back"),
        active="certificates",
    )
    return page, 422 if form.errors else 200


@bp.post("/certificates/cohorts/<slug>/<int:certificate_id>/specimen")
@guard.needs(Permission.ISSUE_CERTIFICATE)
def ask_specimen(slug: str, certificate_id: int) -> ResponseReturnValue:
    """Order a trial print."""
    found = cohorts.cohort(current_user, slug, Permission.ISSUE_CERTIFICATE)
    certificate = access.open_one(current_user, found, certificate_id, Permission.ISSUE_CERTIFICATE)
    made = specimens.ask(certificate, by=current_user)
    return redirect(url_for("certificate.specimen", specimen_id=made.id))


@bp.get("/certificates/specimens/<int:specimen_id>")
@guard.needs(Permission.ISSUE_CERTIFICATE)
def specimen(specimen_id: int) -> ResponseReturnValue:
    """The trial print as soon as it is drawn."""
    found = access.specimen(current_user, specimen_id)
    if found.pdf_sha256:
        return pages.pdf(subscriptions.read_file(found.pdf_sha256), "specimen")
    cohort = found.certificate.enrolment.cohort
    page = render_template("certificates/pages/specimen.html", cohort=cohort, fault=found.fault, active="certificates")
    return page, 200 if found.fault else 202


@bp.post("/certificates/cohorts/<slug>/try")
@guard.needs(Permission.ISSUE_CERTIFICATE)
def try_out(slug: str) -> ResponseReturnValue:
    """Order the trial of what was chosen, where it is too much for a page."""
    found = cohorts.cohort(current_user, slug, Permission.ISSUE_CERTIFICATE)
    chosen = access.chosen(current_user, found, pages.ids(), Permission.ISSUE_CERTIFICATE)
    back = url_for("certificates.cohort", slug=slug, group=Group.READY.value)
    work = bulk.try_out(found, chosen, back=back, key=request.form.get("key", ""), by=current_user)
    return redirect(url_for("jobs.job", token=work.token))
