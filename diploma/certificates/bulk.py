"""Many certificates issued in the background, one by one; and the same tried beforehand, without issuing any."""

from collections.abc import Sequence

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.certificates import judging, service
from diploma.certificates.drawing import fonts
from diploma.certificates.models import Certificate
from diploma.cohorts import access
from diploma.cohorts.models import Cohort
from diploma.core import batch
from diploma.core.batch import Batch, BatchItem, ItemState, Sequel
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.core.outbox import Payload

ISSUE, TRY = "issue-certificates", "try-certificates"


def issue(cohort: Cohort, chosen: Sequence[Certificate], *, back: str, key: str, by: User) -> Batch:
    """Order the issue of certificates of one cohort; ``FontsMissing`` where none could be drawn."""
    fonts.font_files()
    return _start(ISSUE, cohort, chosen, back, key, by)


def try_out(cohort: Cohort, chosen: Sequence[Certificate], *, back: str, key: str, by: User) -> Batch:
    """Order the trial of more certificates than a page can judge while somebody waits for it."""
    return _start(TRY, cohort, chosen, back, key, by)


def _start(kind: str, cohort: Cohort, chosen: Sequence[Certificate], back: str, key: str, by: User) -> Batch:
    items = [(one.enrolment.user.full_name, {"certificate_id": one.id}) for one in chosen]
    return batch.start(kind, items, cohort_id=cohort.id, back=back, key=key, by=by)


def _drawn(batch_id: int) -> tuple[int, int]:
    """How many of the certificates that a batch has issued are drawn, and how many it has issued."""
    item = BatchItem.payload["certificate_id"].as_integer()
    query = select(func.count(Certificate.pdf_sha256), func.count(Certificate.serial)).join_from(
        BatchItem, Certificate, Certificate.id == item
    )
    row = session.execute(query.where(BatchItem.batch_id == batch_id, BatchItem.state == ItemState.DONE)).one()
    return row[0], row[1]


@batch.does(
    ISSUE,
    title=N_("Issue certificates"),
    permission=Permission.ISSUE_CERTIFICATE,
    sequel=Sequel(N_("PDF drawn: %(count)s of %(total)s"), _drawn),
)
def _issue(payload: Payload, by_id: int) -> None:
    certificate, by = _ordered(payload, by_id)
    service.issue(certificate, by=by)


@batch.does(TRY, title=N_("Try the issue of certificates"), permission=Permission.ISSUE_CERTIFICATE)
def _try(payload: Payload, by_id: int) -> None:
    certificate, by = _ordered(payload, by_id)
    if certificate.serial is None:
        judging.refuse(certificate, by=by)


def _ordered(payload: Payload, by_id: int) -> tuple[Certificate, User]:
    certificate = session.get_one(Certificate, payload["certificate_id"])
    return certificate, access.orderer(by_id, certificate.enrolment.cohort, Permission.ISSUE_CERTIFICATE)
