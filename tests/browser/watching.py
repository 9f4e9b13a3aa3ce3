"""A browser that follows a workspace through ``migrate dashboard``, and what it has to have seen of the journal."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from tests.workspace.users import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.devtools import Page

CELLS = "[...document.querySelectorAll('#rows tr')].map((tr) => [...tr.cells].map((td) => td.textContent))"


@contextmanager
def dashboard(workspace: Path) -> Iterator[str]:
    """The address that the command prints; it is interrupted at the end, and ends without a complaint."""
    command = [sys.executable, "-m", "migrator.cli", "--workspace", str(workspace), "dashboard"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        try:
            yield process.stdout.readline().strip()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()


def wait(page: Page, expression: str, seconds: float = 60) -> Any:
    """The first value of the expression that is true."""
    end = time.monotonic() + seconds
    while not (value := page.js(expression)):
        assert time.monotonic() < end, f"never: {expression}"
        time.sleep(0.05)
    return value


def headlines(page: Page, moving: Callable[[], bool], every: float = 0.2) -> list[str]:
    """What the page says at its top while a wave moves, each once, in its order."""
    seen = dict.fromkeys([page.text("h1")])
    while moving():
        time.sleep(every)
        seen[page.text("h1")] = None
    return list(seen)


def saw_each_step(page: Page, workspace: Path) -> int:
    """Assert that each event of the journal came once, in its order; how many there are."""
    with closing(sqlite3.connect(workspace / ".migrate" / "journal.db")) as db:
        numbers = [number for (number,) in db.execute("SELECT id FROM events ORDER BY id")]
    wait(page, f"dashboard.steps.length >= {len(numbers)}")
    assert page.js("dashboard.steps") == numbers, "each step once, in its order"
    return len(numbers)


def shows_what_status_says(page: Page, workspace: Path) -> list[dict[str, Any]]:
    """Assert that what it knows, and what it shows, is what ``migrate status --format json`` prints; those rows."""
    told: list[dict[str, Any]] = json.loads(migrate(workspace, "status", "--format", "json").ended(0).out)["rows"]
    wait(page, "dashboard.rows().every((row) => row.outcome !== 'open')")
    page.settle()
    assert sorted(page.js("dashboard.rows()"), key=_key) == sorted(told, key=_key)
    newest = {row["dag"]: row for row in told}  # the table has a line for each DAG
    shown = [[line[0], line[1], line[2], line[3], line[5], line[7]] for line in page.js(CELLS)]
    assert shown == [
        [row["dag"], row["state"], str(row["wave"]), row["direction"], row["outcome"], row["note"]]
        for _, row in sorted(newest.items())
    ]
    return told


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return row["begun"], row["direction"], row["dag"]
