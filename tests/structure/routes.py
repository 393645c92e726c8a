"""Who may open which address: the routes with an object, people who ask for them, and what each must be told.

``REGISTER`` names the object behind each route. What is expected follows from two facts alone: who holds the permission
of the view (``accounts.permissions``), and whose the object is. Source: decisions, "403 or 404".
"""

import re
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from diploma.accounts.permissions import GRANTS, Permission, Role
from tests.structure.stage import Stage
from tests.world import M2

# Places of an address that name no object of a government: the programme's content, a step, a part of an object.
CONTENT = {"module": M2, "lesson": "01-from-complaint-to-challenge", "section": "why", "file": "counter.en.vtt"}
CONTENT |= {"worksheet": "evidence-table", "workshop": "w1"}
CONTENT |= {"language": "uz-Cyrl", "key": "module/title"}
CONSTANTS = {
    **CONTENT,
    "number": 1,
    "page": 1,
    "state": "running",
    "step": "suspend",
    "letter": "offer",
    "area": "late",
    "act": "excuse",
    "answer": "reply",
    "verdict": "hide",
}
NO_SUCH = {
    "int": 987_654,
    "serial": "GID-2026-UZ-987654",
    "receipt": "R-0000-0000",
    "slug": "no-such",
    "token": "no-such",
}


@dataclass(frozen=True)
class Row:
    """The object behind a route: place in the address → name in ``Stage.ids``; an outer object stands before an inner.

    ``owner`` is set when it is one person's own; ``staff`` may then see it as well, with this permission on its cohort.
    """

    places: dict[str, str]
    owner: str = ""
    staff: Permission | None = None


def row(*, owner: str = "", staff: Permission | None = None, **places: str) -> Row:
    return Row(places, owner, staff)


AZIZA, BOBUR, HOLDER, EARNED = "aziza@uz.test", "bobur@uz.test", "holder@uz.test", "earned@uz.test"
SECOND_MARKER = "again@uz.test"
AZIZA, BOBUR, HOLDER = "aziza@uz.test", "bobur@uz.test", "holder@uz.test"
SECOND_MARKER, REVIEWED = "again@uz.test", "unnamed@uz.test"
SPARE = {BOBUR, HOLDER, EARNED, REVIEWED, SECOND_MARKER}
COHORT, PARTNER, MEMBER = row(slug="cohort"), row(slug="partner"), row(slug="cohort", enrolment_id="enrolment")
GROUP = row(slug="cohort", group_id="group")
SHEET, MARKING = row(session_id="session_due"), row(marking_id="marking")
ENTITY, WORK = row(entity_id="entity"), row(slug="cohort", work_id="work")
BATCH = row(token="batch", owner="registrar@test.test", staff=Permission.ISSUE_CERTIFICATE)
BANKED = row(comment_id="banked", owner="instructor@uz.test")
ATTEMPT, RECEIPT = row(attempt="attempt", owner=AZIZA), row(receipt="receipt", owner=AZIZA)
TOLD = row(receipt="released_receipt", owner=EARNED)
DRAFT = row(slug="cohort", token="draft", owner="coordinator@uz.test")
POST, OWN_POST = (
    row(slug="cohort", thread_id="thread", post_id="answer"),
    row(slug="cohort", thread_id="thread", post_id="own_post", owner=AZIZA),
)
SECOND, AGREED = (
    row(reading_id="second_reading", owner=SECOND_MARKER),
    row(moderation_id="to_agree", owner=SECOND_MARKER, staff=Permission.MARK),
)
APPEAL = row(appeal_id="appeal", owner=SECOND_MARKER, staff=Permission.MODERATE_MARKS)
OWN_APPEAL, UPHELD = (
    row(receipt="appeal_receipt", appeal_id=one, owner=REVIEWED) for one in ("appeal", "upheld_appeal")
)
THREAD, ANNOUNCEMENT = row(slug="cohort", thread_id="thread"), row(slug="cohort", announcement_id="announcement")
GIVEN_REVIEW, GOT_REVIEW = row(token="given_review", owner=AZIZA), row(token="got_review", owner=AZIZA)
LED_REVIEW = row(slug="cohort", token="got_review")
MESSAGE_DRAFT = row(slug="cohort", message_id="message_draft", owner="coordinator@uz.test")
UPLOAD = row(token="upload", owner=AZIZA)
NEXT, APPLICATION = row(slug="next"), row(slug="next", application_id="application")
REGISTERED = row(slug="next", request_id="registration")
OWN_APPLICATION = row(application_id="own_application", owner=AZIZA)

