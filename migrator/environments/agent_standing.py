"""An agent that stays: one ``airflow`` command in the background that answers request after request."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING, Protocol

from migrator.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.environments.ports import Channel

IDLE = 60.0
"""Seconds after which an agent that nobody asks ends by itself."""
LONGEST = 3_500.0
"""Seconds for which one command may run; the agent ends well before it, and a new one is started."""
STARTS = 3
"""How often a command is started that ends without being asked to; then each call runs its own again."""


class _Command(Protocol):
    def __call__(self, request_id: str, **more: float) -> tuple[str, ...]: ...


@dataclass(slots=True)
class Standing:
    """Requests are named by the running command and a number, so that it knows which comes next.

    One call at a time: the numbers are asked for in order.
    """

    channel: Channel
    command: _Command
    new_id: Callable[[], str]
    _id: str = field(default="", init=False)
    _count: int = field(default=0, init=False)
    _starts: int = field(default=0, init=False)
    _thread: Thread | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def next_id(self) -> str | None:
        """The id of the next request; a command is started where none runs. None when it would not stay."""
        with self._lock:
            if self.ended and self._starts >= STARTS:
                return None
            if self.ended:
                self._start()
            self._count += 1
            return f"{self._id}-{self._count}"

    @property
    def ended(self) -> bool:
        """Whether no command runs, so that no answer will come."""
        return self._thread is None or not self._thread.is_alive()

    def end(self) -> str | None:
        """The id under which the running command is to be told to end; None when none runs."""
        return None if self.ended else self.next_id()

    def join(self, seconds: float) -> None:
        """Wait for the command to end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self) -> None:
        self._id, self._count = self.new_id(), 0
        self._starts += 1
        words = self.command(self._id, serve=IDLE)
        self._thread = Thread(target=self._run, args=(words,), name=f"agent {self._id}", daemon=True)
        self._thread.start()

    def _run(self, words: tuple[str, ...]) -> None:
        try:
            done = self.channel.run(*words, deadline=LONGEST)
        except MigrateError:
            return  # the call that waits for it runs a command of its own, and says what is wrong
        if done.exit_code == 0:
            self._starts = 0
