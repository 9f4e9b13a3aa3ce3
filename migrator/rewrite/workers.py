"""Processes that share work over pipes: no locks, so that they can be ended at any moment and leave nothing behind."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, TypeVar

from migrator.interrupt import end_with_parent, kept_from_interrupts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Made = TypeVar("Made")
Share = list[tuple[int, Item]]
"""Items with their places; a worker has one share at a time."""
_SPAWN = get_context("spawn")


def spread(
    work: Callable[[Item], Made], items: Sequence[Item], died: Callable[[Item], Made], *, jobs: int, size: int
) -> list[Made]:
    """``work(item)`` of each, in order, done by ``jobs`` processes; ``died(item)`` of one that ended its process.

    A share is of ``size`` items; those of a process that died are tried again one by one.
    """
    numbered = list(enumerate(items))
    shares = deque(numbered[start : start + size] for start in range(0, len(numbered), size))
    made: dict[int, Made] = {}
    with ExitStack() as stack:
        busy = dict(_given(work, shares, min(jobs, len(shares)), stack))
        while busy:
            for worker in wait(list(busy)):
                assert isinstance(worker, Connection)  # noqa: S101 - for mypy: wait() says `object`
                share = busy.pop(worker)
                try:
                    made |= worker.recv()
                except (EOFError, ConnectionError):
                    _again(share, shares, made, died)
                    busy |= dict(_given(work, shares, min(1, len(shares)), stack))
                else:
                    if shares:
                        busy[worker] = shares.popleft()
                        _send(worker, busy[worker])
    return [made[place] for place, _ in numbered]


def _given(
    work: Callable[[Item], Made], shares: deque[Share[Item]], count: int, stack: ExitStack
) -> Iterator[tuple[Connection, Share[Item]]]:
    """New workers, each with its first share; the stack ends them."""
    for worker in [_started(work, stack) for _ in range(count)]:
        share = shares.popleft()
        _send(worker, share)
        yield worker, share


def _started(work: Callable[[Item], Made], stack: ExitStack) -> Connection:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(work, theirs), daemon=True)
    with kept_from_interrupts():
        process.start()
        stack.callback(process.join)
        stack.callback(process.kill)
    theirs.close()
    stack.callback(ours.close)
    return ours


def _send(worker: Connection, share: Share[Item]) -> None:
    """To a worker that died meanwhile nothing is sent: reading from it says so."""
    with suppress(ConnectionError):
        worker.send(share)


def _again(share: Share[Item], shares: deque[Share[Item]], made: dict[int, Made], died: Callable[[Item], Made]) -> None:
    if len(share) > 1:
        shares.extend([one] for one in share)
        return
    [(place, item)] = share
    made[place] = died(item)


def _serve(work: Callable[[Item], Made], parent: Connection) -> None:
    """What a worker does, until its parent ends it."""
    end_with_parent()
    with suppress(EOFError, ConnectionError):  # the parent has all it wanted, and is about to end this process
        while True:
            share: Share[Item] = parent.recv()
            parent.send({place: work(item) for place, item in share})