REGISTER: dict[str, Row] = {
    "accounts.end_session": row(session_id="session", owner=HOLDER),
    "admissions.account_file": OWN_APPLICATION,
    "admissions.application": APPLICATION,
    "admissions.answer_offer": OWN_APPLICATION,
    "admissions.application_file": APPLICATION,
    "admissions.approve": REGISTERED,
    "admissions.criteria": NEXT,
    "admissions.decision": NEXT,
    "admissions.domains": PARTNER,
    "admissions.eligibility": NEXT,
    "admissions.give_out": NEXT,
    "admissions.letter": NEXT,
    "admissions.nominate": NEXT,
    "admissions.nominate_own": NEXT,
    "admissions.own_application": OWN_APPLICATION,
    "admissions.not_added": row(slug="next", application_id="stuck"),
    "admissions.overrule": APPLICATION,
    "admissions.overview": NEXT,
    "admissions.questions": NEXT,
    "admissions.readers": NEXT,
    "admissions.reading": row(reading_id="reading", owner="coordinator@uz.test"),
    "admissions.reading_file": row(reading_id="reading", owner="coordinator@uz.test"),
    "admissions.refuse": REGISTERED,
    "admissions.registrations": NEXT,
    "admissions.remove_criterion": NEXT,
    "admissions.remove_domain": PARTNER,
    "admissions.remove_question": NEXT,
    "admissions.settings": NEXT,
    "admissions.withdraw_own": OWN_APPLICATION,
    "admissions.write_own": OWN_APPLICATION,
    "admissions.withdraw_nomination": row(nomination_id="nomination", owner="manager@uz.test"),
    "admissions.workbook": NEXT,
    "appeals.answer": APPEAL,
    "appeals.appeal": APPEAL,
    "appeals.ask": row(receipt="appeal_receipt", owner=REVIEWED),
    "appeals.escalate": UPHELD,
    "appeals.file": APPEAL,
    "appeals.mine": row(receipt="appeal_receipt", owner=REVIEWED),
    "appeals.own_file": OWN_APPEAL,
    "appeals.withdraw": OWN_APPEAL,
    "appeals.work_file": APPEAL,
    "assessment.overview": COHORT,
    "assessment.rules": COHORT,
    "annotations.own": TOLD,
    "annotations.picture": MARKING,
    "annotations.preview": row(marking_id="marked"),
    "annotations.second_picture": SECOND,
    "annotations.second_sheet": SECOND,
    "annotations.sheet": MARKING,
    "attempts.decide": WORK,
    "attempts.give_back": MARKING,
    "attempts.open_": COHORT,
    "attempts.overview": COHORT,
    "attempts.take_back": MARKING,
    "attempts.work": WORK,
    "bank.delete": BANKED,
    "bank.edit": BANKED,
    "certificate.ask_specimen": row(slug="cohort", certificate_id="ready"),
    "certificate.document": row(serial="serial", owner=HOLDER, staff=Permission.SEE_CERTIFICATES),
    "certificate.send": row(serial="serial"),
    "certificate.send_back": row(slug="cohort", certificate_id="waiting"),
    "certificate.specimen": row(specimen_id="specimen"),
    "certificate.try_out": COHORT,
    "certificates.approve": COHORT,
    "certificates.ask_transcript": row(enrolment_id="enrolment", owner=AZIZA),
    "certificates.change": row(serial="serial"),
    "certificates.cohort": COHORT,
    "certificates.draft": COHORT,
    "certificates.issue": COHORT,
    "certificates.pdf": row(serial="serial", owner=HOLDER, staff=Permission.SEE_CERTIFICATES),
    "certificates.transcripts": COHORT,
    "cohorts.allocate": COHORT,
    "cohorts.cancel_session": SHEET,
    "cohorts.cohort": COHORT,
    "cohorts.correct_address": MEMBER,
    "cohorts.confirm_import": DRAFT,
    "cohorts.drop_import": DRAFT,
    "cohorts.edit_session": SHEET,
    "cohorts.faulty_rows": DRAFT,
    "cohorts.import_columns": DRAFT,
    "cohorts.import_progress": DRAFT,
    "cohorts.import_result": DRAFT,
    "cohorts.defer": MEMBER,
    "cohorts.gone": COHORT,
    "cohorts.import_roster": COHORT,
    "cohorts.imported": row(slug="cohort", import_id="import"),
    "cohorts.invite": COHORT,
    "cohorts.invite_one": MEMBER,
    "cohorts.leave_many": row(slug="cohort"),
    "cohorts.move": MEMBER,
    "cohorts.name_asked": row(request_id="request"),
    "cohorts.name_document": row(request_id="request"),
    "cohorts.new_session": COHORT,
    "cohorts.person": MEMBER,
    "cohorts.reinstate": MEMBER,
    "cohorts.return_many": COHORT,
    "cohorts.reopen_import": DRAFT,
    "cohorts.replace_values": DRAFT,
    "cohorts.review_import": DRAFT,
    "cohorts.roster": COHORT,
    "cohorts.roster_template": COHORT,
    "cohorts.roster_workbook": COHORT,
    "cohorts.sheet": SHEET,
    "cohorts.switch_reminders": COHORT,
    "cohorts.undo_import": row(slug="cohort", import_id="import"),
    "cohorts.waive": MEMBER,
    "cohorts.withdraw": MEMBER,
    "cohorts_staff.advance_texts": COHORT,
    "cohorts_staff.close_entity": ENTITY,
    "cohorts_staff.clone": COHORT,
    "cohorts_staff.cohort_calendar": COHORT,
    "cohorts_staff.end_role": row(slug="cohort", grant_id="grant"),
    "cohorts_staff.end_partner_role": row(slug="partner", grant_id="grant"),
    "cohorts_staff.entity": row(slug="partner", entity_id="entity"),
    "cohorts_staff.merge_entity": ENTITY,
    "cohorts_staff.move": COHORT,
    "cohorts_staff.move_entity": ENTITY,
    "cohorts_staff.new_cohort": PARTNER,
    "cohorts_staff.new_entity": PARTNER,
    "cohorts_staff.partner": PARTNER,
    "cohorts_staff.partner_roles_page": PARTNER,
    "cohorts_staff.partner_settings": PARTNER,
    "cohorts_staff.rename": ENTITY,
    "cohorts_staff.partner_calendar": PARTNER,
    "cohorts_staff.remove_cohort_holiday": row(slug="cohort", holiday_id="own_holiday"),
    "cohorts_staff.remove_partner_holiday": row(slug="partner", holiday_id="holiday"),
    "cohorts_staff.roles": COHORT,
    "cohorts_staff.set_dates": COHORT,
    "cohorts_staff.set_partner_logo": PARTNER,
    "cohorts_staff.settings": COHORT,
    "corrections.answer": row(report_id="mistake"),
    "coursework.draft_file": row(file_id="draft_file", owner=BOBUR),
    "coursework.receipt": RECEIPT,
    "coursework.receipt_file": RECEIPT,
    "entities.people": ENTITY,
    "entities.people_file": ENTITY,
    "discussions.announcements": COHORT,
    "discussions.begin": COHORT,
    "discussions.choose": COHORT,
    "discussions.discard": MESSAGE_DRAFT,
    "discussions.dismiss": row(slug="cohort", report_id="report"),
    "discussions.edit": OWN_POST,
    "discussions.edit_announcement": ANNOUNCEMENT,
    "discussions.follow": THREAD,
    "discussions.forum": COHORT,
    "discussions.helpful": POST,
    "discussions.hide": POST,
    "discussions.lock": THREAD,
    "discussions.mails": COHORT,
    "discussions.message": row(slug="cohort", message_id="sent"),
    "discussions.new_announcement": COHORT,
    "discussions.new_thread": COHORT,
    "discussions.received": row(recipient_id="received", owner=AZIZA),
    "discussions.report": POST,
    "discussions.reported": COHORT,
    "discussions.send": MESSAGE_DRAFT,
    "discussions.sent": COHORT,
    "discussions.show": POST,
    "discussions.take_back": OWN_POST,
    "discussions.thread": THREAD,
    "discussions.withdraw_announcement": ANNOUNCEMENT,
    "discussions.write": MESSAGE_DRAFT,
    "extensions.decide": row(slug="cohort", request_id="asked_extension"),
    "extensions.decide_many": COHORT,
    "extensions.end": row(slug="cohort", dates_id="own_dates"),
    "extensions.lateness": row(slug="cohort", submission_id="eased"),
    "extensions.own_dates": COHORT,
    "extensions.queue": COHORT,
    "extensions.withdraw": row(request_id="own_extension", owner=BOBUR),
    "gradebook.behind": COHORT,
    "gradebook.marks": COHORT,
    "feedback.printed": row(receipt="released_receipt", owner=EARNED),
    "gradebook.own_results": row(enrolment_id="enrolment", owner=AZIZA),
    "gradebook.person": row(cohort="cohort", enrolment="enrolment"),
    "groups.dissolve": GROUP,
    "groups.index": COHORT,
    "groups.make": COHORT,
    "groups.put": COHORT,
    "groups.rename": GROUP,
    "groups.split": COHORT,
    "jobs.cancel": BATCH,
    "jobs.job": BATCH,
    "jobs.progress": BATCH,
    "jobs.retry": BATCH,
    "learning.choose": row(enrolment_id="enrolment", owner=AZIZA),
    "allocation.allocate": COHORT,
    "allocation.author": MARKING,
    "allocation.cohort_conflicts": COHORT,
    "allocation.conflict": MARKING,
    "allocation.take_back_conflict": row(conflict_id="conflict", owner="instructor@uz.test"),
    "marking.autosave": MARKING,
    "marking.judge": MARKING,
    "marking.script": MARKING,
    "marking.script_file": MARKING,
    "marking.total": MARKING,
    "releasing.assignment": COHORT,
    "releasing.overview": COHORT,
    "releasing.person": MEMBER,
    "peer_lead.add": COHORT,
    "peer_lead.decide": LED_REVIEW,
    "peer_lead.move": row(slug="cohort", token="given_review"),
    "peer_lead.overview": COHORT,
    "peer_lead.review": LED_REVIEW,
    "peer_lead.time": row(slug="cohort", entry_id="peer"),
    "peers.autosave": GIVEN_REVIEW,
    "peers.file": GIVEN_REVIEW,
    "peers.respond": GOT_REVIEW,
    "peers.review": GIVEN_REVIEW,
    "peers.write": GIVEN_REVIEW,
    "together.adjust": row(marking_id="marked"),
    "offline.add_file": MARKING,
    "offline.marker_file": row(marking_id="marking", file_id="feedback_file"),
    "offline.own_file": row(receipt="released_receipt", owner=EARNED),
    "offline.remove_file": row(marking_id="marking", file_id="feedback_file"),
    "second.act": COHORT,
    "second.agree": AGREED,
    "second.autosave": SECOND,
    "second.conflict": SECOND,
    "second.judge": SECOND,
    "second.mark_sample": row(sample_id="sample"),
    "second.new_sample": COHORT,
    "second.overview": COHORT,
    "second.round": COHORT,
    "second.sample": row(sample_id="sample"),
    "second.samples": COHORT,
    "second.script": SECOND,
    "second.script_file": SECOND,
    "second.settle": AGREED,
    "second.total": SECOND,
    "quizzes.finish": ATTEMPT,
    "quizzes.item": ATTEMPT,
    "quizzes.review": row(attempt="finished", owner=AZIZA),
    "quizzes.save": ATTEMPT,
    "quizzes.submit": ATTEMPT,
    "register.download": row(slug="partner", token="register_export"),
    "register.exports": PARTNER,
    "uploads.append": UPLOAD,
    "uploads.drop": UPLOAD,
}
# What is gone once somebody has done it; the others of the same right are not asked after them.
ONCE = {"cohorts_staff.remove_cohort_holiday", "cohorts_staff.remove_partner_holiday"}
# Addresses that are secrets themselves, or public on purpose: whoever holds one may open it.
SECRET = {"accounts.ask_again", "accounts.use_link", "certificates.show", "cohorts_staff.logo", "discussions.unfollow"}
SECRET |= {"apply.start", "apply.mine", "apply.withdraw", "apply.offer", "apply.register", "apply.confirm"}
SECRET |= {"register.head", "register.key", "register.signature"}
SECRET |= {"apply.own_file", "apply.new_address", "apply.confirm_address"}


