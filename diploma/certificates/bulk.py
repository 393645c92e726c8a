"""Many certificates issued in the background, one by one."""

from collections.abc import Sequence

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.certificates import service
from diploma.certificates.drawing import fonts
from diploma.certificates.models import Certificate
from diploma.cohorts import access
from diploma.cohorts.models import Cohort
from diploma.core import batch
from diploma.core.batch import Batch
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.core.outbox import Payload

ISSUE = "issue-certificates"


def issue(cohort: Cohort, chosen: Sequence[Certificate], *, back: str, key: str, by: User) -> Batch:
    """Order the issue of certificates of one cohort; ``FontsMissing`` where none could be drawn."""
    fonts.font_files()
    items = [(one.enrolment.user.full_name, {"certificate_id": one.id}) for one in chosen]
    return batch.start(ISSUE, items, cohort_id=cohort.id, back=back, key=key, by=by)


@batch.does(ISSUE, title=N_("Issue certificates"), permission=Permission.ISSUE_CERTIFICATE)
def _issue(payload: Payload, by_id: int) -> None:
    certificate = session.get_one(Certificate, payload["certificate_id"])
    by = access.orderer(by_id, certificate.enrolment.cohort, Permission.ISSUE_CERTIFICATE)
    service.issue(certificate, by=by)
