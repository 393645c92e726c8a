"""What anybody who holds a certificate's code or file is told about it."""

import hashlib
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from diploma.certificates import access, registry, rules
from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.snapshot import Snapshot

LARGEST_FILE = 5_000_000  # bytes
_NUMBER = re.compile(rb"GID-\d{4}-[A-Z]{2,8}-\d{6}(?:-R\d{1,3})?")
_STREAM = re.compile(rb"stream\r?\n")
MOST_STREAMS, LONGEST_STREAM = 100, 100_000  # of a stranger's file: what is unpacked costs milliseconds


class Verdict(StrEnum):
    """The answer. The first six are about a certificate of the register, the others about what was asked."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"  # of a day, not of a state: nothing happened to the certificate
    DAMAGED = "damaged"  # the register's own record was tampered with
    UNKNOWN = "unknown"
    MALFORMED = "malformed"
    SERIAL = "serial"  # the number was typed where the code belongs
    CHANGED = "changed"  # a file that names a certificate but is not the file that was issued
    UNREGISTERED = "unregistered"
    SPECIMEN = "specimen"  # the code of every trial print


STATUS = {
    Verdict.UNKNOWN: 404,
    Verdict.SPECIMEN: 404,
    Verdict.UNREGISTERED: 404,
    Verdict.MALFORMED: 422,
    Verdict.SERIAL: 422,
    Verdict.CHANGED: 422,
}
_STATES = {
    CertificateState.ISSUED: Verdict.VALID,
    CertificateState.SUSPENDED: Verdict.SUSPENDED,
    CertificateState.REVOKED: Verdict.REVOKED,
    CertificateState.SUPERSEDED: Verdict.SUPERSEDED,
}


@dataclass(frozen=True)
class Answer:
    """``certificate`` and what is printed on it (``printed``) come only with the verdicts about a certificate.

    ``replaced_by`` is the number of the newer version; ``from_file`` says that a file was compared, byte by byte;
    ``serial`` is the number that a changed file names; ``code`` what was typed.
    """

    verdict: Verdict
    certificate: Certificate | None = None
    printed: Snapshot | None = None
    replaced_by: str = ""
    from_file: bool = False
    serial: str = ""
    code: str = ""

    @property
    def is_miss(self) -> bool:
        """Whether a code was asked for that names no certificate, as guesses do."""
        return self.verdict in (Verdict.UNKNOWN, Verdict.MALFORMED, Verdict.SERIAL)

    @property
    def status(self) -> int:
        """The HTTP status of the page that says it."""
        return STATUS.get(self.verdict, 200)


def of_code(text: str) -> Answer:
    """About what a person typed: the code under the QR mark, in any spelling."""
    [answer] = of_codes([text])
    return _with_successor(answer)


def of_codes(texts: Sequence[str]) -> list[Answer]:
    """About each of many codes, in their order, without the numbers of newer versions; two queries for any number."""
    tokens = [rules.normal_token(one) for one in texts]
    held = access.by_tokens({one for one in tokens if one and one != rules.SPECIMEN_TOKEN})
    sound = registry.sound(held.values())
    return [
        _about(held[token], sound) if token in held else Answer(_verdict_without(token, text), code=text[:100])
        for token, text in zip(tokens, texts, strict=True)
    ]


def _verdict_without(token: str | None, text: str) -> Verdict:
    """What is said of a text that names no certificate."""
    if token == rules.SPECIMEN_TOKEN:
        return Verdict.SPECIMEN
    if token:
        return Verdict.UNKNOWN
    return Verdict.SERIAL if rules.looks_like_serial(text) else Verdict.MALFORMED


def of_file(data: bytes) -> Answer:
    """About a PDF: only the very bytes that were issued count. A number inside it proves nothing and shows nothing."""
    held = access.by_file(hashlib.sha256(data).hexdigest())
    if held:
        return _with_successor(_about(held, registry.sound([held]), from_file=True))
    named = next((found[0].decode() for part in _parts(data) if (found := _NUMBER.search(part))), "")
    if named and access.is_given(named):
        return Answer(Verdict.CHANGED, from_file=True, serial=named)
    return Answer(Verdict.UNREGISTERED, from_file=True)


def _parts(data: bytes) -> Iterator[bytes]:
    """The file as it stands, then its packed streams: the title of our certificates ends in the number."""
    yield data
    for start in islice(_STREAM.finditer(data), MOST_STREAMS):
        try:
            yield zlib.decompressobj().decompress(data[start.end() : start.end() + LONGEST_STREAM], LONGEST_STREAM)
        except zlib.error:
            continue


def _about(certificate: Certificate, sound: Collection[int], *, from_file: bool = False) -> Answer:
    if certificate.id not in sound:
        return Answer(Verdict.DAMAGED, from_file=from_file)
    verdict = _STATES[certificate.state]
    if verdict is Verdict.VALID and certificate.expired:
        verdict = Verdict.EXPIRED
    return Answer(verdict, certificate, Snapshot.from_json(certificate.snapshot or ""), from_file=from_file)


def _with_successor(answer: Answer) -> Answer:
    """The answer with the number of the version that replaced the certificate; never with its code."""
    newer = (
        access.successor(answer.certificate) if answer.certificate and answer.verdict is Verdict.SUPERSEDED else None
    )
    return replace(answer, replaced_by=newer.serial or "") if newer else answer