@dataclass(frozen=True)
class Asker:
    """A person, their one role, and the government on which they hold it; none for the whole programme."""

    email: str
    role: Role
    government: str = ""


VISITOR = ""
ASKERS = (
    Asker(AZIZA, Role.TRAINEE, "uz"),
    Asker(BOBUR, Role.TRAINEE, "uz"),
    Asker(EARNED, Role.TRAINEE, "uz"),
    Asker(HOLDER, Role.TRAINEE, "uz"),
    Asker(EARNED, Role.TRAINEE, "uz"),
    Asker(REVIEWED, Role.TRAINEE, "uz"),
    Asker("instructor@uz.test", Role.INSTRUCTOR, "uz"),
    Asker(SECOND_MARKER, Role.INSTRUCTOR, "uz"),
    Asker("coordinator@uz.test", Role.COORDINATOR, "uz"),
    Asker("manager@uz.test", Role.LINE_MANAGER, "uz"),
    Asker("registrar@test.test", Role.REGISTRAR),
    Asker("director@test.test", Role.DIRECTOR),
    Asker("salem@ae.test", Role.TRAINEE, "ae"),
    Asker("instructor@ae.test", Role.INSTRUCTOR, "ae"),
    Asker("coordinator@ae.test", Role.COORDINATOR, "ae"),
    Asker("manager@ae.test", Role.LINE_MANAGER, "ae"),
    Asker("centre@ae.test", Role.LINE_MANAGER, "ae"),
    Asker("registrar@ae.test", Role.REGISTRAR, "ae"),
    Asker("director@ae.test", Role.DIRECTOR, "ae"),
)
FOREIGNERS = [one for one in ASKERS if one.government == "ae"]
FOUND, FORBIDDEN, MISSING = 200, 403, 404  # of what is found only that it is answered counts


