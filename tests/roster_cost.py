"""What it costs to read and check a list of people in each format: CPU seconds and the memory that it adds.

    python -m tests.roster_cost            # 3,700 people of 8 columns, in each format
    python -m tests.roster_cost nasty      # the nasty files: the dearest, and how many are within bounds

Each file is read in a process of its own, so that the peak of its memory is its own.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from diploma.cohorts.roster.judging import check
from diploma.cohorts.roster.sheet import SheetRefused, read_sheet
from tests.cohorts import nasty
from tests.cohorts.nasty import letters
from tests.cohorts.nasty.excel97_writer import xls
from tests.cohorts.nasty.ods_writer import ods

ROWS = 3_700
HEADER = ["E-mail", "ФИО", "Организация", "Должность", "Язык", "Роль", "Телефон", "Таб. №"]
MOST_CPU, MOST_MEMORY = 1.0, 100  # seconds and megabytes of a nasty file


def people() -> list[nasty.Row]:
    """3,700 people of eight columns below their header."""
    rest = ("Русский", "Слушатель")
    return [
        HEADER,
        *([*one, *rest, 998901000000 + n, f"T-{n}"] for n, one in enumerate(letters.people("ru", ROWS))),
    ]


def formats() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The list of ``people`` in each format."""
    yield "xlsx", lambda: nasty.xlsx(*people())
    yield "xls", lambda: xls(*people())
    yield "ods", lambda: ods(*people())
    yield "windows-1251", lambda: "\r\n".join(";".join(map(str, row)) for row in people()).encode("cp1251")


def spent(make: Callable[[], bytes]) -> tuple[float, int]:
    """CPU seconds, and megabytes above what the process had before, of reading and checking a file.

    One child makes the file and another one reads it, so that neither finds the other's memory free for use.
    """
    with tempfile.NamedTemporaryFile() as file:
        _in_a_child(lambda: Path(file.name).write_bytes(make()))
        cpu, memory = _in_a_child(lambda: _measured(Path(file.name)))
    return cpu, memory


def _in_a_child(step: Callable[[], Any]) -> Any:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(step()))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        child.join()
        ours.close()


def _measured(path: Path) -> tuple[float, int]:
    """A fork begins with the peak of its parent: that is set back first."""
    Path("/proc/self/clear_refs").write_text("5")
    before, start = _resident("VmRSS"), time.process_time()
    with suppress(SheetRefused):
        check(read_sheet(path, "list"), nasty.KNOWN, nasty.ALLOWED)
    return time.process_time() - start, (_resident("VmHWM") - before) // 1024


def _resident(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0])


def nasty_files() -> tuple[int, list[tuple[float, int, str]]]:
    """How many files of the collection stay within the bounds, and what each cost, the dearest first."""
    costs = [(*spent(file.make), file.name) for file in nasty.FILES]
    within = sum(cpu < MOST_CPU and memory < MOST_MEMORY for cpu, memory, _ in costs)
    return within, sorted(costs, reverse=True)


def main(what: str = "") -> None:
    if what == "nasty":
        within, costs = nasty_files()
        for cpu, memory, name in [*costs[:8], *sorted(costs, key=lambda one: -one[1])[:5]]:
            print(f"{name:42} {cpu:6.2f} s {memory:5} MB")
        print(f"{within} of {len(costs)} within {MOST_CPU} s and {MOST_MEMORY} MB")
    else:
        for name, make in formats():
            cpu, memory = spent(make)
            print(f"{name:42} {cpu:6.2f} s {memory:5} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
