"""Where ``migrate`` starts: before anything else is loaded, it knows what to do when it is interrupted."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from migrator.errors import Interrupted

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Run ``migrate``; Ctrl-C and SIGTERM end it at once, with one line on stderr and exit code 130."""
    try:
        _listen()
        from migrator.cli.app import main as run

        run()
    except (Interrupted, KeyboardInterrupt):
        end()


def end() -> NoReturn:
    """Say that it was interrupted, end what still runs, and the process, without waiting for threads."""
    children = sys.modules.get("migrator.interrupt")
    if children is not None:
        children.end_all()
    print("error: interrupted", file=sys.stderr, flush=True)
    os._exit(INTERRUPTED)


def _listen() -> None:
    """Take the signals over, but not those that whoever started us wants ignored, as ``nohup`` does."""
    sys.unraisablehook = _not_swallowed
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _on_signal)


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    """The first leaves everything in order on the way out; a second one does not wait for that."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: end())
    raise Interrupted


def _not_swallowed(what: sys.UnraisableHookArgs) -> None:
    """Where Python can raise nothing, as in a finalizer, an interrupt still ends the program."""
    if issubclass(what.exc_type, (Interrupted, KeyboardInterrupt)):
        end()
    sys.__unraisablehook__(what)
