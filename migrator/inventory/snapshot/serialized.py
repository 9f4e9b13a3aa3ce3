"""DAGs as Airflow itself stored them for its web server (1.10.7 and later), taken apart without Airflow."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from migrator.inventory.snapshot.rows import OddCellError, text
from migrator.model.dag import PRESETS, Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.reading import kind_of, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.inventory.snapshot.contents import Values
    from migrator.inventory.static.describe import Defaults

_KINDS = {
    "ExternalTaskSensor": (ReferenceKind.WAITS_FOR, "external_dag_id", "external_task_id"),
    "TriggerDagRunOperator": (ReferenceKind.TRIGGERS, "trigger_dag_id", ""),
}
_TIMETABLES = {"NullTimetable": ScheduleKind.NONE, "OnceTimetable": ScheduleKind.ONCE}


@dataclass(frozen=True, slots=True)
class Stored:
    """A DAG's stored form, and its row in the table of DAGs."""

    data: Mapping[str, Any]
    dag_id: str
    fileloc: str


def stored_of(row: Values) -> Stored:
    """The stored form of a row of ``serialized_dag``; OddCellError when it is unreadable."""
    written = text(row, "data") or ""
    try:
        if not written and row.get("data_compressed"):
            written = zlib.decompress(_bytes(str(row["data_compressed"]))).decode()
        data = read_object(written).get("dag")
    except (ValueError, zlib.error) as error:
        raise OddCellError(f"data is no stored DAG: {error}") from error
    if not isinstance(data, dict):
        raise OddCellError(f"data is no stored DAG: its dag is {kind_of(data)}")
    return Stored(data, str(row["dag_id"]), str(row.get("fileloc") or data.get("fileloc") or ""))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:]) if text.startswith(("\\x", "0x")) else base64.b64decode(text)


def to_dag(stored: Stored, file: str, static: Dag | None, defaults: Defaults) -> Dag:
    """The DAG as Airflow parsed it; what the stored form leaves out of references comes from the code in ``static``."""
    data = stored.data
    code = {task.task_id: task for task in static.tasks} if static else {}
    raw = sorted((_plain(one) for one in data.get("tasks") or ()), key=lambda one: str(one["task_id"]))
    default_args = _plain(data.get("default_args") or {})
    tasks = tuple(_task(one, code.get(str(one["task_id"])), defaults) for one in raw)
    waits = any(
        task.reference.kind is ReferenceKind.WAITS_FOR
        for task in tasks
        if task.reference and task.task_id not in code  # their execution_delta is stored nowhere
    )
    starts = [moment for one in raw if (moment := _moment(one.get("start_date")))]
    owners = {
        part.strip() for one in raw for part in str(one.get("owner") or default_args.get("owner") or "").split(",")
    }
    if any(not (one.get("owner") or default_args.get("owner")) for one in raw):
        owners.add(defaults.owner)
    return Dag(
        dag_id=stored.dag_id,
        file=file,
        schedule=_schedule(data),
        start_date=_moment(data.get("start_date")) or min(starts, default=_moment(default_args.get("start_date"))),
        end_date=_moment(data.get("end_date")),
        catchup=bool(data.get("catchup", defaults.catchup)),
        owners=tuple(sorted(owners - {""})),
        tags=tuple(sorted(_plain(data.get("tags") or ()))),
        max_active_runs=int(data.get("max_active_runs", defaults.max_active_runs)),
        description=data.get("_description", data.get("description")),
        tasks=tasks,
        unknown=("references",) if waits else (),
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A value without the marks of its type; dates and lengths stay numbers."""
    if isinstance(value, dict):
        if "__var" in value:
            return _plain(value["__var"])
        return {key: one if key == "start_date" else _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _moment(value: Any) -> datetime | None:  # noqa: ANN401 - JSON
    number = _plain(value)
    return datetime.fromtimestamp(number, UTC) if isinstance(number, int | float) else None


def _schedule(data: Mapping[str, Any]) -> Schedule:
    zone = str(_plain(data.get("timezone") or "UTC"))
    timetable = data.get("timetable")
    if isinstance(timetable, dict):
        return _timetable(str(timetable.get("__type", "")).rpartition(".")[2], _plain(timetable), zone)
    interval = data.get("schedule_interval", data.get("_schedule_interval"))
    if interval is None:
        return Schedule(ScheduleKind.NONE, timezone=zone)
    if isinstance(interval, dict):
        number = _plain(interval)
        if isinstance(number, int | float):
            return Schedule(ScheduleKind.DELTA, seconds=float(number), timezone=zone)
        return Schedule(ScheduleKind.OTHER, json.dumps(number, sort_keys=True), timezone=zone)
    if interval == "@once":
        return Schedule(ScheduleKind.ONCE, timezone=zone)
    return Schedule(ScheduleKind.CRON, PRESETS.get(interval, interval), timezone=zone)


def _timetable(name: str, values: Any, zone: str) -> Schedule:  # noqa: ANN401 - JSON
    if name == "CronDataIntervalTimetable":
        return Schedule(ScheduleKind.CRON, values.get("expression"), timezone=zone)
    if name == "DeltaDataIntervalTimetable":
        delta = values.get("delta")
        if isinstance(delta, int | float):
            return Schedule(ScheduleKind.DELTA, seconds=float(delta), timezone=zone)
    if name in _TIMETABLES:
        return Schedule(_TIMETABLES[name], timezone=zone)
    return Schedule(ScheduleKind.OTHER, name, timezone=zone)


def _task(raw: Mapping[str, Any], code: Task | None, defaults: Defaults) -> Task:
    return Task(
        task_id=str(raw["task_id"]),
        operator=f"{_module(str(raw.get('_task_module', '')))}.{raw.get('_task_type', '')}".strip("."),
        pool=raw.get("pool", "default_pool"),
        queue=raw.get("queue", "default"),
        trigger_rule=raw.get("trigger_rule", "all_success"),
        retries=int(raw.get("retries", defaults.retries) or 0),
        depends_on_past=bool(raw.get("depends_on_past", False)),
        wait_for_downstream=bool(raw.get("wait_for_downstream", False)),
        downstream=tuple(sorted(raw.get("_downstream_task_ids") or raw.get("downstream_task_ids") or ())),
        reference=code.reference if code and code.reference and code.reference.dag_id else _reference(raw),
    )


def _module(name: str) -> str:
    """Without the prefix that Airflow gives the modules of DAG files."""
    head, _, tail = name.partition("_")
    parts = name.split("_", 3)
    return parts[3] if head == "unusual" and tail and len(parts) == 4 else name


def _reference(raw: Mapping[str, Any]) -> Reference | None:
    kind = _KINDS.get(str(raw.get("_task_type")))
    if kind is None:
        child = raw.get("subdag")
        return Reference(ReferenceKind.SUBDAG, str(child.get("_dag_id"))) if isinstance(child, dict) else None
    names = [raw.get(key) if key else None for key in kind[1:]]
    known = [one if isinstance(one, str) and "{{" not in one and "{%" not in one else None for one in names]
    return Reference(kind[0], known[0], known[1], dynamic=known[0] is None or (names[1] is not None and not known[1]))
