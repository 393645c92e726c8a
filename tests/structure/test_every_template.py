"""Every page and mail in every language: it is rendered, says its language, and speaks no other.

The walk through the pages is in ``tests.structure.tour``. Source: architecture, "Habits" (every template renders in
five languages); spec interface, "Languages".
"""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import delete, select, update

from config import ROOT
from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.admissions import addresses, offers, reader_mails, registration
from diploma.admissions import letters as admission_letters
from diploma.admissions import service as admissions
from diploma.admissions.models import AdmissionCall, Application, Registration
from diploma.admissions.plan import LetterKind
from diploma.certificates import reissues, status, terms
from diploma.certificates import service as certificates
from diploma.certificates.models import Certificate
from diploma.certificates.rules import module_award
from diploma.certificates.transparency import service as register
from diploma.certificates.transparency.head import Head
from diploma.certificates.transparency.models import RegisterKey
from diploma.certificates.transparency.service import Signed
from diploma.cohorts.models import Partner
from diploma.cohorts.names import name_requests
from diploma.core import chain, clock, db, jobs, mail, outbox
from diploma.core.lang import LANGS, Lang
from diploma.core.outbox import Job
from diploma.coursework import results
from diploma.coursework import service as coursework
from diploma.coursework.allocation import reminders
from diploma.coursework.appeals import answering, asking
from diploma.coursework.appeals.answering import Verdict as Answer
from diploma.coursework.appeals.models import Appeal
from diploma.coursework.attempts import opening, returning
from diploma.coursework.extensions import given
from diploma.coursework.extensions import service as extensions
from diploma.coursework.extensions.given import Given
from diploma.coursework.extensions.models import Cause, ExtensionRequest
from diploma.coursework.extensions.service import Asked, Verdict
from diploma.coursework.models import AssignmentPolicy, Marking, SubmissionVersion
from diploma.coursework.peers import schedule
from diploma.coursework.peers.models import Round
from diploma.coursework.releasing import planning
from diploma.coursework.releasing import service as releasing
from diploma.coursework.releasing.models import PlannedRelease
from diploma.discussions import announcements, following, messages, notices
from diploma.discussions import service as discussions
from diploma.discussions.announcements import Plan
from diploma.discussions.models import Notice, Thread
from diploma.discussions.service import Written
from diploma.learning import corrections
from diploma.learning.models import MistakeReport, ReportState
from tests.structure import tour
from tests.structure.conftest import Walk
from tests.structure.stage import DECLARED, Stage, enrolment_of, user_of
from tests.world import M2

FOLDER = ROOT / "diploma" / "templates"
PARTS = {"base.html", "components.html", "icons.html"}  # what pages extend and import, as names that begin with _
# Drawn to PDF; tests of certificates and of feedback draw them.
PRINTED = {"certificates/transcript.html", "coursework/annotations/feedback.html"}
BASE = "http://localhost"
LATIN = re.compile(r"[A-Za-z]{2,}")
# Escaped twice, a placeholder that was not filled, a template that was not read, an object instead of its words.
RAW = re.compile(r"&(?:#\d+|#x[0-9a-f]+|\w+);|%\(\w+\)|\{[{%]|<[\w.]+ object")

