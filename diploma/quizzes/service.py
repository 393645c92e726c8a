"""The life of an attempt: started, answered item by item, submitted once and scored."""

import secrets
from decimal import Decimal

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts import own_dates
from diploma.cohorts.models import CohortState, Enrolment, EnrolmentState
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import LANGS
from diploma.learning import catalogue
from diploma.learning import service as learning
from diploma.learning.catalogue import Content
from diploma.learning.structure import Item, ItemType
from diploma.quizzes import rules
from diploma.quizzes.models import QuizAnswer, QuizAttempt
from diploma.quizzes.rules import Answer

_FROZEN = (CohortState.CLOSED, CohortState.ARCHIVED)


def start(enrolment: Enrolment, module: str, *, by: User) -> QuizAttempt:
    """Start the next attempt, or give back the one that is open: a double click starts one.

    ``Refused`` when all attempts are used, before the module opens, after its cut-off, and in a closed cohort.
    """
    _check_own(enrolment, by)
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())  # one start at a time
    attempts = attempts_of(enrolment, module)
    if attempts and attempts[-1].submitted_at is None:
        return attempts[-1]
    _check_startable(enrolment, module)
    made = _next_attempt(enrolment, module, len(attempts) + 1)
    audit.record("quiz.started", f"quiz_attempt:{made.id}", by=by, module=module, number=made.number)
    return made


def attempts_of(enrolment: Enrolment, module: str) -> list[QuizAttempt]:
    """A person's attempts at a quiz in the order in which they were started."""
    return list(
        session.scalars(
            select(QuizAttempt)
            .where(QuizAttempt.enrolment_id == enrolment.id, QuizAttempt.module == module)
            .order_by(QuizAttempt.number)
        )
    )


def save_answer(attempt: QuizAttempt, item_id: str, answer: Answer, *, by: User) -> QuizAnswer:
    """Keep the answer to one item of an open attempt; the newest replaces what was kept before.

    ``Refused`` after the submission, for an item that was not drawn, and for an option that the item does not offer.
    """
    _lock(attempt, by)
    if attempt.submitted_at is not None:
        raise Refused(N_("This attempt is submitted; its answers can no longer be changed."))
    if item_id not in attempt.items:
        raise Refused(N_("This question does not belong to the attempt."))
    try:
        kept = rules.tidy(item_of(attempt, item_id), answer)
    except ValueError:
        raise Refused(N_("The answer names an option that this question does not offer.")) from None
    row = next((one for one in attempt.answers if one.item == item_id), None)
    if row is None:
        row = QuizAnswer(item=item_id)
        attempt.answers.append(row)
    row.answer, row.saved_at = kept, clock.now()
    session.flush()
    return row


def submit(attempt: QuizAttempt, *, by: User) -> QuizAttempt:
    """Score the attempt and close it for ever; submitting it again changes nothing."""
    _lock(attempt, by)
    if attempt.submitted_at is None:
        attempt.score, attempt.submitted_at = _scored(attempt), clock.now()
        session.flush()
        audit.record("quiz.submitted", f"quiz_attempt:{attempt.id}", by=by, score=attempt.score)
        learning.notice(session, attempt.enrolment_id, attempt.module, f"quiz:{attempt.id}")
    return attempt


def content_of(attempt: QuizAttempt) -> Content:
    """The structure and texts with which the attempt was started: an edit never changes a running quiz."""
    return catalogue.content(attempt.revision_id)


def items_of(attempt: QuizAttempt) -> list[Item]:
    """The items of an attempt in the order in which they are asked."""
    return [item_of(attempt, one) for one in attempt.items]


def item_of(attempt: QuizAttempt, item_id: str) -> Item:
    quiz = content_of(attempt).modules[attempt.module].quiz
    return next(one for one in quiz.items if one.id == item_id)


def _next_attempt(enrolment: Enrolment, module: str, number: int) -> QuizAttempt:
    content = catalogue.content(enrolment.cohort.revision_id)
    quiz, seed = content.modules[module].quiz, secrets.randbits(48)
    if number > quiz.attempts:
        raise Refused(N_("All %(num)s attempts are used; the best one counts."), num=quiz.attempts)
    made = QuizAttempt(
        enrolment_id=enrolment.id,
        module=module,
        number=number,
        edition_id=content.edition_id,
        revision_id=content.revision_id,
        seed=seed,
        items=rules.drawn(quiz, seed),
        started_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def _scored(attempt: QuizAttempt) -> Decimal:
    """The attempt's score; each answer keeps the share that it earned."""
    answers, results = {one.item: one for one in attempt.answers}, []
    for item in items_of(attempt):
        row = answers.get(item.id)
        share = rules.share(item, row.answer if row else {}, _accepted(attempt, item))
        if row is not None and share is not None:
            row.share = rules.stored(share)
        results.append((item.points, share))
    return rules.score(results)


def _accepted(attempt: QuizAttempt, item: Item) -> set[str]:
    """The accepted forms of a short text in all languages together."""
    if item.type is not ItemType.SHORT:
        return set()
    content, key = content_of(attempt), f"quiz/{item.id}/accepted"
    return {form for lang in LANGS for form in content.say(attempt.module, key, lang).splitlines()}


def _lock(attempt: QuizAttempt, by: User) -> None:
    """Read the attempt anew and hold it until the commit, so that an answer never slips in behind a submission."""
    session.refresh(attempt, with_for_update=True)
    enrolment = session.get_one(Enrolment, attempt.enrolment_id)
    _check_own(enrolment, by)
    if enrolment.cohort.state in _FROZEN and attempt.submitted_at is None:
        raise Refused(N_("The cohort is closed; its marks are frozen."))


def _check_own(enrolment: Enrolment, by: User) -> None:
    if enrolment.user_id != by.id:
        raise Refused(N_("Only the trainee may take this quiz."))


def _check_startable(enrolment: Enrolment, module: str) -> None:
    dates = own_dates.of_person(enrolment).get(module)
    if enrolment.state is not EnrolmentState.ACTIVE or enrolment.cohort.state in _FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    if dates is None or dates.opens_at > clock.now():
        raise Refused(N_("This quiz is not open yet."))
    if dates.cut_off_at < clock.now():
        raise Refused(N_("The time for this quiz is over."))
