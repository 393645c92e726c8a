"""Content-addressed storage of uploaded and produced files.

A blob's name is the SHA-256 of its bytes, so equal files are stored once and a changed one cannot pass
for the original. Bytes are on disk (fsync of file and folder) before any row mentions them.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from diploma.core.errors import N_, Unavailable

CHUNK = 1 << 20
NO_ROOM = N_("The server has no room for files at the moment. Your text is saved; try again later.")


class Readable(Protocol):
    """An open file, an upload, a buffer."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Blob:
    """A stored file: ``sha256`` in hex, ``size`` in bytes."""

    sha256: str
    size: int


class FileStore:
    """Blobs in a folder: ``ab/cdef…``; written as temp file → fsync → rename → fsync of the folder."""

    def __init__(self, folder: Path, *, free_floor: int = 0) -> None:
        self.folder, self.free_floor = folder, free_floor

    def put(self, stream: Readable) -> Blob:
        """Store the stream from its present position; raises :class:`Unavailable` below the free-space floor."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < self.free_floor:
            raise Unavailable(NO_ROOM)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
            try:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            except BaseException as error:
                os.unlink(file.name)
                if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # others were filling the disk meanwhile
                    raise Unavailable(NO_ROOM) from error
                raise
        blob = Blob(digest.hexdigest(), size)
        self._keep(Path(file.name), self.path(blob.sha256))
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

    def digests(self) -> Iterator[str]:
        """Digests of all stored blobs."""
        for folder in sorted(self.folder.glob("??")):
            yield from (folder.name + one.name for one in sorted(folder.iterdir()))

    def sweep(self, older_than: float = 3600) -> int:
        """Remove temp files that a killed process left behind; younger ones (seconds) may still be written."""
        left = [one for one in (self.folder / "incoming").glob("*") if time.time() - one.stat().st_mtime >= older_than]
        for one in left:
            one.unlink(missing_ok=True)
        return len(left)

    @staticmethod
    def _keep(temp: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        os.replace(temp, target)
        for folder in (target.parent, target.parent.parent):  # the entry, and the folder if it is new
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
