"""The border to the terminal: whatever is printed is made visible, and only our own styling steers it.

Ids, owners, file names and code of an estate are shown everywhere, so the border is the stream and not the place that
prints. Colours and the live panel are rich's: its consoles write past the border, and make their text visible first.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from migrator.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

NAMES = ("stdout", "stderr")


class Bordered:
    """A stream that writes each text as `visible` gives it; in all else the stream that it wraps."""

    def __init__(self, stream: TextIO) -> None:
        self.wrapped = stream

    def write(self, text: str) -> int:
        """Write the text with what steers a terminal as escapes; how many characters it had."""
        self.wrapped.write(visible(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each as `write` does."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self.wrapped, name)


def set_border() -> None:
    """Put the border before stdout and stderr; a name that their encoding lacks is shown as escapes."""
    for name in NAMES:
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        if stream is not None and not isinstance(stream, Bordered):
            setattr(sys, name, Bordered(stream))


def terminal_width() -> int | None:
    """How many characters a line of the terminal takes; None where stdout is a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


@contextmanager
def border_within() -> Iterator[None]:
    """The border before whatever stdout and stderr are now, as rich's panel makes them, while the block runs."""
    before = {name: getattr(sys, name) for name in NAMES}
    for name, stream in before.items():
        setattr(sys, name, Bordered(stream))
    try:
        yield
    finally:
        for name, stream in before.items():
            setattr(sys, name, stream)


def console(*, stderr: bool, no_color: bool) -> Console:
    """A rich console past the border: its own styling steers the terminal, none of its text does, markup included."""
    from rich.console import Console
    from rich.segment import Segment

    class Visible(Console):
        def render(self, renderable: object, options: object = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):  # type: ignore[arg-type]
                yield segment if segment.control else Segment(visible(segment.text), segment.style)

    stream = sys.stderr if stderr else sys.stdout
    wrapped = stream.wrapped if isinstance(stream, Bordered) else stream
    return Visible(
        file=wrapped, stderr=stderr, no_color=no_color, highlight=False, soft_wrap=True, markup=False, emoji=False
    )
