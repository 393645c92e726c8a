"""Whether a certificate can be issued, or why not: asked by the preview, by the dry run and by the issue itself.

Nothing is written here and no number is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diploma.accounts.models import User
from diploma.certificates import conditions, printed, queries
from diploma.certificates.models import Certificate
from diploma.certificates.rules import Record
from diploma.core.errors import Refused


@dataclass(frozen=True)
class Judged:
    """A certificate, and why it cannot be issued; ``None`` when it can."""

    certificate: Certificate
    reason: Refused | None


def refuse(certificate: Certificate, *, by: User | None, approved: bool = False, record: Record | None = None) -> None:
    """:class:`Refused` names the first thing that is missing, in the order of a certificate's life.

    ``approved``: whoever issues approves for every issuer as well, as the operator does. ``record`` is what the person
    has reached, where the caller has read it already.
    """
    conditions.refuse_own(certificate, by)
    conditions.refuse_unconfirmed(certificate)
    if not approved:
        conditions.refuse_unapproved(certificate)
    conditions.refuse_unearned(certificate.enrolment, certificate.award, record)
    printed.check(certificate)


def judge(certificates: Sequence[Certificate], *, by: User | None, approved: bool = False) -> Iterator[Judged]:
    """Each of the certificates, which are of one cohort, with what would become of it."""
    people, awards = [one.enrolment for one in certificates], {one.award for one in certificates}
    records = queries.records(people, awards)
    for one in certificates:
        try:
            refuse(one, by=by, approved=approved, record=records[one.enrolment.id, one.award])
        except Refused as reason:
            yield Judged(one, reason)
        else:
            yield Judged(one, None)
