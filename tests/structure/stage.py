"""A government with one object of every kind, built through the services, and people who ask for them.

The tests of this folder walk all routes and all pages, so they need an object behind each address: a work with a
file, an open and a finished quiz attempt, marks, live sessions, an imported roster, certificates at every step, a role,
links. All of them are the government ``uz``'s; people of ``ae`` hold the same roles there and have work of their own.
"""

import io
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from config import ROOT
from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink, Purpose, RoleGrant, User, UserSession
from diploma.accounts.permissions import Role
from diploma.admissions import calls, letters, nominations, offers, registration, selection
from diploma.admissions import files as application_files
from diploma.admissions import service as admissions
from diploma.admissions.calls import Terms
from diploma.admissions.models import (
    Application,
    ApplicationState,
    Entry,
    LinkPurpose,
    Registration,
    RegistrationState,
)
from diploma.admissions.nominations import Named
from diploma.admissions.plan import Criterion, Effect, PositionLevel, Question, QuestionKind, Rule, RuleKind
from diploma.certificates import bulk, issuers, specimens, status, subscriptions
from diploma.certificates import service as certificates
from diploma.certificates.models import Certificate
from diploma.certificates.rules import module_award
from diploma.certificates.transparency import orders, schedule
from diploma.cohorts import planning
from diploma.cohorts import service as cohorts
from diploma.cohorts.calendars import free_days
from diploma.cohorts.calendars.models import Holiday
from diploma.cohorts.entities import changing
from diploma.cohorts.groups import service as groups
from diploma.cohorts.intakes import cloning
from diploma.cohorts.intakes.cloning import ClonePlan
from diploma.cohorts.invitations import inviting
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, CohortState, Enrolment, Entity, EntityKind, LiveSession, Presence
from diploma.cohorts.names import documents, name_requests
from diploma.cohorts.roster import drafts
from diploma.cohorts.roster import importing as roster_service
from diploma.cohorts.roster.importing import Source
from diploma.cohorts.roster.sheet import read_sheet
from diploma.cohorts.tutoring import allocation
from diploma.cohorts.tutoring.allocation import Way, Wish
from diploma.cohorts.workdays import FreeDays
from diploma.core import batch, clock, db, mail, outbox, uploads
from diploma.core.batch import Batch
from diploma.core.lang import Lang
from diploma.coursework import bank, marking, results
from diploma.coursework import service as coursework
from diploma.coursework.allocation import conflicts
from diploma.coursework.allocation.models import Conflict
from diploma.coursework.annotations import service as annotations
from diploma.coursework.annotations.service import Desk, Passage, Place, Said
from diploma.coursework.appeals import answering, asking
from diploma.coursework.appeals.answering import Verdict as Answer
from diploma.coursework.appeals.asking import Asked as Appealed
from diploma.coursework.attempts import opening, returning
from diploma.coursework.extensions import given, waivers
from diploma.coursework.extensions import service as extensions
from diploma.coursework.extensions.given import Given
from diploma.coursework.extensions.models import Cause as AskedCause
from diploma.coursework.extensions.service import Asked, Verdict
from diploma.coursework.marking import Judged
from diploma.coursework.models import AssignmentPolicy, Submission, SubmissionVersion
from diploma.coursework.moderation import calibration, readings, rounds
from diploma.coursework.moderation.calibration import Sample
from diploma.coursework.moderation.policy import SECOND
from diploma.coursework.offline import access, feedback
from diploma.coursework.peers import allotting
from diploma.coursework.peers import service as peer_reviews
from diploma.coursework.peers.models import Entry as PeerEntry
from diploma.coursework.peers.models import Review as PeerReview
from diploma.coursework.peers.policy import PEERS
from diploma.coursework.peers.service import Said as PeerSaid
from diploma.coursework.releasing import planning as planned
from diploma.coursework.releasing import service as releasing
from diploma.coursework.rules import Adjustment, SentFile
from diploma.coursework.together import adjusting
from diploma.discussions import announcements, messages, notices
from diploma.discussions import service as discussions
from diploma.discussions.announcements import Plan
from diploma.discussions.models import MessageRecipient, Post
from diploma.discussions.service import Written
from diploma.learning import catalogue, corrections, notes, publisher
from diploma.learning import service as learning
from diploma.learning.loader import load
from diploma.learning.models import MistakeKind, MistakeReport, ReportState, UploadState
from diploma.learning.sheets import FieldKind
from diploma.learning.structure import Act, PartKind
from diploma.learning.translation import importing, records, standing
from diploma.learning.translation import uploads as translation_uploads
from diploma.learning.translation.importing import Problem
from diploma.quizzes import service as quizzes
from diploma.quizzes.models import QuizAttempt
from diploma.worksheets import service as worksheets
from diploma.worksheets.entries import control
from tests import film, papers
from tests.conftest import Client
from tests.coursework.samples import PDF
from tests.world import M2, enrol, person

LESSON = "01-from-complaint-to-challenge"
FILE = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n"
    b"endobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    b"trailer << /Root 1 0 R >>\n%%EOF\n"
)
ROSTER = """E-mail,F.I.Sh.,Tashkilot,Til
invited@uz.test,Нодира Алиева,Адлия вазирлиги,uz-Cyrl
listed@uz.test,Шавкат Алиев,Адлия вазирлиги,uz-Cyrl
returned@uz.test,Гулнора Алиева,Адлия вазирлиги,uz-Cyrl
"""
UNDER_WAY = """E-mail,F.I.Sh.,Tashkilot,Til
fresh@uz.test,Янги Одам,Адлия вазирлги,uz-Cyrl
no address,Бирор Киши,,klingon
other@uz.test,Алиева Нодира,Adliya vazirligi,
twin@uz.test,Yangi Odam,,uz-Latn
"""
SENTENCES = {Lang.RU: "Лицензия продлевается в трёх окнах.", Lang.AR: "تُجدَّد الرخصة في ثلاثة شبابيك."}
DECLARED = ("own_work", "no_personal_data", "consent")
NAMES = {Lang.UZ_LATN: "Olim Karimov", Lang.UZ_CYRL: "Олим Каримов", Lang.RU: "Олим Каримов"}

