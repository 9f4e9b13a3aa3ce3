"""What the agent does for a cutover, by REST and ``airflow dags trigger``: for a target that may not hold the agent.

A carried run is exact in its date, type, state and tasks, but Airflow stores an interval that is one period early, so
what ``data_interval_*`` of the run after it calls the previous one is once wrong. There is no transaction: what the
agent does at once is here checked before and read back after. What can't be done safely is refused.
"""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.environments.ports import Answer
from migrator.environments.rest_runs import MARK, RestRuns
from migrator.errors import AgentError, MigrateError
from migrator.model.dag import PRESETS
from migrator.model.run import TASK_FINISHED
from migrator.scrub.messages import shown
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from migrator.environments.ports import Channel
    from migrator.environments.rest import AirflowRest

TRIGGER_SECONDS = 300.0
SIMPLE = {
    "Never, external triggers only": "none",
    "Once, as soon as possible": "once",
    "Triggered by datasets": "dataset",
}
"""How Airflow describes the timetables that have no schedule of their own."""


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the program
    """One DAG can't be served; the others are."""


class Agentless:
    """The actions of a cutover on an Airflow 2 without the agent in it; every other action is an AgentError."""

    def __init__(self, environment: str, airflow_version: str, rest: AirflowRest, channel: Channel) -> None:
        self.environment, self.airflow_version = environment, airflow_version
        self.rest, self.runs, self.channel = rest, RestRuns(rest), channel
        self.actions: dict[str, Callable[..., dict[str, Any]]] = {
            "observe": self._observe,
            "runs": lambda since, dag_ids=None: {"runs": self.runs.since(dag_ids, since)},
            "names": lambda: dict(self.runs.names()),
            "pause_if_idle": lambda dags: self._for_each(dags, self._pause_if_idle),
            "set_paused": lambda dags: self._for_each(dags, self._set_paused),
            "finish_ended": lambda dags: self._for_each(dict.fromkeys(dags), lambda _id, _: {"ended": {}}),
            "carry_over": lambda dags: self._for_each(dags, self._carry_over),
            "remove_carried": lambda dags: self._for_each(dict.fromkeys(dags), self._remove_carried),
            "switch_on": lambda dags: self._for_each(dags, self._switch_on),
        }

    def call(self, action: str, **params: Any) -> Answer:  # noqa: ANN401 - JSON
        """Act as the agent would; AgentError for what only the agent can do."""
        act = self.actions.get(action)
        if act is None:
            raise AgentError(
                f"{action!r} needs the agent in {self.environment}",
                why="migrate.toml says agent = false for it, and neither REST nor the command line can do this",
                fix="remove agent = false, or do without: cutover --unverified; transfer to Secret Manager",
            )
        result = act(**params)
        return Answer(result, self.runs.now(), self.airflow_version, "")

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Nothing is started, so nothing is kept."""
        yield

    def check(self) -> str:
        """What stands for the agent, once its command line answered; AgentError when it does not."""
        done = self.channel.run("version", deadline=TRIGGER_SECONDS)
        if done.exit_code:
            raise AgentError(
                f"the command line of {self.environment} does not work, by which runs are carried over",
                why=f"`airflow version` ended with {done.exit_code}: {scrub(done.output).strip()[-300:]}",
                fix="correct the channel in migrate.toml, or remove agent = false",
            )
        return f"none, as migrate.toml says: REST and the command line of Airflow {self.airflow_version}"

    def _for_each(self, items: Mapping[str, Any], act: Callable[[str, Any], dict[str, Any]]) -> dict[str, Any]:
        """Each DAG's answer, in the request's order; a failure is one DAG's."""
        found: dict[str, Any] = {}
        for dag_id, value in items.items():
            try:
                found[dag_id] = act(dag_id, value)
            except Refused as error:
                found[dag_id] = {"error": str(error)}
            except MigrateError as error:
                found[dag_id] = {"error": f"{error.what}: {error.why}"}
        return found

    def _observe(self, dag_ids: list[str] | None = None, history: int = 1) -> dict[str, Any]:
        known = self.rest.rows()
        names = sorted(known if dag_ids is None else dag_ids)
        there = [name for name in names if name in known]
        errors = self.rest.import_errors() if there else {}
        details, tasks = self.runs.each(there, self.runs.details), self.runs.each(there, self.runs.task_ids)
        active, newest = self.runs.open_runs(there), self.runs.newest(there, history)
        found: dict[str, Any] = {name: {"exists": False} for name in names}
        for name in there:
            row = details[name]
            schedule = schedule_of(row)
            found[name] = {
                "exists": True,
                "paused": bool(row["is_paused"]),
                "max_active_runs": row.get("max_active_runs") or 16,
                "active": [run for run in active if run["dag_id"] == name],
                "finished": newest.get(name, []),
                "next_dagrun": row.get("next_dagrun"),
                "next_dagrun_create_after": row.get("next_dagrun_create_after"),
                "last_parsed": row.get("last_parsed_time"),
                "import_error": errors.get(self.rest.relative(row.get("fileloc") or "")),
                "task_ids": tasks[name],
                "by_datasets": bool(schedule and schedule["kind"] == "dataset"),
                "schedule": schedule,
            }
        return found

    def _pause_if_idle(self, dag_id: str, window: Mapping[str, Any]) -> dict[str, Any]:
        """Pause it when it is idle, and go back on that when a run began meanwhile."""
        active, paused = self.runs.open_runs([dag_id]), self.rest.dag(dag_id).paused
        reason = "" if paused else _busy(active, window) or _outside(window, self.runs.now())
        if not paused and not reason:
            paused = self.rest.set_paused(dag_id, paused=True)
            active = self.runs.open_runs([dag_id])
            reason = _busy(active, window)
            if reason:
                paused = self.rest.set_paused(dag_id, paused=False)
        return {"paused": paused, "at": self.runs.now().isoformat(), "reason": reason, "active": active}

    def _set_paused(self, dag_id: str, paused: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return {"paused": self.rest.set_paused(dag_id, paused=bool(paused))}

    def _carry_over(self, dag_id: str, given: list[dict[str, Any]]) -> dict[str, Any]:
        """Carry the newest run alone: it is the one that the schedule and ``depends_on_past`` go by."""
        self._require_paused(dag_id)
        newest = max(given, key=lambda run: datetime.fromisoformat(run["logical_date"]))
        run_id, there = _run_id(newest), self.runs.run(dag_id, _run_id(newest))
        if there is not None and not there["carried"]:
            raise Refused(f"{dag_id} has another run {run_id}")
        if there is None:
            self._trigger(dag_id, run_id, newest)
        self._mark(dag_id, run_id, newest)
        done = {"inserted": [] if there else [run_id], "already": [run_id] if there else []}
        return {**done, "next_dagrun": None, "exact": False, "early": True, "at": self.runs.now().isoformat()}

    def _trigger(self, dag_id: str, run_id: str, run: Mapping[str, Any]) -> None:
        """Make the run; nothing of it begins while the DAG is paused. The interval that is right goes into its conf."""
        mark = {"carried_over": True, "ended": run.get("ended"), "interval_end": run.get("interval_end")}
        options = ("-e", run["logical_date"], "-r", run_id, "-c", json.dumps({MARK: mark}))
        exact = ("--no-replace-microseconds",) if _version(self.airflow_version) >= (2, 6) else ()
        done = self.channel.run("dags", "trigger", dag_id, *options, *exact, deadline=TRIGGER_SECONDS)
        if done.exit_code and self.runs.run(dag_id, run_id) is None:
            raise Refused(f"`airflow dags trigger` ended with {done.exit_code}: {scrub(done.output).strip()[-300:]}")

    def _mark(self, dag_id: str, run_id: str, run: Mapping[str, Any]) -> None:
        """Give the run, and each task of it that failed, the state that it had over there; read it back."""
        failed = [task for task, state in (run.get("tasks") or {}).items() if state in ("failed", "upstream_failed")]
        known = self.runs.task_ids(dag_id) if run["state"] == "failed" else []
        for task_id in sorted(set(failed) & set(known)):
            self.runs.set_task_state(dag_id, run_id, task_id, "failed")
        self.runs.set_state(dag_id, run_id, run["state"])
        seen = self.runs.run(dag_id, run_id)
        if seen is None or seen["state"] != run["state"]:
            state = seen["state"] if seen else "gone"
            raise Refused(f"{run_id} is {state} though it was marked {run['state']}: has the DAG a teardown task?")

    def _remove_carried(self, dag_id: str, _: None) -> dict[str, Any]:
        self._require_paused(dag_id)
        removed = [run["run_id"] for run in self.runs.carried(dag_id)]
        for run_id in removed:
            self.runs.delete(dag_id, run_id)
        return {"removed": removed}

    def _switch_on(self, dag_id: str, order: Mapping[str, Any]) -> dict[str, Any]:
        row, now = self.runs.details(dag_id), self.runs.now()
        if not row.get("is_active", True) or row.get("has_import_errors"):
            raise Refused(f"{dag_id} is not active, or has an import error")
        reason = _outside(order, now) if row["is_paused"] else "it is unpaused already"
        if not reason:
            self._require_whole(dag_id, row, order)
            self.rest.set_paused(dag_id, paused=False)
        paused = self.rest.dag(dag_id).paused
        at = self.runs.now().isoformat()
        return {"paused": paused, "filled": [], "next_dagrun": row.get("next_dagrun"), "at": at, "reason": reason}

    def _require_whole(self, dag_id: str, row: Mapping[str, Any], order: Mapping[str, Any]) -> None:
        """Refused where Airflow would leave out an interval that came due while the DAG was off on both sides."""
        if order.get("fill"):
            raise Refused("intervals that were left behind have to be run, which only the agent can")
        newest = next(iter(self.runs.newest([dag_id], 1)[dag_id]), None)
        if row.get("catchup") or newest is None or not newest["interval_end"] or not row.get("next_dagrun"):
            return
        owed, follows = (datetime.fromisoformat(text) for text in (newest["interval_end"], row["next_dagrun"]))
        after = order.get("fill_after")
        if follows > owed and (after is None or follows > datetime.fromisoformat(after)):
            raise Refused(
                f"it would go on at {follows.isoformat()} and leave out what came due since {owed.isoformat()}: "
                "without the agent that can't be made up for; catchup=True would"
            )

    def _require_paused(self, dag_id: str) -> None:
        if not self.rest.dag(dag_id).paused:
            raise Refused(f"{dag_id} is not paused")


def schedule_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schedule in the details of a DAG, in the JSON of ``migrator.model``; None where REST does not tell."""
    zone, interval = str(row.get("timezone") or "UTC"), row.get("schedule_interval") or {}
    found: dict[str, Any] = {"kind": SIMPLE.get(row.get("timetable_description") or ""), "timezone": zone}
    if found["kind"] is None and interval.get("__type") == "CronExpression":
        expression = PRESETS.get(interval["value"], interval["value"])
        found |= {"kind": "other" if expression.startswith("@") else "cron", "expression": expression}
    elif found["kind"] is None and interval.get("__type") == "TimeDelta":
        length = timedelta(**{unit: interval[unit] for unit in ("days", "seconds", "microseconds")})
        found |= {"kind": "delta", "seconds": length.total_seconds()}
    return found if found["kind"] else None


def _busy(active: list[dict[str, Any]], window: Mapping[str, Any]) -> str:
    """What keeps a DAG from being paused: a pause freezes every task that does not run yet."""
    last = bool(window.get("last_tasks"))
    busy = [run for run in active if not (last and run["tasks"] and _all_at_work(run))]
    return f"{', '.join(shown(run['run_id']) for run in busy)} is active" if busy else ""


def _all_at_work(run: Mapping[str, Any]) -> bool:
    return all(state == "running" or state in TASK_FINISHED for state in run["tasks"].values())


def _outside(window: Mapping[str, Any], now: datetime) -> str:
    """Why ``now`` is not inside the window; empty when it is."""
    limits = (window.get(name) for name in ("not_before", "not_after"))
    begins, ends = (datetime.fromisoformat(text) if text else None for text in limits)
    if (begins and now < begins) or (ends and now > ends):
        return f"near an interval boundary at {now.isoformat()}"
    return ""


def _run_id(run: Mapping[str, Any]) -> str:
    return f"scheduled__{datetime.fromisoformat(run['logical_date']).isoformat()}"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])
