"""A DAG that was found in code as a DAG of the model; what is not known is named, and stands as Airflow's default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.library import zone_of
from migrator.inventory.static.values import UNKNOWN, Entries, Imported, Items, MadeDag, is_known
from migrator.model.dag import PRESETS, Dag, Facts, Reference, ReferenceKind, Schedule, ScheduleKind, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.inventory.static.values import MadeTask

FACTS = frozenset(
    {"schedule", "start_date", "end_date", "catchup", "owners", "tags", "paused", "max_active_runs", "description"}
    | {"tasks", "edges", "references", "file"}
)
"""What ``Dag.unknown`` may name, beside ``tasks.ARGUMENT``."""
_SCHEDULES = ("schedule", "schedule_interval", "timetable")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands where a DAG does not say: Airflow's own, or the environment's overrides of it."""

    catchup: bool = True
    max_active_runs: int = 16
    retries: int = 0
    owner: str = "airflow"
    timezone: str = "UTC"
    registers: bool = False
    """Whether ``with DAG(...)`` is found without a name (2.4 and later)."""
    airflow: str = ""
    """Its version, where that is known."""
    ignore_globs: bool = False
    """Whether ``.airflowignore`` holds globs, not regular expressions (2.3 and later)."""

    @classmethod
    def of(cls, overrides: Mapping[str, str], airflow: str) -> Defaults:
        """Those of an environment by its overrides, as the Composer API names them, and its Airflow's version."""
        numbers = [_number(part, 0) for part in airflow.split(".")[:2]]
        return cls(
            catchup=overrides.get("scheduler-catchup_by_default", "True").lower() != "false",
            max_active_runs=_number(overrides.get("core-max_active_runs_per_dag", ""), 16),
            retries=_number(overrides.get("core-default_task_retries", ""), 0),
            owner=overrides.get("operators-default_owner", "airflow"),
            timezone=_zone_name(overrides.get("core-default_timezone", "UTC")),
            registers=numbers >= [2, 4],
            airflow=airflow,
            ignore_globs=overrides.get("core-dag_ignore_file_syntax", "") == "glob",
        )


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _zone_name(text: str) -> str:
    """The name of a time zone; UTC for one that there is not, as Airflow's own settings do."""
    try:
        zone_of(text)
    except (ValueError, KeyError, OSError):
        return "UTC"
    return text


def to_dag(made: MadeDag, file: str, defaults: Defaults) -> Dag:
    """The DAG; its id must be known."""
    facts = _Facts(made, defaults)
    tasks = tuple(facts.task(task) for _, task in sorted(made.tasks.items()))
    owners = {
        part.strip() for task in made.tasks.values() for part in facts.of_task(task, "owner", defaults.owner).split(",")
    }
    start = facts.moment(made.arguments.get("start_date"), "start_date") or _first(facts, made)
    dag = {
        "schedule": facts.schedule(),
        "start_date": start,
        "end_date": facts.moment(made.arguments.get("end_date"), "end_date"),
        "catchup": facts.plain("catchup", defaults.catchup),
        "owners": tuple(sorted(owners - {""})),
        "tags": facts.tags(),
        "paused": facts.plain("is_paused_upon_creation", default=False, fact="paused"),
        "max_active_runs": facts.plain("max_active_runs", defaults.max_active_runs),
        "description": facts.plain("description", None, kind=str),
    }
    unknown = tuple(sorted(one for one in facts.unknown | made.unknown if one in FACTS or one.startswith("tasks.")))
    return Dag(dag_id=str(made.dag_id), file=file, tasks=tasks, facts=Facts.STATIC, unknown=unknown, **dag)


def _first(facts: _Facts, made: MadeDag) -> datetime | None:
    """Without a date of its own, a DAG starts with the first of its tasks."""
    found = [facts.moment(facts.of_task(task, "start_date", None), "start_date") for task in made.tasks.values()]
    return min((one for one in found if one), default=None)


