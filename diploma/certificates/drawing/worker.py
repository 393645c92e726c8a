"""The renderer processes: WeasyPrint at arm's length, with limits on memory and time.

A job runner keeps one ``RenderPool``; it starts ``python -m diploma.certificates.drawing.worker`` at the first
certificate, again for each that is to be drawn at the same time, and speaks with each process over two pipes. Each
message is a length of four bytes and JSON: a snapshot goes out with the logos and seals that it names, a PDF (in
base64) or the reason why there is none comes back. Whatever happens to a process costs the one certificate that it was
drawing, whose job is tried again; the next one gets a new process. When the job runner ends, whatever ends it, its
processes end at once.
"""

import base64
import ctypes
import json
import math
import os
import queue
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
PROGRAM = "diploma.certificates.drawing.worker"
TIMEOUT = 20.0  # seconds on the clock for one certificate, start of the process included
CPU_SECONDS = 20  # of computing for one certificate
MEMORY = 1 << 30  # bytes of address space; a renderer uses about 75 MB of it
FILE_SIZE = 32 << 20  # bytes of the largest file it may write: fontconfig's cache
OPEN_FILES = 64
PR_SET_NO_NEW_PRIVS = 38  # of linux/prctl.h
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # of linux/sched.h
LENGTH = 4  # bytes of the length that opens each message
MOST = 60_000  # bytes of a request: less than a pipe holds, so that writing never waits for a process that hangs


class RenderError(Exception):
    """A certificate could not be drawn; the message says why."""


class RenderPool:
    """Up to ``size`` renderer processes, each started when it is needed and replaced when it fails.

    Safe to share between threads: who finds all at work waits for one. ``cache`` is a folder for the private font
    configuration; renderers may share it. ``timeout`` is for one certificate, without the waiting.
    """

    def __init__(self, cache: Path, *, size: int = 1, timeout: float = TIMEOUT) -> None:
        self._size = size
        self._free: queue.LifoQueue[Renderer] = queue.LifoQueue()  # who draws one after the other needs one process
        for _ in range(size):
            self._free.put(Renderer(cache, timeout))

    def render(self, snapshot: Snapshot, drawings: Mapping[str, bytes] = NO_DRAWINGS) -> bytes:
        """The PDF of ``snapshot``; ``drawings`` are the files that it names, by digest.

        :class:`RenderError` when it cannot be drawn, or not in time.
        """
        files = {digest: svg.decode("ascii", "replace") for digest, svg in drawings.items()}
        request = json.dumps({"snapshot": snapshot.to_json(), "drawings": files}, ensure_ascii=False).encode()
        if len(request) > MOST:
            raise RenderError(f"a snapshot of {len(request)} bytes")
        renderer = self._free.get()
        try:
            answer = renderer.ask(request)
        finally:
            self._free.put(renderer)
        if "error" in answer:
            raise RenderError(answer["error"])
        return base64.b64decode(answer["pdf"])

    def close(self) -> None:
        """End all processes, each when it has drawn what it draws. The pool can be used again."""
        for renderer in [self._free.get() for _ in range(self._size)]:
            renderer.end()
            self._free.put(renderer)

    def __enter__(self) -> "RenderPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Renderer:
    """One renderer process, for one thread at a time; it runs from the first question to the end, or to a failure."""

    def __init__(self, cache: Path, timeout: float) -> None:
        self._cache, self._timeout = cache, timeout
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes) -> dict[str, str]:
        """The answer to a request: its ``pdf``, or the ``error``. :class:`RenderError` when there is none in time."""
        deadline = time.monotonic() + self._timeout
        process = self._running()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(len(request).to_bytes(LENGTH) + request)
            length = int.from_bytes(_receive(process.stdout, LENGTH, deadline))
            answer: dict[str, str] = json.loads(_receive(process.stdout, length, deadline))
        except TimeoutError as error:
            self.end()
            raise RenderError(f"not drawn within {self._timeout:g} s") from error
        except (OSError, EOFError) as error:
            self.end()
            raise RenderError("the renderer ended") from error
        return answer

    def end(self) -> None:
        """End the process, if one runs."""
        if self.process is not None:
            self.process.kill()
            with self.process:  # closes the pipes and waits
                self.process = None

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, a new one if there is none or it has ended since."""
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                cwd=ROOT,
                env=environment(self._cache),
                start_new_session=True,  # Ctrl-C reaches the job runner, which ends its renderer in its own time
            )
        return self.process


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


def _lock_in() -> None:
    """Give up what no renderer needs: new privileges, and a network where the kernel lets a process leave it.

    Nothing counts on the second: it stands behind the fetcher, which refuses every address.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _follow_runner() -> None:
    """End when the job runner does, also in the middle of a certificate: nobody waits for it any more."""
    poll = select.poll()
    poll.register(sys.stdin.fileno(), 0)  # says nothing but that the other end is closed
    poll.poll()
    os._exit(0)


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
    _lock_in()
    threading.Thread(target=_follow_runner, daemon=True).start()
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between the messages
    while len(head := requests.read(LENGTH)) == LENGTH:
        _grant_time()
        answer = json.dumps(_answer(requests.read(int.from_bytes(head)))).encode()
        answers.write(len(answer).to_bytes(LENGTH) + answer)
        answers.flush()


if __name__ == "__main__":
    main()
