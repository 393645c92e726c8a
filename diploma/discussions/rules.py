"""Rules of announcements, discussions and messages: languages, placeholders, what may still be done. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from diploma.cohorts.models import Cohort, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core.lang import Lang
from diploma.discussions.models import Post

DIGEST_HOUR = 8  # in the zone of the cohort
POSTS_PER_PAGE = 30
EDITABLE = timedelta(minutes=15)
LONGEST_TITLE, LONGEST_POST, LONGEST_TEXT, LONGEST_REASON = 200, 10_000, 10_000, 500  # characters
MOST_REPORTS = 10  # of one person within an hour
PLACEHOLDERS = ("name", "module", "due")
OF_A_MODULE = frozenset({"module", "due"})
READS = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED, EnrolmentState.DEFERRED)
WRITES = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)
_PLACE = re.compile(r"\{([^{}]*)\}")
Texts = Mapping[str, Mapping[str, str]]  # by language tag


def pick(texts: Texts, order: Iterable[Lang]) -> tuple[Lang, Mapping[str, str]]:
    """The text for a reader whose languages are ``order``, nearest first, and its language; else the first there is."""
    tags = [one.value for one in order if one.value in texts]
    tag = tags[0] if tags else next(one.value for one in Lang if one.value in texts)
    return Lang(tag), texts[tag]


def placeholders(texts: Texts) -> list[str]:
    """What stands in braces anywhere in some texts, each once, in the order in which it first comes."""
    return list(
        dict.fromkeys(name for said in texts.values() for text in said.values() for name in _PLACE.findall(text))
    )


def unknown(texts: Texts) -> list[str]:
    """Placeholders that are not on the closed list."""
    return [one for one in placeholders(texts) if one not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; what a value itself has in braces stays as it is."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def frozen(cohort: Cohort) -> bool:
    """Whether nothing is written in a cohort any more."""
    return cohort.state in FROZEN


def editable(post: Post, now: datetime) -> bool:
    """Whether its author may still change a post."""
    return post.removed_at is None and post.hidden_at is None and now < post.written_at + EDITABLE


def morning(now: datetime, zone: str) -> datetime:
    """The next eight o'clock in a zone: when daily mails go out."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)
