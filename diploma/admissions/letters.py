"""Letters to applicants: mails in their language, with a paragraph of the partner, and a copy of each."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from diploma.accounts.service import token_hash
from diploma.admissions import plan as plans
from diploma.admissions.models import AdmissionLetter, AdmissionLink, Application, LinkPurpose
from diploma.admissions.plan import LetterKind
from diploma.core import clock, mail
from diploma.core.db import session

OWN_DAYS = 400  # the longest a link to one's own application works


def make_link(
    application: Application, purpose: LinkPurpose, *, expires_at: datetime | None = None, email: str = ""
) -> str:
    """A fresh token; earlier ones go on working until they expire."""
    token, now = secrets.token_urlsafe(24), clock.now()
    session.add(
        AdmissionLink(
            token_hash=token_hash(token),
            application_id=application.id,
            purpose=purpose,
            email=email,
            created_at=now,
            expires_at=expires_at or now + timedelta(days=OWN_DAYS),
        )
    )
    return token


def send_link(application: Application, base_url: str) -> None:
    """Mail the address of their own application to its owner."""
    token = make_link(application, LinkPurpose.OWN)
    mail.send(
        "admission_link",
        application.email,
        application.language,
        f"application:{token_hash(token)}",
        sender=sender(application),
        **context(application),
        link=own_address(base_url, token, application),
    )


def sender(application: Application) -> mail.Sender:
    """Whose name the letters to an applicant bear."""
    return application.call.cohort.partner.sender(application.language)


def send(application: Application, kind: LetterKind, key: str, *, link: str = "", **more: Any) -> None:
    """Mail a letter and keep a copy, which says everything but the secret address."""
    paragraph = plans.read(application.call.plan).letters.get(kind.value, {}).get(application.language.value, "")
    said = {**context(application), "paragraph": paragraph, **more}
    name = f"admission_{kind.value}"
    mail.send(name, application.email, application.language, key, sender=sender(application), **said, link=link)
    subject, body = mail.written(name, application.language, **said, link="")
    session.add(
        AdmissionLetter(
            application_id=application.id,
            kind=kind,
            language=application.language,
            subject=subject,
            body=body,
            sent_at=clock.now(),
        )
    )


def own_address(base_url: str, token: str, application: Application) -> str:
    return f"{base_url}/apply/mine/{token}?lang={application.language.value}"


def offer_address(base_url: str, token: str, application: Application) -> str:
    return f"{base_url}/offers/{token}?lang={application.language.value}"


def context(application: Application) -> dict[str, Any]:
    """What every letter to an applicant may say."""
    cohort = application.call.cohort
    return {
        "name": application.full_name,
        "cohort": cohort.name(application.language),
        "partner": cohort.partner.name(application.language),
        "zone": cohort.time_zone,
    }
