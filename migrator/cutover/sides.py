"""What both environments show of the DAGs that move, read in bulk, and the context that every step gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from migrator.cutover.drains import DrainRule  # noqa: TC001 - pydantic reads it at run time
from migrator.cutover.readiness import Wanted
from migrator.cutover.together import in_turn
from migrator.errors import AgentError
from migrator.model.dag import Schedule  # noqa: TC001 - pydantic reads it at run time
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from migrator.cutover.backlog.outage import Outage
    from migrator.cutover.machine import Direction, Record
    from migrator.cutover.parity import Gate
    from migrator.cutover.together import Together
    from migrator.environments.ports import Agent, Environment
    from migrator.model.dag import Dag


@dataclass(frozen=True, slots=True)
class Seen:
    """One DAG as one environment shows it now; ``finished`` holds its newest finished automated runs, newest first.

    ``was_paused``: whether it was paused when its environment still ran; None where that runs, or nobody knows.
    """

    exists: bool
    paused: bool = True
    max_active_runs: int = 16
    active: tuple[Run, ...] = ()
    finished: tuple[Run, ...] = ()
    next_dagrun: datetime | None = None
    next_dagrun_create_after: datetime | None = None
    last_parsed: datetime | None = None
    import_error: str | None = None
    task_ids: tuple[str, ...] = ()
    by_datasets: bool = False
    schedule: Schedule | None = None
    was_paused: bool | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What one environment showed, and when by its own clock."""

    now: datetime
    dags: Mapping[str, Seen]

    def __getitem__(self, dag_id: str) -> Seen:
        return self.dags.get(dag_id, Seen(exists=False))


@dataclass(frozen=True, slots=True)
class Settings:
    """The times a cutover keeps, how many finished runs it carries, and how many DAGs are off on both sides at most.

    ``run_missed``: also run what the origin left out before the wave, where catchup is off; ``drains``: for DAGs that
    do not become idle, the first rule that fits; ``last_tasks``: after how long a DAG that has not been idle may be
    paused while the last tasks of its runs are running; ``may_shift``: patterns of DAGs whose intervals Airflow may
    move; ``auto_rollback``: take back what fails in v2 and did not in v1; ``verify``: a DAG that is not in v2 what it
    is in v1 stays, but for differences in ``accept``, each with the reason that somebody gave.
    """

    margin: timedelta = timedelta(seconds=45)
    settle: timedelta = timedelta(seconds=20)
    drain_timeout: timedelta = timedelta(hours=1)
    last_tasks: timedelta = timedelta(minutes=10)
    observe: timedelta = timedelta(minutes=10)
    poll: timedelta = timedelta(seconds=5)
    history: int = 10
    max_in_flight: int = 100
    run_missed: bool = False
    drains: tuple[DrainRule, ...] = ()
    may_shift: tuple[str, ...] = ()
    auto_rollback: bool = False
    verify: bool = True
    accept: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """One wave on its way from ``origin`` to ``destination``; ``flying``: the DAGs that are off on both just now.

    ``past``: the runs of v1 that the inventory has, by DAG.
    ``hook``: runs the operator's command of a name, about a DAG in a state; why it says no, or an empty text.
    ``parity``: why DAGs are not in v2 what they are in v1, by id.
    ``outage``: what is known of what the origin left undone, where that no longer runs; ``by``: who decided about it;
    ``switched``: the DAGs of the attempt that are on in the destination by now.
    ``together``: makes two calls, at the same time where both sides can be asked so, and gives what both returned.
    """

    direction: Direction
    origin: Environment
    destination: Environment
    dags: Mapping[str, Dag]
    pause_after: Mapping[str, tuple[str, ...]]
    settings: Settings
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    dry: bool = False
    ties: tuple[tuple[str, str], ...] = field(default=())
    flying: frozenset[str] = frozenset()
    wanted: Wanted = field(default_factory=Wanted)
    past: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)
    hook: Callable[[str, str, str], str] = lambda _name, _dag_id, _state: ""
    parity: Gate = lambda _v1, _v2, _last: {}
    together: Together = in_turn
    outage: Outage | None = None
    by: str = ""
    switched: tuple[Record, ...] = ()


@cache
def _adapter() -> TypeAdapter[dict[str, Seen]]:
    return TypeAdapter(dict[str, Seen])


@cache
def runs_adapter() -> TypeAdapter[tuple[Run, ...]]:
    """Parses the agent's runs."""
    return TypeAdapter(tuple[Run, ...])


def observe(agent: Agent, dag_ids: Iterable[str], history: int = 1) -> View:
    """What an environment shows of these DAGs now, in one call."""
    answer = agent.call("observe", dag_ids=sorted(dag_ids), history=history)
    if unread := {dag_id: seen["error"] for dag_id, seen in answer.result.items() if "error" in seen}:
        raise AgentError(
            f"{', '.join(unread)}: an environment can't read what it has of it",
            why="; ".join(unread.values()),
            fix="fix or delete what it names there, then run the command again",
        )
    there = {
        dag_id: {name: value for name, value in seen.items() if value is not None}
        for dag_id, seen in answer.result.items()
        if seen["exists"]
    }
    return View(answer.now, _adapter().validate_python(there))


def act(agent: Agent, action: str, dags: Any, **more: Any) -> tuple[datetime, dict[str, Any]]:  # noqa: ANN401 - JSON
    """Have the agent act on DAGs; its clock and its result by dag id."""
    answer = agent.call(action, dags=dags, **more)
    return answer.now, answer.result


def run_json(run: Run) -> dict[str, Any]:
    """A run as the agent takes it."""
    dumped: dict[str, Any] = TypeAdapter(Run).dump_python(run, mode="json")
    return dumped
