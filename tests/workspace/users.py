"""A person at a terminal: runs ``migrate`` in a workspace and reads both streams."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

from migrator.cli.app import main

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.model import Lab


@dataclass(frozen=True)
class Ran:
    command: tuple[str, ...]
    code: int
    out: str
    err: str

    def ended(self, code: int) -> Ran:
        assert self.code == code, f"$ migrate {' '.join(self.command)}\nexit {self.code}\n{self.out}\n{self.err}"
        assert "Traceback" not in self.err, self.err[-3000:]
        return self


def migrate(workspace: Path, *arguments: str) -> Ran:
    command = [sys.executable, "-W", "error", "-m", "migrator.cli", "--workspace", str(workspace), *arguments]
    env = os.environ | {"NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=120)
    return Ran(arguments, done.returncode, done.stdout, done.stderr)


def migrate_here(workspace: Path, *arguments: str) -> Ran:
    """The same in this process, for the many cases of a command whose start is tested elsewhere."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["migrate", "--no-color", "--workspace", str(workspace), *arguments]
    with (
        mock.patch.object(sys, "argv", argv),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = 0
        try:
            main()
        except SystemExit as ending:
            code = int(ending.code or 0)
    return Ran(arguments, code, out.getvalue(), err.getvalue())


def configure(workspace: Path, lab: Lab, **more: str) -> None:
    """A migrate.toml that names both environments of the lab."""
    workspace.mkdir(exist_ok=True)
    (workspace / "password").write_text("secret\n")
    endpoints = f'api_endpoint = "{lab.api_endpoint}"\nstorage_endpoint = "{lab.gcs_endpoint}"\n'
    (workspace / "migrate.toml").write_text(
        f'[source]\nenvironment = "{lab.source.environment}"\nchannel = "local"\n{endpoints}'
        f'[source.local]\nairflow = "{lab.source.airflow}"\n'
        f'[target]\nenvironment = "{lab.target.environment}"\nchannel = "api"\n{endpoints}'
        f'[target.rest]\nurl = "{more.get("rest", lab.target.url)}"\n'
        'auth = "basic"\nuser = "admin"\npassword_file = "password"\n'
    )
