"""What the selects of this feature offer."""

from diploma.cohorts.entities.lookups import of_partner
from diploma.cohorts.models import Cohort, Partner
from diploma.core import i18n


def entities(partner: Partner) -> dict[str, str]:
    """The entities of a partner that are not closed, by name in the language of the page."""
    found = [one for one in of_partner(partner.id) if one.closed_on is None]
    return dict(sorted(((str(one.id), one.name(i18n.current())) for one in found), key=lambda one: one[1].casefold()))


def cohorts(found: list[Cohort]) -> dict[str, str]:
    return {str(one.id): one.name(i18n.current()) for one in found}
