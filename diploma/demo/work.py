"""What the demonstration's trainees do in a module: read, answer the quiz, hand in, and are marked."""

import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import current_app

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import bank, marking, rules
from diploma.coursework import service as coursework
from diploma.coursework.annotations import rules as places
from diploma.coursework.annotations import service as annotations
from diploma.coursework.annotations.service import Desk, Passage, Said
from diploma.coursework.attempts import opening, returning
from diploma.coursework.models import Marking, SubmissionVersion
from diploma.coursework.offline import feedback
from diploma.coursework.releasing import service as releasing
from diploma.demo import texts
from diploma.learning import service as learning
from diploma.learning.catalogue import Content
from diploma.learning.structure import Item, ItemType, Module
from diploma.quizzes import service as quizzes

MODULE = "m2-challenge-assessment"
QUESTION_HOUR = {Lang.UZ_CYRL: "Савол-жавоб соати: исбот файли", Lang.AR: "ساعة أسئلة: ملف الأدلة"}


@dataclass(frozen=True)
class Pace:
    """How far a person is: whole lessons and sections of the next one read, share of right answers in the quiz (0 to 1,
    ``None``: not begun), days before today of the submission, of the mark and of its release, and of a marking that was
    begun and not finished."""

    lessons: int
    sections: int = 0
    quiz: float | None = None
    submitted: int | None = None
    marked: int | None = None
    released: int | None = None
    begun: int | None = None
    again: int | None = None  # days before today on which a second attempt was opened
    returned: int | None = None  # days before today on which the work was returned with comments


# By place in the roster: the named accounts of the contract first, then a believable spread.
NAMED = {
    "trainee.uz": Pace(1, 2),
    "trainee.ae": Pace(1, 3),
    "nearly.uz": Pace(4, quiz=0.9, submitted=2),
    "graduate.uz": Pace(4, quiz=1.0, submitted=12, marked=9, released=8),
    "uz.15": Pace(4, quiz=0.9, submitted=10, marked=2),
    "ae.02": Pace(4, quiz=0.8, submitted=11, marked=6, released=5),
}
SPREAD = (
    Pace(4, quiz=0.8, submitted=3),
    Pace(3, 2, quiz=0.7),
    Pace(4, quiz=0.9, submitted=10, marked=6, released=5),
    Pace(4, quiz=0.8, submitted=13, marked=9, released=8, again=3),
    Pace(4, quiz=0.7, submitted=6, marked=1),
    Pace(1),
    Pace(4, quiz=0.6, submitted=4, begun=1),
    Pace(0),
    Pace(4, quiz=1.0, submitted=12, marked=8, released=7),
    Pace(2, 1),
    Pace(4, quiz=0.9, submitted=5, returned=2),
    Pace(1, 4),
)


def study(enrolment: Enrolment, content: Content, number: int, instructor: User, zone: str) -> None:
    """One person's five weeks in the module."""
    user, module = enrolment.user, content.modules[MODULE]
    if user.activated_at is None:
        return
    login = user.email.partition("@")[0]
    pace = NAMED.get(login) or SPREAD[number % len(SPREAD)]
    with clock.at(_moment(-20 + number % 7, 18, zone)):
        _read(enrolment, module, pace)
    if pace.quiz is not None:
        with clock.at(_moment(-14 + number % 3, 19, zone)):
            _answer_quiz(enrolment, content, pace.quiz)
    if pace.submitted is not None:
        version = _hand_in(enrolment, module, pace.submitted, number, zone)
        _mark(version, pace, number, instructor, zone)
        _once_more(version, pace, instructor, zone)
    elif login in ("trainee.uz", "trainee.ae"):
        with clock.at(_moment(-1, 20, zone)):
            draft = coursework.open_draft(enrolment, MODULE, user.writing_language(), by=user)
            coursework.save_draft(
                draft, coursework.Written(texts.BEGINNING[user.writing_language()], user.writing_language()), by=user
            )
    user.last_seen_at = _moment(-(number % 6), 20, zone)


def fill_bank(instructor: User, zone: str) -> None:
    """The comments that an instructor has kept since the last cohort."""
    with clock.at(_moment(-30, 20, zone)):
        for texts_of_one in texts.BANK:
            bank.keep(instructor, texts_of_one, MODULE if texts_of_one is not texts.BANK[-1] else None)


def _read(enrolment: Enrolment, module: Module, pace: Pace) -> None:
    for lesson in module.lessons[: pace.lessons]:
        learning.complete_lesson(session, enrolment.id, MODULE, lesson)
    if pace.lessons < len(module.lessons):
        lesson = module.lessons[pace.lessons]
        for anchor in lesson.anchors[: pace.sections]:
            learning.read_section(session, enrolment.id, MODULE, lesson.id, anchor)


def _answer_quiz(enrolment: Enrolment, content: Content, share: float) -> None:
    """Answer in order; the last ones are left open so that about ``share`` of the answers are right."""
    attempt = quizzes.start(enrolment, MODULE, by=enrolment.user)
    items = quizzes.items_of(attempt)
    for item in items[: round(len(items) * share)]:
        quizzes.save_answer(attempt, item.id, _right(item, content), by=enrolment.user)
    quizzes.submit(attempt, by=enrolment.user)


