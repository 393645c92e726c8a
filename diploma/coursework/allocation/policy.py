"""The rules of who marks what: with or without names, given by whom, kept from whom, and when markers are reminded."""

import enum
from dataclasses import dataclass

from diploma.coursework.policies import Area
from diploma.learning.record import Record


class Way(enum.StrEnum):
    """How works come to their markers; by ``HAND`` all chosen ones go to one marker, by ``GROUP`` those of its
    people. A work that comes in is given in another way."""

    HAND = "hand"
    EVENLY = "evenly"
    LANGUAGE = "language"
    TUTOR = "tutor"
    GROUP = "group"


@dataclass(frozen=True)
class MarkingPolicy(Record):
    """``anonymous``: markers see no author before the release. ``hide_marker``: the trainee never sees the marker.

    ``new_works``: how a work is given to a marker when it comes in; by hand nobody gets it by itself.
    ``own_entity``, ``own_tutor``: whether somebody of the author's entity, or the author's tutor, may mark.
    ``remind_after_days``: a marker hears of works that wait longer; 0 for never.
    """

    anonymous: bool = False
    hide_marker: bool = False
    new_works: Way = Way.HAND
    own_entity: bool = True
    own_tutor: bool = True
    remind_after_days: int = 0


MARKING = Area("marking", MarkingPolicy, lambda _programme: MarkingPolicy())
