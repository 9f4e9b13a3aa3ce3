"""The panel on a real terminal, and status as a user types it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from tests.cli.test_bad_input import planned

if TYPE_CHECKING:
    from tests.cli.conftest import Project

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SCRIPT = """
import sys
from datetime import UTC, datetime, timedelta
from migrator.cli.context import Context
from migrator.cli.eyes import eyes
from migrator.cutover.journal import Attempt
from migrator.cutover.machine import Direction, Record, State
from migrator.cutover.progress import Progress
shared = Context(quiet="quiet" in sys.argv)
now = datetime(2026, 3, 10, 12, tzinfo=UTC)
attempt = Attempt(1, 3, Direction.FORWARD, now.isoformat(), "")
slow = Record("slow", State.QUIESCING, {"quiescing_since": now.isoformat()})
off = {"slow": slow, "ok": Record("ok", State.OBSERVED)}
with eyes(shared) as show:
    show(Progress(attempt, now + timedelta(seconds=75), off, {"slow": "r1 is running (load[0]=running)"}))
    shared.say("slow                         waiting        r1 is running (load[0]=running)")
"""


def on_a_terminal(*arguments: str) -> str:
    """What the script draws on a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", SCRIPT, *arguments]
    with subprocess.Popen(command, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"}) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                read = os.read(ours, 4096)
            except OSError:
                break
            if not read:
                break
            shown += read
    os.close(ours)
    assert running.returncode == 0, shown
    return shown.decode()


def test_the_panel_is_drawn_on_a_terminal_and_lines_stay_as_they_were() -> None:
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", on_a_terminal())
    assert "wave 3 forward   1:15 elapsed" in shown
    assert "1 waiting" in shown
    assert "1 observed" in shown
    assert "slow  1:15  r1 is running (load[0]=running)" in shown
    assert "slow                         waiting        r1 is running (load[0]=running)" in shown


def test_quiet_draws_nothing() -> None:
    assert on_a_terminal("quiet") == ""


def test_elsewhere_it_is_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stderr.startswith("wave=3 dir=forward elapsed=75s planned=0 waiting=1 off=0 on=0 observed=1")
    assert len(done.stderr.splitlines()) == 2


@pytest.fixture
def begun(project) -> Project:
    """A workspace whose wave was begun and interrupted."""
    made = planned(project)
    with closing(Journal(made.root / ".migrate" / "journal.db")) as journal:
        journal.act(NOW, "anna@desk", "cutover", 1, "the first night")
        attempt = journal.begin(1, Direction.FORWARD, ["etl"], NOW, "anna@desk", "the first night")
        journal.write(attempt, NOW, "done", [("etl", State.QUIESCING, {"quiescing_since": NOW.isoformat()}, "")])
    return made


def test_status_says_what_is_open_and_the_log_says_why(begun: Project) -> None:
    shown = begun.run("status").stdout
    assert "wave 1 forward is open, begun 2026-03-10T12:00:00 by anna@desk, because: the first night" in shown
    assert re.search(r"etl +QUIESCING", shown)
    log = begun.run("status", "--log").stdout
    assert re.search(r"cutover +asked +the first night +anna@desk", log)


def test_a_bucket_that_does_not_answer_is_an_error_only_when_it_was_asked_for(begun: Project) -> None:
    shown = begun.run("status", "--remote", code=2).stderr
    assert "127.0.0.1" in shown
    begun.run("status")
