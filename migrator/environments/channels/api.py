"""Run ``airflow`` through the Composer API's ExecuteAirflowCommand, Composer 2.4 and later."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.environments.channels.local import DEADLINE_PASSED
from migrator.environments.ports import CommandResult
from migrator.environments.retry import Deadline
from migrator.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.environments.composer_api import ComposerApi, StartedCommand


@dataclass(frozen=True, slots=True)
class ApiChannel:
    """Execute, then poll by line number until the end."""

    api: ComposerApi
    poll_seconds: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def run(self, *arguments: str, deadline: float) -> CommandResult:
        """Run ``airflow ARGUMENTS``; at the deadline the command is asked to stop."""
        until = Deadline.after(deadline, self.clock)
        started = self.api.execute(*_split(arguments))
        lines: list[str] = []
        next_line = 1
        while True:
            polled = self.api.poll(started, next_line)
            lines += polled.lines
            next_line = polled.next_line
            if polled.exit_code is not None:
                return CommandResult(polled.exit_code, "\n".join(lines))
            if until.passed:
                self._stop(started)
                return CommandResult(DEADLINE_PASSED, "\n".join([*lines, f"stopped after {deadline:g} s"]))
            self.sleep(self.poll_seconds)

    def _stop(self, started: StartedCommand) -> None:
        """Best effort: the deadline has passed whether or not the command can be stopped."""
        with contextlib.suppress(UnreachableError):
            self.api.stop(started)


def _split(arguments: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Command, subcommand and parameters, as ExecuteAirflowCommand wants them."""
    if len(arguments) > 1 and not arguments[1].startswith("-"):
        return arguments[0], arguments[1], arguments[2:]
    return arguments[0], "", arguments[1:]
