"""An accepted place whose address cannot be added: another address is asked for, or the place is released.

The account behind the first address belongs elsewhere. Neither staff nor the applicant learn more than that: staff read
"cannot be added", the applicant is asked for another work address, and whatever they type is answered alike.
"""

from datetime import timedelta

from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.service import token_hash
from diploma.admissions import letters, offers, service
from diploma.admissions.models import AdmissionLink, Application, ApplicationState, LinkPurpose
from diploma.admissions.plan import LetterKind
from diploma.core import audit, clock, mail
from diploma.core.db import session
from diploma.core.errors import N_, Refused

LIFETIME = timedelta(days=14)
MOST = 6  # addresses that one application may try, so that nobody mails strangers with it


def not_added(application: Application) -> bool:
    """Whether a place is accepted and the person could not be enrolled."""
    return application.state is ApplicationState.ACCEPTED and application.enrolment_id is None


def ask(application: Application, base_url: str, *, by: User) -> None:
    """Mail the applicant the address of a form for another address."""
    service.locked(application.call_id)
    session.refresh(application)
    _check(application)
    token = letters.make_link(application, LinkPurpose.ADDRESS, expires_at=clock.now() + LIFETIME)
    mail.send(
        "admission_address",
        application.email,
        application.language,
        f"admission-address:{token_hash(token)}",
        sender=letters.sender(application),
        **letters.context(application),
        link=f"{base_url}/apply/address/{token}?lang={application.language.value}",
        days=LIFETIME.days,
    )
    audit.record("application.address_asked", f"application:{application.id}", by=by)


def open_link(token: str, purpose: LinkPurpose) -> AdmissionLink | None:
    """The link behind a token that still serves its purpose."""
    link: AdmissionLink | None = session.scalar(
        select(AdmissionLink)
        .where(AdmissionLink.token_hash == token_hash(token), AdmissionLink.purpose == purpose)
        .execution_options(populate_existing=True)
    )
    usable = link and link.used_at is None and link.expires_at and link.expires_at > clock.now()
    return link if usable and link and not_added(link.application) else None


def give(token: str, email: str, base_url: str) -> None:
    """Mail a link to another address, which proves that it is the applicant's; nothing is looked up for it."""
    link = open_link(token, LinkPurpose.ADDRESS)
    if link is None:
        raise Refused(N_("This link was used already or has expired."))
    application = link.application
    service.locked(application.call_id)
    given = select(func.count()).where(
        AdmissionLink.application_id == application.id, AdmissionLink.purpose == LinkPurpose.CONFIRM
    )
    if (session.scalar(given) or 0) >= MOST:
        raise Refused(N_("Many addresses were given already. Please write to the coordinator."))
    address = accounts.folded_email(email)
    proof = letters.make_link(application, LinkPurpose.CONFIRM, expires_at=link.expires_at, email=address)
    mail.send(
        "admission_address_confirm",
        address,
        application.language,
        f"admission-address:{token_hash(proof)}",
        sender=letters.sender(application),
        **letters.context(application),
        link=f"{base_url}/apply/address/confirm/{proof}?lang={application.language.value}",
    )


def confirm(token: str, base_url: str) -> Application:
    """The owner of the new address says that it is theirs: the application goes on under it."""
    link = open_link(token, LinkPurpose.CONFIRM)
    call = service.locked(link.application.call_id) if link else None
    if link:
        session.refresh(link.application)
    link = open_link(token, LinkPurpose.CONFIRM)  # again under the lock: two clicks may come at once
    if link is None or call is None:
        raise Refused(N_("This link was used already or has expired."))
    application, other = link.application, service.find(call, link.email)
    if other is not None and other is not application:
        raise Refused(N_("There is an application with this address already."))
    application.email, link.used_at = link.email, clock.now()
    application.enrolment_id = offers.take_in(application, call.cohort, base_url)
    audit.record("application.address_changed", f"application:{application.id}")
    return application


def release(application: Application, reason: str, base_url: str, *, by: User) -> None:
    """Give an accepted place up whose person cannot be added, with a reason for the letter; the next is offered it."""
    service.locked(application.call_id)
    session.refresh(application)
    _check(application)
    if not reason.strip():
        raise Refused(N_("Give the reason: the person reads it."))
    offers.release(application, ApplicationState.REFUSED, base_url, by=by, reason=reason.strip())
    letters.send(application, LetterKind.RELEASE, f"release:{application.id}", reason=reason.strip())


def _check(application: Application) -> None:
    if not not_added(application):
        raise Refused(N_("The present state of the application does not allow this step. Load the page again."))
