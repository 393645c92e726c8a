"""Mails about appeals: to the trainee at each step, to those who may answer when one waits for them.

The trainee is told of an answer by nobody's name: who gave it stands on the page, where the cohort tells who marks.
"""

from typing import Any

from diploma.accounts.models import User
from diploma.core import mail
from diploma.coursework import results
from diploma.coursework.appeals import deciders
from diploma.coursework.appeals.models import Appeal


def tell(appeal: Appeal, step: str, base_url: str, **context: Any) -> None:
    """Write to the trainee what has become of their appeal; once for each step."""
    work = appeal.marking.work
    _send(
        "appeal_step",
        appeal,
        work.submission.enrolment.user,
        step,
        f"{base_url}/receipts/{work.receipt}/appeals",
        **context,
    )


def ask_for_answer(appeal: Appeal, base_url: str) -> None:
    """Write to who may answer the appeal as it stands now."""
    instance = 2 if appeal.escalated_at else 1
    for one in deciders.of(appeal):
        link = f"{base_url}/appeals/{appeal.id}"
        _send("appeal_waits", appeal, one, str(instance), link, second=instance == 2)


def _send(template: str, appeal: Appeal, to: User, step: str, link: str, **context: Any) -> None:
    work = appeal.marking.work
    cohort, module = work.submission.enrolment.cohort, work.submission.module
    content = results.content_of(work)
    mail.send(
        template,
        to.email,
        to.language,
        f"{template}:{appeal.id}:{step}:{to.id}",
        sender=cohort.partner.sender(to.language),
        name=to.full_name,
        title=content.say(module, "assignment/title", to.language),
        criterion=content.say(module, f"rubric/{appeal.criterion}/title", to.language),
        step=step,
        due_at=appeal.due_at,
        until=appeal.until,
        zone=cohort.time_zone,
        link=link,
        **context,
    )
