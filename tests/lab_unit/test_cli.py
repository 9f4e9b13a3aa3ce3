"""``migrate lab`` when there is no lab."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def migrate(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "migrator.cli", *words], capture_output=True, text=True, check=False)


def test_status_of_no_lab_is_a_finding(tmp_path: Path) -> None:
    done = migrate("lab", "status", "--home", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "migrate lab up" in done.stderr


@pytest.mark.parametrize("word", ["down", "reset"])
def test_nothing_to_stop_is_fine(word: str, tmp_path: Path) -> None:
    assert migrate("lab", word, "--home", str(tmp_path / "none")).returncode == 0
    assert not (tmp_path / "none").exists()


def test_a_folder_of_somebody_s_files_becomes_no_lab(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    done = migrate("lab", "up", "--home", str(tmp_path))
    assert done.returncode == 2
    assert "is no lab, and not empty" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


def test_reset_of_a_folder_that_is_no_lab_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    done = migrate("lab", "reset", "--home", str(tmp_path))
    assert done.returncode == 2
    assert "is not a lab" in done.stderr
    assert (tmp_path / "thesis.txt").exists()