# Latin words that stand in Arabic, Russian and Cyrillic Uzbek texts as they are.
ALLOWED = {
    *("CSV", "DOCX", "Excel", "JPEG", "JPG", "PDF", "PNG", "TSV", "XLSX", "xlsx"),  # formats of files
    *("ODS", "ods", "OpenDocument", "XLS", "xls", "PPTX", "ZIP", "marks"),  # the last is the name of a file
    *("KOI", "UTF", "cp", "koi", "utf", "windows"),  # encodings
    *("WCAG", "AA", "axe", "JavaScript"),  # standards and tools of the accessibility statement
    "LinkedIn",  # a network of professions
    *("SHA", "ICC", "UTC", "ID", "QR", "CIO"),  # a hash, a statistic, a time, a card, a mark, an office
    *("Tab", "Page", "Up", "WCAG"),  # keys, and the guidelines on the accessibility of pages
    *("ar", "en", "ru", "uz", "Latn", "Cyrl"),  # codes that a person types
    *("English", "zbekcha"),  # languages by their own names; the second begins with Oʻ
    *("ktam", "Yo", "ldoshev", "hujjat"),  # a sample of a name, and of what is searched for
    *("list", "csv", "pdf", "docx", "zip", "no", "address", "klingon"),  # what the walk uploads
    *("new", "again", "mail", "Sh", "Tashkilot", "Til", "Adliya", "vazirligi", "Yangi", "Odam"),  # the lists under way
    *("file", "feedback"),  # neutral names under which files are given out
    *("due", "module", "name", "gov"),  # placeholders of messages, a domain
    *("openssl", "flask", "certificates", "chain"),  # programs and commands
}
# E-mail and web addresses, names of time zones, numbers of certificates and receipts, hashes.
CODES = re.compile(
    r"\S+@\S+|https?://\S+|\b[A-Z]\w+/[\w/+-]+|\bGID-\S+|\bR-\w{4}-\w{4}|\b(?:\w{4}-){3}\w{4}|\b[0-9a-f]{64}\b"
    r"|\{#\w+\}|:::\w+[ \w]*"  # what authors write around a text, as the desk of translators shows it
)


def templates(pattern: str) -> set[str]:
    return {str(path.relative_to(FOLDER)) for path in FOLDER.rglob(pattern)}


def strange_words(text: str, names: list[str]) -> set[str]:
    """The Latin words of a text but codes, those that are allowed, and the ``names`` of people and places."""
    if text in names:
        return set()
    text = CODES.sub(" ", text)
    for name in (one for one in names if len(one) > 2):  # initials stand alone
        text = text.replace(name, " ")
    return set(LATIN.findall(text)) - ALLOWED


def english(lang: Lang) -> set[str]:
    """The sentences of the English source that read otherwise in ``lang``."""
    path = ROOT / "translations" / lang.babel / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {one.id for one in read_po(file) if isinstance(one.id, str) and one.id and one.id != one.string}


# ---- pages


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_answers_as_it_should(lang: Lang, walk: Walk) -> None:
    assert {one.name: one.status for one in walk.pages if one.status != one.wanted} == {}


@pytest.mark.parametrize("lang", LANGS)
def test_every_template_is_rendered(lang: Lang, walk: Walk) -> None:
    wanted = {one for one in templates("*.html") if not Path(one).name.startswith("_")} - PARTS - PRINTED
    assert sorted(wanted - {name for one in walk.pages for name in one.templates}) == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_says_its_language_and_direction(lang: Lang, walk: Walk) -> None:
    said = {name: (page.lang, page.dir) for name, page in walk.read}
    assert {name: one for name, one in said.items() if one != (lang.value, lang.dir)} == {}


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_shows_what_a_browser_should_have_read(lang: Lang, walk: Walk) -> None:
    assert [(name, text) for name, page in walk.read for _lang, text in page.texts if RAW.search(text)] == []


@pytest.mark.parametrize("lang", [Lang.AR, Lang.RU, Lang.UZ_CYRL])
def test_no_text_of_another_script_is_left(lang: Lang, walk: Walk) -> None:
    """What has not passed through the catalogues shows in Latin letters, unless it is marked as another language's."""
    left = {
        (name, text): words
        for name, page in walk.read
        for said_in, text in page.texts
        if said_in == lang.value and (words := strange_words(text, walk.names))
    }
    assert left == {}


@pytest.mark.parametrize("lang", [Lang.UZ_LATN])
def test_no_sentence_of_the_english_source_is_left(lang: Lang, walk: Walk) -> None:
    source = english(lang) - {*walk.names, "E-mail"}  # the header of a list that was sent
    texts = [(name, text) for name, page in walk.read for said_in, text in page.texts if said_in == lang.value]
    assert [(name, text) for name, text in texts if text in source] == []


# ---- mails


