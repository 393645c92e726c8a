"""The marks of a whole assignment, released in the background, fifty in a transaction."""

import hashlib
from collections.abc import Sequence

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.models import Cohort
from diploma.core import batch
from diploma.core.batch import Batch
from diploma.core.chain import canonical
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.outbox import Payload
from diploma.coursework import policies
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.releasing import readiness, service

KIND = "release-marks"
AT_ONCE = 50


def seen(cohort: Cohort, module: str, *, by: User) -> str:
    """A fingerprint of the marks that are ready, as a preview has counted them."""
    return _print(cohort, module, [one for one, _name, _receipt in readiness.ready(by, cohort, module)])


def order(cohort: Cohort, module: str, *, shown: str, base_url: str, back: str, by: User) -> Batch:
    """Order the release of all marks of an assignment that are ready; :class:`Stale` when they are others than those
    which the page has counted. The same marks ordered twice are one batch."""
    ready = readiness.ready(by, cohort, module)
    if shown != _print(cohort, module, [one for one, _name, _receipt in ready]):
        raise Stale(N_("Meanwhile other marks are ready. Look at the numbers again."))
    return start(cohort, module, ready, base_url=base_url, back=back, key=shown, why=None, by=by)


def start(
    cohort: Cohort,
    module: str,
    ready: Sequence[tuple[int, str, str]],
    *,
    base_url: str,
    back: str,
    key: str,
    why: str | None,
    by: User,
) -> Batch:
    """Begin with marks that are ready. Where works are marked without names the log calls them by their receipts."""
    nameless = policies.of(MARKING, cohort, module).anonymous
    items = [
        (receipt if nameless else name, {"marking_id": one, "cohort_id": cohort.id, "base_url": base_url, "why": why})
        for one, name, receipt in ready
    ]
    return batch.start(KIND, items, cohort_id=cohort.id, back=back, key=key, by=by)


@batch.does_many(KIND, title=N_("Release marks"), permission=Permission.RELEASE, at_once=AT_ONCE)
def _release(payloads: list[Payload], by_id: int) -> list[Refused | None]:
    first, wanted = payloads[0], [one["marking_id"] for one in payloads]
    by = access.orderer(by_id, session.get_one(Cohort, first["cohort_id"]), Permission.RELEASE)
    outcome = service.release_ids(wanted, base_url=first["base_url"], by=by, why=first["why"])
    reasons = {one.id: reason for one, reason in outcome.refused}
    return [reasons.get(one) for one in wanted]


def _print(cohort: Cohort, module: str, ids: list[int]) -> str:
    told = canonical({"cohort": cohort.id, "module": module, "ready": ids})
    return hashlib.sha256(told.encode()).hexdigest()
