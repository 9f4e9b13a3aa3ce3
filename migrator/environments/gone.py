"""An environment that no longer answers: what was known of it last, in the words of one that does.

Nothing runs there any more, so each DAG counts as paused, and none has an active run. What it did is what the inventory
holds. What only a living environment can tell or do is an error, never a guess.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from migrator.environments.ports import Answer, Environment
from migrator.errors import RefusedError
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.last_runs import known_runs, told
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import NoReturn

    from migrator.model.inventory import Inventory
    from migrator.model.resources import StoredFile

    Past = Callable[[Mapping[str, Sequence[str]], str], dict[str, Any]]

SETTLED = frozenset({"set_paused", "finish_ended", "carry_over", "remove_carried", "switch_on"})
"""What would change it: there is nothing to change any more."""


PAST_UNKNOWN = "conf and XComs of its last runs, which only the database of v1 knew"


def _unknown_past(dags: Mapping[str, Sequence[str]], _recipient: str) -> dict[str, Any]:
    """Nothing, and of each DAG that it is unknown."""
    return {"sealed": "", "left_out": {dag_id: [PAST_UNKNOWN] for dag_id in dags}}


@dataclass(frozen=True, slots=True)
class GoneAgent:
    """Answers as the agent would, by the inventory; ``clock``: the time, since the environment has none.

    ``runs`` are the known ones, by DAG; of those, the action ``runs`` answers with what the database recorded.
    ``past`` seals what runs left to later ones.
    """

    inventory: Inventory
    clock: Callable[[], datetime]
    runs: dict[str, tuple[Run, ...]] = field(default_factory=dict)
    past: Past = _unknown_past

    def call(self, action: str, **params: Any) -> Answer:  # noqa: ANN401 - JSON
        """What was known, or that there is nothing to do; RefusedError where only a living environment could answer."""
        now = self.clock()
        match action:
            case "observe":
                result = self._observe(params.get("dag_ids"), params.get("history", 1))
            case "runs":
                result = {"runs": self._since(params.get("dag_ids"), params["since"])}
            case "names":
                result = self._names()
            case "past":
                result = self.past(params["dags"], params["recipient"])
            case "pause_if_idle":
                paused = {"paused": True, "at": now.isoformat(), "reason": "", "active": []}
                result = dict.fromkeys(params["dags"], paused)
            case _ if action in SETTLED:
                settled = {"paused": True, "at": now.isoformat(), "inserted": [], "already": [], "removed": []}
                result = dict.fromkeys(params["dags"], settled)
            case _:
                self._refuse(action)
        return Answer(result, now, self.inventory.airflow_version, self.inventory.python_version)

    def standing(self) -> AbstractContextManager[None]:
        """Nothing is to be started."""
        return nullcontext()

    def _observe(self, dag_ids: Iterable[str] | None, history: int) -> dict[str, Any]:
        known = {dag.dag_id: dag for dag in self.inventory.dags}
        return {
            dag_id: self._seen(known[dag_id], history) if dag_id in known else {"exists": False}
            for dag_id in sorted(known if dag_ids is None else dag_ids)
        }

    def _seen(self, dag: Dag, history: int) -> dict[str, Any]:
        ended = [run for run in self.runs.get(dag.dag_id, ()) if run.automated and run.finished]
        schedule = None if "schedule" in dag.unknown else dag.schedule
        return {
            "exists": True,
            "paused": True,
            "was_paused": None if "paused" in dag.unknown else dag.paused,
            "max_active_runs": dag.max_active_runs,
            "active": [],
            "finished": _dumped(reversed(ended[-history:] if history else [])),
            "task_ids": [] if "tasks" in dag.unknown else sorted(task.task_id for task in dag.tasks),
            "by_datasets": dag.schedule.kind is ScheduleKind.DATASET,
            "schedule": _schedules().dump_python(schedule, mode="json") if schedule else None,
        }

    def _since(self, dag_ids: Iterable[str] | None, since: str) -> list[Any]:
        date, wanted = datetime.fromisoformat(since), self.runs.keys() if dag_ids is None else dag_ids
        only_told = told(self.inventory)
        runs = (run for dag_id in wanted for run in self.runs.get(dag_id, ()))
        runs = (run for run in runs if (run.dag_id, run.logical_date) not in only_told)
        return _dumped(run for run in runs if max(run.logical_date, run.started or run.logical_date) >= date)

    def _names(self) -> dict[str, list[str]]:
        held = self.inventory
        return {
            "variables": [one.key for one in held.variables],
            "connections": [one.conn_id for one in held.connections],
            "pools": [one.name for one in held.pools],
        }

    def _refuse(self, action: str) -> NoReturn:
        raise RefusedError(
            f"{self.inventory.environment.name} no longer answers, so {action!r} can't be asked of it.",
            why=f"It was last seen at {self.inventory.captured_at:%Y-%m-%d %H:%M:%S} UTC; nothing later is known.",
            fix="migrate inventory shows what is known; if it does answer, name it in [source] of migrate.toml",
        )


@dataclass(frozen=True, slots=True)
class GoneBucket:
    """The bucket of an environment that no longer answers: the files that were seen in it, without their contents."""

    name: str
    seen: tuple[StoredFile, ...]

    def files(self, prefix: str = "") -> list[StoredFile]:
        """Every file that was seen whose path starts with ``prefix``."""
        return [file for file in self.seen if file.path.startswith(prefix)]

    def read(self, path: str) -> bytes | None:  # noqa: ARG002
        """None: what was in it is not known."""
        return None

    def updated(self, path: str) -> datetime | None:  # noqa: ARG002
        """None: it is not known."""
        return None

    def write(self, path: str, data: bytes) -> None:  # noqa: ARG002
        """RefusedError: nothing is written there any more; so for all that follow."""
        self._refuse()

    def upload(self, path: str, file: Path) -> None:  # noqa: ARG002, D102
        self._refuse()

    def create(self, path: str, data: bytes) -> bool:  # noqa: ARG002, D102
        self._refuse()

    def exchange(self, path: str, old: bytes, new: bytes) -> bool:  # noqa: ARG002, D102
        self._refuse()

    def replace(self, path: str, data: bytes, md5: str) -> bool:  # noqa: ARG002, D102
        self._refuse()

    def delete(self, path: str) -> None:  # noqa: ARG002, D102
        self._refuse()

    def remove(self, path: str, md5: str) -> bool:  # noqa: ARG002, D102
        self._refuse()

    def copy_from(self, bucket: str, path: str) -> None:  # noqa: ARG002, D102
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise RefusedError(
            f"The bucket {self.name} is of an environment that no longer answers.",
            why="What is known of it is in the inventory.",
            fix="if it does answer, name the environment in [source] of migrate.toml",
        )


def gone(inventory: Inventory, clock: Callable[[], datetime], past: Past = _unknown_past) -> Environment:
    """The environment of that inventory, which is asked no more; ``past`` seals what its runs left to later ones."""
    runs: dict[str, list[Run]] = {}
    for run in known_runs(inventory):
        runs.setdefault(run.dag_id, []).append(run)
    agent = GoneAgent(inventory, clock, {dag_id: tuple(each) for dag_id, each in runs.items()}, past)
    bucket = GoneBucket(inventory.environment.bucket, inventory.files)
    return Environment(inventory.environment, bucket, agent, None, last_seen=inventory.captured_at)


def _dumped(runs: Iterable[Run]) -> list[Any]:
    found: list[Any] = _runs().dump_python(tuple(runs), mode="json")
    return found


@cache
def _runs() -> TypeAdapter[tuple[Run, ...]]:
    return TypeAdapter(tuple[Run, ...])


@cache
def _schedules() -> TypeAdapter[Schedule]:
    return TypeAdapter(Schedule)
