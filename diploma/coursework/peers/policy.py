"""The rules of peer review: whether fellow trainees read each other's works, how many, until when, what it counts."""

from dataclasses import dataclass

from diploma.coursework.policies import Area
from diploma.learning.record import Record

MOST_WEIGHT = 50  # per cent: a mark stays for the greater part that of the marker


@dataclass(frozen=True)
class PeerPolicy(Record):
    """``reviews`` for each person, within ``days`` after the deadline. ``weight`` per cent of the mark are the median
    of the reviews, 0 when they do not count; a work with fewer than ``least`` has its marker's mark alone.

    ``must_review``: who has not done their own reviews does not see those of their work. ``after_release``: nobody sees
    them before their mark is released.
    """

    on: bool = False
    reviews: int = 3
    days: int = 7
    weight: int = 0
    least: int = 2
    must_review: bool = True
    after_release: bool = False


PEERS = Area("peers", PeerPolicy, lambda _programme: PeerPolicy())