class _Facts:
    """Reads the arguments of one DAG and remembers which are not known."""

    def __init__(self, made: MadeDag, defaults: Defaults) -> None:
        self.made, self.defaults = made, defaults
        self.unknown = {"paused"}

    def plain(self, name: str, default: Any, *, kind: type | None = None, fact: str = "") -> Any:  # noqa: ANN401 - an argument's own type
        """An argument that is a switch, a number or text, as its default is; one of another kind is not known."""
        value = self.made.arguments.get(name)
        if value is None:
            return default
        if type(value) is (kind or type(default)) and _is_stored(value):
            return value
        self.unknown.add(fact or name)
        return default

    def tags(self) -> tuple[str, ...]:
        value = self.made.arguments.get("tags")
        if isinstance(value, Items | tuple) and is_known(value) and all(isinstance(one, str) for one in value):
            return tuple(sorted(value))
        self.unknown |= {"tags"} if value is not None else set()
        return ()

    def moment(self, value: Any, fact: str) -> datetime | None:  # noqa: ANN401
        """An aware moment; one without a zone is in Airflow's. One that no calendar has in UTC is not known."""
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(moment, datetime):
                aware = moment if moment.tzinfo else moment.replace(tzinfo=zone_of(self.defaults.timezone))
                return aware.astimezone(UTC)
        except (ValueError, OverflowError, KeyError, OSError):  # no date, out of range, no zone of that name
            pass
        self.unknown.add(fact)
        return None

    def schedule(self) -> Schedule:
        """Kind, expression and zone; a schedule that is not known is of kind ``other``."""
        given = [self.made.arguments[name] for name in _SCHEDULES if name in self.made.arguments]
        value = given[0] if given else timedelta(days=1)
        zone = self._zone()
        match value:
            case _ if "schedule" in self.made.unknown:
                pass
            case None:
                return Schedule(ScheduleKind.NONE, timezone=zone)
            case "@once":
                return Schedule(ScheduleKind.ONCE, timezone=zone)
            case str() if not value.startswith("@") or value in PRESETS:
                return Schedule(ScheduleKind.CRON, PRESETS.get(value, value), timezone=zone)
            case timedelta():
                return Schedule(ScheduleKind.DELTA, seconds=value.total_seconds(), timezone=zone)
        self.unknown.add("schedule")
        return Schedule(ScheduleKind.OTHER, "unknown", timezone=zone)

    def _zone(self) -> str:
        default_args = self.made.arguments.get("default_args")
        dates = [self.made.arguments.get("start_date")]
        dates += [default_args.get("start_date")] if isinstance(default_args, Entries) else []
        zones = [one.tzinfo for one in dates if isinstance(one, datetime) and one.tzinfo]
        return str(getattr(zones[0], "key", zones[0])) if zones else self.defaults.timezone

    def of_task(self, task: MadeTask, name: str, default: Any) -> Any:  # noqa: ANN401
        """An argument of a task: its own, else that of the default arguments."""
        value = self._given(task, name, default)
        if isinstance(value, Imported) and value.name.rpartition(".")[0].endswith("TriggerRule"):
            return value.name.rpartition(".")[2].lower()
        kind: Any = type(default) if default is not None else datetime | str | None
        if isinstance(value, kind) and isinstance(value, bool) is isinstance(default, bool) and _is_stored(value):
            return value
        self.unknown.add("start_date" if name == "start_date" else "owners" if name == "owner" else f"tasks.{name}")
        return default

    def _given(self, task: MadeTask, name: str, default: Any) -> Any:  # noqa: ANN401
        if name in task.arguments:
            return task.arguments[name]
        for entries in (task.arguments.get("default_args"), self.made.arguments.get("default_args")):
            if entries is None:
                continue
            if not isinstance(entries, Entries) or entries.open:
                return UNKNOWN
            if name in entries:
                return entries[name]
        return UNKNOWN if "*" in task.arguments else default

    def task(self, task: MadeTask) -> Task:
        waits = self.of_task(task, "wait_for_downstream", default=False)
        return Task(
            task_id=str(task.task_id),
            operator=task.names[0],
            pool=self.of_task(task, "pool", "default_pool"),
            queue=self.of_task(task, "queue", "default"),
            trigger_rule=self.of_task(task, "trigger_rule", "all_success"),
            retries=self.of_task(task, "retries", self.defaults.retries),
            depends_on_past=self.of_task(task, "depends_on_past", default=False) or waits,  # as BaseOperator does
            wait_for_downstream=waits,
            downstream=tuple(sorted(task.downstream)),
            reference=_reference(task),
        )


def _is_stored(value: Any) -> bool:  # noqa: ANN401
    """Whether a column of Airflow's database could hold it, if it is a number."""
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def _reference(task: MadeTask) -> Reference | None:
    """The other DAG that the task names; one that is not literal is dynamic."""
    classes = {name.rpartition(".")[2] for name in task.names}
    given = task.arguments
    if "ExternalTaskSensor" in classes:
        delta = given.get("execution_delta")
        computed = given.get("execution_date_fn") is not None or not isinstance(delta, timedelta | type(None))
        found = _named(ReferenceKind.WAITS_FOR, given.get("external_dag_id"), given.get("external_task_id"))
        return Reference(
            found.kind,
            found.dag_id,
            found.task_id,
            delta.total_seconds() if isinstance(delta, timedelta) else None,
            dynamic=found.dynamic or computed,
        )
    if "TriggerDagRunOperator" in classes:
        return _named(ReferenceKind.TRIGGERS, given.get("trigger_dag_id"))
    if "SubDagOperator" in classes:
        child = given.get("subdag")
        return _named(ReferenceKind.SUBDAG, child.dag_id if isinstance(child, MadeDag) else None)
    return None


def _named(kind: ReferenceKind, dag_id: Any, task_id: Any = None) -> Reference:  # noqa: ANN401
    names = [one if isinstance(one, str) and "{{" not in one and "{%" not in one else None for one in (dag_id, task_id)]
    return Reference(kind, names[0], names[1], dynamic=names[0] is None or (names[1] is None and task_id is not None))
