"""Append-only hash chains: each row carries the hash of the row before it.

A chain shows that nobody rewrote, removed or inserted a row afterwards, not even with access to the
database; its head can be handed to a partner, who can check it later. Heads stand in a table of their
own, which is locked first: numbers have no gaps and no two writers get the same one.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session

from diploma.core.orm import Base

START = "0" * 64
AnySession = Session | scoped_session[Any]


class ChainHead(Base):
    """The newest row of one chain."""

    __tablename__ = "chain_heads"

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]


@dataclass(frozen=True)
class Link:
    """What a new row of a chain stores: its number, its predecessor's hash, its own hash."""

    number: int
    previous: str
    hash: str


@dataclass(frozen=True)
class Break:
    """A row at which a chain does not hold."""

    number: int
    reason: str


def canonical(payload: dict[str, Any]) -> str:
    """The one spelling of a payload that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hashed_text(previous: str, number: int, payload: dict[str, Any]) -> str:
    """The text whose SHA-256, in UTF-8, is the hash of a row."""
    return f"{previous}\n{number}\n{canonical(payload)}"


def link_hash(previous: str, number: int, payload: dict[str, Any]) -> str:
    return hashlib.sha256(hashed_text(previous, number, payload).encode()).hexdigest()


def append(session: AnySession, name: str, *payloads: dict[str, Any]) -> list[Link]:
    """Take the next places in chain ``name``; the caller stores each link with its payload in this transaction."""
    locked = select(ChainHead).where(ChainHead.name == name).with_for_update()
    head = session.scalar(locked)
    if head is None:
        _begin(session, name)
        head = session.scalars(locked).one()
    links = []
    for payload in payloads:
        link = Link(head.number + 1, head.hash, link_hash(head.hash, head.number + 1, payload))
        head.number, head.hash = link.number, link.hash
        links.append(link)
    return links


def _begin(session: AnySession, name: str) -> None:
    """Make the head of a new chain; when somebody else was first, theirs counts."""
    try:
        with session.begin_nested():
            session.add(ChainHead(name=name, number=0, hash=START))
    except IntegrityError:
        pass


def breaks(rows: Iterable[tuple[Link, dict[str, Any]]], head: ChainHead | None) -> list[Break]:
    """Walk a chain in the order of its numbers; an empty list means that it holds, up to its head."""
    found: list[Break] = []
    number, previous = 0, START
    for link, payload in rows:
        if link.number != number + 1:
            found.append(Break(number + 1, f"row {number + 1} is missing"))
        if link.previous != previous:
            found.append(Break(link.number, "does not follow from the row before it"))
        if link.hash != link_hash(link.previous, link.number, payload):
            found.append(Break(link.number, "was changed after it was written"))
        number, previous = link.number, link.hash
    if (head.number, head.hash) != (number, previous) if head else number:
        found.append(Break(number, "the end of the chain differs from its head: rows were removed or added"))
    return found
