"""Run ``airflow`` as a process of this machine, as the lab and a developer's machine can."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.environments.ports import CommandResult
from migrator.errors import UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE_PASSED = 124
"""The exit code of a command that was stopped at its deadline, as of timeout(1)."""


@dataclass(frozen=True, slots=True)
class LocalChannel:
    """The ``airflow`` executable and the whole process environment that it gets."""

    airflow: Path
    env: dict[str, str]

    def run(self, *arguments: str, deadline: float) -> CommandResult:
        """Run ``airflow ARGUMENTS``; at the deadline its process group is killed."""
        return run_process([str(self.airflow), *arguments], self.env, deadline)


def run_process(command: list[str], env: dict[str, str] | None, deadline: float) -> CommandResult:
    """Run a command with its streams merged; UnreachableError when it cannot be started."""
    try:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise UnreachableError(
            f"{command[0]} cannot be started",
            why=str(error),
            fix="install it, or correct its path in migrate.toml",
        ) from error
    with process:
        return _finish(process, deadline)


def _finish(process: subprocess.Popen[bytes], deadline: float) -> CommandResult:
    try:
        output, _ = process.communicate(timeout=deadline)
    except subprocess.TimeoutExpired:
        _kill_group(process)
        output, _ = process.communicate()
        return CommandResult(DEADLINE_PASSED, _text(output) + f"\nstopped after {deadline:g} s")
    except BaseException:
        _kill_group(process)
        raise
    return CommandResult(process.returncode, _text(output))


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started; it leads a session of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()


def _text(output: bytes) -> str:
    return output.decode("utf-8", errors="replace")
