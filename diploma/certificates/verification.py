"""What anybody who holds a certificate's code or file is told about it."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
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
    """The answer. The first five are about a certificate of the register, the others about what was asked."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
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
    def status(self) -> int:
        """The HTTP status of the page that says it."""
        return STATUS.get(self.verdict, 200)


def of_code(text: str) -> Answer:
    """About what a person typed: the code under the QR mark, in any spelling."""
    token = rules.normal_token(text)
    if token == rules.SPECIMEN_TOKEN:
        return Answer(Verdict.SPECIMEN, code=text[:100])
    if token:
        held = access.by_token(token)
        return _about(held) if held else Answer(Verdict.UNKNOWN, code=text[:100])
    return Answer(Verdict.SERIAL if rules.looks_like_serial(text) else Verdict.MALFORMED, code=text[:100])


def of_file(data: bytes) -> Answer:
    """About a PDF: only the very bytes that were issued count. A number inside it proves nothing and shows nothing."""
    held = access.by_file(hashlib.sha256(data).hexdigest())
    if held:
        return _about(held, from_file=True)
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


def _about(certificate: Certificate, *, from_file: bool = False) -> Answer:
    if not registry.is_sound(certificate):
        return Answer(Verdict.DAMAGED, from_file=from_file)
    newer = access.successor(certificate) if certificate.state is CertificateState.SUPERSEDED else None
    return Answer(
        _STATES[certificate.state],
        certificate,
        Snapshot.from_json(certificate.snapshot or ""),
        replaced_by=newer.serial or "" if newer else "",
        from_file=from_file,
    )
