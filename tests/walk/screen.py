"""``migrate`` as a real process: in a terminal of so many columns or piped, and what is wrong there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.walk.gone import gone_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

STYLING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
EXACT = frozenset({"json", "sarif", "html", "markdown", "openmetrics", "mermaid", "csv", "github", "jira", "--schema"})
"""Arguments after which the result is for a program or for a document, and its lines are as they are."""
CODES = frozenset({0, 1, 2, 3, 4, 5, 6})


@dataclass(frozen=True)
class Setting:
    """Where the command runs; no ``columns``: its streams are pipes."""

    columns: int | None = None
    encoding: str = "utf-8"
    more: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        return kept | {"PYTHONIOENCODING": self.encoding, "TERM": "xterm-256color"} | dict(self.more)


SETTINGS = {
    "60": Setting(60), "80": Setting(80), "160": Setting(160),
    "plain": Setting(80, more={"NO_COLOR": "1"}), "dumb": Setting(60, more={"TERM": "dumb"}),
    "piped": Setting(), "latin-1": Setting(80, "latin-1"), "ascii": Setting(None, "ascii"),
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """How it ended and what was seen: on a terminal both streams as one, piped ``err`` by itself too."""

    code: int
    text: str


def show(workspace: Path, setting: Setting, words: Sequence[str]) -> Shown:
    """Run it to its end."""
    command = [sys.executable, "-W", "error", "-m", "migrator.cli", "--workspace", str(workspace), *words]
    if setting.columns is None:
        done = subprocess.run(command, capture_output=True, check=False, env=setting.environment(), timeout=300)
        return Shown(done.returncode, (done.stdout + done.stderr).decode(setting.encoding))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, setting.columns, 0, 0))
    streams = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": theirs}
    with subprocess.Popen(command, env=setting.environment(), **streams) as running:  # type: ignore[call-overload]
        os.close(theirs)
        seen = b"".join(_pieces(ours))
        os.close(ours)
    return Shown(running.returncode, seen.decode(setting.encoding))


def _pieces(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return
        if not piece:
            return
        yield piece


def faults(shown: Shown, columns: int | None, words: Sequence[str], *, plain: bool = False) -> list[str]:
    """All that a person should not see of it."""
    bare = STYLING.sub("", shown.text).replace("\r", "\n")
    found = [] if shown.code in CODES else [f"it ended with {shown.code}: {bare[-500:]}"]
    found += ["a traceback"] if "Traceback (most recent" in bare else []
    found += [f"styled: {one!r}" for one in re.findall(r"\x1b\[[0-9;]*m", shown.text)[:1] if plain]
    if not EXACT & set(words):
        found += [f"to go: {line}" for line in gone_from(bare)]
        found += [f"{len(line)} wide: {line}" for line in bare.splitlines() if columns and too_wide(line, columns)]
    return found


def too_wide(line: str, columns: int) -> bool:
    """Wider than the terminal, and there is a place where it could break."""
    return len(line) > columns and len(line.split()) > 1
