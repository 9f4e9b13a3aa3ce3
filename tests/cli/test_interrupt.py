"""Ctrl-C and SIGTERM as a shell sends them: to a real process group, early and late; what is left afterwards."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STOPS = (signal.SIGINT, signal.SIGTERM)
MARK = "MIGRATE_TEST_INTERRUPT"
LONG = "from airflow import DAG\n" + "".join(
    f"def f{n}(**context):\n    return context['ds'], {n}\n\n" for n in range(1500)
)
"""Nobody waits for a file like this, and there are hundreds of them."""


@dataclass
class Started:
    """``migrate`` leading a process group, as a shell starts it; what it starts is found by its environment."""

    process: subprocess.Popen[str]
    mark: str
    err: str = field(default="")

    def family(self) -> list[psutil.Process]:
        """Every process with the mark, ours first."""
        found = []
        for one in psutil.process_iter():
            try:
                if one.environ().get(MARK) == self.mark and one.status() != psutil.STATUS_ZOMBIE:
                    found.append(one)
            except psutil.Error:
                continue
        return found

    def end(self, number: signal.Signals, *, group: bool = True) -> None:
        """Signal it, and see it end with one line, 130, and nobody left."""
        before = time.monotonic()
        (os.killpg if group else os.kill)(self.process.pid, number)
        out, self.err = self.process.communicate(timeout=60)
        shown = f"{number.name} after {time.monotonic() - before:.2f} s: {self.process.returncode}\n{out}\n{self.err}"
        assert self.process.returncode == 130, shown
        assert self.err.splitlines()[-1:] == ["error: interrupted"], shown
        assert "Traceback" not in self.err, shown
        assert "Exception" not in self.err, shown
        until(lambda: not self.family(), f"orphans: {self.family()}")


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.005)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    running: list[Started] = []

    def started(*arguments: str, **env: str) -> Started:
        mark = f"{tmp_path}-{len(running)}"
        process = subprocess.Popen(
            [sys.executable, "-m", "migrator.cli", *arguments], cwd=tmp_path, start_new_session=True, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, MARK: mark, **env},
        )  # fmt: skip
        running.append(Started(process, mark))
        return running[-1]

    yield started
    for one in running:
        for left in one.family():
            left.kill()
        one.process.wait(30)
        for stream in (one.process.stdout, one.process.stderr):
            if stream:
                stream.close()


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "dags" / "source"
    folder.mkdir(parents=True)
    for number in range(300):
        (folder / f"long_{number:03}.py").write_text(LONG)
    (tmp_path / "migrate.toml").write_text("")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("number", STOPS)
@pytest.mark.parametrize("workers", [1, 3])
def test_a_rewrite_ends_at_once_however_far_its_workers_are(
    start: Callable[..., Started], estate: Path, number: signal.Signals, workers: int
) -> None:
    before = contents(estate.parent.parent)
    running = start("rewrite", "dags/source", "--jobs", "3", "--no-cache")
    until(lambda: len(running.family()) > workers, "it never started")
    running.end(number)
    assert contents(estate.parent.parent) == before


@pytest.mark.parametrize("number", STOPS)
def test_a_rewrite_ends_when_only_it_is_told(
    start: Callable[..., Started], estate: Path, number: signal.Signals
) -> None:
    before = contents(estate)
    running = start("rewrite", "dags/source", "--jobs", "2", "--no-cache")
    until(lambda: sum("spawn_main" in " ".join(one.cmdline()) for one in alive(running)) == 2, "no workers")
    running.end(number, group=False)
    assert contents(estate) == before


def _seconds(process: psutil.Process) -> float:
    """Of a processor; none of a process that has ended meanwhile."""
    try:
        return float(process.cpu_times().user)
    except psutil.NoSuchProcess:
        return 0.0


def alive(running: Started) -> list[psutil.Process]:
    return [one for one in running.family() if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_workers_do_not_outlive_a_parent_that_was_killed(start: Callable[..., Started], estate: Path) -> None:
    running = start("rewrite", "dags/source", "--jobs", "2", "--no-cache")
    until(lambda: len(running.family()) > 2, "no workers")
    running.process.kill()
    until(lambda: not running.family(), "orphans")


@pytest.mark.parametrize("number", STOPS)
def test_it_ends_with_one_line_while_it_is_still_loading(
    start: Callable[..., Started], estate: Path, number: signal.Signals
) -> None:
    for loaded in ("migrator/cli/context", "migrator/cli/rewrite", "codemods"):
        # Python says on stderr what it imports: the signal comes when it is just there
        running = start("rewrite", "dags/source", "--no-cache", PYTHONVERBOSE="1")
        assert running.process.stderr
        until_line(running.process.stderr.fileno(), loaded)
        os.killpg(running.process.pid, number)
        _, err = running.process.communicate(timeout=60)
        assert running.process.returncode == 130, err[-3000:]
        assert "Traceback" not in err, err[-3000:]
        assert err.count("error: interrupted\n") == 1


def until_line(stream: int, part: str) -> None:
    seen, end = b"", time.monotonic() + 60
    while part.encode() not in seen:
        assert time.monotonic() < end, seen[-500:]
        if select.select([stream], [], [], 1)[0]:
            seen += os.read(stream, 4096)


@pytest.mark.parametrize("number", STOPS)
def test_files_are_whole_when_it_ends_while_it_writes(
    start: Callable[..., Started], tmp_path: Path, number: signal.Signals
) -> None:
    source = tmp_path / "dags" / "source"
    source.mkdir(parents=True)
    (tmp_path / "migrate.toml").write_text("")
    for each in range(2000):
        (source / f"data_{each}.csv").write_text("0123456789\n" * 200)
    running = start("rewrite")
    until(lambda: any((tmp_path / "dags" / "target").glob("*.csv")), "nothing is written")
    running.end(number)
    left = contents(tmp_path / "dags" / "target")
    assert {len(content) for name, content in left.items() if name.endswith(".csv")} == {2200}
    assert not [name for name in left if "partial" in name]


def test_an_ignored_signal_stays_ignored(start: Callable[..., Started], tmp_path: Path) -> None:
    # as nohup and a shell's background jobs do
    (tmp_path / "a.py").write_text("import os, signal\n")
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); sys.argv = ['migrate', '--version'];"
    code += (
        "from migrator.cli.start import _listen; _listen(); print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


PROBE = """#!{python}
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if not os.fork():
    open({file!r}, "w").close()
