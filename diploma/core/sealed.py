"""A process for what strangers sent: it has no secret, little memory and little time, and takes nobody along.

A module is run as ``python -m`` with a request on its standard input and an answer on its standard output. It calls
``limit`` before it loads anything large. Whatever a hostile file does to it costs this one answer.
"""

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

log = logging.getLogger("diploma.sealed")
ROOT = Path(__file__).parents[2]
AT_ONCE = threading.BoundedSemaphore(2)  # such processes of one server process; the next ones wait
PATIENCE = 8.0  # seconds for which they do
MEMORY = 1 << 30  # bytes of address space
OPEN_FILES = 64
LARGEST_FILE = 32 << 20  # bytes that it may write: caches of fonts


class Ended(Exception):
    """The process gave no answer: it was ended by a limit, or broke down."""


class Busy(Exception):
    """Too many such processes run at the moment."""


def run(module: str, request: bytes, *, seconds: float, variables: Mapping[str, str] | None = None) -> bytes:
    """What ``module`` answers to ``request`` within so many seconds on the clock.

    One that crashes is run a second time: with libraries in C that happens once in hundreds of runs, to harmless files
    too. A file that does it every time costs two processes.
    """
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise Busy
    command, env = [sys.executable, "-m", module], environment(variables or {})
    try:
        done = _ended(command, request, seconds, env)
        if done.returncode == -signal.SIGSEGV:
            log.warning("a sealed process crashed, and is run once more: %s", module)
            done = _ended(command, request, seconds, env)
        done.check_returncode()
    except (subprocess.SubprocessError, OSError) as error:
        log.warning("no answer of a sealed process: %s", error)  # how it ended; what it read or wrote is not told
        raise Ended(str(error)) from error
    finally:
        AT_ONCE.release()
    return done.stdout


def _ended(
    command: list[str], request: bytes, seconds: float, env: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        input=request,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=env,
        timeout=seconds,
        start_new_session=True,
        check=False,
    )


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """All the variables that such a process gets."""
    return {"LANG": "C.UTF-8", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent", **more}


def limit(cpu_seconds: int) -> None:
    """What the process may use from now on; called inside it."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer_channel() -> int:
    """The descriptor on which the answer goes out; what a library prints goes elsewhere from now on."""
    channel = os.dup(1)
    os.dup2(2, 1)
    return channel


def answer(channel: int, data: bytes) -> NoReturn:
    """Give the answer and leave at once: a library that takes itself apart at the end of a process may crash there."""
    with os.fdopen(channel, "wb") as out:
        out.write(data)
    os._exit(0)