@pytest.fixture
def letters(stage: Stage, lang: Lang) -> list[dict[str, Any]]:
    """Every mail that the product writes, to people who read ``lang``, as it stands in the outbox."""
    with stage.app.app_context():
        with db.unit_of_work() as session:
            for kind in (User, Application, Registration):
                session.execute(update(kind).values(language=lang))
            session.execute(delete(Job))
        with tour.recorded(stage.app) as names:
            with db.unit_of_work():
                _send_everything(stage.ids, lang)
                _send_admission(stage.ids, lang)
            jobs.drain()
        assert sorted(templates("mail/*") - set(names)) == []
        return [job.payload for job in db.session.scalars(select(Job).where(Job.kind == mail.KIND))]


def _send_everything(ids: dict[str, Any], lang: Lang) -> None:
    bobur, draft = user_of("bobur@uz.test"), coursework.find(enrolment_of("bobur@uz.test"), M2)
    assert draft
    accounts.invite(user_of("listed@uz.test"), BASE)
    accounts.invite(user_of("listed@uz.test"), BASE, reminder=1)
    accounts.request_reset(bobur.email, BASE)
    _more_time(ids)
    made = coursework.submit(draft, "k" * 20, DECLARED, received_at=clock.now(), base_url=BASE, by=bobur)
    times: dict[str, Any] = {"received_at": made.received_at, "kept_at": made.committed_at, "zone": "Asia/Tashkent"}
    link = f"{BASE}/receipts/{made.receipt}"
    coursework.notify("receipt_of_group", made, link, attempt=2, sender_name=bobur.full_name, **times)
    _try_again(made)
    releasing.release([db.session.get_one(Marking, ids["marked"])], base_url=BASE, by=user_of("instructor@uz.test"))
    _waiting_works(ids)
    _reviews_wait()
    with clock.at(clock.now() + timedelta(days=9)):
        plan = db.session.get_one(PlannedRelease, ids["planned_release"])
        planning.carry_out({"plan_id": plan.id, "version": plan.version}, None)
    report = db.session.get_one(MistakeReport, ids["mistake"])
    corrections.answer(report, ReportState.CORRECTED, "Исправлено", by=user_of("director@test.test"), base_url=BASE)
    where = {"module": M2, "lesson": report.lesson, "section": "why", "lang": lang, "revision_id": report.revision_id}
    corrections.report(where, report.kind, "", "Лицензия", cohort=report.cohort, by=report.reporter, base_url=BASE)
    certificates.draft(enrolment_of("earned@uz.test"), module_award(M2))
    _certificates(ids)
    _names()
    _appeals(ids)
    _talk(ids, lang)
    _register(lang)


def _certificates(ids: dict[str, Any]) -> None:
    """One issued, suspended and valid again, one replaced by a new version, one sent back because of a name."""
    ready, issued, waiting = (db.session.get_one(Certificate, ids[one]) for one in ("ready", "certificate", "waiting"))
    certificates.issue(ready)
    ready.valid_until = clock.now().date() + timedelta(days=5)
    terms._remind({"certificate_id": ready.id, "days": 7}, None)
    status.suspend(ready, "Лицензия")
    status.resume(ready, "Исправлено")
    status.reissue(issued, "Исправлено")
    certificates.send_back(waiting, "programme", "Лицензия", [Lang.RU], by=user_of("registrar@test.test"))


def _waiting_works(ids: dict[str, Any]) -> None:
    """A work given to an instructor, in a cohort that reminds of what is a day old."""
    row, by = db.session.get_one(Marking, ids["marking"]), user_of("instructor@uz.test")
    cohort = row.work.submission.enrolment.cohort
    db.session.add(AssignmentPolicy(cohort_id=cohort.id, module="", area="marking", values={"remind_after_days": 1}))
    row.allocated_to_id, row.allocated_at = by.id, clock.now()
    db.session.flush()
    with clock.at(clock.now() + timedelta(days=2)):
        reminders.remind({"cohort_id": cohort.id}, None)