time.sleep(600)
"""


def obstinate(path: Path, file: Path) -> Path:
    """A program that ignores both signals, with a child that does."""
    path.write_text(PROBE.format(python=sys.executable, file=str(file)))
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("number", STOPS)
@pytest.mark.parametrize("group", [True, False])
def test_an_import_that_does_not_listen_ends_with_it(
    start: Callable[..., Started], tmp_path: Path, number: signal.Signals, group: bool
) -> None:
    (tmp_path / "dag.py").write_text("x = 1\n")
    python, there = obstinate(tmp_path / "python", tmp_path / "there"), tmp_path / "there"
    running = start("rewrite", "dag.py", "--check", "--verify-import", str(python), TMPDIR=str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    until(there.exists, "the interpreter never started")
    running.end(number, group=group)
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("number", STOPS)
def test_an_assessment_ends_while_it_asks_for_packages(
    start: Callable[..., Started], tmp_path: Path, estate: Path, number: signal.Signals
) -> None:
    from migrator.inventory import store
    from tests.assess.planted import inventory

    store.save(inventory(), tmp_path / "inventory.json")
    with socket.create_server(("127.0.0.1", 0)) as index:  # it takes calls and never answers
        running = start("assess", "--index", f"http://127.0.0.1:{index.getsockname()[1]}/simple", UV_HTTP_TIMEOUT="600")
        call, _ = index.accept()
        with call:
            running.end(number)


@pytest.mark.parametrize("number", STOPS)
def test_an_inventory_of_a_folder_ends_at_once_and_leaves_no_half_of_one(
    start: Callable[..., Started], tmp_path: Path, number: signal.Signals
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for each in range(200):
        (theirs / f"dag_{each}.py").write_text(LONG)
    (tmp_path / "migrate.toml").write_text("")
    running = start("inventory", "--from-folder", "theirs")
    until(lambda: any(_seconds(one) > 2 for one in running.family()), "it never began")
    running.end(number)
    assert not (tmp_path / "inventory.json").exists()
    assert not [path for path in tmp_path.rglob("*") if "partial" in path.name]