def _right(item: Item, content: Content) -> dict[str, Any]:
    match item.type:
        case ItemType.MATCH:
            return {"pairs": dict(item.pairs)}
        case ItemType.ORDER:
            return {"places": {option: place for place, option in enumerate(item.key, 1)}}
        case ItemType.NUMBER:
            return {"text": str(item.value)}
        case ItemType.SHORT:
            return {"text": content.say(MODULE, f"quiz/{item.id}/accepted", Lang.EN).splitlines()[0]}
    return {"chosen": list(item.key)}


def _hand_in(enrolment: Enrolment, module: Module, days: int, number: int, zone: str) -> SubmissionVersion:
    user, lang = enrolment.user, enrolment.user.writing_language()
    annex = next(part for part in module.assignment.parts if part.id == "annex")
    with clock.at(_moment(-days, 21, zone)) as at:
        draft = coursework.open_draft(enrolment, MODULE, lang, by=user)
        coursework.save_draft(
            draft, coursework.Written(texts.WORKS[lang][number % len(texts.WORKS[lang])], lang), by=user
        )
        blob = current_app.extensions["files"].put(io.BytesIO(_evidence_table(lang, number)))
        coursework.attach_file(
            draft, annex, rules.SentFile(texts.ANNEX_NAME[lang], blob.sha256, blob.size, "xlsx"), by=user
        )
        return coursework.submit(
            draft,
            f"demo-{enrolment.id}",
            module.assignment.declarations,
            received_at=at,
            base_url=current_app.config["BASE_URL"],
            by=user,
        )


def _mark(version: SubmissionVersion, pace: Pace, number: int, instructor: User, zone: str) -> None:
    levels = texts.LEVELS[number % len(texts.LEVELS)]
    if version.marking and pace.begun is not None:
        with clock.at(_moment(-pace.begun, 21, zone)):
            some = dict(list(levels.items())[:2])
            marking.save_marking(version.marking, marking.Judged(some), by=instructor)
    if pace.marked is None or version.marking is None:
        return
    with clock.at(_moment(-pace.marked, 20, zone)):
        _comment(version, instructor)
        said = marking.Judged(levels, texts.COMMENTS[version.lang], remarks=texts.REMARKS[version.lang])
        marking.mark(version.marking, said, by=instructor)
    if pace.released is not None:
        _give_back(version.marking, version.lang, number, instructor)
        with clock.at(_moment(-pace.released, 9, zone)):
            releasing.release([version.marking], base_url=current_app.config["BASE_URL"], by=instructor)


def _comment(version: SubmissionVersion, instructor: User) -> None:
    """Two comments where they belong, each about the first words of a paragraph."""
    assert version.marking
    for place, said in ((1, texts.BANK[0]), (3, texts.BANK[1])):
        line = places.words(places.paragraphs(version.text)[place])
        passage = Passage(line[0].start, line[min(len(line), 9) - 1].stop)
        annotations.add(Desk(version.marking), passage, Said(said[version.lang]), by=instructor)


def _give_back(row: Marking, lang: Lang, number: int, instructor: User) -> None:
    """The table of evidence again, with a remark of the marker below it."""
    table, store = _evidence_table(lang, number, texts.COMMENTS[lang]), current_app.extensions["files"]
    feedback.add(row, feedback.prepare(texts.ANNEX_NAME[lang], table, feedback.into(store)), by=instructor)


def _once_more(version: SubmissionVersion, pace: Pace, instructor: User, zone: str) -> None:
    """A work that waits for its missing annex, and one whose author was given a second attempt."""
    base_url = current_app.config["BASE_URL"]
    if pace.returned is not None and version.marking:
        with clock.at(_moment(-pace.returned, 20, zone)):
            until = clock.now() + timedelta(days=6)
            returning.give_back(version.marking, texts.RETURNED[version.lang], until, base_url=base_url, by=instructor)
    if pace.again is not None:
        with clock.at(_moment(-pace.again, 10, zone)):
            due_at = clock.now() + timedelta(days=12)
            opening.open_attempt(
                version.submission, due_at=due_at, reason=texts.AGAIN[version.lang], base_url=base_url, by=instructor
            )


def _evidence_table(lang: Lang, number: int, remark: str = "") -> bytes:
    """A real workbook: claims with their kind, source and date; below them, in a marker's copy, a remark."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "text_wrap": True})
    if lang is Lang.AR:
        sheet.right_to_left()
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 3, 22)
    for row, cells in enumerate(texts.EVIDENCE[lang]):
        sheet.write_row(row, 0, cells, bold if row == 0 else None)
    sheet.write(len(texts.EVIDENCE[lang]) + 1, 0, f"№ {number + 1}")
    sheet.write(len(texts.EVIDENCE[lang]) + 3, 0, remark)
    book.close()
    return buffer.getvalue()


def _moment(days: int, hour: int, zone: str) -> datetime:
    return datetime.combine(clock.now().date() + timedelta(days=days), time(hour), ZoneInfo(zone))
