"""What a trainee does with a worksheet: find it, and save what they have written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.worksheets.entries import LARGEST, size
from diploma.worksheets.models import FilledWorksheet


def find(enrolment: Enrolment, module: str, worksheet: str) -> FilledWorksheet | None:
    """The worksheet of an enrolment, ``None`` before its first save."""
    found: FilledWorksheet | None = session.scalar(
        select(FilledWorksheet).where(
            FilledWorksheet.enrolment_id == enrolment.id,
            FilledWorksheet.module == module,
            FilledWorksheet.worksheet == worksheet,
        )
    )
    return found


def save(
    enrolment: Enrolment,
    place: tuple[str, str],
    entries: Mapping[str, Any],
    *,
    page: str = "",
    base: int = 0,
    by: User,
) -> FilledWorksheet:
    """Keep ``entries`` (``diploma.worksheets.entries``) on the worksheet at ``place`` (module, worksheet).

    Fields that are not among them keep what they have. ``page`` is the key of the open page, ``base`` the version that
    it has seen (0: none). :class:`Stale` when another page saved something else in between; without a ``page`` nothing
    is compared. ``Refused`` for a worksheet that is not one's own, and beyond ``LARGEST`` characters.
    """
    if enrolment.user_id != by.id:
        raise Refused(N_("A worksheet is written by its owner alone."))
    # Two first saves at once: the second waits here and then finds the worksheet of the first.
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    held = find(enrolment, *place)
    merged = {**(held.entries if held else {}), **entries}
    if held and page and page != held.page and base != held.version and merged != held.entries:
        raise Stale(N_("This worksheet was changed in another window since you opened it."))
    if size(merged) > LARGEST:
        raise Refused(N_("A worksheet holds at most %(max)d characters. Shorten it and save again."), max=LARGEST)
    if held is None:
        module, worksheet = place
        held = FilledWorksheet(enrolment_id=enrolment.id, module=module, worksheet=worksheet)
        session.add(held)
    held.entries, held.page, held.saved_at = merged, page, clock.now()
    session.flush()
    return held
