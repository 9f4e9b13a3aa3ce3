"""Execute, Poll and StopAirflowCommand: run a real command line and keep what it printed."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.lab import sync

if TYPE_CHECKING:
    from migrator.lab.model import Side


class UnknownExecutionError(KeyError):
    """No command with this id was executed here."""


@dataclass(slots=True)
class Execution:
    """One command: its lines as they come, and how it ended."""

    side: Side
    words: list[str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    lines: list[str] = field(default_factory=list)
    exit_code: int | None = None
    process: subprocess.Popen[str] | None = None

    @property
    def pod(self) -> str:
        """The name of the pod that would have run it."""
        return f"airflow-scheduler-{self.id[:8]}"

    def run(self) -> None:
        """Run to the end; the bucket and its mount agree before and after, as they do in Composer."""
        try:
            sync.settle(self.side.home)
            code = self._run()
            sync.settle(self.side.home)
        except Exception as error:  # noqa: BLE001 - a poller must learn of every end
            self.lines.append(f"{type(error).__name__}: {error}")
            code = 1
        self.exit_code = code

    def _run(self) -> int:
        with subprocess.Popen(
            [str(self.side.airflow), *self.words],
            env=self.side.env,
            cwd=self.side.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            self.process = process
            for line in process.stdout or ():
                self.lines.append(line.rstrip("\n"))
        return process.returncode

    def poll(self, start: int) -> dict[str, Any]:
        """The lines from number ``start`` (the first is 1) and, at the end, the exit code."""
        ended = self.exit_code
        rows = [{"lineNumber": n, "content": self.lines[n - 1]} for n in range(max(start, 1), len(self.lines) + 1)]
        if ended is None:
            return {"output": rows, "outputEnd": False}
        why = "" if ended == 0 else f"command terminated with exit code {ended}"
        return {"output": rows, "outputEnd": True, "exitInfo": {"exitCode": ended, "error": why}}


class Executions:
    """All commands of one server; threads share it."""

    def __init__(self) -> None:
        self._all: dict[str, Execution] = {}

    def execute(self, side: Side, request: dict[str, Any]) -> dict[str, Any]:
        """Start ``airflow COMMAND SUBCOMMAND PARAMETERS...``; the answer names it for polling."""
        words = shlex.split(request.get("command", "")) + shlex.split(request.get("subcommand", ""))
        execution = Execution(side, [*words, *request.get("parameters", [])])
        self._all[execution.id] = execution
        threading.Thread(target=execution.run, daemon=True).start()
        return {"executionId": execution.id, "pod": execution.pod, "podNamespace": f"composer-lab-{side.name}"}

    def poll(self, request: dict[str, Any]) -> dict[str, Any]:
        """What came since the last poll. Raises UnknownExecutionError."""
        return self._find(request).poll(int(request.get("nextLineNumber", 1)))

    def stop(self, request: dict[str, Any]) -> dict[str, Any]:
        """Ask the command to end, or kill it with ``force``. Raises UnknownExecutionError."""
        execution = self._find(request)
        process = execution.process
        if process is not None and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL if request.get("force") else signal.SIGTERM)
            return {"isDone": False, "output": ["Poll the execution to see how it ends."]}
        return {"isDone": True, "output": ["The command has ended."]}

    def _find(self, request: dict[str, Any]) -> Execution:
        found = self._all.get(request.get("executionId", ""))
        if found is None:
            raise UnknownExecutionError(request.get("executionId", ""))
        return found
