"""A renderer that a document has taken over gets no memory, time, file or network, and costs no other certificate."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from diploma.certificates.drawing import worker
from diploma.certificates.drawing.worker import RenderError, RenderPool
from tests.certificates import hostile_renderer
from tests.certificates.specimens import module

Act = Callable[[str], bytes]


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RenderPool]:
    """Two renderers that do what the holder's name says."""
    monkeypatch.setattr(worker, "PROGRAM", hostile_renderer.NAME)
    with RenderPool(tmp_path, size=2, timeout=60) as pool:
        yield pool


@pytest.fixture
def act(pool: RenderPool) -> Act:
    return lambda name: pool.render(module(["en"], names={"en": name}))


def processes(pool: RenderPool) -> list[int]:
    return [one.process.pid for one in pool._free.queue if one.process]


@pytest.mark.parametrize(("name", "reason"), [("memory", "MemoryError"), ("files", "Errno 24"), ("disk", "Errno 27")])
def test_what_exceeds_a_limit_is_refused_and_the_next_one_is_drawn(act: Act, name: str, reason: str) -> None:
    with pytest.raises(RenderError, match=reason):
        act(name)
    assert act("network")


def test_endless_computing_is_ended_by_the_kernel(act: Act) -> None:
    with pytest.raises(RenderError, match="the renderer ended"):
        act("computing")
    assert act("network")


def test_endless_waiting_is_ended_by_the_job_runner(act: Act, pool: RenderPool) -> None:
    for one in pool._free.queue:
        one._timeout = 1.5
    with pytest.raises(RenderError, match=r"not drawn within 1\.5 s"):
        act("waiting")
    assert processes(pool) == []


def test_there_is_no_network_to_reach(act: Act, pool: RenderPool) -> None:
    interfaces = act("network")
    (process,) = processes(pool)
    if os.readlink(f"/proc/{process}/ns/net") == os.readlink("/proc/self/ns/net"):
        pytest.skip("this kernel lets no process leave the network; what is refused stands in the fetcher")
    assert interfaces == b"lo"


def test_no_privilege_can_be_gained(act: Act, pool: RenderPool) -> None:
    act("network")
    (process,) = processes(pool)
    assert "NoNewPrivs:\t1" in Path(f"/proc/{process}/status").read_text()


def test_nothing_that_the_job_runner_has_open_is_handed_on(act: Act, pool: RenderPool, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        act("network")
    (process,) = processes(pool)
    files = [os.readlink(one) for one in Path(f"/proc/{process}/fd").iterdir()]
    assert len(files) == 4  # requests, answers twice (under both numbers of standard output), complaints
    assert not [one for one in files if "secret" in one]


def test_two_certificates_are_drawn_at_the_same_time(act: Act, pool: RenderPool) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = set(threads.map(act, ["meeting", "meeting"]))
    assert answers == {str(one).encode() for one in processes(pool)}
    assert len(answers) == 2


def test_who_draws_one_after_the_other_needs_one_process(act: Act, pool: RenderPool) -> None:
    for _ in range(3):
        act("network")
    assert len(processes(pool)) == 1


RUNNER = """
import sys, threading
from pathlib import Path
from diploma.certificates.drawing import worker
from tests.certificates.specimens import module
worker.PROGRAM = sys.argv[2]
pool = worker.RenderPool(Path(sys.argv[1]))
pool.render(module(["en"], names={"en": "network"}))
print(pool._free.queue[0].process.pid, flush=True)
pool.render(module(["en"], names={"en": sys.argv[3]}))
"""


@pytest.mark.parametrize("busy_with", ["waiting", "computing"])
def test_a_renderer_does_not_outlive_its_job_runner(tmp_path: Path, busy_with: str) -> None:
    command = [sys.executable, "-c", RUNNER, str(tmp_path), hostile_renderer.NAME, busy_with]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=worker.ROOT, text=True) as runner:
        assert runner.stdout
        renderer = int(runner.stdout.readline())
        os.kill(runner.pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while is_running(renderer):
        assert time.monotonic() < until, "the renderer goes on alone"
        time.sleep(0.01)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
