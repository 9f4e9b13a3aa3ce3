"""Processes are known by id and time of creation, and stopped with all they started."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from migrator.lab import processes

TREE = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def tree(tmp_path: Path) -> processes.Started:
    started = spawn(tmp_path, TREE)
    deadline = time.monotonic() + 20
    while "ready" not in Path(started.log).read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return started


def spawn(folder: Path, code: str) -> processes.Started:
    env = {**os.environ, processes.MARKER: "unit"}
    return processes.spawn("tree", [sys.executable, "-c", code], env=env, log=folder / "log", cwd=folder)


def test_a_process_gets_a_session_of_its_own_and_its_log(tree: processes.Started) -> None:
    try:
        assert processes.is_alive(tree)
        assert os.getsid(tree.pid) == tree.pid
    finally:
        processes.stop([tree])


def test_stop_takes_the_children_of_other_sessions_too(tree: processes.Started) -> None:
    family = [process.pid for process in processes.family([tree], None)]
    assert len(family) == 3
    assert processes.stop([tree]) == sorted(family)
    assert not processes.is_alive(tree)
    assert not list(processes.family([tree], "unit"))


def test_orphans_are_found_by_session_and_by_marker(tree: processes.Started) -> None:
    psutil.Process(tree.pid).kill()
    processes.stop([])
    assert len(list(processes.family([tree], None))) == 1
    assert len(list(processes.family([tree], "unit"))) == 2
    processes.stop([tree], marker="unit")
    assert not list(processes.family([tree], "unit"))


def test_a_recycled_id_is_left_alone(tree: processes.Started) -> None:
    earlier = replace(tree, created=tree.created - 60)
    assert not processes.is_alive(earlier)
    assert processes.stop([earlier]) == []
    assert processes.is_alive(tree)
    processes.stop([tree])


def test_a_process_that_ends_is_dead_though_nobody_waited_for_it(tmp_path: Path) -> None:
    started = spawn(tmp_path, "pass")
    deadline = time.monotonic() + 10
    while processes.is_alive(started):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    started = spawn(tmp_path, code)
    while "ready" not in Path(started.log).read_text():
        time.sleep(0.02)
    assert processes.stop([started], timeout=0.3) == [started.pid]
    assert not processes.is_alive(started)


def test_the_caller_is_never_of_the_family() -> None:
    own = psutil.Process()
    me = processes.Started("me", own.pid, own.create_time(), "")
    assert own.pid not in [process.pid for process in processes.family([me], None)]