def people(endpoint: str) -> list[Asker]:
    """All; of the trainees and markers of the cohort one stands for the others where nothing is one person's own."""
    return [one for one in ASKERS if REGISTER[endpoint].owner or one.email not in SPARE]
    return [
        one for one in ASKERS if REGISTER[endpoint].owner or one.email not in (BOBUR, HOLDER, EARNED, SECOND_MARKER)
    ]


def holds(role: Role, permission: str) -> bool:
    return permission in ("public", "signed-in") or Permission(permission) in GRANTS[role]


def expected(endpoint: str, permission: str, who: Asker) -> int:
    """403 without the permission, 404 for what is out of reach or another person's own, else an answer."""
    row = REGISTER[endpoint]
    if not holds(who.role, permission):
        return FORBIDDEN
    if row.owner and who.email != row.owner and not (row.staff and holds(who.role, row.staff)):
        return MISSING
    return FOUND if who.government in ("", "uz") else MISSING


class Doors:
    """Asks for the addresses of the register as each of the people."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.views = stage, stage.app.view_functions
        self.rules: dict[str, Rule] = {rule.endpoint: rule for rule in stage.app.url_map.iter_rules()}

    def permission(self, endpoint: str) -> str:
        return str(self.views[endpoint].__dict__["permission"])

    def methods(self, endpoint: str) -> list[str]:
        return sorted((self.rules[endpoint].methods or set()) - {"HEAD", "OPTIONS"})

    def address(self, endpoint: str, *, missing: bool = False, **other: str) -> str:
        """The route with the object of ``uz``, or with an innermost one that nobody has; ``other`` replaces places."""
        rule, places = self.rules[endpoint], REGISTER[endpoint].places
        values = {name: CONSTANTS[name] for name in rule.arguments if name in CONSTANTS}
        values |= {name: self.stage.ids[what] for name, what in places.items()} | other
        if missing:
            inner = [*places][-1]
            number = type(rule._converters[inner]).__name__ == "IntegerConverter"
            values[inner] = NO_SUCH["int" if number else inner]
        built = rule.build(values, append_unknown=False)
        assert built is not None
        return built[1]

    def ask(self, who: str, method: str, address: str, form: dict[str, Any] | None = None) -> TestResponse:
        """An answer, read to its end; a form goes with the token of its sender, as does what only a script sends."""
        token = self.stage.token(who)
        data = {"csrf_token": token, **(form or {})} if method == "POST" else None
        headers = {"X-CSRFToken": token, "Content-Length": "0"} if method in ("PATCH", "DELETE") else None
        return self.stage.browser(who).open(address, method=method, data=data, headers=headers, buffered=True)


def told(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """What an answer gives away: status, body and headers, without tokens and the address that was asked for."""
    body = re.sub(r'((?:csrf[-_]token|parked)"[^>]*(?:value|content)=")[^"]*', r"\1", answer.text)
    headers = {name: value for name, value in answer.headers if name not in ("Content-Length", "Set-Cookie")}
    return answer.status_code, body.replace(answer.request.path, "/asked"), headers


def found(answer: TestResponse) -> bool:
    """Whether there was an answer about the object, whatever became of an empty form."""
    at_the_door = answer.headers.get("Location", "").startswith("/sign-in")
    return answer.status_code < 500 and answer.status_code not in (400, 401, 403, 404, 405) and not at_the_door
