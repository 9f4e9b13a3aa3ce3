"""The state of the migration as OpenMetrics text, for a node exporter's textfile collector or any scraper. Pure.

Format: OpenMetrics 1.0; names are in MIGRATION.md and only grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.cutover.machine import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from migrator.cutover.progress import Progress

Sample = tuple["Mapping[str, str]", float]
COUNTED = (
    "expected", "ran_once", "duplicates", "gaps", "extras",
    "skipped_by_v1", "skipped_by_decision", "pending", "inferred",
)  # fmt: skip
VERDICTS = ("passed", "failed", "inconclusive", "later", "nothing to wait for")


@dataclass(frozen=True, slots=True)
class Metrics:
    """What is told: the attempt at work or the last one (None: none yet), and what the last audit counted, by kind."""

    now: datetime
    progress: Progress | None = None
    ledger: Mapping[str, float] = field(default_factory=dict)
    audited: datetime | None = None


def as_openmetrics(metrics: Metrics) -> str:
    """The whole file."""
    lines = [*_time(metrics), *_ledger(metrics)]
    if metrics.progress:
        lines += [*_wave(metrics.progress), *_dags(metrics.progress)]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _time(metrics: Metrics) -> Iterator[str]:
    yield from _family("migrate_written_seconds", "gauge", "When this file was written.", [({}, _unix(metrics.now))])


def _ledger(metrics: Metrics) -> Iterator[str]:
    found = [({"kind": kind}, metrics.ledger[kind]) for kind in COUNTED if kind in metrics.ledger]
    yield from _family(
        "migrate_ledger_intervals", "gauge", "Scheduled intervals as the last audit counted them.", found
    )
    when: list[Sample] = [({}, _unix(metrics.audited))] if metrics.audited else []
    yield from _family("migrate_audited_seconds", "gauge", "When the last audit was made.", when)


def _wave(progress: Progress) -> Iterator[str]:
    attempt = progress.attempt
    about = {"wave": str(attempt.wave), "direction": attempt.direction.value}
    is_open = [(about, float(not attempt.ended))]
    yield from _family("migrate_wave_open", "gauge", "Whether the newest wave was begun and has not ended.", is_open)
    eta = [(about, 0.0 if attempt.ended else progress.eta)]
    yield from _family("migrate_wave_eta_seconds", "gauge", "How long it may still take.", eta)
    yield from _family(
        "migrate_off_both_sides_seconds", "gauge", "How long the DAG that is paused longest is paused on both sides.",
        [({}, progress.off_seconds)],
    )  # fmt: skip
    alarms: list[Sample] = [({}, float(progress.alarms))]
    yield from _family("migrate_watchdog_alarms", "counter", "DAGs found unpaused in both places, and paused.", alarms)


def _dags(progress: Progress) -> Iterator[str]:
    records = list(progress.records.values())
    direction = progress.attempt.direction
    states = [({"state": s.label(direction)}, float(sum(r.state is s for r in records))) for s in State]
    yield from _family("migrate_dags", "gauge", "DAGs of the newest wave by state.", states)
    verdicts = [({"verdict": v}, float(sum(r.facts.get("verdict") == v for r in records))) for v in VERDICTS]
    yield from _family("migrate_observations", "gauge", "What was seen of their first runs.", verdicts)
    waits = [({"dag": dag_id}, seconds) for dag_id, seconds in sorted(progress.draining.items())]
    yield from _family("migrate_drain_wait_seconds", "gauge", "How long a DAG was waited for to be idle.", waits)


def _family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    if name.endswith("_seconds"):
        yield f"# UNIT {name} seconds"
    yield f"# HELP {name} {text}"
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(each)}"' for key, each in labels.items())
        yield f"{name}{'_total' if kind == 'counter' else ''}{{{told}}} {round(value, 3)!r}".replace("{}", "")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _unix(date: datetime) -> float:
    return round(date.timestamp(), 3)
