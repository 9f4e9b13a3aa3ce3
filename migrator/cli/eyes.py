"""What a person sees while a wave runs: a live panel on a terminal, one status line every few seconds elsewhere."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrator.cli.context import Context
    from migrator.cutover.progress import Progress

LINE_EVERY = 5.0


@contextmanager
def eyes(shared: Context) -> Iterator[Callable[[Progress], None]]:
    """Shows progress on stderr while the block runs; lines that are said meanwhile appear above the panel."""
    if shared.quiet:
        yield lambda _progress: None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with live(shared) as show:
            yield show
    else:
        yield lines(shared.say)


def lines(say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> Callable[[Progress], None]:
    """Says the status line every few seconds, and once more when the attempt ended."""
    from migrator.cutover.progress import status_line

    said: list[float] = []

    def show(progress: Progress) -> None:
        if not said or clock() - said[-1] >= LINE_EVERY or progress.attempt.ended:
            said.append(clock())
            say(status_line(progress))

    return show


@contextmanager
def live(shared: Context, *, stderr: bool = True) -> Iterator[Callable[[Progress], None]]:
    """Draws the panel again at each progress; it goes away at the end."""
    from rich.live import Live

    from migrator.cli.streams import border_within
    from migrator.report.progress import as_renderable

    console = shared.console(stderr=stderr)
    with Live(console=console, transient=True, auto_refresh=False) as panel, border_within():
        yield lambda progress: panel.update(as_renderable(progress), refresh=True)
