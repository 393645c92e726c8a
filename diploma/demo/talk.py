"""What the cohorts of the demonstration announce, ask and answer; and a message to some of their people."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.discussions import announcements, messages, service
from diploma.discussions.announcements import Plan
from diploma.discussions.models import Post, Thread
from diploma.discussions.service import Written

MODULE = "m2-challenge-assessment"
MORNING = time(5, 30)  # UTC: half past ten in Tashkent, half past nine in Abu Dhabi


@dataclass(frozen=True)
class Said:
    """A post: whose, in which language, how many hours after the one before."""

    login: str
    lang: Lang
    text: str
    hours: int = 3


@dataclass(frozen=True)
class Talk:
    """A thread of a cohort that began ``days`` ago; ``helpful`` is the number of the answer that helped."""

    cohort: str
    title: str
    days: int
    posts: tuple[Said, ...]
    helpful: int = 0


TALKS = (
    Talk(
        "uz-2026-1",
        "Navbatdagi kutish vaqtini qanday oʻlchadingiz?",
        6,
        (
            Said(
                "trainee.uz",
                Lang.UZ_LATN,
                "Bizda elektron navbat yoʻq, shuning uchun kutish vaqti hech qayerda yozilmaydi.\n\n"
                "Siz buni qanday oʻlchadingiz: daftar bilanmi yoki soʻrov bilanmi?",
            ),
            Said(
                "uz.04",
                Lang.UZ_CYRL,
                "Биз икки кун эшик олдида турдик ва ҳар бир одам келган ҳамда кетган вақтни ёздик. "
                "64 киши, ўртача 38 дақиқа чиқди.",
                5,
            ),
            Said(
                "uz.07",
                Lang.RU,
                "Мы попросили трёх посетителей в день засекать время самим. Данных меньше, зато видно, "
                "на каком шаге человек ждёт.",
                20,
            ),
            Said(
                "instructor.uz",
                Lang.UZ_CYRL,
                "Икки усул ҳам тўғри. Ҳисоботда қайси кун ва қайси соатда ўлчаганингизни албатта ёзинг: "
                "душанба эрталаб ва жума куни тушдан кейин бир-бирига ўхшамайди.",
                4,
            ),
        ),
        helpful=2,
    ),
    Talk(
        "uz-2026-1",
        "Кого спрашивать, кроме заявителей?",
        2,
        (
            Said(
                "uz.10",
                Lang.RU,
                "Для задания мы поговорили с пятью заявителями. Нужно ли спрашивать и тех, кто в итоге не пришёл?",
            ),
            Said(
                "trainee.uz",
                Lang.UZ_LATN,
                "Biz mahalla faolidan soʻradik: u nafaqa olmagan oilalarni biladi. Uchta yangi sabab chiqdi.",
                9,
            ),
        ),
    ),
    Talk(
        "ae-2026-1",
        "كيف نصوغ التحدي من غير أن نذكر الحل؟",
        4,
        (
            Said(
                "trainee.ae",
                Lang.AR,
                "كتبنا «نحتاج إلى تطبيق للحجز»، ثم لاحظنا أن العبارة تبدأ بالحل.\n\n"
                "ما السؤال الذي ساعدكم على العودة إلى المشكلة؟",
            ),
            Said(
                "ae.02",
                Lang.AR,
                "سألنا: من ينتظر، وكم مرة، ولماذا؟ بعدها صارت العبارة: «ثلث المتعاملين يراجعون المركز مرتين لأن قائمة "
                "المستندات غير واضحة».",
                6,
            ),
            Said(
                "ae.07",
                Lang.EN,
                "We read the sentence to a colleague from another section. If they ask which system we mean, "
                "the solution is still in it.",
                18,
            ),
        ),
        helpful=2,
    ),
)

MOVED = {
    "uz-Latn": {
        "title": "Savol-javob soati payshanba kuniga koʻchirildi",
        "text": "Bu haftadagi savol-javob soati payshanba kuni soat 16:00 da boʻladi.\n\n"
        "Ikkinchi modul boʻyicha savollaringizni oldindan «Muhokamalar» sahifasida yozib qoldiring.",
    },
    "uz-Cyrl": {
        "title": "Савол-жавоб соати пайшанба кунига кўчирилди",
        "text": "Бу ҳафтадаги савол-жавоб соати пайшанба куни соат 16:00 да бўлади.\n\n"
        "Иккинчи модуль бўйича саволларингизни олдиндан «Муҳокамалар» саҳифасида ёзиб қолдиринг.",
    },
    "ru": {
        "title": "Час вопросов перенесён на четверг",
        "text": "На этой неделе час вопросов состоится в четверг в 16:00.\n\n"
        "Вопросы по второму модулю можно заранее написать на странице «Обсуждения».",
    },
}
VISIT = {
    "ar": {
        "title": "زيارة ميدانية لمركز الخدمة يوم الأربعاء",
        "text": "تبدأ الزيارة في الساعة 9:00 صباحاً من مدخل المركز الرئيسي.\n\n"
        "الغاية مشاهدة رحلة المتعامل كما هي، لذلك يُكتفى بدفتر وقلم من غير تصوير.",
    },
    "en": {
        "title": "Visit to the service centre on Wednesday",
        "text": "The visit begins at 9:00 at the main entrance.\n\n"
        "We watch the journey of customers as it is: bring a notebook and a pen, and take no pictures.",
    },
}
REMINDER = {
    "uz-Latn": {
        "subject": "{module}: topshiriq muddati yaqin",
        "text": "Assalomu alaykum, {name}!\n\nTopshiriqni topshirish muddati: {due}. "
        "Qoralamangiz boʻlsa, uni davom ettiring; savolingiz boʻlsa, shu xatga javob yozing.",
    },
    "ru": {
        "subject": "{module}: скоро срок сдачи задания",
        "text": "Здравствуйте, {name}!\n\nСрок сдачи задания: {due}. "
        "Если черновик уже начат, продолжите его; если есть вопрос, ответьте на это письмо.",
    },
}


def happen() -> None:
    """The talk of the past week, an announcement in two governments, and a reminder to three people."""
    for talk in TALKS:
        _hold(talk)
    _announce("uz-2026-1", "instructor.uz", MOVED)
    _announce("ae-2026-1", "coordinator.ae", VISIT)
    cohort, writer = _cohort("uz-2026-1"), _user("coordinator.uz")
    with clock.at(_morning(1)):
        chosen = [_enrolment(login).id for login in ("trainee.uz", "uz.07", "uz.12")]
        draft = messages.begin(cohort, chosen, by=writer)
        messages.write(draft, REMINDER, MODULE, version=draft.version)
        messages.send(draft, back=f"/cohorts/{cohort.slug}/messages/{draft.id}", by=writer)


def _hold(talk: Talk) -> None:
    at = _morning(talk.days)
    first, *answers = talk.posts
    with clock.at(at):
        opener = _user(first.login)
        thread: Thread = service.open_thread(
            _cohort(talk.cohort), talk.title, MODULE, _written(first), key=talk.title, by=opener
        )
    made: list[Post] = []
    for number, said in enumerate(answers, 2):
        at += timedelta(hours=said.hours)
        with clock.at(at):
            made.append(service.answer(thread, _written(said), key=f"{talk.title} {number}", by=_user(said.login)))
    if talk.helpful:
        service.mark_helpful(made[talk.helpful - 2], True, by=opener)


def _morning(days: int) -> datetime:
    return datetime.combine(clock.now().date() - timedelta(days=days), MORNING, UTC)


def _announce(slug: str, login: str, texts: dict[str, dict[str, str]]) -> None:
    with clock.at(_morning(1)):
        plan = Plan(texts, pinned=True, by_mail=True)
        announcements.announce(_cohort(slug), plan, key=slug, by=_user(login))


def _written(said: Said) -> Written:
    return Written(said.text, said.lang)


def _cohort(slug: str) -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.slug == slug)).one()


def _user(login: str) -> User:
    return session.scalars(select(User).where(User.email == f"{login}@demo.test")).one()


def _enrolment(login: str) -> Enrolment:
    return session.scalars(select(Enrolment).where(Enrolment.user_id == _user(login).id)).one()
