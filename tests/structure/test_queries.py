"""Lists ask the database as often for three hundred people as for a few.

Source: architecture, "Habits"; spec performance. The people are written in bulk, with something of everything that the
pages show: work, marks, attendance, names, certificates at every step.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import insert, select

from diploma.accounts.models import MailedLink, PersonName, Purpose, RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.certificates.models import Approval, Certificate, CertificateState
from diploma.certificates.rules import module_award
from diploma.cohorts.groups.models import DateKind, GroupMember, OwnDates
from diploma.cohorts.models import Attendance, Cohort, CohortState, Enrolment, Entity, EntityName, LiveSession, Presence
from diploma.core import clock, db
from diploma.core.lang import Lang
from diploma.coursework.extensions.models import Cause, ExtensionRequest
from diploma.coursework.models import Marking, Submission, SubmissionState, SubmissionVersion
from diploma.learning.models import LessonProgress, ModuleCompletion
from diploma.quizzes.models import QuizAttempt
from tests.structure.stage import Stage, user_of
from tests.world import M2

Count = Callable[[], AbstractContextManager[list[str]]]
_S = CertificateState
STEPS = (None, None, _S.DRAFTED, _S.NAME_CONFIRMED, _S.APPROVED, _S.ISSUED, _S.REVOKED)  # two have no certificate yet
PLACES = {"K": "/certificates/cohorts/uz-1", "M": f"/modules/{M2}"}

LISTS: dict[str, str] = {
    "instructor@uz.test": """
        /dashboard /marking/ /marking/?first=mine /marking/{marking} /marking/conflicts /marking/offline/
        /sessions/{session_due} /sessions/{held} /cohorts/
    """,
    "coordinator@uz.test": """
        /dashboard /cohorts/ /partners/ /partners/{partner} /cohorts/{cohort} /cohorts/{cohort}/roster
        /cohorts/{cohort}/marks
        /cohorts/{cohort}/roster?standing=active /cohorts/{cohort}/roster?sort=-entity
        /cohorts/{cohort}/tutors /cohorts/{cohort}/roster?tutor=none&sort=tutor
        /cohorts/{cohort}/roster?q=Kishi /cohorts/{cohort}/roles
        /cohorts/{cohort}/import/{draft} /cohorts/{cohort}/import/{draft}/confirm /cohorts/{cohort}/imports/{import}
        /cohorts/{cohort}/import /cohorts/{cohort}/people/{enrolment} /cohorts/{cohort}/people/{enrolment}/results
        /cohorts/{cohort}/behind /partners/{partner}/roles /entities/{entity}
        /cohorts/{cohort}/behind /cohorts/{cohort}/messages/people /cohorts/{cohort}/messages
        /cohorts/{cohort}/announcements /cohorts/{cohort}/groups /cohorts/{cohort}/extensions
        /cohorts/{cohort}/dates /cohorts/{cohort}/allocation /cohorts/{cohort}/conflicts
    """,
    "registrar@test.test": """
        /dashboard /cohorts/ /certificates/ {K}?group=ineligible {K}?group=eligible {K}?group=names
        {K}?group=approval {K}?group=ready {K}?group=issued {K}?group=ended
        /jobs/ /jobs/{batch_over}
    """,
    "manager@uz.test": """
        /dashboard /entities/ /entities/{entity} /entities/{entity}?behind=1 /entities/{entity}/people.xlsx
        /nominations/
    """,
    "director@test.test": "/dashboard /partners/ {K}?group=approval /corrections/",
    "aziza@uz.test": "/dashboard /modules/ {M}/assignment {M}/result",
}


class Crowd:
    """Adds people to the first cohort, each with rows in every table that a list reads."""

    def __init__(self) -> None:
        self.cohort = db.session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        self.held = db.session.scalars(select(LiveSession.id).where(LiveSession.sheet_saved_at.is_not(None))).one()
        self.content = {"edition_id": self.cohort.edition_id, "revision_id": self.cohort.revision_id}
        self.group = db.session.scalars(select(OwnDates.group_id).where(OwnDates.group_id.is_not(None))).one()
        self.now, self.marker = clock.now(), user_of("instructor@uz.test").id
        self.first = len(db.session.scalars(select(User.id)).all())

    def join(self, count: int) -> None:
        numbers = range(self.first, self.first + count)
        entities = self._entities(numbers)
        users = self._users(numbers)
        people = list(zip(numbers, users, self._enrol(users, entities), strict=True))
        self._work(people)
        self._dates(people)
        self._certificates(people)
        self._cohorts(numbers[::10])

    def _add(self, kind: Any, rows: list[dict[str, Any]]) -> list[int]:
        query = insert(kind).returning(kind.id, sort_by_parameter_order=True)
        return list(db.session.scalars(query, rows)) if rows else []

    def _entities(self, numbers: range) -> list[int]:
        partner = {"partner_id": self.cohort.partner_id, "created_at": self.now}
        made = self._add(Entity, [partner for _ in numbers])
        names = [{"names": {"en": f"Office {n}"}, "name_search": f"office {n}"} for n in numbers]
        day = {"valid_from": self.cohort.starts_on}
        self._add(EntityName, [{"entity_id": one, **name, **day} for one, name in zip(made, names, strict=True)])
        return made

    def _cohorts(self, numbers: range) -> None:
        fields = ("partner_id", "names", "time_zone", "languages", "certificate_languages", "starts_on", "ends_on")
        like = {name: getattr(self.cohort, name) for name in fields} | self.content | {"seats": 9}
        state = {"state": CohortState.RUNNING, "created_at": self.now}
        self._add(Cohort, [{"slug": f"uz-n{n}", **like, **state} for n in numbers])

    def _users(self, numbers: range) -> list[int]:
        person = {"full_name": "Kishi", "name_search": "kishi", "language": Lang.RU, "created_at": self.now}
        rows = [{"email": f"n{n}@uz.test", "sort_key": f"{n:06}", "activated_at": self.now, **person} for n in numbers]
        users = self._add(User, rows)
        day, scope = {"starts_on": self.cohort.starts_on}, {"cohort_id": self.cohort.id}
        self._add(RoleGrant, [{"user_id": one, "role": Role.TRAINEE, **day, **scope} for one in users])
        self._add(RoleGrant, [{"user_id": one, "role": Role.MODERATOR, **day, **scope} for one in users[::3]])
        link = {"purpose": Purpose.ACTIVATE, "created_at": self.now, "expires_at": self.now}
        address = [{"address": f"n{n}@uz.test"} for n in numbers]
        mails = [{"user_id": one, "token_hash": f"t{one}", **link} for one in users]
        self._add(MailedLink, [one | to for one, to in zip(mails, address, strict=True)])
        return users

    def _enrol(self, users: list[int], entities: list[int]) -> list[int]:
        fixed = {"cohort_id": self.cohort.id, "enrolled_at": self.now}
        pairs = zip(users, entities, strict=True)
        return self._add(Enrolment, [{"user_id": user, "entity_id": entity, **fixed} for user, entity in pairs])

    def _work(self, people: list[tuple[int, int, int]]) -> None:
        """A work that waits for its mark, a quiz, a lesson, a row on the sheet."""
        held = [{"enrolment_id": enrolment, "module": M2} for _n, _user, enrolment in people]
        sent = {"state": SubmissionState.SUBMITTED, "lang": Lang.RU, "saved_at": self.now}
        works = self._add(Submission, [one | sent for one in held])
        times = dict.fromkeys(("due_at", "received_at", "committed_at"), self.now)
        text = {"number": 1, "lang": Lang.RU, "text": "", "helpers": "", "files": {}, "declared": [], "sha256": ""}
        versions = [{"submission_id": one, "key": f"k{one}", "receipt": f"R{one}"} for one in works]
        done = self._add(SubmissionVersion, [one | self.content | times | text for one in versions])
        self._add(Marking, [{"work_id": one, "levels": {}, "marker_id": self.marker} for one in done])
        quiz = {"number": 1, "seed": 1, "items": [], "started_at": self.now, "submitted_at": self.now, "score": 80}
        self._add(QuizAttempt, [one | self.content | quiz for one in held])
        opened = {"lesson": "01", "opened_at": self.now, "seen_at": self.now}
        self._add(LessonProgress, [one | opened for one in held])
        there = {"session_id": self.held, "presence": Presence.PRESENT, "workshop_mark": 90, "at": self.now}
        self._add(Attendance, [{"enrolment_id": enrolment, **there} for _n, _user, enrolment in people])

    def _dates(self, people: list[tuple[int, int, int]]) -> None:
        """A group in which all are, an extension of every third, a request of all."""
        here, held = {"cohort_id": self.cohort.id}, {"module": M2, "due_at": self.now}
        self._add(GroupMember, [{"group_id": self.group, "enrolment_id": one, **here} for _n, _user, one in people])
        given = {"kind": DateKind.EXTENSION, "reason": "Xizmat", "at": self.now, **here, **held}
        self._add(OwnDates, [{"enrolment_id": one, **given} for _n, _user, one in people[::3]])
        asked = {"days": 2, "cause": Cause.WORK, "wanted_at": self.now, "asked_at": self.now, **here, **held}
        self._add(ExtensionRequest, [{"enrolment_id": one, "key": f"k{one}", **asked} for _n, _user, one in people])

    def _certificates(self, people: list[tuple[int, int, int]]) -> None:
        """Equally many people at each step, in the order of ``STEPS``; whoever is not at the first has completed M2."""
        for step, state in enumerate(STEPS):
            here = [one for one in people if one[0] % len(STEPS) == step]
            if step:
                done = {"module": M2, "completed_at": self.now}
                self._add(ModuleCompletion, [{"enrolment_id": enrolment, **done} for _n, _user, enrolment in here])
            if state not in (None, _S.DRAFTED):
                self._name([user for _n, user, _enrolment in here])
            if state:
                made = self._add(Certificate, [self._certificate(n, enrolment, state) for n, _user, enrolment in here])
                issuers = ("programme", "partner") if state not in (_S.DRAFTED, _S.NAME_CONFIRMED) else ()
                given = [{"certificate_id": one, "issuer": issuer} for one in made for issuer in issuers]
                self._add(Approval, [{"at": self.now, **one} for one in given])

    def _name(self, users: list[int]) -> None:
        named = [{"lang": Lang(tag), "confirmed_at": self.now} for tag in self.cohort.certificate_languages]
        self._add(PersonName, [{"user_id": user, "full_name": "Kishi", **one} for user in users for one in named])

    def _certificate(self, number: int, enrolment: int, state: CertificateState) -> dict[str, Any]:
        row = {"enrolment_id": enrolment, "award": module_award(M2), "state": state, "drafted_at": self.now}
        if state not in (_S.ISSUED, _S.REVOKED):
            return row
        public = {"serial": f"GID-2026-UZ-{number:06}", "token": f"T{number}", "snapshot": "{}", "snapshot_hash": ""}
        return row | public | {"issued_at": self.now, "reason": "Xato" if state is _S.REVOKED else ""}


@pytest.fixture
def counts(stage: Stage, queries: Count) -> Callable[[], dict[str, int]]:
    """``counts()``: how many statements each list sends; the first visit, which reads the content, is not counted."""

    def visit() -> dict[str, int]:
        found = {}
        for who, addresses in LISTS.items():
            browser = stage.browser(who)
            for address in addresses.format(**PLACES, **stage.ids).split():
                browser.get(address)
                with queries() as sent:
                    assert browser.get(address).status_code == 200
                found[f"{address} by {who}"] = len(sent)
        return found

    return visit


def test_lists_ask_as_often_for_three_hundred_people_as_for_three(
    stage: Stage, counts: Callable[[], dict[str, int]]
) -> None:
    def join(count: int) -> None:
        with stage.app.app_context(), db.unit_of_work():
            Crowd().join(count)

    join(len(STEPS))  # every group has somebody, every relation a row
    few = counts()
    join(300)
    many = counts()
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    assert max(many.values()) <= 30
