"""A renderer that a document has taken over: it does what the holder's name says, within whatever limits it has.

It runs in the place of the real one (``worker.PROGRAM``), between the same pipes; only the engine is another.
"""

import os
import socket
import sys
import time
from pathlib import Path
from types import ModuleType

from diploma.certificates.drawing import worker
from diploma.certificates.snapshot import Snapshot

NAME = "tests.certificates.hostile_renderer"


def memory() -> bytes:
    return bytes(bytearray(worker.MEMORY))


def computing() -> bytes:
    while True:
        pass


def waiting() -> bytes:
    time.sleep(3600)
    return b""


def files() -> bytes:
    held = [open(os.devnull) for _ in range(worker.OPEN_FILES)]  # noqa: SIM115
    return str(held).encode()


def disk() -> bytes:
    place = Path(os.environ["HOME"]) / "much"
    try:
        with place.open("wb") as file:
            for _ in range(64):
                file.write(bytes(1 << 20))
                file.flush()
    finally:
        place.unlink()
    return b""


def network() -> bytes:
    return ",".join(name for _, name in socket.if_nameindex()).encode()


def meeting() -> bytes:
    """Waits until two renderers are at it."""
    place = Path(os.environ["HOME"])
    (place / f"meeting-{os.getpid()}").touch()
    while len(list(place.glob("meeting-*"))) < 2:
        time.sleep(0.01)
    return str(os.getpid()).encode()


def render(snapshot: Snapshot, _drawings: object) -> bytes:
    act = globals()[snapshot.names["en"]]
    return bytes(act())


if __name__ == "__main__":
    engine = ModuleType("diploma.certificates.drawing.render")
    engine.render = render  # type: ignore[attr-defined]
    sys.modules[engine.__name__] = engine
    worker.CPU_SECONDS = 1
    worker.main()
