"""The renderer process: WeasyPrint at arm's length, with limits on memory and time.

A job runner keeps one ``RenderPool``; it starts ``python -m diploma.certificates.drawing.worker`` at the first
certificate and speaks with it over two pipes. Each message is a length of four bytes and JSON: a snapshot goes out
with the logos and seals that it names, a PDF (in base64) or the reason why there is none comes back. Whatever happens
to the process costs the one certificate that it was drawing, whose job is tried again; the next one gets a new process.
"""

import base64
import json
import math
import os
import resource
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from diploma.certificates.drawing.fonts import write_config
from diploma.certificates.snapshot import Snapshot

NO_DRAWINGS: Mapping[str, bytes] = {}
ROOT = Path(__file__).parents[3]
TIMEOUT = 20.0  # seconds on the clock for one certificate, start of the process included
CPU_SECONDS = 20  # of computing for one certificate
MEMORY = 1 << 30  # bytes of address space; a renderer uses about 75 MB of it
FILE_SIZE = 32 << 20  # bytes of the largest file it may write: fontconfig's cache
OPEN_FILES = 64
LENGTH = 4  # bytes of the length that opens each message
MOST = 60_000  # bytes of a request: less than a pipe holds, so that writing never waits for a process that hangs


class RenderError(Exception):
    """A certificate could not be drawn; the message says why."""


class RenderPool:
    """One renderer process, started when it is needed and replaced when it fails. Safe to share between threads.

    ``cache`` is a folder for the private font configuration; renderers may share it.
    """

    def __init__(self, cache: Path, timeout: float = TIMEOUT) -> None:
        self._cache, self._timeout = cache, timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def render(self, snapshot: Snapshot, drawings: Mapping[str, bytes] = NO_DRAWINGS) -> bytes:
        """The PDF of ``snapshot``; ``drawings`` are the files that it names, by digest.

        :class:`RenderError` when it cannot be drawn, or not in time.
        """
        files = {digest: svg.decode("ascii", "replace") for digest, svg in drawings.items()}
        request = json.dumps({"snapshot": snapshot.to_json(), "drawings": files}, ensure_ascii=False).encode()
        if len(request) > MOST:
            raise RenderError(f"a snapshot of {len(request)} bytes")
        with self._lock:
            answer = self._ask(request)
        if "error" in answer:
            raise RenderError(answer["error"])
        return base64.b64decode(answer["pdf"])

    def close(self) -> None:
        """End the process, if one runs. The pool can be used again."""
        with self._lock:
            self._end()

    def __enter__(self) -> "RenderPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: bytes) -> dict[str, str]:
        deadline = time.monotonic() + self._timeout
        process = self._running()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(len(request).to_bytes(LENGTH) + request)
            length = int.from_bytes(_receive(process.stdout, LENGTH, deadline))
            answer: dict[str, str] = json.loads(_receive(process.stdout, length, deadline))
        except TimeoutError as error:
            self._end()
            raise RenderError(f"not drawn within {self._timeout:g} s") from error
        except (OSError, EOFError) as error:
            self._end()
            raise RenderError("the renderer ended") from error
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, a new one if there is none or it has ended since."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                cwd=ROOT,
                env=environment(self._cache),
                start_new_session=True,  # Ctrl-C reaches the job runner, which ends its renderer in its own time
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            with self._process:  # closes the pipes and waits
                self._process = None


def environment(cache: Path) -> dict[str, str]:
    """All the variables that a renderer gets: no secret, no proxy, no other fonts."""
    return {
        "FONTCONFIG_FILE": str(write_config(cache)),
        "HOME": str(cache),
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _receive(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    """Exactly ``size`` bytes; ``TimeoutError`` after ``deadline``, ``EOFError`` when the other end closes first."""
    poll, received = select.poll(), b""
    poll.register(pipe, select.POLLIN)
    while len(received) < size:
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        part = os.read(pipe.fileno(), size - len(received))
        if not part:
            raise EOFError
        received += part
    return received


def _limit() -> None:
    """What the whole process may use, set before anything large is loaded."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _grant_time() -> None:
    """Allow the next certificate its seconds; a process that passes them is killed by the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS, hard))


def _answer(request: bytes) -> dict[str, Any]:
    # It loads Pango, which must find the environment and the limits set.
    from diploma.certificates.drawing.render import render

    try:
        asked = json.loads(request)
        drawings = {digest: svg.encode() for digest, svg in asked["drawings"].items()}
        pdf = render(Snapshot.from_json(asked["snapshot"]), drawings)
    except Exception as error:  # whatever it is, it belongs to this one certificate
        return {"error": f"{type(error).__name__}: {error}"}
    return {"pdf": base64.b64encode(pdf).decode()}


def main() -> None:
    """Draw what comes in on standard input until it ends."""
    _limit()
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between the messages
    while len(head := requests.read(LENGTH)) == LENGTH:
        _grant_time()
        answer = json.dumps(_answer(requests.read(int.from_bytes(head)))).encode()
        answers.write(len(answer).to_bytes(LENGTH) + answer)
        answers.flush()


if __name__ == "__main__":
    main()
