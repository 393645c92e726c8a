"""Which works are marked by a rubric that is no longer that of their cohort, and what is another since.

The texts of a cohort advance within its edition (new words); a person who moves to another cohort brings works of
another edition (other weights). Both are seen by the revision that a version keeps.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import access, rules
from diploma.coursework.models import Marking, Submission, SubmissionVersion
from diploma.coursework.rubrics.rules import Difference, What, between
from diploma.learning import catalogue
from diploma.learning.catalogue import Content


@dataclass(frozen=True)
class Older:
    """How many works of an assignment, without a released mark, were handed in under an earlier rubric; ``marked`` of
    them have a mark."""

    cohort: str
    module: str
    revision_id: int
    works: int
    marked: int


def of(version: SubmissionVersion) -> list[Difference]:
    """What is another in the rubric of the cohort since this version was handed in."""
    submission = version.submission
    return _differences(version.revision_id, submission.enrolment.cohort.revision_id, submission.module, version.lang)


def among(rows: Collection[access.Waiting], cohorts: Mapping[int, Cohort]) -> set[int]:
    """Those lines of a queue whose work has an earlier rubric, by the id of the marking."""
    keys = {one.id: (one.revision_id, cohorts[one.cohort_id].revision_id, one.module, one.lang) for one in rows}
    changed = {key: bool(_differences(*key)) for key in set(keys.values())}
    return {one for one, key in keys.items() if changed[key]}


def counts(user: User) -> list[Older]:
    """By cohort and assignment, among the works that a marker sees; one query."""
    key = (Cohort.slug, Submission.module, SubmissionVersion.revision_id, Cohort.revision_id, SubmissionVersion.lang)
    rows: Any = session.execute(
        access.waiting(user)
        .join(Enrolment.cohort)
        .where(Marking.state.in_(rules.UNRELEASED), SubmissionVersion.revision_id != Cohort.revision_id)
        .with_only_columns(*key, func.count(), func.count().filter(Marking.state.not_in(rules.TO_DO)))
        .group_by(*key)
        .order_by(Cohort.slug, Submission.module)
    )
    found: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for cohort, module, old, new, lang, works, marked in rows:
        if _differences(old, new, module, lang):
            found[cohort, module, new][0] += works
            found[cohort, module, new][1] += marked
    return [Older(*key, *numbers) for key, numbers in found.items()]


def _differences(old: int, new: int, module: str, lang: Lang) -> list[Difference]:
    """In the language in which the work is written and its rubric shown; a word corrected in another one is none."""
    if old == new:
        return []
    before, after = catalogue.content(old), catalogue.content(new)
    if module not in after.modules:
        return [Difference(What.ASSIGNMENT_GONE)]

    def said(content: Content, key: str) -> str:
        return content.say(module, f"rubric/{key}", lang)

    rubrics = (before.modules[module].rubric, after.modules[module].rubric)
    return between(*rubrics, lambda key: said(before, key), lambda key: said(after, key))
