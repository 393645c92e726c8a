"""Mails about attempts and returned works, to their authors."""

from typing import Any

from diploma.core import mail
from diploma.coursework.models import Submission
from diploma.learning import catalogue


def tell(template: str, row: int, work: Submission, base_url: str, **context: Any) -> None:
    """Write to the author in their language; once for each ``row`` of a template."""
    user, cohort = work.enrolment.user, work.enrolment.cohort
    mail.send(
        template,
        user.email,
        user.language,
        f"{template}:{row}",
        sender=cohort.partner.sender(user.language),
        name=user.full_name,
        title=catalogue.content(cohort.revision_id).say(work.module, "assignment/title", user.language),
        link=f"{base_url}/modules/{work.module}/assignment",
        zone=cohort.time_zone,
        **context,
    )
