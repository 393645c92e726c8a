"""What the pages of appeals share: an appeal in words, what a result says of them, the file of a refused form."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from diploma.core import clock, web
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import pages, policies, results
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.appeals import access, asking
from diploma.coursework.appeals.forms import FILE
from diploma.coursework.appeals.models import Appeal, AppealAnswer
from diploma.coursework.models import SubmissionVersion
from diploma.coursework.results import Line, Step
from diploma.coursework.rules import SentFile


@dataclass(frozen=True)
class Said:
    """An answer with the levels that it names; ``by`` is empty where the reader is not told who answered."""

    answer: AppealAnswer
    before: Step
    after: Step
    by: str


@dataclass(frozen=True)
class Shown:
    """An appeal as a page shows it: its criterion as a line of the rubric at the level it had, and the answers."""

    appeal: Appeal
    line: Line
    answers: list[Said]
    no_escalation: Refused | None


@dataclass(frozen=True)
class Standing:
    """What a result says of appeals: until when one can be made, why none can, and those that were made."""

    until: datetime | None
    obstacle: Refused | None
    appeals: list[Appeal]


def standings(versions: Collection[SubmissionVersion]) -> dict[int, Standing]:
    """Of versions with a released mark, by their ids; a constant number of queries."""
    made = access.of_versions(list(versions))
    now = clock.now()
    return {
        one.id: Standing(asking.asked_until(one), asking.obstacle(one, now), made.get(one.id, [])) for one in versions
    }


def shown(appeal: Appeal, lang: Lang, *, to_author: bool) -> Shown:
    """Put an appeal into words. Where the marker is not named, neither is who answered."""
    work = appeal.marking.work
    submission = work.submission
    rule = policies.of(MARKING, submission.enrolment.cohort, submission.module)
    hidden = to_author and rule.hide_marker
    lines = results.lines(results.content_of(work), submission.module, {appeal.criterion: appeal.level}, lang)
    line = next(one for one in lines if one.id == appeal.criterion)
    steps = {one.id: one for one in line.levels}
    answers = [
        Said(one, steps[one.level_before], steps[one.level_after], "" if hidden else one.by.display_name)
        for one in appeal.answers
    ]
    return Shown(appeal, line, answers, asking.no_escalation(appeal, clock.now()))


# ---- the file


def sent_file() -> SentFile | None:
    """The file of this request; call it before the first statement, so that no lock is held."""
    files = [pages.received(one) for one in web.uploads(FILE)]
    return files[0] if files else None


def keep(file: SentFile | None, version: SubmissionVersion) -> str:
    """A file as a field of the form, so that a refusal does not lose it; nobody else can make such a field."""
    return _signer(version).dumps([file.name, file.sha256, file.size, file.kind]) if file else ""


def kept(token: str, version: SubmissionVersion) -> SentFile | None:
    """The file that such a field names."""
    try:
        values: Any = _signer(version).loads(token)
    except BadSignature:
        return None
    return SentFile(*values)


def _signer(version: SubmissionVersion) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"file of an appeal against {version.id}")
