"""What the demonstration's people write beside the lessons: private notes, and mistakes that they report."""

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning import corrections, notes
from diploma.learning.models import MistakeKind, MistakeReport, ReportState

MODULE = "m2-challenge-assessment"
COMPLAINT, EVIDENCE = "01-from-complaint-to-challenge", "02-evidence-and-assumptions"
CHOOSING = "04-choosing-and-gate-one"

NOTES = (  # login, lesson, section, text
    (
        "trainee.uz",
        COMPLAINT,
        "why",
        "Bizda ham shunday boʻlgan: «elektron navbat kerak» deb boshladik, savol esa yoʻqoldi.",
    ),
    (
        "trainee.uz",
        COMPLAINT,
        "try",
        "Dushanba kuni hamkasbimga oʻqib beraman.\nMart oyidagi 86 arizadan 41 tasi qaytarilgan.",
    ),
    ("trainee.uz", EVIDENCE, "idea", "Navbat daftari – qayd, xodimning gapi – ogʻzaki maʼlumot."),
    ("trainee.ae", COMPLAINT, "why", "مثل حالتنا: بدأنا بعبارة «نحتاج إلى تطبيق» قبل أن نسأل من ينتظر ولماذا."),
    ("trainee.ae", COMPLAINT, "try", "عرض الصياغة الثالثة على زميلة من قسم التراخيص يوم الإثنين."),
    ("nearly.uz", EVIDENCE, "example", "Иккинчи танлама тасодифий бўлсин: апрель ойидан 110 та ариза."),
)
UNCLEAR = "Не сразу понятно, как из баллов получился итог 75. Хорошо бы показать умножение на вес."
EXAMPLE_WANTED = "يحسن ذكر مثال قصير لاختبار «الطرق الثلاث»."
EXAMPLE_THERE = "المثال التطبيقي في القسم التالي يطبّق هذا الاختبار، لذلك تبقى القائمة قصيرة."


def write() -> None:
    """Notes of the past week; one reported mistake that is answered, and one that waits."""
    for login, lesson, section, text in NOTES:
        with clock.at(clock.now() - timedelta(days=6)):
            notes.save(_enrolment(login), (MODULE, lesson, section), text)
    director = session.scalars(select(User).where(User.email == "director@demo.test")).one()
    answered = _report("trainee.ae", COMPLAINT, "idea", Lang.AR, EXAMPLE_WANTED, days=5)
    with clock.at(clock.now() - timedelta(days=4)):
        base_url = current_app.config["BASE_URL"]
        corrections.answer(answered, ReportState.DECLINED, EXAMPLE_THERE, by=director, base_url=base_url)
    _report("uz.07", CHOOSING, "example", Lang.RU, UNCLEAR, days=1)


def _report(login: str, lesson: str, section: str, lang: Lang, text: str, *, days: int) -> MistakeReport:
    enrolment = _enrolment(login)
    place: dict[str, Any] = {"module": MODULE, "lesson": lesson, "section": section, "lang": lang}
    where = place | {"revision_id": enrolment.cohort.revision_id}
    with clock.at(clock.now() - timedelta(days=days)):
        return corrections.report(
            where,
            MistakeKind.OTHER,
            "",
            text,
            cohort=enrolment.cohort,
            by=enrolment.user,
            base_url=current_app.config["BASE_URL"],
        )


def _enrolment(login: str) -> Enrolment:
    email = f"{login}@demo.test"
    return session.scalars(select(Enrolment).join(Enrolment.user).where(User.email == email)).one()
