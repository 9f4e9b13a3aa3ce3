"""The runs of an Airflow 2 through its REST API, in the form in which the agent gives them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from migrator.environments.rest_answers import (
    Connections,
    Details,
    Done,
    Pools,
    Runs,
    TaskInstances,
    Tasks,
    Variables,
    is_moment,
)
from migrator.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from migrator.environments.rest import AirflowRest

MARK = "composer_migrator"
OPEN = ("queued", "running")
ENDED = ("success", "failed")
AUTOMATED = frozenset({"scheduled", "backfill", "dataset_triggered"})
AT_ONCE = 6
"""So many calls are under way at a time."""


class RestRuns:
    """Reads and marks runs; every answer is that of the API just now."""

    def __init__(self, rest: AirflowRest) -> None:
        self.rest = rest

    def each(self, dag_ids: Iterable[str], ask: Callable[[str], Any]) -> dict[str, Any]:
        """What ``ask`` says of each DAG, several at a time."""
        names = list(dag_ids)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(names, pool.map(ask, names), strict=True))

    def details(self, dag_id: str) -> dict[str, Any]:
        """The DAG with its schedule, time zone and catchup."""
        return self.rest.row(dag_id, "/details", Details)

    def task_ids(self, dag_id: str) -> list[str]:
        """Its tasks, sorted."""
        tasks = self.rest.send("GET", f"dags/{_quoted(dag_id)}/tasks", Tasks)["tasks"]
        return sorted(task["task_id"] for task in tasks)

    def open_runs(self, dag_ids: Sequence[str]) -> list[dict[str, Any]]:
        """The runs that have not ended, oldest first, with their tasks."""
        rows = self._listed({"dag_ids": list(dag_ids), "states": list(OPEN), "order_by": "execution_date"})
        return self._with_tasks(rows) if dag_ids else []

    def newest(self, dag_ids: Iterable[str], count: int) -> dict[str, list[dict[str, Any]]]:
        """The newest automated runs of each DAG that ended, newest first, with their tasks."""

        def rows(dag_id: str) -> list[dict[str, Any]]:
            params = {"state": list(ENDED), "order_by": "-execution_date", "limit": self.rest.page_size}
            found = self.rest.send("GET", f"dags/{_quoted(dag_id)}/dagRuns", Runs, params=params)["dag_runs"]
            return [row for row in found if automated(row)][:count]

        found = self.each(dag_ids, rows) if count else {}
        ended = {(run["dag_id"], run["run_id"]): run for run in self._with_tasks([*chain(*found.values())])}
        return {dag_id: [ended[dag_id, row["dag_run_id"]] for row in some] for dag_id, some in found.items()}

    def since(self, dag_ids: Sequence[str] | None, date: str) -> list[dict[str, Any]]:
        """Every run of the DAGs, or of all, whose date or start is not before ``date``, with its tasks."""
        query = {"order_by": "execution_date"} | ({} if dag_ids is None else {"dag_ids": list(dag_ids)})
        found = {
            (row["dag_id"], row["dag_run_id"]): row
            for limit in ("execution_date_gte", "start_date_gte")
            for row in self._listed({**query, limit: date})
        }
        runs = self._with_tasks(list(found.values()))
        return sorted(runs, key=lambda run: (run["dag_id"], datetime.fromisoformat(run["logical_date"])))

    def run(self, dag_id: str, run_id: str) -> dict[str, Any] | None:
        """The run of a schedule that has this id, with its tasks, or None."""
        date = run_id.removeprefix("scheduled__")
        rows = self._listed({"dag_ids": [dag_id], "execution_date_gte": date, "execution_date_lte": date})
        return next(iter(self._with_tasks([row for row in rows if row["dag_run_id"] == run_id])), None)

    def carried(self, dag_id: str) -> list[dict[str, Any]]:
        """The runs of a DAG that mirror one of the other environment, oldest first."""
        rows = self._listed({"dag_ids": [dag_id], "order_by": "execution_date"})
        return [run_of(row, {}) for row in rows if mark_of(row)]

    def set_state(self, dag_id: str, run_id: str, state: str) -> None:
        """Mark a run, and with it its tasks; no callback is called and no dataset updated."""
        self.rest.send("PATCH", _run_path(dag_id, run_id), Done, json={"state": state})

    def set_task_state(self, dag_id: str, run_id: str, task_id: str, state: str) -> None:
        """Mark one task."""
        path = f"{_run_path(dag_id, run_id)}/taskInstances/{_quoted(task_id)}"
        self.rest.send("PATCH", path, Done, json={"new_state": state, "dry_run": False})

    def delete(self, dag_id: str, run_id: str) -> None:
        """Delete a run with its tasks; one that is gone already is no error."""
        try:
            self.rest.delete(_run_path(dag_id, run_id))
        except UnreachableError:
            if self.run(dag_id, run_id) is not None:
                raise

    def names(self) -> dict[str, list[str]]:
        """The names of what the database holds."""
        return {
            kind: sorted({row[name] for row in self.rest.pages(kind, kind, page)})
            for kind, name, page in (
                ("variables", "key", Variables), ("connections", "connection_id", Connections), ("pools", "name", Pools)
            )
        }  # fmt: skip

    def now(self) -> datetime:
        """The web server's clock, to the second."""
        return self.rest.now()

    def _listed(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(self.rest.pages("dags/~/dagRuns/list", "dag_runs", Runs, dict(query)))

    def _with_tasks(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        if not rows:
            return []
        oldest = min((row["execution_date"] for row in rows), key=datetime.fromisoformat)
        query = {"dag_ids": sorted({row["dag_id"] for row in rows}), "execution_date_gte": oldest}
        states: dict[tuple[str, str], dict[str, str | None]] = {}
        for one in self.rest.pages("dags/~/dagRuns/~/taskInstances/list", "task_instances", TaskInstances, query):
            states.setdefault((one["dag_id"], one["dag_run_id"]), {})[one["task_id"]] = one["state"]
        return [run_of(row, states.get((row["dag_id"], row["dag_run_id"]), {})) for row in rows]


def run_of(row: Mapping[str, Any], tasks: dict[str, str | None]) -> dict[str, Any]:
    """A row of the API as a Run of ``migrator.model``, in JSON."""
    mark = mark_of(row)
    return {
        "dag_id": row["dag_id"],
        "run_id": row["dag_run_id"],
        "logical_date": row["execution_date"],
        "state": row["state"],
        "automated": automated(row),
        "interval_end": mark.get("interval_end") or row.get("data_interval_end"),
        "carried": bool(mark),
        "started": row.get("start_date"),
        "ended": row.get("end_date"),
        "tasks": tasks,
    }


def automated(row: Mapping[str, Any]) -> bool:
    """Whether the run moves the schedule."""
    return row.get("run_type") in AUTOMATED or row["dag_run_id"].startswith("scheduled__")


def mark_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the conf of a run that only mirrors another says; empty for every other run."""
    mark = (row.get("conf") or {}).get(MARK)
    if not isinstance(mark, dict) or not mark.get("carried_over"):
        return {}
    end = mark.get("interval_end")
    return mark if end is None or is_moment(end) else {}


def _run_path(dag_id: str, run_id: str) -> str:
    return f"dags/{_quoted(dag_id)}/dagRuns/{_quoted(run_id)}"


def _quoted(text: str) -> str:
    return quote(text, safe="")
