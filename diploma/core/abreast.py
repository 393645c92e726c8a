"""Slow work that waits for others (processes, the network), several pieces at a time. Knows no flask."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 12  # pieces in hand


def each(work: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Exception]]:
    """Each item with what ``work`` made of it, or with its exception, in the order in which they are done.

    ``work`` runs in threads that see the context of the caller, the application for one; it must leave ``db.session``
    alone, which is the caller's. A single item is done here. When the caller stops, what has not begun is left undone.
    """
    if len(items) < 2:
        yield from ((one, _attempt(work, one)) for one in items)
        return
    threads = ThreadPoolExecutor(AT_ONCE)
    try:
        begun = {threads.submit(copy_context().run, _attempt, work, one): one for one in items}
        for done in as_completed(begun):
            yield begun[done], done.result()
    finally:
        threads.shutdown(cancel_futures=True)


def _attempt(work: Callable[[T], R], item: T) -> R | Exception:
    try:
        return work(item)
    except Exception as error:
        return error
