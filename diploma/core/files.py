"""Content-addressed storage of uploaded and produced files.

A blob's name is the SHA-256 of its bytes, so equal files are stored once and a changed one cannot pass
for the original. Bytes are on disk (fsync of file and folder) before any row mentions them.

A file that is to be deleted again is put ``alone``: random bytes before it give it a digest of its own, so that nothing
else can come to refer to it and no reference need be counted, whoever stores the same file elsewhere, then or later.

A part is a file that arrives piece by piece, under a name that its sender chooses; its length is how far it has come.
"""

import errno
import fcntl
import hashlib
import io
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from diploma.core.errors import N_, Unavailable

CHUNK = 1 << 20
HOUR, WEEK = 3600, 7 * 24 * 3600  # seconds that temp files and parts are kept after their last byte
PART = ".part"
ALONE, SALT = b"diploma: one reference\n", 32  # before a file that can be deleted; bytes of salt
NO_ROOM = N_("The server has no room for files at the moment. Your text is saved; try again later.")


class Readable(Protocol):
    """An open file, an upload, a buffer."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Blob:
    """A stored file: ``sha256`` in hex, ``size`` in bytes."""

    sha256: str
    size: int


def alone(data: bytes) -> bytes:
    """A file as ``FileStore.put`` takes it so that it can be deleted again: no other has its digest."""
    return ALONE + secrets.token_bytes(SALT) + data


class _Behind:
    """A stream after bytes that stand before it."""

    def __init__(self, ahead: bytes, stream: Readable) -> None:
        self._ahead, self._stream = ahead, stream

    def read(self, size: int = -1, /) -> bytes:
        ahead, self._ahead = self._ahead, b""
        return ahead or self._stream.read(size)


class FileStore:
    """Blobs in a folder: ``ab/cdef…``; written as temp file → fsync → rename → fsync of the folder."""

    def __init__(self, folder: Path, *, free_floor: int = 0) -> None:
        self.folder, self.free_floor = folder, free_floor

    def put(self, stream: Readable) -> Blob:
        """Store the stream from its present position; raises :class:`Unavailable` below the free-space floor."""
        digest, size = hashlib.sha256(), 0
        with self._room() as incoming, tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
            try:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                blob = Blob(digest.hexdigest(), size)
                self._keep(Path(file.name), self.path(blob.sha256))
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return blob

    def path(self, sha256: str) -> Path:
        """Where the blob stands; only a hex digest is accepted, so no name can leave the folder."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 digest")
        return self.folder / sha256[:2] / sha256[2:]

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def put_alone(self, data: bytes) -> str:
        """Store a file that ``remove_alone`` can delete; its digest is shared with no other, even of equal bytes."""
        return self.put(io.BytesIO(alone(data))).sha256

    def put_file_alone(self, file: BinaryIO, announce: Callable[[str], object]) -> str:
        """The same of an open file of any size; ``announce`` is told the digest before the store holds anything."""
        ahead = alone(b"")
        file.seek(0)
        digest = hashlib.sha256(ahead)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        announce(digest.hexdigest())
        file.seek(0)
        return self.put(_Behind(ahead, file)).sha256

    def open_alone(self, sha256: str) -> BinaryIO:
        """The file itself, open; ``FileNotFoundError`` when it is deleted, ``ValueError`` for any other file."""
        file = self.path(sha256).open("rb")
        if not file.read(len(ALONE) + SALT).startswith(ALONE):
            file.close()
            raise ValueError("a file that may be shared")
        return file

    def read_alone(self, sha256: str) -> bytes:
        """The bytes of such a file."""
        with self.open_alone(sha256) as file:
            return file.read()

    def remove_alone(self, sha256: str) -> None:
        """Delete a file for good; one that was put otherwise may be shared and stays (``ValueError``)."""
        with suppress(FileNotFoundError):
            self.open_alone(sha256).close()
            self.path(sha256).unlink()
            self._sync(self.path(sha256))

    def digests(self) -> Iterator[str]:
        """Digests of all stored blobs."""
        for folder in sorted(self.folder.glob("??")):
            yield from (folder.name + one.name for one in sorted(folder.iterdir()))

    def held(self, part: str) -> int:
        """Length of a part in bytes; 0 when nothing of it is here."""
        try:
            return self._part(part).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, part: str, piece: bytes, *, at: int) -> bool:
        """Put bytes at the end of a part, on disk when this returns; ``False`` when the end is not at ``at``.

        Raises :class:`Unavailable` as ``put`` does; what was written until then counts and need not be sent again.
        """
        begin = 0 if at else os.O_CREAT  # only a first piece makes a part
        with self._room():
            try:
                handle = os.open(self._part(part), os.O_WRONLY | os.O_APPEND | begin, 0o600)
            except FileNotFoundError:
                return False
            with open(handle, "ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # the same file may come from two windows
                if file.seek(0, os.SEEK_END) != at:
                    return False
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        return True

    def adopt(self, part: str, size: int) -> Blob | None:
        """The blob of a part that has come to its ``size``, else ``None``.

        The part stays, as a second name of the same bytes, until it is swept: a form sent twice finds it again.
        """
        own = self._part(secrets.token_hex())  # meanwhile the part may be dropped and begun anew under its name
        try:
            os.link(self._part(part), own)
        except FileNotFoundError:
            return None
        try:
            with own.open("rb") as file:
                blob = Blob(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())
            if blob.size != size:
                return None
            target = self.path(blob.sha256)
            target.parent.mkdir(exist_ok=True)
            with suppress(FileExistsError):
                os.link(own, target)
        finally:
            own.unlink(missing_ok=True)
        self._sync(target)
        return blob

    def drop(self, part: str) -> None:
        self._part(part).unlink(missing_ok=True)

    def thin_out(self, prefix: str, *, keep: int) -> None:
        """Remove all but the newest parts whose names begin with ``prefix``."""
        found = sorted((self.folder / "incoming").glob(f"{prefix}*{PART}"), key=_age)
        for one in found[keep:]:
            one.unlink(missing_ok=True)

    def sweep(self, older_than: float = HOUR, parts_older_than: float = WEEK) -> int:
        """Remove temp files that a killed process left behind, and parts that nobody goes on with.

        Younger ones (seconds since the last byte) may still be written.
        """
        limits = {PART: parts_older_than}
        left = [one for one in (self.folder / "incoming").glob("*") if _age(one) >= limits.get(one.suffix, older_than)]
        for one in left:
            one.unlink(missing_ok=True)
        return len(left)

    def _part(self, name: str) -> Path:
        if not name.replace("-", "").isalnum() or not name.isascii():
            raise ValueError("not the name of a part")
        return self.folder / "incoming" / f"{name}{PART}"

    @contextmanager
    def _room(self) -> Iterator[Path]:
        """The folder of what is being written; :class:`Unavailable` below the floor or when the disk fills."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < self.free_floor:
            raise Unavailable(NO_ROOM)
        try:
            yield incoming
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Unavailable(NO_ROOM) from error
            raise

    @classmethod
    def _keep(cls, temp: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        os.replace(temp, target)
        cls._sync(target)

    @staticmethod
    def _sync(target: Path) -> None:
        for folder in (target.parent, target.parent.parent):  # the entry, and the folder if it is new
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _age(path: Path) -> float:
    """Seconds since the last byte; of a file that has just gone, none."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
