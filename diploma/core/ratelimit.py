"""Token buckets in a table, so that a limit holds across threads, processes and restarts."""

import math
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from diploma.core import clock, db
from diploma.core.orm import Base


class Bucket(Base):
    """Tokens left for one key (``sign-in:address:203.0.113.7``) at an instant."""

    __tablename__ = "rate_buckets"

    key: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime]


def take(key: str, *, burst: int, per_minute: float, cost: int = 1) -> int:
    """Take ``cost`` tokens, all or none; returns 0, or the seconds to wait until so many are there.

    ``burst`` tokens fit in a bucket and it refills with ``per_minute``.
    """
    with db.aside() as own:
        return _take(own, key, burst, per_minute, cost)


def charge(key: str, cost: int, *, burst: int, per_minute: float) -> None:
    """Take ``cost`` tokens for what is done already: a bucket that does not hold them owes them."""
    with db.aside() as own:
        _filled(own, key, burst, per_minute).tokens -= cost


def take_each(keys: Mapping[str, int], *, burst: int, per_minute: float) -> int:
    """Take one token from each bucket in one transaction; the value of a key says how many times larger its bucket is.

    Returns 0, or the longest time to wait. Callers name the buckets in the same order, so that nobody locks in a ring.
    """
    with db.aside() as own:
        return max(_take(own, key, burst * times, per_minute * times) for key, times in keys.items())


def _take(own: Session, key: str, burst: int, per_minute: float, cost: int = 1) -> int:
    bucket = _filled(own, key, burst, per_minute)
    if bucket.tokens < cost:
        return math.ceil((cost - bucket.tokens) / per_minute * 60)
    bucket.tokens -= cost
    return 0


def _filled(own: Session, key: str, burst: int, per_minute: float) -> Bucket:
    """The bucket of a key, locked, with what it holds by now."""
    now = clock.now()
    bucket = own.scalar(select(Bucket).where(Bucket.key == key).with_for_update())
    if bucket is None:
        bucket = Bucket(key=key, tokens=float(burst), at=now)
        own.add(bucket)
    minutes = max(0.0, (now - bucket.at).total_seconds() / 60)
    bucket.tokens, bucket.at = min(float(burst), bucket.tokens + minutes * per_minute), now
    return bucket
