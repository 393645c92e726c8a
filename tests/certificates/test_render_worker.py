"""The renderer process: what it may see and use, and that whatever happens to it costs one certificate only."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from diploma.certificates.drawing import worker
from diploma.certificates.drawing.worker import RenderError, RenderPool
from tests.certificates.specimens import diploma, module

SIMPLE = module(["en"])
UNPRINTABLE = module(["en"], names={"en": "Dilnoza 王"})


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("renderer")


@pytest.fixture(scope="module")
def pool(cache: Path) -> Iterator[RenderPool]:
    """One pool for all tests here, as a job runner has one for all certificates."""
    with pytest.MonkeyPatch.context() as patch, RenderPool(cache, timeout=120) as pool:
        patch.setenv("SECRET_KEY", "never tell")
        patch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        patch.setenv("PYTHONPATH", "/nowhere")
        yield pool


@pytest.fixture
def renderer(pool: RenderPool) -> int:
    """Process id of a renderer that has drawn a certificate."""
    pool.render(SIMPLE)
    return process_id(pool)


def process(pool: RenderPool) -> subprocess.Popen[bytes]:
    """The process of a pool that has one."""
    (renderer,) = pool._free.queue
    assert renderer.process is not None
    return renderer.process


def process_id(pool: RenderPool) -> int:
    return process(pool).pid


def limit(pid: int, name: str) -> int:
    (line,) = (one for one in Path(f"/proc/{pid}/limits").read_text().splitlines() if one.startswith(name))
    return int(line.removeprefix(name).split()[0])


def test_the_renderer_sees_no_variable_but_its_own(renderer: int) -> None:
    variables = Path(f"/proc/{renderer}/environ").read_text().rstrip("\0").split("\0")
    names = {one.split("=")[0] for one in variables}
    assert names == {"FONTCONFIG_FILE", "HOME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE"}


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("Max address space", worker.MEMORY),
        ("Max file size", worker.FILE_SIZE),
        ("Max open files", worker.OPEN_FILES),
        ("Max core file size", 0),
    ],
)
def test_the_renderer_has_limits(renderer: int, name: str, most: int) -> None:
    assert limit(renderer, name) == most


def test_each_certificate_gets_its_seconds_of_computing(renderer: int) -> None:
    assert worker.CPU_SECONDS <= limit(renderer, "Max cpu time") <= worker.CPU_SECONDS + 100


def test_what_cannot_be_drawn_costs_no_other_certificate(pool: RenderPool, renderer: int) -> None:
    with pytest.raises(RenderError, match=r"^Unprintable: \.notdef"):
        pool.render(UNPRINTABLE)
    assert pool.render(SIMPLE).startswith(b"%PDF")
    assert process_id(pool) == renderer


def test_a_renderer_that_died_between_two_certificates_is_replaced(pool: RenderPool, renderer: int) -> None:
    os.kill(renderer, signal.SIGKILL)
    process(pool).wait()
    assert pool.render(SIMPLE).startswith(b"%PDF")


def test_a_renderer_that_hangs_is_ended_and_replaced(
    pool: RenderPool, renderer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = pool.render(SIMPLE)
    os.kill(renderer, signal.SIGSTOP)
    with monkeypatch.context() as patch, pytest.raises(RenderError, match=r"not drawn within 0\.3 s"):
        patch.setattr(pool._free.queue[0], "_timeout", 0.3)
        pool.render(SIMPLE)
    assert not Path(f"/proc/{renderer}").exists()
    assert pool.render(SIMPLE) == drawn


def test_a_closed_pool_leaves_no_process(pool: RenderPool, renderer: int) -> None:
    pool.close()
    pool.close()
    assert not Path(f"/proc/{renderer}").exists()


def test_a_renderer_that_dies_at_work_fails_this_certificate_only(
    pool: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.close()
    with monkeypatch.context() as patch, pytest.raises(RenderError, match="the renderer ended"):
        patch.setattr(sys, "executable", "/bin/false")
        pool.render(SIMPLE)
    assert pool.render(SIMPLE).startswith(b"%PDF")


def test_the_renderer_ends_with_its_job_runner(cache: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", worker.__name__],
        stdin=subprocess.PIPE,
        cwd=worker.ROOT,
        env=worker.environment(cache),
    ) as process:
        process.communicate(b"", timeout=60)
    assert process.returncode == 0


def test_an_endless_snapshot_is_not_sent(cache: Path) -> None:
    with RenderPool(cache) as pool, pytest.raises(RenderError, match="a snapshot of"):
        pool.render(diploma(["en"], names={"en": "x" * 70_000}))
    assert [one.process for one in pool._free.queue] == [None]


def test_an_answer_in_parts_is_put_together() -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb", buffering=0) as pipe, os.fdopen(write, "wb", buffering=0) as other:
        other.write(b"ab")
        with pytest.raises(TimeoutError):
            worker._receive(pipe, 3, time.monotonic() + 0.05)
        other.write(b"abc")
        assert worker._receive(pipe, 3, time.monotonic() + 5) == b"abc"


def test_the_reason_of_a_failure_is_the_answer() -> None:
    assert worker._answer(b'{"snapshot": "{}", "drawings": {}}')["error"].startswith("ValueError: not a snapshot")


@pytest.mark.parametrize(("modules", "foreign"), [("compose, fonts, worker", "weasyprint"), ("render", "flask")])
def test_rendering_loads_no_web_and_asking_loads_no_engine(cache: Path, modules: str, foreign: str) -> None:
    code = f"from diploma.certificates.drawing import {modules}; import sys; sys.exit({foreign!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=worker.ROOT, env=worker.environment(cache), check=True)
