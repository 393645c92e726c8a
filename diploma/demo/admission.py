"""The next two intakes of Tashkent: one whose places are offered, one that still takes applications."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.admissions import calls, letters, offers, registration, selection, service
from diploma.admissions.models import AdmissionCall, Application, ApplicationState, Entry, LinkPurpose, Reading
from diploma.admissions.plan import Criterion, Effect, LetterKind, PositionLevel, Question, QuestionKind, Rule, RuleKind
from diploma.admissions.service import Written
from diploma.cohorts import planning
from diploma.cohorts import service as cohorts
from diploma.cohorts.entities.lookups import of_partner
from diploma.cohorts.models import Cohort, CohortState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang

DOMAIN = "namuna.gov.uz"
RULES = (Rule(RuleKind.SERVICE, Effect.EXCLUDING, 2), Rule(RuleKind.NOT_GRADUATE, Effect.EXCLUDING))
CHALLENGE = {
    "en": "Which service of your entity would you change first, and for whom?",
    "ru": "Какую услугу вашего ведомства вы изменили бы первой и для кого?",
    "uz-Latn": "Idorangizning qaysi xizmatini va kim uchun birinchi boʻlib oʻzgartirar edingiz?",
    "uz-Cyrl": "Идорангизнинг қайси хизматини ва ким учун биринчи бўлиб ўзгартирар эдингиз?",
    "ar": "أي خدمة من خدمات جهتكم ستغيّرونها أولاً، ولمن؟",
}
CV = {
    "en": "Your CV",
    "ar": "السيرة الذاتية",
    "ru": "Ваше резюме",
    "uz-Latn": "Rezyumengiz",
    "uz-Cyrl": "Резюменгиз",
}
LEAVE = {
    "en": "Has your head of unit agreed to your time for the programme?",
    "ru": "Согласен ли ваш руководитель на время для программы?",
    "uz-Latn": "Rahbaringiz dastur uchun vaqt ajratishga rozimi?",
    "uz-Cyrl": "Раҳбарингиз дастур учун вақт ажратишга розими?",
    "ar": "هل وافق رئيسكم المباشر على الوقت اللازم للبرنامج؟",
}
NEED = {
    "en": "The challenge is real and has people behind it",
    "ru": "Задача настоящая, за ней стоят люди",
    "uz-Latn": "Muammo haqiqiy va uning ortida odamlar bor",
    "uz-Cyrl": "Муаммо ҳақиқий ва унинг ортида одамлар бор",
    "ar": "التحدي حقيقي ووراءه أناس",
}
MEANS = {
    "en": "The person can change something there",
    "ru": "Человек может там что-то изменить",
    "uz-Latn": "Bu odam u yerda biror narsani oʻzgartira oladi",
    "uz-Cyrl": "Бу одам у ерда бирор нарсани ўзгартира олади",
    "ar": "يستطيع المتقدم أن يغيّر شيئاً هناك",
}
WELCOME = {
    "ru": "Первое занятие пройдёт в Ташкенте, дорогу оплачивает ваше ведомство.",
    "uz-Latn": "Birinchi mashgʻulot Toshkentda oʻtadi, yoʻl haqini idorangiz toʻlaydi.",
    "uz-Cyrl": "Биринчи машғулот Тошкентда ўтади, йўл ҳақини идорангиз тўлайди.",
}
# name, language, entity, years of service, what they would change, levels of the two readers
FIRST: tuple[tuple[str, str, int, int, str, tuple[int, int]], ...] = (
    ("Sattorov Ulugʻbek Anvar oʻgʻli", "uz-Latn", 1, 7, "Kadastr koʻchirmasi uchun uch marta kelish.", (4, 4)),
    ("Ли Анна Сергеевна", "ru", 2, 9, "Запись к врачу в сельских поликлиниках: ждут до двух недель.", (4, 3)),
    ("Ғаниева Мавлуда Икром қизи", "uz-Cyrl", 0, 5, "Бола туғилганда нафақа: олтита ҳужжат сўралади.", (3, 3)),
    ("Qosimov Temur Alisher oʻgʻli", "uz-Latn", 4, 4, "Yakka tartibdagi tadbirkorning hisoboti.", (3, 2)),
    ("Бобоева Нигора Шуҳрат қизи", "uz-Cyrl", 3, 6, "Кўча ёриғи ҳақидаги мурожаатлар жавобсиз қолади.", (2, 2)),
    ("Орлов Павел Игоревич", "ru", 1, 3, "Исправление ошибки в адресе занимает месяц.", (1, 2)),
)
SECOND: tuple[tuple[str, str, int, int, str, str], ...] = (
    ("Yusupova Sevara Jamol qizi", "uz-Latn", 0, 6, "Nogironlik guruhini rasmiylashtirish navbati.", "submitted"),
    ("Холиқов Фаррух Зоҳид ўғли", "uz-Cyrl", 1, 8, "Ер участкаси чегараси бўйича низолар.", "submitted"),
    ("Ткаченко Ирина Олеговна", "ru", 2, 1, "Выписки из стационара доходят до участкового через неделю.", "submitted"),
    ("Murodova Gulbahor Said qizi", "uz-Latn", 3, 12, "Bogʻchaga navbat: ota-ona oʻz oʻrnini koʻrmaydi.", "withdrawn"),
    ("Садыков Рустам Камилович", "ru", 4, 5, "Справка об отсутствии задолженности.", "draft"),
    ("Эшонқулова Дилфуза Баҳром қизи", "uz-Cyrl", 2, 4, "", "nominated"),
)


def write(first: Cohort) -> None:
    """Both calls as they stand today, and the mail domain whose people may register themselves."""
    by = _user("coordinator.uz")
    _decided(first, by)
    coming = _cohort(first, "uz-2026-3", "3", 180, by)
    with clock.at(clock.now() - timedelta(days=9)):
        call = _call(coming, by, days=21, places=30)
        for number, (name, lang, entity, years, words, step) in enumerate(SECOND, 1):
            _apply_to_open(call, number, name, _written(coming, name, lang, entity, years, words), step, by)
    registration.add_domain(first.partner, DOMAIN, subdomains=True, cohort=coming, by=by)


def _decided(first: Cohort, by: User) -> None:
    """Six applied to the second intake for three places; one accepted, one declined, so the fourth was asked."""
    cohort, base_url = _cohort(first, "uz-2026-2", "2", 90, by), current_app.config["BASE_URL"]
    reader = _user("instructor.uz")
    accounts.grant_role(reader, Role.INSTRUCTOR, cohort_id=cohort.id, time_zone=cohort.time_zone)
    with clock.at(clock.now() - timedelta(days=30)):
        call = _call(cohort, by, days=20, places=3)
        made = [_applicant(call, number, *one[:5]) for number, one in enumerate(FIRST, 1)]
    with clock.at(clock.now() - timedelta(days=9)):
        calls.name_readers(call, {by.id: None, reader.id: None}, by=by)
        selection.give_out(call, by=by)
    with clock.at(clock.now() - timedelta(days=4)):
        for application, (*_rest, levels) in zip(made, FIRST, strict=True):
            query = select(Reading).where(Reading.application_id == application.id).order_by(Reading.number)
            for reading, level in zip(session.scalars(query).all(), levels, strict=True):
                said = {one.id: level for one in calls.plan_of(call).criteria}
                selection.finish_reading(reading, said, "", by=reading.reader)
    with clock.at(clock.now() - timedelta(days=3, hours=2)):
        selection.decide(call, selection.propose(call).digest, base_url, by=by)
        for application, accept in ((made[0], True), (made[1], False)):
            expires = application.offer_expires_at
            offers.answer(
                letters.make_link(application, LinkPurpose.OFFER, expires_at=expires), base_url, accept=accept
            )


def _apply_to_open(call: AdmissionCall, number: int, name: str, said: Written, step: str, by: User) -> Application:
    email = f"ariza.3{number:02}@demo.test"
    if step == "nominated":
        reason = "Беморларни рўйхатга олиш тартибини ўзи янгилаган."
        return service.nominate(call, email, said, reason, current_app.config["BASE_URL"], by=by)
    made = service.begin(call, name, email, said.language)
    if step == "draft":
        service.save(made, said)
        return made
    service.submit(made, said)
    if step == "withdrawn":
        offers.withdraw(made, current_app.config["BASE_URL"])
    if made.state is ApplicationState.INELIGIBLE:
        service.overrule(made, "Четыре года до того в областной больнице.", by=by)
    return made


def _applicant(
    call: AdmissionCall, number: int, name: str, lang: str, entity: int, years: int, words: str
) -> Application:
    made = service.begin(call, name, f"ariza.2{number:02}@demo.test", Lang(lang))
    with clock.at(clock.now() + timedelta(hours=5 * number)):
        service.submit(made, _written(call.cohort, name, lang, entity, years, words))
    return made


def _written(cohort: Cohort, name: str, lang: str, entity: int, years: int, words: str) -> Written:
    position = {"ru": "Ведущий специалист", "uz-Latn": "Yetakchi mutaxassis", "uz-Cyrl": "Етакчи мутахассис"}[lang]
    level = PositionLevel.HEAD_OF_UNIT if years > 6 else PositionLevel.SENIOR
    place = of_partner(cohort.partner_id)[entity].id
    answers = {"challenge": words, "leave": True} if words else {}
    return Written(name, Lang(lang), place, "", position, level, years, answers)


def _cohort(first: Cohort, slug: str, number: str, begins: int, by: User) -> Cohort:
    today = clock.now().date()
    names = {tag: name.replace("1", number) for tag, name in first.names.items()}
    made = planning.create_cohort(
        first.partner,
        slug,
        names,
        edition_id=first.edition_id,
        revision_id=first.revision_id,
        starts_on=today + timedelta(days=begins),
        ends_on=today + timedelta(days=begins + 180),
        seats=30,
        languages=first.languages,
        certificate_languages=first.certificate_languages,
        by=by,
    )
    cohorts.move_cohort(made, CohortState.OPEN, by=by)
    return made


def _call(cohort: Cohort, by: User, *, days: int, places: int) -> AdmissionCall:
    opens: datetime = clock.now() - timedelta(hours=1)
    call = calls.open_call(
        cohort, calls.Terms(opens, opens + timedelta(days=days), Entry.BOTH, places, waiting=10), by=by
    )
    calls.add_question(call, Question("challenge", QuestionKind.LONG, CHALLENGE), by=by)
    calls.add_question(call, Question("leave", QuestionKind.YES_NO, LEAVE), by=by)
    calls.add_question(call, Question("cv", QuestionKind.FILE, CV, required=False, accepts=("pdf", "docx")), by=by)
    calls.add_criterion(call, Criterion("need", NEED, 60), by=by)
    calls.add_criterion(call, Criterion("means", MEANS, 40), by=by)
    calls.set_letter(call, LetterKind.OFFER, WELCOME, by=by)
    calls.change_rules(call, replace(calls.plan_of(call), rules=RULES, quota=2), 0, by=by)
    return call


def _user(login: str) -> User:
    return session.scalars(select(User).where(User.email == f"{login}@demo.test")).one()
