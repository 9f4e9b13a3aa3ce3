"""The state machine of one DAG's cutover, as plain values: no clock, no network, no disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Direction(StrEnum):
    """Which way the DAGs move: ``forward`` from v1 to v2, ``back`` from v2 to v1."""

    FORWARD = "forward"
    BACK = "back"


class State(IntEnum):
    """How far one DAG has come. The order is the path; the last two are off it."""

    PLANNED = 0
    PREFLIGHT = 1
    QUIESCING = 2
    PAUSED = 3
    DRAINED = 4
    WATERMARKED = 5
    CARRIED_OVER = 6
    REPARSED = 7
    UNPAUSED = 8
    OBSERVED = 9
    COMPLETE = 10
    BACKED_OUT = 20
    NEEDS_PERSON = 21

    def label(self, direction: Direction) -> str:
        """The state's name with the side it is about, such as ``V1_PAUSED``."""
        origin, destination = ("V1", "V2") if direction is Direction.FORWARD else ("V2", "V1")
        match self:
            case State.PAUSED:
                return f"{origin}_PAUSED"
            case State.UNPAUSED:
                return f"{destination}_UNPAUSED"
            case _:
                return self.name

    @property
    def final(self) -> bool:
        """Whether a wave has nothing more to do with it; to complete it is a step of its own."""
        return self >= State.OBSERVED


@dataclass(frozen=True, slots=True)
class Record:
    """One DAG in one attempt: its state and what is known so far, JSON values by name."""

    dag_id: str
    state: State = State.PLANNED
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The step is done for this DAG; ``facts`` join its record."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not yet: look again later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Again:
    """The world moved: go back to an earlier state and come again."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be done; the DAG goes back to where it began."""

    reason: str


Outcome = Done | Waiting | Again | Failed


def groups(dag_ids: Iterable[str], ties: Iterable[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """The DAGs that must move in step: connected by ``ties``; ordered by their smallest id."""
    parent = {dag_id: dag_id for dag_id in dag_ids}

    def root(dag_id: str) -> str:
        while parent[dag_id] != dag_id:
            parent[dag_id] = parent[parent[dag_id]]
            dag_id = parent[dag_id]
        return dag_id

    for left, right in ties:
        if left in parent and right in parent:
            low, high = sorted((root(left), root(right)))
            parent[high] = low
    members: dict[str, set[str]] = {}
    for dag_id in sorted(parent):
        members.setdefault(root(dag_id), set()).add(dag_id)
    return tuple(frozenset(group) for _, group in sorted(members.items()))


def ready(records: Mapping[str, Record], group: frozenset[str], before: State) -> tuple[Record, ...]:
    """The members of ``group`` that stand at ``before``, when no member lags behind it; else nobody."""
    if any(records[dag_id].state < before for dag_id in group):
        return ()
    return tuple(records[dag_id] for dag_id in sorted(group) if records[dag_id].state == before)


def in_flight(records: Mapping[str, Record]) -> frozenset[str]:
    """The DAGs that are off on both sides just now."""
    return frozenset(dag_id for dag_id, r in records.items() if State.PAUSED <= r.state < State.UNPAUSED)


def admitted(
    idle: Iterable[str], flying: frozenset[str], together: Iterable[frozenset[str]], most: int
) -> frozenset[str]:
    """Which of the ``idle`` DAGs may be paused now, so that at most about ``most`` are off on both sides.

    At most half of that at a time: while these settle, the other half is carried over; and none while less than a
    quarter is free: a handful is as long on its way. Whole groups, because their members wait for each other: one of
    which a member is off already always, a new one where it fits, or alone.
    """
    wanted, count, found = set(idle), len(flying), set[str]()
    room = most - count >= most // 4
    for group in sorted(together, key=lambda group: (not group & flying, min(group))):
        members = group & wanted
        fits = room and count + len(members) <= most and len(found) + len(members) <= max(1, most // 2)
        if members and (group & flying or fits or not count):
            found |= members
            count += len(members)
    return frozenset(found)


def may_pause(records: Mapping[str, Record], after: Iterable[str]) -> bool:
    """Whether every DAG of the wave that must be paused first is paused."""
    return all(records[dag_id].state >= State.PAUSED for dag_id in after if dag_id in records)
