"""The rule of release: how the marks of an assignment come to their trainees."""

import enum
from dataclasses import dataclass

from diploma.coursework.policies import Area
from diploma.learning.record import Record


class How(enum.StrEnum):
    """By hand; each as soon as it is ready; or none before the planned time at which all are released together."""

    HAND = "hand"
    AT_ONCE = "at_once"
    TOGETHER = "together"


@dataclass(frozen=True)
class ReleasePolicy(Record):
    """Nobody sees a mark by itself until a cohort says so."""

    how: How = How.HAND


RELEASE = Area("release", ReleasePolicy, lambda _programme: ReleasePolicy())