# Trainees of uz-1 on their way to a certificate; each has taken one step more than the one before.
STEPS = ("earned@uz.test", "unnamed@uz.test", "named@uz.test", "ready@uz.test", "holder@uz.test", "revoked@uz.test")
GUESTS = {Role.REGISTRAR: "registrar@ae.test", Role.DIRECTOR: "director@ae.test"}  # programme roles, on ae alone
MANAGERS = ("manager@uz.test", "manager@ae.test", "centre@ae.test")
STAFF = (
    "instructor@uz.test",
    "again@uz.test",
    "coordinator@uz.test",
    "instructor@ae.test",
    "coordinator@ae.test",
    "registrar@test.test",
    "director@test.test",
    "translator@test.test",
    "reader@test.test",
    *GUESTS.values(),
    *MANAGERS,
)
TRAINEES = ("deferred@uz.test", "aziza@uz.test", "bobur@uz.test", "salem@ae.test", *STEPS)
SIGNED_OUT = "holder@uz.test, whose session has ended"


class Renderer:
    """Draws nothing: a file that begins like a PDF, at once."""

    def render(self, snapshot: Any, drawings: Any) -> bytes:
        return f"%PDF-1.7\n{snapshot.to_json()}\n%%EOF\n".encode()


@dataclass
class Stage:
    """What tests name: ``ids`` of objects by what they are, and the doors through which people come in."""

    app: Flask
    ids: dict[str, Any] = field(default_factory=dict)
    doors: dict[str, tuple[str, str]] = field(default_factory=dict)  # e-mail → cookie, token of its forms

    def browser(self, email: str) -> Client:
        """A fresh browser in which ``email`` is signed in; a visitor's when empty."""
        client: Client = self.app.test_client()  # type: ignore[assignment]
        client.set_cookie("session", self.doors[email][0])
        return client

    def token(self, email: str) -> str:
        return self.doors[email][1]


def build(app: Flask, password_hash: str) -> Stage:
    """Everything, on top of the world of ``tests.world``."""
    stage = Stage(app)
    with app.app_context():
        with db.unit_of_work(), tempfile.TemporaryDirectory() as folder:
            _publish(Path(folder))
        with db.unit_of_work():
            cohort = _cohort("uz-1")
            first = enrolment_of("aziza@uz.test")
            stage.ids |= {"cohort": cohort.slug, "partner": cohort.partner.slug, "enrolment": first.id}
            stage.ids |= {"entity": first.entity_id, **_people(cohort, password_hash), **_margins()}
            stage.ids |= {
                **_attempts(),
                **_second_marks(app, cohort, password_hash),
                **_works(app),
                **_sessions(cohort),
                **_roster(cohort),
                **_lists(app, cohort),
                **_links(),
            }
            stage.ids |= _tutors(cohort, first)
            stage.ids |= _peers(cohort)
            _managers(cohort, first.entity, password_hash)
            stage.ids |= _life(cohort, password_hash)
            stage.ids |= {**_dates(cohort), **_release(cohort)}
            stage.ids |= _appeals(app)
            _together(cohort)
            stage.ids |= {"upload": _upload("aziza@uz.test"), **_worksheet("aziza@uz.test")}
            stage.ids |= _discussions(cohort)
            _translations(password_hash)
            stage.ids |= _admission(cohort)
        with db.unit_of_work():
            stage.ids |= _certificates(cohort)
            stage.ids |= _batches(cohort)
        _work_off("batch_over", stage.ids)
        subscriptions.draw_now(stage.ids["certificate"])
        _register(stage.ids)
        with db.unit_of_work():
            tokens = {who: accounts.start_session(user_of(who), agent="", address="") for who in (*STAFF, *TRAINEES)}
            tokens[SIGNED_OUT] = accounts.start_session(user_of("holder@uz.test"), agent="", address="")
            stage.ids["session"] = _second_device("holder@uz.test")
    # Outside of the context: a client inside it would share what belongs to one request.
    stage.doors |= {who: _open_door(app, token) for who, token in {"": "", **tokens}.items()}
    with app.app_context(), db.unit_of_work():
        accounts.end_session(tokens[SIGNED_OUT])
    return stage


def _publish(folder: Path) -> None:
    """To the first cohort alone: the real course with a video, and with worksheets while it has none of its own."""
    course = Path(shutil.copytree(ROOT / "courses" / "gid", folder / "gid"))
    papers.put_into(course / "modules" / M2, LESSON)
    film.put_into(course / "modules" / M2 / "lessons" / LESSON)
    made, cohort = publisher.publish(course), _cohort("uz-1")
    cohort.edition_id, cohort.revision_id = made.edition_id, made.revision_id


