"""A model of two Airflows with a simulated clock, for what no real one can show: a crash at every single point.

It stands in only here. It speaks the agent's contract and schedules as Airflow does: runs come after the newest
automated run; where catchup is off, only the newest complete interval comes; a paused DAG gets no runs. Which intervals
a schedule has it takes from what the real Airflow of its version said (tests/cutover/real), never from the code that
it is to test.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from migrator.environments.ports import Answer
from migrator.model.dag import Dag, ReferenceKind, ScheduleKind
from migrator.model.run import Run
from tests.cutover.real.intervals import V1, V2, Span, real

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
CALL = timedelta(seconds=2)
FAR = timedelta(hours=26)
"""Within this time an interval of each modelled schedule ends."""
RUNS = TypeAdapter(list[Run])


@dataclass
class World:
    """The clock, both environments, and what happens at each point where a process may die."""

    now: datetime = START
    sides: list[ModelAirflow] = field(default_factory=list)
    point: Callable[[], None] = lambda: None

    def advance(self, by: timedelta) -> None:
        end = self.now + by
        while self.now < end:
            self.now = min(end, self.now + timedelta(seconds=1))
            for side in self.sides:
                side.tick()

    def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


@dataclass
class ModelAirflow:
    """One environment: its DAGs, which of them are paused, and all runs; ``duration`` is how long a run takes.

    ``began``: when the tasks of the run that is at work began, by DAG.
    ``fails_first``: how many runs to come find their task up for retry when it has run, and are frozen so while paused.
    """

    world: World
    dags: dict[str, Dag]
    paused: dict[str, bool]
    duration: timedelta = timedelta(seconds=7)
    runs: list[Run] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    leaves_open: bool = False
    fails_first: int = 0
    version: str = V2
    began: dict[str, datetime] = field(default_factory=dict)

    def tick(self) -> None:
        if self.world.now.second % 5 == 0:
            for dag_id, dag in self.dags.items():
                if not self.paused[dag_id]:
                    self._schedule(dag)
        for index, run in enumerate(self.runs):
            if run.state != "success":
                self._work(index, run)

    def _schedule(self, dag: Dag) -> None:
        for interval in self._due(dag):
            self._add(
                Run(dag.dag_id, f"scheduled__{interval[0].isoformat()}", interval[0], "queued", True, interval[1])
            )
            return

    def _due(self, dag: Dag) -> list[Span]:
        if any(run.dag_id == dag.dag_id and run.state in {"queued", "running"} for run in self.runs):
            return []
        if dag.schedule.kind is ScheduleKind.ONCE:
            once = dag.start_date or START
            return [] if self._automated(dag.dag_id) else [(once, once)]
        found = self._following(dag, self.world.now)
        return found if dag.catchup else found[-1:]

    def _following(self, dag: Dag, until: datetime) -> list[Span]:
        """The intervals after the newest automated run that end by then: 1.10 goes by its start, 2.10 by its end."""
        if dag.schedule.kind not in {ScheduleKind.CRON, ScheduleKind.DELTA}:
            return []
        last, start = self._automated(dag.dag_id), dag.start_date or START
        at = last[-1].logical_date if last and self.version == V1 else last[-1].interval_end if last else start
        assert at is not None
        found = real(dag.schedule, start).intervals(self.version, at, until)
        return [span for span in found if span[0] > at] if last and self.version == V1 else found

    def _automated(self, dag_id: str) -> list[Run]:
        return sorted((r for r in self.runs if r.dag_id == dag_id and r.automated), key=lambda r: r.logical_date)

    def _add(self, run: Run) -> None:
        """Add it; 1.10 calls a run running from its first moment on, also while its tasks wait for earlier runs."""
        at_once = {"state": "running", "started": self.world.now} if self.version == V1 else {}
        tasks = dict.fromkeys((task.task_id for task in self.dags[run.dag_id].tasks), None)
        self.runs.append(replace(run, tasks=tasks, **at_once))

    def _work(self, index: int, run: Run) -> None:
        now = self.world.now
        alone = not any(other.dag_id == run.dag_id and _begun(other) for other in self.runs)
        if (alone and not _begun(run)) or "up_for_retry" in run.tasks.values():
            if not self.paused[run.dag_id]:
                self.began[run.dag_id] = now
                tasks = dict.fromkeys(run.tasks, "running")
                self.runs[index] = replace(run, state="running", started=run.started or now, tasks=tasks)
        elif _begun(run) and now - self.began[run.dag_id] >= self.duration:
            if self.fails_first:
                self.fails_first -= 1
                self.runs[index] = replace(run, tasks=dict.fromkeys(run.tasks, "up_for_retry"))
                return
            if self.leaves_open and self.paused[run.dag_id]:  # as 1.10 does
                self.runs[index] = replace(run, tasks=dict.fromkeys(run.tasks, "success"))
                return
            self.runs[index] = replace(run, state="success", ended=now, tasks=dict.fromkeys(run.tasks, "success"))
            for task in self.dags[run.dag_id].tasks:
                if task.reference and task.reference.kind is ReferenceKind.TRIGGERS and task.reference.dag_id:
                    self._add(Run(task.reference.dag_id, f"trig__{now.isoformat()}", now, "queued", False))

    def call(self, action: str, **params: Any) -> Answer:
        self.world.point()
        self.world.advance(CALL)
        result = getattr(self, {"runs": "runs_since"}.get(action, action))(**params)
        self.world.point()
        return Answer(result, self.world.now, self.version, "3.11.7")

    def observe(self, dag_ids: list[str], history: int) -> dict[str, Any]:
        return {dag_id: self._seen(dag_id, history) for dag_id in dag_ids}

    def _seen(self, dag_id: str, history: int) -> dict[str, Any]:
        if dag_id not in self.dags:
            return {"exists": False}
        last = self._automated(dag_id)
        once = self.dags[dag_id].schedule.kind is ScheduleKind.ONCE
        following = self._following(self.dags[dag_id], self.world.now + FAR)[:1] if last and not once else []
        return {
            "exists": True,
            "paused": self.paused[dag_id],
            "max_active_runs": self.dags[dag_id].max_active_runs,
            "active": RUNS.dump_python([r for r in self.runs if r.dag_id == dag_id and not r.finished], mode="json"),
            "finished": RUNS.dump_python([r for r in reversed(last) if r.finished][:history], mode="json"),
            **self._parsed(following),
            "schedule": asdict(self.dags[dag_id].schedule),
        }

    def _parsed(self, following: list[Span]) -> dict[str, str | None]:
        """What 1.10 has no fields for."""
        start, end = following[0] if following and self.version != V1 else (None, None)
        return {
            "next_dagrun": start.isoformat() if start else None,
            "next_dagrun_create_after": end.isoformat() if end else None,
            "last_parsed": None if self.version == V1 else self.world.now.isoformat(),
        }

    def runs_since(self, dag_ids: list[str], since: str) -> dict[str, Any]:
        date = datetime.fromisoformat(since)
        found = [r for r in self.runs if r.dag_id in dag_ids and max(r.logical_date, r.started or date) >= date]
        return {"runs": RUNS.dump_python(found, mode="json")}

    def names(self) -> dict[str, Any]:
        return {"variables": ["known"], "connections": ["db"], "pools": ["default_pool"]}

    def pause_if_idle(self, dags: dict[str, Any]) -> dict[str, Any]:
        return {dag_id: self._pause_if_idle(dag_id, window) for dag_id, window in dags.items()}

    def _pause_if_idle(self, dag_id: str, window: dict[str, Any]) -> dict[str, Any]:
        early = window["not_before"] and self.world.now < datetime.fromisoformat(window["not_before"])
        late = window["not_after"] and self.world.now > datetime.fromisoformat(window["not_after"])
        active = [run for run in self.runs if run.dag_id == dag_id and not run.finished]
        busy = not all(window.get("last_tasks") and run.on_last_tasks for run in active)
        if not (early or late or busy):
            self.paused[dag_id] = True
            self.order.append(f"pause {dag_id}")
        found = RUNS.dump_python(active, mode="json")
        return {"paused": self.paused[dag_id], "at": self.world.now.isoformat(), "reason": "busy", "active": found}

    def finish_ended(self, dags: list[str]) -> dict[str, Any]:
        for index, run in enumerate(self.runs):
            if run.dag_id in dags and run.state == "running" and not run.at_work:
                assert self.paused[run.dag_id]
                self.runs[index] = replace(run, state="success", ended=self.world.now)
        return {dag_id: {"ended": {}} for dag_id in dags}

    def set_paused(self, dags: dict[str, bool]) -> dict[str, Any]:
        self.paused |= dags
        return {dag_id: {"paused": paused} for dag_id, paused in dags.items()}

    def sealing_key(self) -> dict[str, Any]:
        return {"recipient": "age1"}

    def past(self, dags: dict[str, list[str]], recipient: str) -> dict[str, Any]:
        assert recipient == "age1"
        return {"sealed": "", "left_out": {}}

    def carry_over(self, dags: dict[str, list[dict[str, Any]]], past: str | None = None) -> dict[str, Any]:
        assert not past, "nothing was sealed"
        return {dag_id: self._carry(dag_id, RUNS.validate_python(runs)) for dag_id, runs in dags.items()}

    def _carry(self, dag_id: str, given: list[Run]) -> dict[str, Any]:
        assert self.paused[dag_id]
        known = {run.logical_date for run in self._automated(dag_id)}
        new = [replace(run, carried=True) for run in given if run.logical_date not in known]
        self.runs += new
        done = {"inserted": [run.run_id for run in new], "already": [], "at": self.world.now.isoformat()}
        return done | {"exact": True, "next_dagrun": self._seen(dag_id, 1)["next_dagrun"]}

    def remove_carried(self, dags: list[str]) -> dict[str, Any]:
        self.runs = [run for run in self.runs if not (run.carried and run.dag_id in dags)]
        return {dag_id: {"removed": []} for dag_id in dags}

    def switch_on(self, dags: dict[str, Any]) -> dict[str, Any]:
        return {dag_id: self._switch_on(dag_id, order) for dag_id, order in dags.items()}

    def _switch_on(self, dag_id: str, order: dict[str, Any]) -> dict[str, Any]:
        dag, filled = self.dags[dag_id], []
        last = self._automated(dag_id)
        for owed in order.get("fill", ()) if self.paused[dag_id] else ():
            start, end = (datetime.fromisoformat(owed[key]) for key in ("logical_date", "interval_end"))
            if not any(run.logical_date == start for run in last):
                self._add(Run(dag_id, f"scheduled__{start.isoformat()}", start, "queued", True, end))
        last = self._automated(dag_id)
        if self.paused[dag_id] and not dag.catchup:
            filled += self._fill(dag, order["fill_after"])
        self.paused[dag_id] = False
        self.order.append(f"start {dag_id}")
        return {"paused": False, "filled": filled, "at": self.world.now.isoformat()}

    def _fill(self, dag: Dag, fill_after: str) -> list[dict[str, str]]:
        due = [one for one in self._following(dag, self.world.now) if one[1] > datetime.fromisoformat(fill_after)]
        for start, end in due:
            self._add(Run(dag.dag_id, f"scheduled__{start.isoformat()}", start, "queued", True, end))
        return [{"logical_date": start.isoformat(), "interval_end": end.isoformat()} for start, end in due]

    def fill_held(self, dags: dict[str, str]) -> dict[str, Any]:
        return {dag_id: self._fill_held(self.dags[dag_id], since) for dag_id, since in dags.items()}

    def _fill_held(self, dag: Dag, since: str) -> dict[str, Any]:
        held = any(run.dag_id == dag.dag_id and not run.finished for run in self.runs) and not self.paused[dag.dag_id]
        return {"held": held, "filled": self._fill(dag, since) if held and not dag.catchup else []}


def _begun(run: Run) -> bool:
    """Whether a task of an open run has begun."""
    return run.state == "running" and any(run.tasks.values())
