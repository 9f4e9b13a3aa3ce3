"""The watchdog: while a wave runs, no DAG that is on in the destination may be switched on again in the origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.machine import State
from migrator.cutover.sides import act, observe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.cutover.machine import Record
    from migrator.cutover.sides import Move

EVERY = timedelta(seconds=30)
ALARM = "somebody unpaused it again where it came from; it was paused there at once: look for runs with migrate audit"


@dataclass(slots=True)
class Watch:
    """Looks every so often; ``others``: DAGs of earlier waves that are on in the destination too."""

    others: frozenset[str] = frozenset()
    _looked: datetime | None = field(default=None, init=False)

    def look(self, move: Move, records: Mapping[str, Record]) -> list[str]:
        """The DAGs that were found on in the origin, and paused there."""
        now = move.clock()
        ids = self.others | {dag_id for dag_id, record in records.items() if _is_on(record)}
        if move.dry or not ids or (self._looked is not None and now - self._looked < EVERY):
            return []
        self._looked = now
        view = observe(move.origin.agent, ids)
        both = [dag_id for dag_id in sorted(ids) if view[dag_id].exists and not view[dag_id].paused]
        if both:
            act(move.origin.agent, "set_paused", dict.fromkeys(both, True))
        return both


def _is_on(record: Record) -> bool:
    return record.state in {State.UNPAUSED, State.OBSERVED, State.COMPLETE} and not record.facts.get("kept_paused")