def _try_again(version: SubmissionVersion) -> None:
    """A work that is returned with comments, taken back, and opened for another attempt which is closed again."""
    by, until = user_of("instructor@uz.test"), clock.now() + timedelta(days=7)
    assert version.marking
    returning.give_back(version.marking, "Нет приложения", until, base_url=BASE, by=by)
    returning.take_back(version.marking, base_url=BASE, by=by)
    made = opening.open_attempt(version.submission, due_at=until, reason="Нужна попытка", base_url=BASE, by=by)
    opening.close(made, reason="Открыта зря", base_url=BASE, by=by)


def _more_time(ids: dict[str, Any]) -> None:
    """A request for more time, one that is granted, one that is refused, and a date of one's own."""
    by, person = user_of("instructor@uz.test"), enrolment_of("holder@uz.test")
    named, bobur = (db.session.get_one(ExtensionRequest, ids[f"{one}_extension"]) for one in ("asked", "own"))
    extensions.grant(named, Verdict("Лицензия"), base_url=BASE, by=by)
    extensions.refuse(bobur, Verdict("Лицензия"), base_url=BASE, by=by)
    asker = enrolment_of("revoked@uz.test")
    extensions.ask(asker, M2, Asked(2, Cause.WORK, key="k"), at=clock.now(), base_url=BASE, by=asker.user)
    dates = Given(M2, "Лицензия", opens_at=clock.now() + timedelta(days=1), due_at=clock.now() + timedelta(days=9))
    given.give(person, dates, base_url=BASE, by=by)


def _appeals(ids: dict[str, Any]) -> None:
    """Appeals at every step, and a certificate that rests on a mark which was changed."""
    waiting, upheld = (db.session.get_one(Appeal, ids[one]) for one in ("appeal", "upheld_appeal"))
    by, why = upheld.marking.work.submission.enrolment.user, "Лицензия: источник каждой цифры назван."
    asking.escalate(upheld, why, at=clock.now(), base_url=BASE, by=by)
    asking.withdraw(upheld, base_url=BASE, by=by)
    best = results.rubric_of(waiting.marking.work).levels[0].id
    answering.accept(waiting, Answer("Исправлено", best), base_url=BASE, by=user_of("again@uz.test"))
    holder = enrolment_of("holder@uz.test")
    reissues.follow_result(holder, M2, changed_at=clock.now(), reason="appeal", base_url=BASE)


def _reviews_wait() -> None:
    """The time for reviews of fellow trainees was to end within a day, and is over."""
    held = db.session.scalars(select(Round)).one()
    with clock.at(held.ends_at - timedelta(days=1)):
        schedule.attend(held.cohort, held.module)
    schedule.attend(held.cohort, held.module)


def _names() -> None:
    """A name that is asked to be corrected, corrected, and printed wrongly on a certificate that was issued."""
    holder, names = enrolment_of("holder@uz.test"), {Lang.RU: "Олим Каримов-Тошматов"}
    asked = name_requests.ask(holder, "", names, "Так в паспорте", base_url=BASE, by=holder.user)
    name_requests.accept(asked, "Исправлено", base_url=BASE, by=user_of("coordinator@uz.test"))


def _talk(ids: dict[str, Any], lang: Lang) -> None:
    """A post, told at once and in a daily mail; an announcement and a message, in a language that not all read."""
    thread, by = db.session.get_one(Thread, ids["thread"]), user_of("coordinator@uz.test")
    cohort, words = thread.cohort, {"title": "Лицензия", "subject": "Лицензия", "text": "Лицензия"}
    following.choose(cohort, user_of("aziza@uz.test"), follows_all=True, notice=Notice.AT_ONCE)
    post = discussions.answer(thread, Written("Лицензия", lang), key=lang.value, by=by)
    since = post.written_at.isoformat()
    order = {"cohort_id": cohort.id, "user_id": user_of("bobur@uz.test").id, "since": since}
    notices.send_digest(order, None)
    announcements.announce(cohort, Plan({"uz-Cyrl": words}, by_mail=True), key=lang.value, by=by)
    draft = messages.begin(cohort, [ids["enrolment"]], by=by)
    messages.write(draft, {"uz-Latn": words}, None, version=draft.version)
    messages.send(draft, back="/", by=by)


