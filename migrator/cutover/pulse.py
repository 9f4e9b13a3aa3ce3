"""While a wave runs: show how far it is, and keep a copy of the journal where others can read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.progress import Pace, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrator.cutover.journal import Attempt, Journal

SHOW = timedelta(seconds=1)
COPY = timedelta(seconds=4)
"""How far behind the copy may be, besides one call of an agent."""


@dataclass(slots=True)
class Pulse:
    """Beats between the steps; ``eyes`` is shown the progress, ``mirror`` copies the journal, both not too often."""

    journal: Journal
    attempt: Attempt
    clock: Callable[[], datetime]
    eyes: Callable[[Progress], None]
    mirror: Callable[[], None]
    pace: Pace
    _shown: datetime | None = field(default=None, init=False)
    _copied: datetime | None = field(default=None, init=False)

    def beat(self, waiting: Mapping[str, str], *, sure: bool = False) -> None:
        """Show and copy what is due; everything when ``sure``."""
        now = self.clock()
        if sure or self._shown is None or now - self._shown >= SHOW:
            self._shown = now
            self.eyes(seen(self.journal, self.attempt, now, waiting, self.pace))
        if sure or self._copied is None or now - self._copied >= COPY:
            self._copied = now
            self.mirror()


def seen(
    journal: Journal, attempt: Attempt, now: datetime, waiting: Mapping[str, str], pace: Pace | None = None
) -> Progress:
    """The progress of an attempt as the journal has it now."""
    current = next(each for each in journal.attempts() if each.id == attempt.id)
    return Progress(current, now, journal.records(attempt), dict(waiting), pace or Pace(), journal.alarms())
