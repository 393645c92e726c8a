"""Crashes as often as its request says, and then answers; counts its runs in a file."""

import json
import os
import signal
import sys
from pathlib import Path

from diploma.core import sealed

if __name__ == "__main__":
    channel = sealed.answer_channel()
    asked = json.loads(sys.stdin.buffer.read())
    runs = Path(asked["runs"])
    runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
    if len(runs.read_text()) <= asked["crashes"]:
        os.kill(os.getpid(), signal.SIGSEGV)
    sealed.answer(channel, b"answer")