def _register(lang: Lang) -> None:
    """The head of a later day for a witness, and what is written when the register does not hold."""
    partner = db.session.scalars(select(Partner).where(Partner.slug == "uz")).one()
    partner.witness, partner.languages = "archive@uz.test", [lang.value]
    db.session.flush()
    key = db.session.scalars(select(RegisterKey)).one()
    made = Head(date(2100, 1, 1), clock.now(), 0, chain.START, chain.START, chain.START, key.id)
    register.keep(Signed(made, bytes(64), key.pem, []), base_url=BASE)
    register.refuse(["Лицензия"], base_url=BASE)


def _send_admission(ids: dict[str, Any], lang: Lang) -> None:
    """Letters, links and reminders of an admission, and what people who register themselves get."""
    by, call = user_of("coordinator@uz.test"), db.session.scalars(select(AdmissionCall)).one()
    name, partner = "Нодира Алиева", call.cohort.partner
    admissions.request_link(call, name, "fresh@mail.test", lang, BASE)
    admissions.nominate(call, "nominee@mail.test", admissions.Written(name, lang), "Лицензия", BASE, by=by)
    read, due = (db.session.scalars(select(Application).where(Application.email == one)).one() for one in
                 ("read@mail.test", "due@mail.test"))  # fmt: skip
    for kind in (LetterKind.CONFIRMATION, LetterKind.WAITING, LetterKind.REFUSAL):
        admission_letters.send(read, kind, f"again:{kind.value}")
    admission_letters.send(read, LetterKind.RELEASE, "again:release", reason="Лицензия")
    stuck = db.session.get_one(Application, ids["stuck"])
    addresses.ask(stuck, BASE, by=by)
    addresses.give(ids["new_address"], "another@mail.test", BASE)
    expires = due.offer_expires_at
    assert expires
    admission_letters.send(due, LetterKind.OFFER, "again:offer", link=f"{BASE}/offers/x", expires_at=expires)
    for template in ("reading_given", "reading_reminder"):
        reader_mails.send(template, call, by, 2, expires)
    payload = {"application_id": due.id, "expires_at": expires.isoformat(), "base_url": BASE}
    outbox.enqueue(offers.REMIND, "again:reminder", payload)
    accounts.create_user("known@gov.uz", name, lang)
    for address in ("known@gov.uz", "unknown@gov.uz"):
        registration.request(partner, name, address, lang, None, BASE)
    registration.refuse(db.session.get_one(Registration, ids["registration"]), "Лицензия", by=by)


@pytest.mark.parametrize("lang", LANGS)
def test_every_mail_speaks_its_readers_language(lang: Lang, letters: list[dict[str, Any]], walk: Walk) -> None:
    assert {one["lang"] for one in letters} == {lang.value}
    texts = [one[part] for one in letters for part in ("subject", "body")]
    assert [text for text in texts if not text.strip() or RAW.search(text)] == []
    if lang in (Lang.AR, Lang.RU, Lang.UZ_CYRL):
        assert [words for text in texts if (words := strange_words(text, walk.names))] == []
    elif lang is Lang.UZ_LATN:
        assert english(lang).isdisjoint(line for text in texts for line in text.splitlines())


# ---- the guard itself


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Сертификат: issued", {"issued"}),
        ("Сертификат GID-2026-UZ-000001, aziza@uz.test, Asia/Tashkent, PDF", set()),
        ("Ҳолати: Waiting for approval", {"Waiting", "for", "approval"}),
        ("Aziza Karimova", set()),
    ],
)
def test_a_text_that_bypasses_the_catalogues_is_seen(text: str, words: set[str]) -> None:
    assert strange_words(text, ["Aziza Karimova"]) == words


@pytest.mark.parametrize("text", ["Don&#39;t", "a &amp; b", "%(name)s", "{{ title }}", "<Lang object at 0x7f>"])
def test_a_text_that_a_browser_should_have_read_is_seen(text: str) -> None:
    assert RAW.search(text)
