"""How the waves stand, as rows and as JSON: where each DAG is, who runs what since when, and who did what and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from migrator.cutover.progress import status_line
from migrator.report.progress import clock

if TYPE_CHECKING:
    from migrator.cutover.journal import Attempt, Journal
    from migrator.cutover.look import Standing
    from migrator.cutover.progress import Progress

SCHEMA_VERSION = 1


def as_json(standing: Standing, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole of it; times are ISO dates, durations seconds."""
    return {
        "schema_version": SCHEMA_VERSION,
        "from": "bucket" if standing.remote else "workspace",
        "lock": asdict(standing.owner) if standing.owner else None,
        "open": _open(standing.progress) if standing.progress else None,
        "rows": rows,
    }


def _open(progress: Progress) -> dict[str, Any]:
    attempt = progress.attempt
    return {
        "wave": attempt.wave,
        "direction": attempt.direction.value,
        "begun": attempt.started,
        "by": attempt.actor,
        "reason": attempt.reason,
        "elapsed_seconds": round(progress.elapsed, 1),
        "eta_seconds": round(progress.eta, 1),
        "off_seconds": round(progress.off_seconds, 1),
        "counts": {each.value: count for each, count in progress.counts.items()},
        "waiting": dict(progress.waiting),
        "alarms": progress.alarms,
    }


def heading(standing: Standing) -> list[str]:
    """What a person wants to know first, as lines; none when no wave is open and nobody holds the lock."""
    lines = []
    if owner := standing.owner:
        lines.append(f"{owner.user} on {owner.host} (process {owner.pid}) runs {owner.reason} since {owner.since}")
    if progress := standing.progress:
        attempt = progress.attempt
        why = f", because: {attempt.reason}" if attempt.reason else ""
        lines.append(
            f"wave {attempt.wave} {attempt.direction} is open, begun {attempt.started[:19]} by {attempt.actor}{why};"
            f" about {clock(progress.eta)} left"
        )
        lines.append(status_line(progress))
        lines += [f"{dag_id:<28} {'waiting':<14} {reason}" for dag_id, reason in sorted(progress.waiting.items())]
        if standing.remote and standing.owner is None:
            lines.append("nobody holds the lock: it was interrupted; go on with: migrate resume")
    return lines


def states(journal: Journal) -> list[dict[str, Any]]:
    """Each DAG of each attempt."""
    return [row for attempt in journal.attempts() for row in _attempt(journal, attempt)]


def _attempt(journal: Journal, attempt: Attempt) -> list[dict[str, Any]]:
    notes = {dag_id: note for _, dag_id, _, _, note in journal.events(attempt) if note}
    return [
        {
            "wave": attempt.wave,
            "direction": attempt.direction.value,
            "begun": attempt.started[:19],
            "by": attempt.actor,
            "outcome": attempt.outcome or "open",
            "dag": dag_id,
            "state": record.state.label(attempt.direction),
            "note": notes.get(dag_id, ""),
        }
        for dag_id, record in journal.records(attempt).items()
    ]


def log(journal: Journal) -> list[dict[str, Any]]:
    """Every event, and before it who asked for it and why, oldest first."""
    rows = [_row(act.at, act.wave, "", "", act.command, "asked", act.reason, act.actor) for act in journal.acts()]
    for attempt in journal.attempts():
        for at, dag_id, state, phase, note in journal.events(attempt):
            label = state.label(attempt.direction)
            rows.append(_row(at, attempt.wave, attempt.direction.value, dag_id, label, phase, note, attempt.actor))
    return sorted(rows, key=lambda row: row["time"])


def _row(
    at: str, wave: int, direction: str, dag_id: str, state: str, phase: str, note: str, actor: str
) -> dict[str, Any]:
    return {
        "time": at[:23],
        "wave": wave,
        "direction": direction,
        "dag": dag_id,
        "state": state,
        "phase": phase,
        "note": note,
        "by": actor,
    }
