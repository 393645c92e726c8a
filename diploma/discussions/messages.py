"""Messages of the staff to a selection of people: drafted, looked at, sent once to each in their language."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import audit, batch, clock
from diploma.core.batch import Batch
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.lang import Lang
from diploma.discussions import rules
from diploma.discussions.models import Message, MessageRecipient

SEND = "send-message"


def begin(cohort: Cohort, enrolments: Collection[int], *, by: User) -> Message:
    """A draft for the chosen people; ids of other cohorts name nobody, who was withdrawn is left out."""
    chosen = session.scalars(
        select(Enrolment.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state != EnrolmentState.WITHDRAWN)
        .order_by(Enrolment.id)
    ).all()
    chosen = [one for one in chosen if one in set(enrolments)]
    if not chosen:
        raise Refused(N_("Nobody was chosen. Tick the people to whom you want to write."))
    made = Message(cohort_id=cohort.id, writer_id=by.id, created_at=clock.now(), texts={})
    session.add(made)
    session.flush()
    session.add_all(MessageRecipient(message_id=made.id, enrolment_id=one) for one in chosen)
    session.flush()
    return made


def write(draft: Message, texts: Mapping[str, Mapping[str, str]], module: str | None, *, version: int) -> None:
    """Keep what was written; :class:`Stale` when another window saved since ``version``."""
    _check_open(draft)
    if version != draft.version:
        raise Stale(N_("This message was changed in another window since you opened it."))
    check(draft.cohort, texts, module)
    draft.texts, draft.module = {tag: dict(said) for tag, said in texts.items()}, module or None
    session.flush()


def check(cohort: Cohort, texts: Mapping[str, Mapping[str, str]], module: str | None) -> None:
    """Whether a message can go out as it is."""
    first = Lang(cohort.languages[0])
    if first.value not in texts:
        raise Refused(
            N_("Write the message in %(language)s at least: others fall back to it."), language=first.native_name
        )
    if not all(said.get("subject") and said.get("text") for said in texts.values()):
        raise Refused(N_("Each language needs both a subject and a text."))
    if wrong := rules.unknown(texts):
        raise Refused(
            N_("There is no placeholder %(wrong)s. These can be used: %(known)s."),
            wrong=" ".join(f"{{{one}}}" for one in wrong),
            known=" ".join(f"{{{one}}}" for one in rules.PLACEHOLDERS),
        )
    if not module and rules.OF_A_MODULE & set(rules.placeholders(texts)):
        raise Refused(N_("{module} and {due} need a module: choose the one that the message is about."))
    if module and "due" in rules.placeholders(texts) and all(one.module != module for one in cohort.modules):
        raise Refused(N_("This module has no dates in the cohort, so {due} says nothing. Take it out."))


def send(draft: Message, *, back: str, by: User) -> Batch:
    """Order that each gets it once; sent again, it is the same order."""
    draft = session.get_one(Message, draft.id, with_for_update=True, populate_existing=True)
    if draft.sent_at is None:
        check(draft.cohort, draft.texts, draft.module)
        draft.sent_at = clock.now()
        session.flush()
        audit.record("message.sent", f"message:{draft.id}", by=by, recipients=_count(draft))
    rows = session.scalars(
        select(MessageRecipient)
        .where(MessageRecipient.message_id == draft.id)
        .options(joinedload(MessageRecipient.enrolment).joinedload(Enrolment.user))
        .order_by(MessageRecipient.id)
    )
    items = [(one.enrolment.user.full_name, {"recipient_id": one.id}) for one in rows]
    return batch.start(SEND, items, cohort_id=draft.cohort_id, back=back, key=str(draft.id), by=by)


def discard(draft: Message) -> None:
    """Delete a draft."""
    draft = session.get_one(Message, draft.id, with_for_update=True, populate_existing=True)
    _check_open(draft)
    session.execute(delete(MessageRecipient).where(MessageRecipient.message_id == draft.id))
    session.delete(draft)
    session.flush()


def languages(found: Message) -> dict[Lang, int]:
    """How many of the recipients read which language, in the order of the product."""
    rows = session.execute(
        select(User.language, func.count())
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(MessageRecipient, MessageRecipient.enrolment_id == Enrolment.id)
        .where(MessageRecipient.message_id == found.id)
        .group_by(User.language)
    )
    counts: dict[Lang, int] = dict(rows.all())
    return {one: counts[one] for one in Lang if one in counts}


def examples(found: Message) -> dict[Lang, MessageRecipient]:
    """One recipient for each language that is read among them, the first by name."""
    place = func.row_number().over(partition_by=User.language, order_by=(User.sort_key, MessageRecipient.id))
    ranked = (
        select(MessageRecipient.id, place.label("place"))
        .join(MessageRecipient.enrolment)
        .join(Enrolment.user)
        .where(MessageRecipient.message_id == found.id)
        .subquery()
    )
    rows = session.scalars(
        select(MessageRecipient)
        .join(ranked, ranked.c.id == MessageRecipient.id)
        .where(ranked.c.place == 1)
        .options(joinedload(MessageRecipient.enrolment).joinedload(Enrolment.user))
    )
    by_lang = {one.enrolment.user.language: one for one in rows}
    return {one: by_lang[one] for one in Lang if one in by_lang}


def _count(found: Message) -> int:
    query = select(func.count()).where(MessageRecipient.message_id == found.id)
    return int(session.scalar(query) or 0)


def _check_open(draft: Message) -> None:
    if draft.sent_at:
        raise Refused(N_("This message is sent. Write a new one."))
