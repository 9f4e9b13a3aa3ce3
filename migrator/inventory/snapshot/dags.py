"""The DAGs of a snapshot: as Airflow stored them, else by their code, else as far as their row tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from migrator.inventory.snapshot.contents import flag
from migrator.inventory.snapshot.serialized import to_dag
from migrator.inventory.static.describe import FACTS
from migrator.model.dag import PRESETS, BrokenFile, Dag, Facts, Schedule, ScheduleKind
from migrator.reading import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrator.inventory.snapshot.contents import Contents, Values
    from migrator.inventory.snapshot.serialized import Stored
    from migrator.inventory.static.describe import Defaults
    from migrator.inventory.static.read import Found

_FROM_ROW = frozenset({"schedule", "owners", "description", "tags", "paused", "file"})


@dataclass(frozen=True, slots=True)
class Places:
    """Which files there are, to tell where an absolute path of the environment leads."""

    files: frozenset[str]

    def relative(self, path: str) -> str:
        """The path relative to the DAGs folder: its longest end that is a file of it."""
        inside, dot_zip, _ = path.partition(".zip/")
        parts = (inside + ".zip" if dot_zip else inside).split("/")
        for start in range(len(parts)):
            if (end := "/".join(parts[start:])) in self.files:
                return end
        return path.rpartition("/dags/")[2]


def merge(contents: Contents, code: Found, places: Places, defaults: Defaults) -> list[Dag]:
    """Every DAG that Airflow has, or that the code makes; those of files that cannot be imported are left out."""
    rows = {str(row["dag_id"]): row for row in contents.tables["dag"]}
    static = {dag.dag_id: dag for dag in code.dags}
    broken = {one.file for one in broken_files(contents, places)}
    active = {dag_id for dag_id, row in rows.items() if flag(row["is_active"]) and not flag(row.get("is_subdag"))}
    tags = _tags(contents.tables["dag_tag"])
    found = []
    for dag_id in sorted(active | static.keys()):
        row, own = rows.get(dag_id), static.get(dag_id)
        dag = _one(dag_id, row, own, contents.stored.get(dag_id), places, defaults)
        if dag.file not in broken and (own is not None or dag.file in places.files):
            found.append(_with_row(dag, row, tags.get(dag_id, ())))
    return found


def _one(
    dag_id: str, row: Values | None, own: Dag | None, stored: Stored | None, places: Places, defaults: Defaults
) -> Dag:
    if stored is not None:
        return to_dag(stored, places.relative(stored.fileloc), own, defaults)
    if own is not None:
        return own
    return _of_row(dag_id, row or {}, places, defaults)


def _with_row(dag: Dag, row: Values | None, tags: tuple[str, ...]) -> Dag:
    """The DAG with what only the database knows: whether it is paused; and what the code did not tell."""
    if row is None:
        return dag
    paused = replace(dag, paused=flag(row["is_paused"]), unknown=tuple(one for one in dag.unknown if one != "paused"))
    if dag.facts is Facts.AIRFLOW or not paused.unknown:
        return paused
    known: dict[str, Any] = {
        "schedule": _schedule(row.get("schedule_interval"), dag.schedule.timezone),
        "owners": _owners(row),
        "description": row.get("description"),
        "tags": tags,
    }
    told = {key: value for key, value in known.items() if key in paused.unknown and value is not None}
    return replace(paused, unknown=tuple(one for one in paused.unknown if one not in told), **told)


def _of_row(dag_id: str, row: Values, places: Places, defaults: Defaults) -> Dag:
    """A DAG of which there is no more than its row."""
    return Dag(
        dag_id=dag_id,
        file=places.relative(str(row.get("fileloc") or "")),
        schedule=_schedule(row.get("schedule_interval"), defaults.timezone) or Schedule(ScheduleKind.OTHER, "unknown"),
        catchup=defaults.catchup,
        owners=_owners(row),
        max_active_runs=defaults.max_active_runs,
        description=row.get("description"),
        facts=Facts.STATIC,
        unknown=tuple(sorted((FACTS - _FROM_ROW) | {"paused", "tags"})),
    )


def _owners(row: Values) -> tuple[str, ...]:
    return tuple(sorted({part.strip() for part in (row.get("owners") or "").split(",")} - {""}))


def _schedule(text: str | None, zone: str) -> Schedule | None:
    """The JSON of the column ``schedule_interval``."""
    try:
        value = read_json(text) if text else None
    except ValueError:
        return None
    if isinstance(value, dict) and value.get("type") == "timedelta":
        attrs = value.get("attrs", {})
        seconds = attrs.get("days", 0) * 86_400 + attrs.get("seconds", 0) + attrs.get("microseconds", 0) / 1e6
        return Schedule(ScheduleKind.DELTA, seconds=float(seconds), timezone=zone)
    if value == "@once":
        return Schedule(ScheduleKind.ONCE, timezone=zone)
    if isinstance(value, str):
        return Schedule(ScheduleKind.CRON, PRESETS.get(value, value), timezone=zone)
    return Schedule(ScheduleKind.NONE, timezone=zone) if text == "null" else None


def _tags(rows: Iterable[Values]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row.get("dag_id")), []).append(str(row.get("name")))
    return {dag_id: tuple(sorted(names)) for dag_id, names in found.items()}


def broken_files(contents: Contents, places: Places) -> list[BrokenFile]:
    """Files that Airflow could not import, with the last line of the error and where in the file it arose."""
    found = []
    for row in contents.tables["import_error"]:
        path, message = str(row.get("filename") or ""), str(row.get("stacktrace") or "")
        lines = [line.strip() for line in message.splitlines() if line.strip()] or ["it could not be imported"]
        at = re.findall(rf'File "{re.escape(path)}", line (\d+)', message)
        found.append(BrokenFile(places.relative(path), lines[-1] + (f" (line {at[-1]})" if at else "")))
    return sorted(found, key=lambda one: (one.file, one.message))
