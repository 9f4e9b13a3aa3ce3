"""What carried runs leave to later ones, from one environment to the other without being readable here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Record
    from migrator.cutover.sides import Move


@dataclass(frozen=True, slots=True)
class Past:
    """Each run's own conf and the newest one's XComs, sealed for the destination, which may be nothing.

    None where one of both has no agent, by which alone they are read and written. ``left_out``: by DAG, what does not
    go along, and why.
    """

    sealed: str | None = None
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)


def past_of(move: Move, records: Sequence[Record]) -> Past:
    """What the runs that are carried over leave, as the origin seals it for the destination."""
    dates = {one.dag_id: [run["logical_date"] for run in one.facts["carry"]] for one in records if one.facts["carry"]}
    if not dates or move.dry or move.origin.agentless or move.destination.agentless:
        return Past()
    recipient = move.destination.agent.call("sealing_key").result.get("recipient")
    answer = move.origin.agent.call("past", dags=dates, recipient=recipient).result
    return Past(answer.get("sealed") or "", answer.get("left_out") or {})
