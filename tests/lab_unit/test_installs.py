"""Which interpreter and which folder an Airflow gets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from migrator.errors import LabError
from migrator.lab import installs, paths, pythons


def fake(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIGRATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nobody")
    return tmp_path / "cache"


def test_what_uv_finds_is_taken_when_it_runs(tmp_path: Path) -> None:
    python = fake(tmp_path / "python", "echo 3.8")
    uv = fake(tmp_path / "uv", f"echo {python}")
    assert pythons.find_python("3.8", uv) == python


def test_a_shim_that_does_not_run_is_passed_over_for_pyenv(tmp_path: Path) -> None:
    shim = fake(tmp_path / "shim", "exit 127")
    real = fake(tmp_path / "nobody/.pyenv/versions/3.8.18/bin/python", "echo 3.8")
    assert pythons.find_python("3.8", fake(tmp_path / "uv", f"echo {shim}")) == real


def test_an_interpreter_of_another_version_is_not_taken(tmp_path: Path) -> None:
    python = fake(tmp_path / "python", "echo 3.13")
    with pytest.raises(LabError, match=r"no Python 3\.8") as error:
        pythons.find_python("3.8", fake(tmp_path / "uv", f"echo {python}"))
    assert error.value.fix.startswith("uv python install 3.8")


def test_a_finished_install_is_used_again(cache: Path) -> None:
    folder = installs.location(installs.SOURCE)
    folder.mkdir(parents=True)
    (folder / ".complete").touch()
    said: list[str] = []
    assert installs.ensure(installs.SOURCE, said.append) == folder
    assert folder.parent == cache
    assert said == []


def test_a_half_built_install_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = installs.location(installs.SOURCE)
    folder.mkdir(parents=True)
    (folder / "half").touch()
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        folder.mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(installs, "find_uv", lambda: Path("uv"))
    monkeypatch.setattr(installs, "find_python", lambda *_: Path("python3.8"))
    monkeypatch.setattr(installs.subprocess, "run", run)
    installs.ensure(installs.SOURCE, lambda _: None)
    assert not (folder / "half").exists()
    assert (folder / ".complete").exists()
    assert "--require-hashes" in calls[1]


@pytest.mark.parametrize("release", installs.RELEASES)
def test_a_lock_pins_everything_with_hashes_and_names_no_machine(release: installs.Release) -> None:
    lock = release.lock()
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+", lock, re.MULTILINE)
    assert f"apache-airflow=={release.airflow}" in pins
    assert len(pins) > 80
    assert not re.search(r"https?://|^-|/root|/home", lock, re.MULTILINE)
    for block in re.split(r"\n(?=\S)", lock.strip()):
        assert "--hash=sha256:" in block


def test_the_lab_lies_in_the_cache_unless_told(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIGRATE_LAB_HOME", raising=False)
    assert paths.default_home() == cache / "lab"
    monkeypatch.setenv("MIGRATE_LAB_HOME", str(tmp_path / "mine"))
    assert paths.default_home() == tmp_path / "mine"
