"""Files that arrive piece by piece, ahead of the form they belong to: a cut line costs a piece, not the file.

What is here of a file is a part in the store, and its length is the byte to go on from: there is no second truth. The
part's name follows from the person and the file, so that the same file goes on where it stopped, after a reload or on
the next morning. A token stands for the file in addresses and in the form; it is signed, and good for its owner alone.
"""

import hashlib
from dataclasses import astuple, dataclass

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from diploma.core.errors import N_, Refused
from diploma.core.files import Blob, FileStore

PIECE = 1 << 20  # the largest body of one request, in bytes: it is held in memory
KEPT = 20  # parts of one person; with the next one the oldest gives way
LONGEST_NAME = 200


class TooMuch(Refused):
    """More bytes than are allowed or were announced."""

    status = 413


@dataclass(frozen=True)
class Announced:
    """A file as its owner announced it: ``size`` in bytes, ``changed`` in milliseconds of their clock."""

    owner: int
    name: str
    size: int
    changed: int

    @property
    def token(self) -> str:
        signed: str = _signer().dumps(astuple(self))
        return signed

    @property
    def part(self) -> str:
        """The same for each announcement of the same file."""
        return f"{self.owner}-{hashlib.sha256(repr(astuple(self)).encode()).hexdigest()}"


def announce(owner: int, name: str, size: int, changed: int, *, at_most: int, in_words: str) -> Announced:
    """A file that may come; :class:`Refused` when it is empty or larger than ``at_most`` bytes."""
    if size < 1:
        raise Refused(N_("The file is empty. Choose another one."))
    if size > at_most:
        raise TooMuch(N_("The file is larger than %(size)s. Choose a smaller one."), size=in_words)
    return Announced(owner, name[-LONGEST_NAME:], size, changed)


def opened(token: str, owner: int) -> Announced | None:
    """The file behind a token of this person."""
    try:
        file = Announced(*_signer().loads(token))
    except BadSignature:
        return None
    return file if file.owner == owner else None


def append(file: Announced, piece: bytes, *, at: int) -> bool:
    """Put the next bytes of a file on disk; ``False`` when it does not go on at ``at``."""
    if at + len(piece) > file.size:
        raise TooMuch(N_("The file is larger than it was announced. Choose it again."))
    if at == 0:
        store().sweep()
        store().thin_out(f"{file.owner}-", keep=KEPT - 1)
    return store().append(file.part, piece, at=at)


def arrived(token: str, owner: int) -> tuple[str, Blob]:
    """Name and blob of a file that has come whole; :class:`Refused` of any other."""
    file = opened(token, owner)
    blob = store().adopt(file.part, file.size) if file else None
    if file is None or blob is None:
        raise Refused(
            N_("A file has not arrived whole, so nothing was saved. Go back, remove the file and choose it again.")
        )
    return file.name, blob


def store() -> FileStore:
    kept: FileStore = current_app.extensions["files"]
    return kept


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="upload")
