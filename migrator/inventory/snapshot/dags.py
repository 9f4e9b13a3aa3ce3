"""The DAGs of a snapshot: as Airflow stored them, else by their code, else as far as their row tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from migrator.inventory.snapshot.rows import OddCellError, each, switch, text
from migrator.inventory.snapshot.serialized import to_dag
from migrator.inventory.sound import sound_rows
from migrator.inventory.static.describe import FACTS
from migrator.model.dag import PRESETS, BrokenFile, Dag, Facts, Schedule, ScheduleKind
from migrator.reading import read_json
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.inventory.snapshot.contents import Contents, Values
    from migrator.inventory.snapshot.serialized import Stored
    from migrator.inventory.static.describe import Defaults
    from migrator.inventory.static.read import Found

_FROM_ROW = frozenset({"schedule", "owners", "description", "tags", "paused", "file"})


_UNITS = {"days": 86_400, "seconds": 1, "microseconds": 1e-6}


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


def merge(
    contents: Contents, code: Found, places: Places, defaults: Defaults, unimported: Iterable[BrokenFile]
) -> list[Dag]:
    """Every DAG that Airflow has, or that the code makes, but for those of files that could not be imported."""
    kept: Iterator[Values] = each("dag", contents.tables["dag"], _checked_dag, contents.problems)
    rows = {str(row["dag_id"]): row for row in kept}
    static = {dag.dag_id: dag for dag in code.dags}
    broken = {one.file for one in unimported}
    active = {dag_id for dag_id, row in rows.items() if switch(row, "is_active") and not switch(row, "is_subdag")}
    if contents.is_damaged("dag"):
        active |= contents.stored.keys() - rows.keys()  # what is not there any more is stored no longer
    tags = _tags(each("dag_tag", contents.tables["dag_tag"], _checked, contents.problems))
    found = []
    for dag_id in sorted(active | static.keys()):
        row, own = rows.get(dag_id), static.get(dag_id)
        dag = _told(contents, dag_id, row, own, places, defaults)
        if dag.file not in broken and (own is not None or dag.file in places.files):
            found.append(_with_row(dag, row, tags.get(dag_id, ())))
    return found


def _checked_dag(row: Values) -> Values:
    for column in ("is_paused", "is_active", "is_subdag"):
        switch(row, column)
    return _checked(row)


def _checked(row: Values) -> Values:
    for column in row:
        text(row, column)
    return row


def _told(
    contents: Contents, dag_id: str, row: Values | None, own: Dag | None, places: Places, defaults: Defaults
) -> Dag:
    """The DAG as Airflow stored it; where that form is odd it is a problem, and the code or the row tells."""
    form = contents.stored.get(dag_id)
    if form is not None:
        file = places.relative(form.fileloc)
        read = partial(_of_form, form=form, file=file, own=own, defaults=defaults)
        made: Iterator[Dag] = each("serialized_dag", [{"dag_id": dag_id}], read, contents.problems)
        for dag in made:
            return dag
    return own if own is not None else _of_row(dag_id, row or {}, places, defaults)


def _of_form(_row: Values, form: Stored, file: str, own: Dag | None, defaults: Defaults) -> Dag:
    """The stored DAG; OddCellError where one of its fields is none of the model."""
    dag = to_dag(form, file, own, defaults)
    _, losses = sound_rows(Dag, [dag])
    if losses:
        raise OddCellError(f"data is no stored DAG: {losses[0].field}: {losses[0].why}")
    return dag


def _with_row(dag: Dag, row: Values | None, tags: tuple[str, ...]) -> Dag:
    """The DAG with what only the database knows: whether it is paused; and what the code did not tell."""
    if row is None:
        return dag if "paused" in dag.unknown else replace(dag, unknown=(*dag.unknown, "paused"))
    paused = replace(dag, paused=switch(row, "is_paused"), unknown=tuple(one for one in dag.unknown if one != "paused"))
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


def _schedule(written: str | None, zone: str) -> Schedule | None:
    """The JSON of the column ``schedule_interval``."""
    try:
        value = read_json(written) if written else None
    except ValueError:
        return None
    if isinstance(value, dict) and value.get("type") == "timedelta":
        attrs = value.get("attrs", {})
        if not isinstance(attrs, dict) or not all(isinstance(attrs.get(unit, 0), int | float) for unit in _UNITS):
            return None
        seconds = sum(attrs.get(unit, 0) * length for unit, length in _UNITS.items())
        return Schedule(ScheduleKind.DELTA, seconds=float(seconds), timezone=zone)
    if value == "@once":
        return Schedule(ScheduleKind.ONCE, timezone=zone)
    if isinstance(value, str):
        return Schedule(ScheduleKind.CRON, PRESETS.get(value, value), timezone=zone)
    return Schedule(ScheduleKind.NONE, timezone=zone) if written == "null" else None


def _tags(rows: Iterable[Values]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row.get("dag_id")), []).append(str(row.get("name")))
    return {dag_id: tuple(sorted(names)) for dag_id, names in found.items()}


def broken_files(contents: Contents, places: Places) -> list[BrokenFile]:
    """Files that Airflow could not import, with the last line of the error and where in the file it arose."""
    found = []
    for row in each("import_error", contents.tables["import_error"], _checked, contents.problems):
        path, message = str(row.get("filename") or ""), scrub(str(row.get("stacktrace") or ""))
        lines = [line.strip() for line in message.splitlines() if line.strip()] or ["it could not be imported"]
        at = re.findall(rf'File "{re.escape(path)}", line (\d+)', message)
        found.append(BrokenFile(places.relative(path), lines[-1] + (f" (line {at[-1]})" if at else "")))
    return sorted(found, key=lambda one: (one.file, one.message))
