"""What differs between two rubrics, in words."""

from typing import Any

from flask_babel import gettext as _

from diploma.core import i18n
from diploma.core.lang import Lang
from diploma.core.mail import isolate
from diploma.coursework.models import SubmissionVersion
from diploma.coursework.rubrics import changes
from diploma.coursework.rubrics.rules import Difference, What
from diploma.learning import catalogue
from diploma.learning.catalogue import Content


def of(version: SubmissionVersion, lang: Lang) -> list[str]:
    """A sentence for each difference between the rubric of a version and the present one of its cohort."""
    found = changes.of(version)
    if not found:
        return []
    old, new = (
        catalogue.content(one) for one in (version.revision_id, version.submission.enrolment.cohort.revision_id)
    )
    return [str(_sentence(one, old, new, version.submission.module, lang)) for one in found]


def _sentence(one: Difference, old: Content, new: Content, module: str, lang: Lang) -> Any:
    fmt = i18n.fmt()

    def said(content: Content, key: str) -> str:
        return isolate(content.say(module, f"rubric/{key}", lang))

    numbers = {"before": fmt.number(one.before), "after": fmt.number(one.after)}
    match one.what:
        case What.ASSIGNMENT_GONE:
            return _("The course of the cohort does not have this assignment any more.")
        case What.ADDED:
            return _("New criterion: %(title)s.", title=said(new, f"{one.criterion}/title"))
        case What.LEVEL_ADDED:
            return _("New level: %(title)s.", title=said(new, f"levels/{one.levels[0]}"))
        case What.GONE:
            return _("No longer a criterion: %(title)s.", title=said(old, f"{one.criterion}/title"))
        case What.LEVEL_GONE:
            return _("No longer a level: %(title)s.", title=said(old, f"levels/{one.levels[0]}"))
        case What.WEIGHT:
            title = said(old, f"{one.criterion}/title")
            return _("%(title)s: the weight was %(before)s and is %(after)s.", title=title, **numbers)
        case What.SHARE:
            title = said(old, f"levels/{one.levels[0]}")
            return _("Level %(title)s: it gave %(before)s per cent and gives %(after)s.", title=title, **numbers)
        case What.TITLE | What.LEVEL_TITLE:
            key = f"{one.criterion}/title" if one.what is What.TITLE else f"levels/{one.levels[0]}"
            return _("%(before)s is now called %(after)s.", before=said(old, key), after=said(new, key))
    levels = fmt.list([said(old, f"levels/{level}") for level in one.levels])
    return _("%(title)s: other words for %(levels)s.", title=said(old, f"{one.criterion}/title"), levels=levels)
