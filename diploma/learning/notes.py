"""A trainee's own notes beside the sections of a lesson. No other person's page ever asks for them."""

from sqlalchemy import bindparam, select

from diploma.cohorts.models import Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Stale
from diploma.learning.models import SectionNote

LONGEST = 4_000  # characters of one note

_OF_MODULE = (
    select(SectionNote)
    .where(SectionNote.enrolment_id == bindparam("enrolment"), SectionNote.module == bindparam("module"))
    .order_by(SectionNote.id)
)


def of_module(enrolment: Enrolment | None, module: str) -> dict[tuple[str, str], SectionNote]:
    """(lesson, section) → note, also of sections that are no longer there; one query."""
    if enrolment is None:
        return {}
    rows = session.scalars(_OF_MODULE, {"enrolment": enrolment.id, "module": module})
    return {(one.lesson, one.section): one for one in rows}


def find(enrolment: Enrolment, module: str, lesson: str, section: str) -> SectionNote | None:
    found: SectionNote | None = session.scalar(
        select(SectionNote).where(
            SectionNote.enrolment_id == enrolment.id,
            SectionNote.module == module,
            SectionNote.lesson == lesson,
            SectionNote.section == section,
        )
    )
    return found


def save(
    enrolment: Enrolment, place: tuple[str, str, str], text: str, *, page: str = "", base: int = 0
) -> SectionNote | None:
    """Keep ``text`` at ``place`` (module, lesson, section); an empty one removes the note.

    ``page`` is the key of the open page, ``base`` the version of the note that it has seen (0: none).
    :class:`Stale` when another page saved in between; without a ``page`` nothing is compared.
    """
    # Two first saves at once: the second waits here and then finds the note of the first.
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    held = find(enrolment, *place)
    if held and page and page != held.page and base != held.version:
        raise Stale(N_("This note was changed in another window since you opened it."))
    if not text:
        if held:
            session.delete(held)
            session.flush()
        return None
    if held is None:
        module, lesson, section = place
        held = SectionNote(enrolment_id=enrolment.id, module=module, lesson=lesson, section=section)
        session.add(held)
    held.text, held.page, held.saved_at = text, page, clock.now()
    session.flush()
    return held
