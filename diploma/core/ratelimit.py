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


def take(key: str, *, burst: int, per_minute: float) -> int:
    """Take one token; returns 0, or the seconds to wait when the bucket is empty.

    ``burst`` tokens fit in a bucket and it refills with ``per_minute``.
    """
    return take_each({key: 1}, burst=burst, per_minute=per_minute)


def take_each(keys: Mapping[str, int], *, burst: int, per_minute: float) -> int:
    """Take one token from each bucket in one transaction; the value of a key says how many times larger its bucket is.

    Returns 0, or the longest time to wait. Callers name the buckets in the same order, so that nobody locks in a ring.
    """
    with db.aside() as own:
        return max(_take(own, key, burst * times, per_minute * times) for key, times in keys.items())


def _take(own: Session, key: str, burst: int, per_minute: float) -> int:
    now = clock.now()
    bucket = own.scalar(select(Bucket).where(Bucket.key == key).with_for_update())
    if bucket is None:
        bucket = Bucket(key=key, tokens=float(burst), at=now)
        own.add(bucket)
    minutes = max(0.0, (now - bucket.at).total_seconds() / 60)
    bucket.tokens, bucket.at = min(float(burst), bucket.tokens + minutes * per_minute), now
    if bucket.tokens < 1:
        return math.ceil((1 - bucket.tokens) / per_minute * 60)
    bucket.tokens -= 1
    return 0