def user_of(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def enrolment_of(email: str) -> Enrolment:
    return db.session.scalars(select(Enrolment).join(Enrolment.user).where(User.email == email)).one()


def _second_device(email: str) -> int:
    accounts.start_session(user_of(email), agent="Телефон", address="192.0.2.7")
    db.session.flush()
    return db.session.scalars(select(UserSession.id).where(UserSession.address == "192.0.2.7")).one()


def _cohort(slug: str) -> Cohort:
    return db.session.scalars(select(Cohort).where(Cohort.slug == slug)).one()


def _people(cohort: Cohort, password_hash: str) -> dict[str, Any]:
    """Trainees for the steps of certificates, the programme's roles held on the other government, a role to end."""
    for email in STEPS:
        enrol(cohort, person(email, "Олим Каримов", password_hash, None, Lang.UZ_CYRL))
    abroad = _cohort("ae-1").partner
    for role, email in GUESTS.items():
        person(email, "سارة المثال", password_hash, role, partner_id=abroad.id)
    grant = select(RoleGrant.id).join(RoleGrant.user).where(User.email == "instructor@uz.test")
    return {"grant": db.session.scalars(grant).one()}


def _tutors(cohort: Cohort, *people: Enrolment) -> dict[str, Any]:
    """Some people get their instructor as tutor, who has said in which languages they work."""
    tutor, by = user_of("instructor@uz.test"), user_of("coordinator@uz.test")
    accounts.say_work_languages(tutor, [Lang.RU, Lang.UZ_CYRL])
    chosen, wish = {one.id for one in people}, Wish(Way.HAND, {tutor.id})
    allocation.allocate(cohort, chosen, wish, allocation.propose(cohort, chosen, wish).mark, by=by)
    return {"tutor": tutor.id}


def _managers(cohort: Cohort, entity: Entity | None, password_hash: str) -> None:
    """Line managers of one entity here and there, and of the other country's centre of government; a logo."""
    assert entity
    abroad = _cohort("ae-1").partner
    there = db.session.scalars(select(Entity).where(Entity.partner_id == abroad.id)).one()
    centre = changing.create_entity(abroad, {"en": "Cabinet Office"}, kind=EntityKind.CENTRE_OF_GOVERNMENT)
    for email, one in zip(MANAGERS, (entity, there, centre), strict=True):
        person(email, "Нодира Раҳбар", password_hash, Role.LINE_MANAGER, Lang.UZ_CYRL, entity_id=one.id)
    below = changing.create_entity(cohort.partner, {"en": "Agency of Examples"}, parent=entity)
    old = changing.create_entity(cohort.partner, {"ru": "Прежнее агентство"}, parent=entity)
    changing.merge_entity(old, below, clock.today("Asia/Tashkent"))


def _margins() -> dict[str, Any]:
    """A note of the first trainee, one whose section is gone, and two reported mistakes, the second answered."""
    aziza, first = user_of("aziza@uz.test"), enrolment_of("aziza@uz.test")
    for section in ("why", "gone"):
        notes.save(first, (M2, LESSON, section), "Лицензия: моя заметка")

    def report(text: str) -> MistakeReport:
        where = {"module": M2, "lesson": LESSON, "section": "why", "lang": Lang.RU}
        where["revision_id"] = first.cohort.revision_id
        return corrections.report(
            where, MistakeKind.LANGUAGE, "", text, cohort=first.cohort, by=aziza, base_url="http://localhost"
        )

    found, answered = report("Лицензия пишется иначе"), report("Лицензия пишется так")
    director = user_of("director@test.test")
    corrections.answer(answered, ReportState.DECLINED, "Так и должно быть", by=director, base_url="http://localhost")
    return {"mistake": found.id, "answered": answered.id}


def _attempts() -> dict[str, Any]:
    """A finished and an open attempt of the first trainee; strangers have an open one of their own."""

    def start(email: str) -> QuizAttempt:
        return quizzes.start(enrolment_of(email), M2, by=user_of(email))

    finished = quizzes.submit(start("aziza@uz.test"), by=user_of("aziza@uz.test"))
    own, *_others = (start(email) for email in ("aziza@uz.test", "bobur@uz.test", "salem@ae.test"))
    return {"finished": finished.id, "attempt": own.id}


def _works(app: Flask) -> dict[str, Any]:
    """A work with a file that waits for its mark, a marked one, and drafts with a file here and in ``ae``."""
    waiting, marked = (_hand_in(_draft(app, email)) for email in ("aziza@uz.test", "holder@uz.test"))
    draft, foreign = _draft(app, "bobur@uz.test"), _draft(app, "salem@ae.test", Lang.AR)
    assert waiting.marking and marked.marking
    _comment(marked)
    given_back = _feedback(app, waiting)
    judged = _mark(marked, -2, "Хорошая работа")
    again = _again(app, judged)
    found = again | {"marking": waiting.marking.id, "marked": marked.marking.id, "receipt": waiting.receipt}
    banked = bank.keep(user_of("instructor@uz.test"), {Lang.RU: "Назовите источник."}, M2)
    found |= {"banked": banked.id, "draft_file": draft.files[0].id, "feedback_file": given_back}
    return found | {"base": draft.version, "foreign_base": foreign.version}


def _second_marks(app: Flask, cohort: Cohort, password_hash: str) -> dict[str, Any]:
    """A work that waits for its second mark, one with two marks that are far apart, and a sample. The rules that chose
    them hold no longer, so that other marks of the cohort are released at once."""
    works, coordinator = [], user_of("coordinator@uz.test")
    second = person("again@uz.test", "Гулнора Учинчи", password_hash, Role.INSTRUCTOR, cohort_id=cohort.id)
    rule = AssignmentPolicy(cohort_id=cohort.id, module=M2, area=SECOND.id, values={"on": True, "every": True})
    db.session.add(rule)
    for number in range(2):
        email = f"twice{number}@uz.test"
        enrol(cohort, person(email, "Олим Каримов", password_hash, None, Lang.UZ_CYRL))
        works.append(_hand_in(_draft(app, email)))
        _mark(works[-1], -2, "Нет причин.")
    held = rounds.reveal(cohort, M2, by=coordinator)
    rounds.start(cohort, M2, shown=rounds.seen(rounds.plan(cohort, M2, held)), by=coordinator)
    chosen = readings.of_round(held)
    given = [readings.assign(one, second, by=coordinator) for one in chosen]
    best = results.rubric_of(works[1]).levels[0].id
    levels = {one.id: best for one in results.rubric_of(works[1]).criteria}
    readings.give(given[1], Judged(levels, "Причины названы."), by=second)
    sample = calibration.add(cohort, Sample(M2, Lang.RU, "Три окна", SENTENCES[Lang.RU], levels), by=coordinator)
    db.session.delete(rule)
    return {"second_reading": given[0].id, "to_agree": chosen[1].id, "sample": sample.id}


def _mark(work: SubmissionVersion, level: int, comment: str) -> Judged:
    """Set a mark: each criterion with the level at a place of the rubric, the best first."""
    assert work.marking
    rubric = results.rubric_of(work)
    remarks = {rubric.criteria[0].id: "Лицензия: назовите её."}
    judged = Judged({one.id: rubric.levels[level].id for one in rubric.criteria}, comment, remarks=remarks)
    marking.mark(work.marking, judged, by=user_of("instructor@uz.test"))
    return judged


def _comment(work: SubmissionVersion) -> None:
    """Comments of the first marker on a passage and on a place of a page."""
    assert work.marking
    desk, by = Desk(work.marking), user_of("instructor@uz.test")
    annotations.add(desk, Passage(0, 8), Said("Какая лицензия?"), by=by)
    annotations.add(desk, Place(annotations.files(work)[0], 1, 1000, 1000, 3000, 500), Said("Здесь пусто."), by=by)


def _feedback(app: Flask, work: SubmissionVersion) -> int:
    """A file that the marker gives back with the mark of a work."""
    assert work.marking
    sent = feedback.prepare("отзыв.pdf", FILE, feedback.into(app.extensions["files"]))
    feedback.add(work.marking, sent, by=user_of("instructor@uz.test"))
    return access.files_of(work.marking)[0].id


def _again(app: Flask, judged: Judged) -> dict[str, Any]:
    """A work whose second attempt is open, one whose second attempt was closed, and one returned with comments."""
    by, steward, due_at = user_of("instructor@uz.test"), user_of("coordinator@uz.test"), clock.now() + timedelta(days=9)
    opened, closed, returned = (_hand_in(_draft(app, email)) for email in STEPS[:3])
    assert opened.marking and closed.marking and returned.marking
    _comment(opened)
    for one in (opened, closed):
        marking.mark(one.marking, judged, by=by)
    _feedback(app, opened)
    releasing.release([opened.marking, closed.marking], base_url="http://localhost", by=by)
    rows = [
        opening.open_attempt(
            one.submission, due_at=due_at, reason="Нужна попытка", base_url="http://localhost", by=steward
        )
        for one in (opened, closed)
    ]
    opening.close(rows[1], reason="Открыта зря", base_url="http://localhost", by=steward)
    opening.excuse(opened.submission, 1, reason="Пожарная тревога", by=steward)
    returning.give_back(returned.marking, "Нет приложения", due_at, base_url="http://localhost", by=by)
    conflicts.declare(closed.marking, "Лицензия: родня", by=by)
    declared = db.session.scalars(select(Conflict.id)).one()
    return {
        "conflict": declared,
        "released_receipt": opened.receipt,
        "work": opened.submission_id,
        "returned_marking": returned.marking.id,
        "returned_receipt": returned.receipt,
    }


def _release(cohort: Cohort) -> dict[str, Any]:
    """The marks of an assignment are to be released together in a week."""
    at, by = clock.now() + timedelta(days=7), user_of("instructor@uz.test")
    return {"planned_release": planned.plan(cohort, M2, at, version=0, by=by).id}


def _peers(cohort: Cohort) -> dict[str, Any]:
    """Reviews by fellow trainees whose time is over but for the first person: one that they give, one that they got and
    reported."""
    values = {"on": True, "reviews": 2, "must_review": False}
    db.session.add(AssignmentPolicy(cohort_id=cohort.id, module=M2, area=PEERS.id, values=values))
    db.session.flush()
    held = allotting.begin(cohort, M2)
    assert held
    now, first = clock.now(), enrolment_of("aziza@uz.test")
    held.begun_at, held.ends_at = now - timedelta(days=8), now - timedelta(hours=1)
    mine = db.session.scalars(select(PeerEntry).where(PeerEntry.enrolment_id == first.id)).one()
    for entry in db.session.scalars(select(PeerEntry)):
        entry.joined_at = held.begun_at
    rows = db.session.scalars(select(PeerReview).order_by(PeerReview.id)).all()
    given_one = next(one for one in rows if one.reviewer_id == mine.id)
    got = next(one for one in rows if one.entry_id == mine.id)
    rubric = results.rubric_of(mine.work)
    levels, remarks = ({one.id: value for one in rubric.criteria} for value in (rubric.levels[1].id, "Лицензия: чья?"))
    said = PeerSaid(levels, remarks, "Лицензия: хорошее начало", "p" * 20, got.version)
    peer_reviews.hand_in(got, said, by=got.reviewer.enrolment.user)
    for one in rows:
        one.until_at = now + timedelta(days=5) if one.reviewer_id == mine.id else held.ends_at
    db.session.flush()
    peer_reviews.report(got, "Лицензия: обидно", by=first.user)
    return {"given_review": given_one.token, "got_review": got.token, "peer": got.reviewer_id}


def _dates(cohort: Cohort) -> dict[str, Any]:
    """Requests for more time in every state, a group with dates of its own, a late work whose lateness is waived."""
    by, now, base = user_of("instructor@uz.test"), clock.now(), "http://localhost"

    def ask(email: str) -> Any:
        said = Asked(3, AskedCause.WORK, "Лицензия: командировка", key="k" * 20)
        return extensions.ask(enrolment_of(email), M2, said, at=now, base_url=base, by=user_of(email))

    own = ask("bobur@uz.test")
    extensions.withdraw(own, by=user_of("bobur@uz.test"))
    own = extensions.ask(
        enrolment_of("bobur@uz.test"), M2, Asked(2, AskedCause.ILLNESS, key="l" * 20),
        at=now, base_url=base, by=user_of("bobur@uz.test"),
    )  # fmt: skip
    more = [f"{name}@uz.test" for name in ("granted", "refused", "asking")]
    for email in more:
        enrol(cohort, person(email, "Олим Каримов", "", None, Lang.UZ_CYRL))
    granted, refused, asked = (ask(email) for email in more)
    extensions.grant(granted, Verdict("Лицензия: да"), base_url=base, by=by)
    extensions.refuse(refused, Verdict("Лицензия: нет"), base_url=base, by=by)
    group = groups.make(cohort, "Лицензия", by=user_of("coordinator@uz.test"))
    groups.put(group, [enrolment_of("ready@uz.test").id], by=user_of("coordinator@uz.test"))
    spare = groups.make(cohort, "Лицензия 2", by=user_of("coordinator@uz.test"))
    dates = [
        given.give(to, Given(M2, "Лицензия: группа", due_at=now + timedelta(days=9)), base_url=base, by=by)
        for to in (group, enrolment_of("named@uz.test"))
    ]
    given.end(dates[1], "Лицензия: ошибка", base_url=base, by=by)
    work = db.session.scalars(
        select(Submission).join(Submission.enrolment).join(Enrolment.user).where(User.email == "holder@uz.test")
    ).one()
    waivers.waive(work, "Лицензия: сбой", by=by)
    found = {"asked_extension": asked.id, "own_extension": own.id, "granted_extension": granted.id}
    return found | {"group": spare.id, "own_dates": dates[0].id, "eased": work.id}


def _appeals(app: Flask) -> dict[str, Any]:
    """Two appeals against one released mark: one that waits, with a file, and one that was answered."""
    work = db.session.scalars(
        select(SubmissionVersion)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .where(User.email == "unnamed@uz.test")
    ).one()
    blob, why = app.extensions["files"].put(io.BytesIO(FILE)), "Лицензия: источник каждой цифры назван."
    file = SentFile("Лицензия.pdf", blob.sha256, blob.size, "pdf")

    def ask(criterion: str, file: SentFile | None = None) -> Any:
        said = Appealed(criterion, why, criterion.ljust(20, "k"), file)
        by = user_of("unnamed@uz.test")
        return asking.ask(work, said, at=clock.now(), base_url="http://localhost", by=by)

    waiting, upheld = ask("evidence", file), ask("causes")
    by = user_of("again@uz.test")
    answering.uphold(upheld, Answer("Лицензия: источник не назван."), base_url="http://localhost", by=by)
    return {"appeal": waiting.id, "upheld_appeal": upheld.id, "appeal_receipt": work.receipt}


def _together(cohort: Cohort) -> None:
    """The marked work is that of a group, of which one member is left, who gets fewer points."""
    author = enrolment_of("holder@uz.test")
    group = groups.make(cohort, "Группа «Лицензия»", by=user_of("coordinator@uz.test"))
    groups.put(group, [author.id], by=user_of("coordinator@uz.test"))
    work = coursework.find(author, M2)
    assert work and work.versions[0].marking
    work.group = group
    db.session.flush()
    row, points = work.versions[0].marking, Adjustment(-3, "Лицензия пришла поздно")
    adjusting.adjust(row, {row.id: points}, shown=adjusting.seen(row), by=user_of("instructor@uz.test"))


def _draft(app: Flask, email: str, lang: Lang = Lang.RU) -> Submission:
    by, blob = user_of(email), app.extensions["files"].put(io.BytesIO(FILE))
    draft = coursework.open_draft(enrolment_of(email), M2, lang, by=by)
    coursework.save_draft(draft, coursework.Written(" ".join([SENTENCES[lang]] * 90), lang), by=by)
    parts = catalogue.content(draft.enrolment.cohort.revision_id).modules[M2].assignment.parts
    part = next(one for one in parts if one.kind is PartKind.FILE)
    coursework.attach_file(draft, part, SentFile("карта.pdf", blob.sha256, blob.size, "pdf"), by=by)
    return draft


def _hand_in(draft: Submission) -> SubmissionVersion:
    by, now = draft.enrolment.user, clock.now()
    return coursework.submit(draft, "k" * 20, DECLARED, received_at=now, base_url="", by=by)


def _translations(password_hash: str) -> None:
    """A translator and a named reader; a text that each has worked on, and workbooks in every state."""
    translator = person("translator@test.test", "Омина Таржимон", password_hash, None, Lang.UZ_CYRL)
    reader = person("reader@test.test", "سارة القارئة", password_hash, None, Lang.AR)
    both = [Lang.AR, Lang.UZ_CYRL]
    accounts.grant_role(translator, Role.TRANSLATOR, translates=both)
    accounts.grant_role(reader, Role.TRANSLATOR, approves=both)
    accounts.grant_role(person("nobody@test.test", "Нодир Алиев", password_hash, None), Role.TRANSLATOR)
    loaded = load(ROOT / "courses" / "gid")
    for lang in both:
        texts = standing.texts(loaded, M2, lang, {})
        first, second, *_rest = (texts[f"lessons/{LESSON}/{anchor}"] for anchor in ("why", "idea", "key"))
        records.translated([first, second], by=translator)
        records.approve(loaded, [first], by=reader)
        records.approve(loaded, [second], by=reader, act=Act.REVIEWED)
    problems = [Problem(7, M2, "module/title", importing.CHANGED), Problem(9, M2, "quiz", "It is wrong.", english=True)]
    for number, state in enumerate(UploadState):
        source = translation_uploads.Source("list.xlsx", f"{number:064x}")
        made = translation_uploads.hand_in(Lang.UZ_CYRL, source, partial=False, by=translator)
        if state is not UploadState.WAITING:
            made.state, made.closed_at = state, clock.now()
            made.report = {"written": number, "problems": [translation_uploads.as_json(one) for one in problems]}


def _admission(first: Cohort) -> dict[str, Any]:
    """A call of a cohort to come: a draft, an application that is read, an offer; a registration in the queue."""
    by, today, now = user_of("coordinator@uz.test"), clock.now().date(), clock.now()
    tongues = {"en": "Why?", "ru": "Почему?", "ar": "لماذا؟", "uz-Latn": "Nega?", "uz-Cyrl": "Нега?"}
    cohort = planning.create_cohort(
        first.partner, "uz-next", first.names, edition_id=first.edition_id, revision_id=first.revision_id,
        starts_on=today + timedelta(days=60), ends_on=today + timedelta(days=200), seats=30,
        languages=first.languages, certificate_languages=first.certificate_languages,
    )  # fmt: skip
    cohorts.move_cohort(cohort, CohortState.OPEN)
    call = calls.open_call(cohort, Terms(now - timedelta(days=1), now + timedelta(days=9), Entry.BOTH, 3), by=by)
    calls.add_question(call, Question("why", QuestionKind.LONG, tongues), by=by)
    calls.add_question(call, Question("cv", QuestionKind.FILE, tongues, required=False, accepts=("pdf",)), by=by)
    calls.add_criterion(call, Criterion("idea", tongues, 10), by=by)
    calls.change_rules(
        call, replace(calls.plan_of(call), rules=(Rule(RuleKind.SERVICE, Effect.ADVISORY, 9),)), 0, by=by
    )
    calls.name_readers(call, {one.id: None for one in (by, user_of("instructor@uz.test"))}, by=by)
    draft, read, offered, asked = (
        _applicant(call, by, f"{name}@mail.test") for name in ("draft", "read", "due", "new")
    )
    said = admissions.Written(
        "Нодира Алиева", Lang.UZ_CYRL, None, "Адлия вазирлиги", "Мутахассис", PositionLevel.SENIOR, 3, {"why": "Чунки"}
    )
    own = _applicant(call, by, "aziza@uz.test")
    for one in (draft, read, own):
        digest = uploads.store().put_alone(one.email.encode())
        application_files.attach(one, "cv", application_files.Stored("Резюме.pdf", "pdf", 20, digest))
    for one in (read, offered, own):
        admissions.submit(one, said)
    with clock.at(now + timedelta(days=10)):
        selection.give_out(call, by=by)
    db.session.flush()
    db.session.expire_all()
    for one in (offered, own):
        offers.offer(call, one, "http://localhost", by=by)
    stuck = _applicant(call, by, "salem@ae.test")  # whose account belongs to another government
    stuck.state = ApplicationState.WAITING
    offers.offer(call, stuck, "http://localhost", by=by)
    token = letters.make_link(stuck, LinkPurpose.OFFER, expires_at=stuck.offer_expires_at)
    db.session.flush()
    offers.answer(token, "http://localhost", accept=True)
    reading = next(one for one in read.readings if one.reader_id == by.id)
    links = {"own": draft, "handed_in": read, "asked": asked}
    found: dict[str, Any] = {name: letters.make_link(one, LinkPurpose.OWN) for name, one in links.items()}
    for name in ("offer", "offer_taken"):
        found[name] = letters.make_link(offered, LinkPurpose.OFFER, expires_at=offered.offer_expires_at)
    found |= {"next": cohort.slug, "call": call.token, "application": read.id, "reading": reading.id}
    found["own_application"] = own.id
    found |= {"stuck": stuck.id, "new_address": letters.make_link(stuck, LinkPurpose.ADDRESS)}
    found["proof"] = letters.make_link(stuck, LinkPurpose.CONFIRM, email="nodira@mail.test")
    return found | _nomination(call) | _registrations(cohort, by)


def _nomination(call: Any) -> dict[str, Any]:
    """Whom the line manager named; their mail is not opened yet."""
    manager, entity = user_of("manager@uz.test"), enrolment_of("aziza@uz.test").entity_id
    assert entity
    named = Named("Нодира Алиева", "named@mail.test", Lang.UZ_CYRL, entity, "Лицензия бўйича ишлайди")
    return {"nomination": nominations.nominate(call, named, {entity}, "http://localhost", by=manager).id}


def _applicant(call: Any, by: User, email: str) -> Application:
    said = admissions.Written("Нодира Алиева", Lang.UZ_CYRL)
    return admissions.nominate(call, email, said, "Лицензия бўйича ишлайди", "http://localhost", by=by)


def _registrations(cohort: Cohort, by: User) -> dict[str, Any]:
    """A listed domain; a registration that waits for a decision, and one whose link is not opened yet."""
    registration.add_domain(cohort.partner, "gov.uz", subdomains=True, cohort=cohort, by=by)
    now, made = clock.now(), []
    for number, state in enumerate((RegistrationState.QUEUED, RegistrationState.MAILED)):
        one = Registration(
            cohort_id=cohort.id, email=f"q{number}@gov.uz", full_name="Нодира Алиева", language=Lang.UZ_CYRL,
            state=state, token_hash=accounts.token_hash(f"registration-{number}"), created_at=now,
            expires_at=now + registration.LIFETIME, confirmed_at=now if state is RegistrationState.QUEUED else None,
        )  # fmt: skip
        db.session.add(one)
        made.append(one)
    db.session.flush()
    return {"registration": made[0].id, "registration_link": "registration-1"}


def _upload(email: str) -> str:
    """A file of which the first bytes are here."""
    file = uploads.announce(user_of(email).id, "карта.pdf", len(FILE), 1, at_most=len(FILE), in_words="")
    uploads.append(file, FILE[:9], at=0)
    return file.token


def _worksheet(email: str) -> dict[str, Any]:
    """A worksheet with a matrix that is filled in, and the control of one of its fields."""
    found = enrolment_of(email)
    sheets = catalogue.content(found.cohort.revision_id).modules[M2].worksheets
    sheet = next(one for one in sheets if any(field.kind is FieldKind.MATRIX for field in one.fields))
    held = worksheets.save(found, (M2, sheet.id), papers.filled(sheet, "Лицензия"), by=found.user)
    text = next(field for field in sheet.fields if field.kind is FieldKind.TEXT)
    return {"sheet": held.worksheet, "control": control(text.id)}


def _discussions(cohort: Cohort) -> dict[str, Any]:
    """A thread with an answer, a hidden and a removed post and a report; announcements; a draft and a given message."""
    by = {name: user_of(f"{name}@uz.test") for name in ("aziza", "bobur", "instructor", "coordinator")}

    def said(text: str, quoted: int | None = None) -> Written:
        return Written(text, Lang.RU, quoted)

    thread = discussions.open_thread(cohort, "Лицензия: очередь", M2, said("Кто измерял?"), key="1", by=by["aziza"])
    own = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    answer, hidden, gone = (
        discussions.answer(thread, said(f"Лицензия: ответ {n}", 1), key=f"{n}", by=by["bobur"]) for n in range(2, 5)
    )
    discussions.report(answer, "Лицензия: грубо", by=by["aziza"])
    discussions.hide(hidden, "Лицензия: личное", by=by["instructor"])
    discussions.take_back(gone, by=by["bobur"])
    discussions.mark_helpful(answer, True, by=by["aziza"])
    texts = {"ru": {"title": "Лицензия: семинар", "text": "Завтра в 10:00."}}
    shown, withdrawn = (
        announcements.announce(cohort, Plan(texts, M2, pinned=True), key=f"{n}", by=by["coordinator"]) for n in (1, 2)
    )
    announcements.withdraw(withdrawn, "Лицензия: ошибка", by=by["coordinator"])
    people = [enrolment_of(f"{name}@uz.test").id for name in ("aziza", "bobur")]
    draft, sent = (messages.begin(cohort, people, by=by["coordinator"]) for _ in range(2))
    for one in (draft, sent):
        words = {"subject": "Лицензия: срок", "text": "{name}, {module}: {due}"}
        messages.write(one, {cohort.languages[0]: words}, M2, version=one.version)
    messages.send(sent, back="/", by=by["coordinator"])
    given = db.session.scalars(select(MessageRecipient).where(MessageRecipient.message_id == sent.id)).all()
    for row in given:
        notices.give({"recipient_id": row.id}, by["coordinator"].id)
    mine = next(one for one in given if one.enrolment_id == people[0])
    found = {"thread": thread.id, "own_post": own.id, "answer": answer.id, "report": 1, "announcement": shown.id}
    return found | {"message_draft": draft.id, "sent": sent.id, "received": mine.id}


def _sessions(cohort: Cohort) -> dict[str, Any]:
    """A workshop that was held, one whose sheet waits, a lecture ahead, and one whose sheet waits in ``ae``."""
    now = clock.now()

    def plan(where: Cohort, days: int, workshop: str | None) -> LiveSession:
        return cohorts.plan_session(where, M2, "Мастерская", now + timedelta(days=days), Decimal(4), workshop=workshop)

    held, due, ahead = plan(cohort, -2, "w1"), plan(cohort, -1, "w1"), plan(cohort, 1, None)
    cohorts.save_sheet(held, [cohorts.SheetEntry(enrolment_of("aziza@uz.test").id, Presence.PRESENT, Decimal(90))])
    foreign = plan(_cohort("ae-1"), -1, "w1")
    return {"held": held.id, "session_due": due.id, "session_ahead": ahead.id, "foreign_session": foreign.id}


def _life(cohort: Cohort, password_hash: str) -> dict[str, Any]:
    """A holiday of the partner and one of the cohort, a next intake, and a person who is put off to it."""
    free_days.add(cohort.partner, [FreeDays(date(2027, 3, 22), date(2027, 3, 23), {"uz-Cyrl": "Наврўз"})])
    free_days.add(cohort, [FreeDays(date(2027, 5, 3), date(2027, 5, 3), {"uz-Cyrl": "Семинар куни"})])
    head = ClonePlan(
        "uz-2", {"en": "Cohort uz 2"}, cohort.ends_on, cohort.ends_on, cohort.edition_id, cohort.revision_id, (), (), ()
    )
    intake = cloning.clone(cohort, head, by=user_of("coordinator@uz.test"))
    deferred = person("deferred@uz.test", "Олим Каримов", password_hash, None, Lang.UZ_CYRL)
    enrol(cohort, deferred)
    held = enrolment_of("deferred@uz.test")
    enrolments.defer(held, Leave(Cause.OTHER, "Сабаби: касаллик"), to=intake, by=user_of("coordinator@uz.test"))
    asking = enrolment_of("bobur@uz.test")
    names = {Lang.RU: "Бобур Тошматов"}
    with documents.stored(PDF) as document:
        asked = name_requests.ask(
            asking, "", names, "Так в паспорте", document=document, base_url="http://localhost", by=asking.user
        )
    own = db.session.scalars(select(Holiday.id).where(Holiday.cohort_id == cohort.id)).one()
    wide = db.session.scalars(select(Holiday.id).where(Holiday.cohort_id.is_(None))).one()
    return {"deferred": held.id, "request": asked.id, "own_holiday": own, "holiday": wide}


def _roster(cohort: Cohort) -> dict[str, Any]:
    by = user_of("coordinator@uz.test")
    checked = roster_service.check(cohort, read_sheet(ROSTER.encode(), "list.csv"), by=by)
    made = roster_service.apply(cohort, checked, Source("list.csv", "0" * 64), by=by)
    assert made
    return {"import": made.id}


def _lists(app: Flask, cohort: Cohort) -> dict[str, Any]:
    """A list under way with rows of every kind, and one whose import was not done."""
    by = user_of("coordinator@uz.test")
    blob = app.extensions["files"].put(io.BytesIO(UNDER_WAY.encode()))
    made, refused = (drafts.start(cohort, Source(name, blob.sha256), by=by) for name in ("new.csv", "again.csv"))
    refused.reason = drafts.CHANGED
    return {"draft": made.token, "draft_refused": refused.token}


def _links() -> dict[str, Any]:
    return {
        "activation": accounts.make_link(user_of("invited@uz.test"), Purpose.ACTIVATE),
        "reset": accounts.make_link(user_of("bobur@uz.test"), Purpose.RESET),
        "listed": enrolment_of("listed@uz.test").id,
        "returned": _returned("returned@uz.test").id,
    }


def _returned(email: str) -> Enrolment:
    """Somebody whose invitation came back."""
    found = enrolment_of(email)
    inviting.invite(found.cohort, "http://localhost", {found.id}, by=user_of("coordinator@uz.test"))
    db.session.flush()
    sent = db.session.scalars(select(MailedLink).where(MailedLink.user_id == found.user_id)).one()
    assert mail.tell(f"invitation.{sent.mail_ref}", "550 5.1.1")
    return found


def _certificates(cohort: Cohort) -> dict[str, Any]:
    """One person at each step of a certificate's life; the one of ``holder`` is the public one."""
    made: dict[str, Certificate] = {}
    for step, email in enumerate(STEPS):
        enrolment = enrolment_of(email)
        learning.complete_module(db.session, enrolment.id, M2)
        if step >= 1:
            made[email] = certificates.draft(enrolment, module_award(M2))
        for lang, name in NAMES.items() if step >= 2 else ():
            certificates.confirm_name(enrolment.user, lang, name)
        for issuer in issuers.waiting(made[email]) if step >= 3 else ():
            certificates.approve(made[email], issuer)
        if step >= 4:
            certificates.issue(made[email])
    status.revoke(made["revoked@uz.test"], "Ошибка в имени")
    holder = made["holder@uz.test"]
    return {
        "certificate": holder.id,
        "serial": holder.serial,
        "token": holder.token,
        "ready": made["ready@uz.test"].id,
        "specimen": specimens.ask(made["ready@uz.test"], by=user_of("registrar@test.test")).id,
        "waiting": made["named@uz.test"].id,
        "undrawn": made["revoked@uz.test"].serial,
        "revoked": made["revoked@uz.test"].token,
    }


def _batches(cohort: Cohort) -> dict[str, Any]:
    """The registrar's orders: one that is over (a certificate issued before, another refused), and one that waits."""
    by, found = user_of("registrar@test.test"), {}
    for name, people in {"batch_over": ("holder@uz.test", "named@uz.test"), "batch": ("ready@uz.test",)}.items():
        chosen = [
            db.session.scalars(select(Certificate).where(Certificate.enrolment == enrolment_of(one))).one()
            for one in people
        ]
        found[name] = bulk.issue(cohort, chosen, back=f"/certificates/cohorts/{cohort.slug}", key=name, by=by).token
    return found


def _work_off(name: str, ids: dict[str, Any]) -> None:
    """Do what one order asks for; the other jobs of the stage stay undone."""
    ordered = select(Batch.id).where(Batch.token == ids[name])
    order = {"batch_id": db.session.scalars(ordered).one(), "by_id": user_of("registrar@test.test").id, "slice": 1}
    outbox.prepare(batch.SLICE, order)
    with db.unit_of_work():
        outbox.finish(batch.SLICE, order, None)


def _register(ids: dict[str, Any]) -> None:
    """A signed head of the register, and an export of the first government that is ready."""
    with db.unit_of_work():
        made = orders.order(_cohort("uz-1").partner, by=user_of("registrar@test.test"))
    ids["register_export"] = made.token
    for kind, order in ((schedule.KIND, {}), (orders.MAKE, {"export_id": made.id})):
        result = outbox.prepare(kind, order)
        with db.unit_of_work():
            outbox.finish(kind, order, result)


def _open_door(app: Flask, token: str) -> tuple[str, str]:
    """The cookie of a browser that holds a session's token, and the token of its forms."""
    client: Client = app.test_client()  # type: ignore[assignment]
    if token:
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
    forms = client.token("/account" if token else "/sign-in")
    found = client.get_cookie("session")
    assert found
    return found.value, forms
