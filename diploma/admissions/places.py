"""The places of a call after its offers were made: more are offered at once, fewer take none away.

Both are shown before they are done, and done only as they were shown.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.admissions import calls, offers, service
from diploma.admissions.calls import Terms
from diploma.admissions.models import AdmissionCall, Application
from diploma.core.db import session
from diploma.core.errors import N_, Stale


@dataclass(frozen=True)
class Change:
    """What another number of places does: who of the waiting list is offered one, in the order of ranks."""

    places: int
    offered: tuple[Application, ...]

    @property
    def digest(self) -> str:
        """What was shown, in short: who saves sends it back."""
        said = f"{self.places}:{[one.id for one in self.offered]}"
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def preview(call: AdmissionCall, places: int) -> Change | None:
    """Who would be offered a place; ``None`` when the number stays or nothing was decided yet."""
    if call.decided_at is None or places == call.places:
        return None
    held = session.scalar(select(func.count(Application.seat)).where(Application.call_id == call.id)) or 0
    return Change(places, tuple(offers.next_up(call, max(0, places - held))))


def change(call: AdmissionCall, terms: Terms, seen: str, base_url: str, *, by: User) -> None:
    """Change the terms of a call; of a decided one the waiting list moves at once.

    ``seen`` is the digest of the change that was shown; :class:`Stale` when it is another by now.
    """
    call = service.locked(call.id)
    shown = preview(call, terms.places)
    if shown and shown.digest != seen:
        raise Stale(N_("The waiting list moved meanwhile. Look at the change again."))
    calls.change_terms(call, terms, by=by)
    if shown:
        offers.fill(call, base_url)
