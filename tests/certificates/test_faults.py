"""A machine that fails while certificates are issued and drawn: nothing half done, and it goes on when it is mended."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.certificates import publishing
from diploma.certificates.drawing import fonts, typeset
from diploma.certificates.models import Certificate
from diploma.core import clock, jobs
from diploma.core.outbox import Job, JobState
from tests.certificates.conftest import FakeRenderer, Office, words
from tests.conftest import Client
from tests.world import World, brought

COHORT = "/certificates/cohorts/uz-1"
Open = Callable[[str], Client]


def no_room(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_on_a_full_disk_the_file_is_being_prepared_until_there_is_room(
    app: Flask,
    office: Office,
    world: World,
    renderer: FakeRenderer,
    browser_of: Open,
    reading: Any,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    made, holder = office.issue(world.trainee), browser_of(world.trainee)
    with monkeypatch.context() as full, app.app_context():
        full.setattr(os, step, no_room)
        jobs.drain()
    with reading() as session:
        job = session.scalars(select(Job).where(Job.kind == publishing.RENDER)).one()
        assert (job.state, job.attempts) == (JobState.WAITING, 0)
    store = app.extensions["files"]
    assert brought(app) == set() and list((store.folder / "incoming").iterdir()) == []
    answer = holder.get(f"/certificates/{made.serial}.pdf?lang=en")
    assert answer.status_code == 202 and "being prepared" in answer.text
    with app.app_context(), clock.at(clock.now() + timedelta(minutes=6)):
        jobs.drain()
    assert holder.get(f"/certificates/{made.serial}.pdf").data == renderer.render(made.snapshot, {})


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without fonts, as a process finds it that has just been started."""
    kept = (fonts.font_files, fonts.font_set_hash, fonts.characters, typeset.face)
    for one in kept:
        one.cache_clear()
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path / "nothing",))
    yield
    for one in kept:
        one.cache_clear()


def numbered(reading: Any) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Certificate.serial).where(Certificate.serial.is_not(None))))


def test_without_fonts_the_registrar_is_told_which_packages_to_ask_for(
    office: Office, world: World, browser_of: Open, reading: Any, request: pytest.FixtureRequest
) -> None:
    office.approve(world.trainee)
    registrar = browser_of(world.registrar)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    request.getfixturevalue("bare")
    answer = registrar.send(f"{COHORT}/issue?lang=en", chosen, page=COHORT)
    assert answer.status_code == 409
    assert "install fonts-noto-core, fonts-hosny-amiri" in words(answer)
    assert numbered(reading) == []


def test_without_fonts_an_order_given_before_numbers_nothing(
    office: Office, world: World, browser_of: Open, reading: Any, request: pytest.FixtureRequest
) -> None:
    office.approve(world.trainee)
    registrar = browser_of(world.registrar)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    page = registrar.send(f"{COHORT}/issue", chosen, page=COHORT).headers["Location"]
    request.getfixturevalue("bare")
    office.work()
    assert "install fonts-noto-core, fonts-hosny-amiri" in words(registrar.get(f"{page}?lang=en"))
    assert numbered(reading) == []


def test_without_fonts_the_command_says_so_and_numbers_nothing(
    app: Flask, office: Office, world: World, reading: Any, request: pytest.FixtureRequest
) -> None:
    office.approve(world.trainee)
    request.getfixturevalue("bare")
    done = app.test_cli_runner().invoke(args=["certificates", "issue", "--cohort", "uz-1"])
    assert done.exit_code == 1
    assert "install fonts-noto-core, fonts-hosny-amiri" in done.output
    assert numbered(reading) == []


@pytest.fixture
def small_disk(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file store on a file system of 256 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root may mount a file system")
    shutil.copytree(app.extensions["files"].folder, disk / "files")  # the drawings of the partners
    monkeypatch.setattr(app.extensions["files"], "folder", disk / "files")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.drill
def test_what_a_disk_cannot_hold_is_drawn_when_it_has_become_larger(
    app: Flask, office: Office, renderer: FakeRenderer, small_disk: Path, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = renderer.render
    monkeypatch.setattr(renderer, "render", lambda *asked: draw(*asked) + bytes(30_000))
    office.crowd(20, "issued")
    office.work()
    store, drawn = app.extensions["files"], select(Certificate.pdf_sha256).where(Certificate.pdf_sha256.is_not(None))
    with reading() as session:
        some = session.scalars(drawn).all()
    assert 0 < len(some) < 20 and brought(app) == set(some)
    assert list((store.folder / "incoming").iterdir()) == []
    subprocess.run(["mount", "-o", "remount,size=2m", small_disk], check=True)
    with app.app_context(), clock.at(clock.now() + timedelta(minutes=6)):
        jobs.drain()
    with reading() as session:
        assert len(session.scalars(drawn).all()) == 20
    assert all(len(store.read(one)) > 30_000 for one in brought(app))
