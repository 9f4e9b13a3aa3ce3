"""What is to end when the program is interrupted: threads nobody waits for, workers, and programs that were started.

Ctrl-C and SIGTERM raise `Interrupted` in the main thread, so that what is half written is taken back on the way out;
``migrator.cli.start`` then ends whatever still runs, and the process with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from migrator.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_running: set[subprocess.Popen[str]] = set()
_ended = threading.Event()
_partials: set[Path] = set()


@contextlib.contextmanager
def threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are waited for at the end of the block, unless it is left by an interrupt."""
    with contextlib.ExitStack() as stack:
        pool = ThreadPoolExecutor(count)
        stack.callback(pool.shutdown)
        try:
            yield pool
        except (Interrupted, KeyboardInterrupt):
            stack.pop_all()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run(
    command: Sequence[str],
    *,
    timeout: float,
    text: str = "",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """What a program answered to ``text``; it leads a group of its own, which ends with it, late or interrupted.

    Raises subprocess.TimeoutExpired after ``timeout`` seconds, and OSError when it can't be started.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=cwd, env=env, start_new_session=True,
        encoding="utf-8", errors="replace",
    ) as child:  # fmt: skip
        _running.add(child)
        try:
            if _ended.is_set():
                raise Interrupted
            out, err = child.communicate(text, timeout=timeout)
        finally:
            _running.discard(child)
            _end_group(child)
    return subprocess.CompletedProcess(command, child.returncode, out, err)


@contextlib.contextmanager
def partial(path: Path) -> Iterator[None]:
    """A file that is only half of one while the block runs: it goes if the program ends meanwhile."""
    _partials.add(path)
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        _partials.discard(path)


def end_all() -> None:
    """End every worker and every program that `run` started, let no other start, and remove what is half written."""
    _ended.set()
    for path in tuple(_partials):
        path.unlink(missing_ok=True)
    for child in tuple(_running):
        _end_group(child)
    for worker in multiprocessing.active_children():
        worker.kill()


@contextlib.contextmanager
def kept_from_interrupts() -> Iterator[None]:
    """What is started in the block never sees Ctrl-C or SIGTERM: its parent does, and ends it."""
    resource_tracker.ensure_running()  # the first start would start it, and let the signals in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """Let this worker end when its parent is gone, however that went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_exit, args=(parent.sentinel,), daemon=True).start()


def _wait_and_exit(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _end_group(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
