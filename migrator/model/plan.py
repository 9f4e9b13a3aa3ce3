"""Waves of DAGs, and why each DAG is where it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from migrator.model.readiness import in_words

SCHEMA_VERSION = 1


class EdgeKind(StrEnum):
    """What ties two DAGs."""

    TRIGGERS = "triggers"
    WAITS_FOR = "waits_for"
    SUBDAG = "subdag"
    DATASET = "dataset"
    POOL = "pool"
    FILE = "file"


class Strength(StrEnum):
    """What an edge asks of a plan: ``together`` one wave, ``ordered`` upstream not later, ``soft`` better together."""

    TOGETHER = "together"
    ORDERED = "ordered"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` acts on ``target``: it triggers it, or the target waits for it.

    ``bridge`` names what serves the edge while its two ends are in different environments; empty where nothing does.
    """

    source: str
    target: str
    kind: EdgeKind
    strength: Strength
    via: str = ""
    bridge: str = ""


@dataclass(frozen=True, slots=True)
class UnknownEdge:
    """A reference that only run time resolves; it lowers the plan's confidence.

    ``anywhere``: it may lead to any DAG, and not only to one that is named and not there.
    """

    dag_id: str
    task_id: str
    why: str
    anywhere: bool = False

    @property
    def said(self) -> str:
        """What is unknown, in words; without a task where all of its tasks are meant."""
        return f"task {self.task_id} {self.why}" if self.task_id else self.why


@dataclass(frozen=True, slots=True)
class PlannedDag:
    """A DAG in a wave: it is paused only after those in ``pause_after``, and started before them.

    ``constraints`` are those of a person that bind it; ``confidence``, 0 to 100, is lowered by its ``doubts``.
    ``readiness`` is what the assessment says, empty where there was none; ``blocked_by`` the places that block it,
    ``review`` how much there is to look at though it loads.
    """

    dag_id: str
    file: str
    file_md5: str
    paused_in_source: bool
    risk: int
    reasons: tuple[str, ...]
    pause_after: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    confidence: int = 100
    doubts: tuple[str, ...] = ()
    readiness: str = ""
    blocked_by: tuple[str, ...] = ()
    review: int = 0

    @property
    def verdict(self) -> str:
        """The readiness with the first place that blocks it; empty where there is none."""
        return in_words(self.readiness, self.blocked_by, self.review)


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave, cut over together; ``confidence``, 0 to 100, is that of the DAG least known, ``doubts`` says why."""

    number: int
    title: str
    dags: tuple[PlannedDag, ...]
    confidence: int = 100
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A DAG or file that no wave carries, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The waves, the edges they respect, and the fingerprint of the inventory they were made from."""

    inventory_fingerprint: str
    source: str
    target: str
    waves: tuple[Wave, ...]
    edges: tuple[Edge, ...] = ()
    unknown_edges: tuple[UnknownEdge, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    schema_version: int = field(default=SCHEMA_VERSION)

    def wave(self, number: int) -> Wave | None:
        """The wave of that number."""
        return next((wave for wave in self.waves if wave.number == number), None)
