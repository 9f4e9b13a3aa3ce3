"""Processes of this machine: their output, their end, and their end at the deadline."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from migrator.environments.channels.local import LocalChannel
from migrator.errors import UnreachableError


@pytest.fixture
def airflow(tmp_path):
    """Write an executable script and give a channel to it."""

    def script(text, **env):
        path = tmp_path / "airflow"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return LocalChannel(path, {"PATH": os.environ["PATH"], **env})

    return script


def test_both_streams_and_the_exit_code(airflow):
    done = airflow('echo "$1 $HOME"; echo bad >&2; exit 3', HOME="/h").run("version", deadline=20)
    assert done.exit_code == 3
    assert done.output.splitlines() == ["version /h", "bad"]


def test_output_that_is_no_text_is_kept_readable(airflow):
    assert airflow("printf 'a\\377b'").run(deadline=20).output == "a�b"


def test_at_the_deadline_its_children_end_too(airflow, tmp_path):
    began = time.monotonic()
    done = airflow(f"echo begun; (sleep 30; touch {tmp_path}/late) & echo $! > {tmp_path}/pid; sleep 30").run(
        deadline=0.5
    )
    assert time.monotonic() - began < 10
    assert done.exit_code == 124
    assert done.output.startswith("begun")
    assert "stopped after 0.5 s" in done.output
    child = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 5
    while _alive(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_cannot_be_started_is_named(tmp_path):
    with pytest.raises(UnreachableError, match="airflow cannot be started") as caught:
        LocalChannel(tmp_path / "airflow", {}).run("version", deadline=5)
    assert "migrate.toml" in caught.value.fix
