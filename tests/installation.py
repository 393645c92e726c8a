"""The demonstration in a folder of its own, for what measures it or takes its picture."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from config import ROOT, Config
from diploma.app import create_app
from tests.conftest import Client


@contextmanager
def demonstration() -> Iterator[Flask]:
    """An application with the seeded demonstration; its folder goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="diploma-demo-"))
    environ = {"INSTANCE": str(folder), "BASE_URL": "http://localhost"}
    try:
        for command in (["db", "upgrade"], ["content", "publish"], ["demo", "seed"]):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "wsgi", *command],
                cwd=ROOT,
                env={**os.environ, **environ},
                check=True,
                capture_output=True,
            )
        app = create_app(Config.from_env(environ))
        app.test_client_class = Client
        yield app
    finally:
        shutil.rmtree(folder, ignore_errors=True)
