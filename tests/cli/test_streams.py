"""What a terminal is given: our own styling, and text of an estate that steers nothing."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest

EVIL = "a\x1b[31mred\x1b]0;title\x07\x9b2J\x1b]8;;http://evil\x1b\\l\u202eb[bold]m[/bold]:smile:\x08"
OURS = re.compile(r"\x1b\[[0-9;?]*[mAKhlJ]|\r")
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
BEGIN = f"""
import sys
from migrator.cli.context import Context
from migrator.cli.streams import set_border
EVIL = {EVIL!r}
set_border()
shared = Context()
"""
PRINTS = """
print(EVIL)
print(EVIL, file=sys.stderr)
shared.say(EVIL)
sys.stdout.writelines([EVIL])
"""
CONSOLE = """
from rich.text import Text
shared.console().print(Text(EVIL, style="green"))
shared.console().print(EVIL)
"""
PANEL = """
from datetime import UTC, datetime, timedelta
from migrator.cli.eyes import eyes
from migrator.cutover.journal import Attempt
from migrator.cutover.machine import Direction, Record, State
from migrator.cutover.progress import Progress
now = datetime(2026, 3, 10, 12, tzinfo=UTC)
waiting = Record(EVIL, State.QUIESCING, {"quiescing_since": now.isoformat()})
with eyes(shared) as show:
    show(Progress(Attempt(1, 3, Direction.FORWARD, now.isoformat(), ""), now, {EVIL: waiting}, {EVIL: EVIL}))
    shared.say(EVIL)
    print(EVIL)
"""
BUG = """
raise ValueError(EVIL)
"""


def on_a_terminal(script: str) -> str:
    """All that the script writes to a terminal, as both of its streams."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", BEGIN + script]
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "300"}
    env.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=env):
        os.close(theirs)
        shown = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:
                break
            if not read:
                break
            shown += read
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize("script", [PRINTS, CONSOLE, PANEL, BUG], ids=["prints", "console", "panel", "traceback"])
def test_nothing_of_the_estate_steers_the_terminal(script):
    shown = on_a_terminal(script)
    assert r"\u001b[31mred\u001b]0;title" in shown
    assert r"\u009b2J" in shown
    assert not STEERS.findall(OURS.sub("", shown)), ascii(shown)
    assert "\x1b[31mred" not in shown
    if script is not BUG:
        assert "[bold]m[/bold]:smile:" in shown


def test_our_own_styling_does():
    shown = on_a_terminal(CONSOLE)
    assert re.search(r"\x1b\[32ma\\u001b", shown)


def test_the_panel_goes_away_and_lines_stay():
    shown = on_a_terminal(PANEL)
    assert "\x1b[1mwave 3 forward" in shown
    assert shown.count("\x1b[2K") or shown.count("\x1b[1A")


def test_a_pipe_gets_what_a_terminal_gets_and_json_stays_json():
    script = BEGIN + "import json; print(json.dumps(EVIL, ensure_ascii=False))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not STEERS.findall(done.stdout.rstrip("\n"))
    assert json.loads(done.stdout) == EVIL


def test_errors_and_usage_errors(tmp_path):
    for words in (["--workspace", EVIL.replace("/", "_"), "status"], ["no" + EVIL], ["plan", "--format", EVIL]):
        for debug in ([], ["--debug"]):
            command = [sys.executable, "-m", "migrator.cli", *debug, *words]
            done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False)
            assert done.returncode
            assert re.search(rb"\\(u00|x)1b\[31mred", done.stderr)
            assert not STEERS.findall((done.stdout + done.stderr).decode().replace("\n", "")), done.stderr
