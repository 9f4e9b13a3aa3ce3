"""An inventory as tables for a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from migrator.model.parts import CONNECTIONS, DAGS, POOLS, RUNS, VARIABLES, unknown_of
from migrator.model.table import table as tabulated
from migrator.model.text import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrator.model.dag import Dag
    from migrator.model.history import HistoryRun
    from migrator.model.inventory import Inventory


FORM = "`migrate docs` writes the form for their owners; filled in, give it with: migrate inventory --history FILE"


def table(inventory: Inventory) -> str:
    """Counts, DAGs, broken files and warnings."""
    return "\n\n".join(_parts(inventory)) + "\n"


def _parts(inventory: Inventory) -> Iterator[str]:
    told = inventory.environment.image or f"a {inventory.origin}"
    yield f"{unbroken(inventory.environment.name)}\n{unbroken(told)}, {inventory.captured_at.isoformat()}"
    if inventory.unlisted:
        yield _grid(
            [(f"{one.file}:{one.line}", one.why) for one in inventory.unlisted],
            ("files to read: their DAGs could not be listed", "why"),
        )
    yield _grid(_counts(inventory), ("", "count"))
    if inventory.dags:
        rows = [
            (dag.dag_id, str(dag.schedule), ", ".join(dag.owned_by), dag.state.replace("unpaused", ""), _tasks(dag))
            for dag in inventory.dags
        ]
        yield _grid(rows, ("DAG", "schedule", "owner", "paused", "tasks"))
    if inventory.broken_files:
        yield _grid([(one.file, _last_line(one.message)) for one in inventory.broken_files], ("broken file", "message"))
    if any(dag.unknown for dag in inventory.dags):
        unknown = [(dag.dag_id, ", ".join(dag.unknown)) for dag in inventory.dags if dag.unknown]
        yield _grid(unknown, ("DAG", "known only at run time"))
    yield from _past(inventory)
    if inventory.warnings:
        yield "\n".join(f"warning: {unbroken(warning)}" for warning in inventory.warnings)


def _past(inventory: Inventory) -> Iterator[str]:
    """Of an environment that may be gone: who tells of its last runs, which did not end, and what nobody knows."""
    if inventory.history is None:
        return
    history = inventory.history
    by_source = Counter(run.source for run in history.runs)
    if by_source:
        yield _grid([(source, str(count)) for source, count in sorted(by_source.items())], ("last runs", "count"))
    half = [run for run in history.runs if not run.done]
    if half:
        rows = [(run.dag_id, _run(run), run.state or "unknown", run.source, _states(run)) for run in half]
        yield _grid(rows, ("run that did not end", "run", "state", "who says so", "tasks"))
    if history.unknown:
        yield unbroken(f"DAGs whose last run is unknown: {', '.join(history.unknown)}") + f"\n{FORM}"


def _run(run: HistoryRun) -> str:
    return run.run_id or run.logical_date.isoformat()


def _states(run: HistoryRun) -> str:
    """Each task with its state, those that did not end first."""
    ordered = sorted(run.tasks.items(), key=lambda one: (one[0] not in run.at_work, one[1] is not None, one[0]))
    return ", ".join(f"{task}={state or 'unknown'}" for task, state in ordered) or "unknown"


def _counts(inventory: Inventory) -> list[tuple[str, str]]:
    unread = unknown_of(inventory)
    states = [dag.state for dag in inventory.dags]
    hidden = any("tasks" in dag.unknown for dag in inventory.dags)
    return [
        ("DAGs", _count(len(inventory.dags), known=not inventory.unlisted and DAGS not in unread)),
        ("of them paused", _count(states.count("paused"), known="unknown" not in states)),
        ("tasks", _count(sum(len(dag.tasks) for dag in inventory.dags), known=not hidden)),
        ("broken files", str(len(inventory.broken_files))),
        ("files", str(len(inventory.files))),
        ("runs", _count(len(inventory.runs), known=RUNS not in unread)),
        ("variables", _count(len(inventory.variables), known=VARIABLES not in unread)),
        ("connections", _count(len(inventory.connections), known=CONNECTIONS not in unread)),
        ("pools", _count(len(inventory.pools), known=POOLS not in unread)),
    ]


def _count(number: int, *, known: bool) -> str:
    """A count; of what is not known as a whole, what was found at least, or that it is unknown."""
    if known:
        return str(number)
    return f"at least {number}" if number else "unknown"


def _tasks(dag: Dag) -> str:
    return _count(len(dag.tasks), known="tasks" not in dag.unknown)


def _grid(rows: Sequence[tuple[object, ...]], headers: tuple[str, ...]) -> str:
    return tabulated([tuple(map(str, row)) for row in rows], headers)


def _last_line(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[-1][:100] if lines else ""
