"""The real Airflow 2.10.5 of the lab, each command with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from migrator.lab import installs

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Airflow:
    """An Airflow home with ``dags/`` and ``plugins/``."""

    home: Path
    bin: Path

    def python(self, code: str, **given: Any) -> Any:
        """What a script prints last, as JSON; ``given`` is there for it."""
        command = [str(self.bin / "python"), "-c", f"import json, sys\ngiven = json.load(sys.stdin)\n{code}"]
        done = self._run(command, json.dumps(given))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line."""
        return self._run([str(self.bin / "airflow"), *arguments], "")

    def _run(self, command: list[str], given: str) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db",
        }
        return subprocess.run(
            command, input=given, env=env, cwd=self.home, capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture
def airflow(tmp_path: Path) -> Airflow:
    """A new home."""
    folder = installs.ensure(installs.TARGET, print)
    home = tmp_path / "home"
    for name in ("dags", "plugins"):
        (home / name).mkdir(parents=True)
    return Airflow(home, folder / "bin")
