"""A real installation under test: granian and the job runner as processes of their own, on loopback."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from config import ROOT, Config
from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.app import create_app
from diploma.cohorts.models import Cohort
from diploma.core import db
from diploma.core.lang import Lang
from tests.world import enrol


@dataclass
class Installation:
    """A folder with a database; ``app`` looks into it from here, the server is another process."""

    folder: Path
    port: int = 0
    url: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environ = {"INSTANCE": str(self.folder), "PORT": str(self.port), "FREE_SPACE_FLOOR_MB": "0"}
        self.environ = environ | ({"DATABASE_URL": self.url} if self.url else {})
        self.app: Flask = create_app(Config.from_env(self.environ))

    def start_web(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        started = self._start(
            [*command, "--workers", "1", "--blocking-threads", "8", "--log-level", "error", "wsgi:app"]
        )
        for _ in range(150):
            if self.get("/healthz", "")[0] == 200:
                return started
            time.sleep(0.1)
        raise TimeoutError("the server does not answer")

    def start_runner(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"])

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process and its workers as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.processes.remove(process)

    def stop(self) -> None:
        for process in list(self.processes):
            self.kill(process)

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "MALLOC_ARENA_MAX": "1", **self.environ}  # as in bin/demo
        process = subprocess.Popen(command, cwd=ROOT, env=environ, start_new_session=True, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def cookie_of(self, email: str) -> str:
        """A session of this person, made as the sign-in makes it."""
        with self.app.app_context(), db.unit_of_work() as session:
            user = session.scalar(select(User).where(User.email == email))
            token = accounts.start_session(user, agent="drill", address="127.0.0.1")
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return f"session={signer.dumps({'_user_id': token, '_fresh': True})}"

    def get(self, path: str, cookie: str) -> tuple[int, str, str]:
        return self._request("GET", path, cookie, "")

    def post(self, path: str, cookie: str, fields: dict[str, str | list[str]]) -> tuple[int, str, str]:
        return self._request("POST", path, cookie, urlencode(fields, doseq=True))

    def _request(self, method: str, path: str, cookie: str, body: str) -> tuple[int, str, str]:
        """(status, Location, body); status 0 when the line was cut."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            self.fresh_cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return answer.status, answer.getheader("Location") or "", text
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            connection.close()


def enrol_many(installation: Installation, cohort_slug: str, count: int, password_hash: str) -> list[str]:
    emails = [f"drill{number}@uz.test" for number in range(count)]
    with installation.app.app_context(), db.unit_of_work() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == cohort_slug))
        for number, email in enumerate(emails):
            user = accounts.create_user(email, f"Drill {chr(65 + number % 26)}{chr(97 + number // 26)}son", Lang.EN)
            accounts.set_password(user, password_hash)
            enrol(cohort, user)
    return emails


def token_and_cookie(installation: Installation, path: str, cookie: str) -> tuple[str, str, dict[str, str]]:
    """CSRF token, the cookie that goes with it, and the hidden fields of the form on a page."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    renewed = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    hidden = dict(re.findall(r'<input[^>]*name="(key|base|csrf_token)"[^>]*value="([^"]*)"', text))
    return hidden.get("csrf_token", ""), renewed or cookie, hidden
