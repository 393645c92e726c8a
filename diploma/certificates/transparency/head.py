"""The head of a day: a short text that says what the register held, and is signed; ``docs/registry.md`` shows one.

The *list* of a register is the text of its events' hashes, one in a line, in the order of their numbers. As lines are
only ever added, the list that an earlier head names is the beginning of today's: ``head -n N chain.txt | sha256sum``.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from diploma.core.chain import START, Link

TITLE = "Government Innovation Diploma: head of the register of certificates"
FORMAT = "1"
_LINES = re.compile(
    rf"{TITLE}\nformat: {FORMAT}\nday: (?P<day>\d{{4}}-\d\d-\d\d)\nsigned: (?P<signed_at>[\dT:-]{{19}}Z)\n"
    r"events: (?P<events>\d{1,15})\nlast: (?P<last>[0-9a-f]{64})\nlist: (?P<digest>[0-9a-f]{64})\n"
    r"previous: (?P<previous>[0-9a-f]{64})\nkey: (?P<key_id>[0-9a-f]{64})\n",
    re.ASCII,
)


@dataclass(frozen=True)
class Head:
    """What is signed. ``signed_at`` has whole seconds of UTC, on ``day``; hashes are SHA-256 in hexadecimal.

    ``events``    how many events the register holds, ``last`` the hash of the last one (``START`` without any)
    ``digest``    of the list of their hashes
    ``previous``  of the text of the head before this one (``START`` for the first)
    ``key_id``    of the public key that verifies it
    """

    day: date
    signed_at: datetime
    events: int
    last: str
    digest: str
    previous: str
    key_id: str

    def text(self) -> str:
        """The signed text: these lines in this order, each ended by a line feed."""
        return (
            f"{TITLE}\nformat: {FORMAT}\nday: {self.day}\nsigned: {self.signed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n"
            f"events: {self.events}\nlast: {self.last}\nlist: {self.digest}\n"
            f"previous: {self.previous}\nkey: {self.key_id}\n"
        )

    @classmethod
    def read(cls, text: str) -> "Head":
        """The head that ``text`` wrote; ``ValueError`` for anything else, be it one byte."""
        found = _LINES.fullmatch(text)
        if not found:
            raise ValueError("not a head of the register")
        day, signed_at = date.fromisoformat(found["day"]), datetime.fromisoformat(found["signed_at"])
        head = cls(day, signed_at, int(found["events"]), *found.group("last", "digest", "previous", "key_id"))
        if head.text() != text:
            raise ValueError("not written as a head is")
        return head


def digest(text: str) -> str:
    """SHA-256 of the text of a head, by which the next one names it."""
    return hashlib.sha256(text.encode()).hexdigest()


class HashList:
    """The list while its links stream by: what its beginnings of certain lengths come to, without keeping a line."""

    def __init__(self, lengths: Collection[int] = ()) -> None:
        self._sha256, self._lengths = hashlib.sha256(), frozenset(lengths)
        self.length, self.last = 0, START
        self._kept = {0: self.state()}

    def state(self) -> tuple[str, str]:
        """The last hash and the digest of the list so far."""
        return self.last, self._sha256.hexdigest()

    def at(self, length: int) -> tuple[str, str] | None:
        """The state at one of the lengths asked for; ``None`` when the list is shorter."""
        return self._kept.get(length)

    def through(self, links: Iterable[tuple[Link, dict[str, Any]]]) -> Iterator[tuple[Link, dict[str, Any]]]:
        """Hand the links on as they are."""
        for link, payload in links:
            self._sha256.update(line(link.hash))
            self.length, self.last = self.length + 1, link.hash
            if self.length in self._lengths:
                self._kept[self.length] = self.state()
            yield link, payload


def line(link_hash: str) -> bytes:
    """One line of the list."""
    return f"{link_hash}\n".encode()
