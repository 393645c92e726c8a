"""Appeals in the demonstration: one that waits for an answer, one that was answered and can still go on."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import results
from diploma.coursework.appeals import answering, asking
from diploma.coursework.appeals.answering import Verdict
from diploma.coursework.appeals.asking import Asked
from diploma.coursework.appeals.models import Appeal
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion

WHY = {
    Lang.UZ_LATN: "Ikkinchi sahifada har bir raqamning manbasi va sanasi yozilgan; jadvalda ham bor.",
    Lang.UZ_CYRL: "Иккинчи саҳифада ҳар бир рақамнинг манбаси ва санаси ёзилган; жадвалда ҳам бор.",
    Lang.RU: "На второй странице у каждой цифры указаны источник и дата; они есть и в таблице.",
    Lang.EN: "On page two each figure has its source and its date; they stand in the table, too.",
    Lang.AR: "في الصفحة الثانية ذُكر لكل رقم مصدره وتاريخه، وهي مذكورة في الجدول أيضاً.",
}
STANDS = "Манбалар кўрсатилган, лекин бешта рақамдан иккитасининг санаси йўқ; шунинг учун даража ўзгармайди."


def write(cohort: Cohort) -> None:
    """The first two people whose mark was released a few days ago; the graduate keeps theirs."""
    now, moderator = clock.now(), session.scalars(select(User).where(User.email == "moderator.uz@demo.test")).one()
    waiting, answered = _released(cohort)
    with clock.at(now - timedelta(days=3)):
        _ask(waiting)
        appeal = _ask(answered)
    with clock.at(now - timedelta(days=1)):
        answering.uphold(appeal, Verdict(STANDS), base_url=current_app.config["BASE_URL"], by=moderator)


def _ask(version: SubmissionVersion) -> Appeal:
    """About the criterion that lost the most."""
    assert version.marking
    lines = results.lines(results.content_of(version), version.submission.module, version.marking.levels, version.lang)
    criterion = min(lines, key=lambda one: one.chosen.share if one.chosen else 0).id
    said, by = Asked(criterion, WHY[version.lang], "demo"), version.submission.enrolment.user
    return asking.ask(version, said, at=clock.now(), base_url=current_app.config["BASE_URL"], by=by)


def _released(cohort: Cohort) -> list[SubmissionVersion]:
    query = (
        select(SubmissionVersion)
        .join(SubmissionVersion.marking)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .where(Enrolment.cohort_id == cohort.id, User.email.like("uz.%"), Marking.state == MarkingState.RELEASED)
        .order_by(Marking.released_at.desc(), Marking.id)
    )
    return list(session.scalars(query.limit(2)))
