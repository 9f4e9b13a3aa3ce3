"""Take only what the model allows into an inventory: an odd field is left out and named, and the rest is kept."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from migrator.model.cron import is_cron
from migrator.model.dag import BrokenFile, Dag, ScheduleKind, Unlisted
from migrator.model.resources import Connection, Pool, StoredFile, Variable
from migrator.model.run import Run
from migrator.model.trigger import Trigger
from migrator.model.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.model.inventory import Inventory

T = TypeVar("T")
Path = tuple[int | str, ...]

NAMES = {Dag: "dag_id", Run: "dag_id", Variable: "key", Connection: "conn_id", Pool: "name"}
NAMES |= {BrokenFile: "file", StoredFile: "path", Unlisted: "file", Trigger: "dag_id"}
TABLES: dict[type, str] = {Dag: "dag", Run: "run of", Variable: "variable", Connection: "connection", Pool: "pool"}
TABLES |= {BrokenFile: "broken file", StoredFile: "file", Unlisted: "file", Usage: "usage"}
TABLES |= {Trigger: "start of"}
ROWS: dict[str, type] = {"dags": Dag, "broken_files": BrokenFile, "files": StoredFile, "runs": Run}
ROWS |= {"variables": Variable, "connections": Connection, "pools": Pool, "unlisted": Unlisted, "triggers": Trigger}
FALLBACK: dict[type, dict[str, Any]] = {
    Dag: {"schedule": {"kind": ScheduleKind.OTHER.value, "expression": "unknown"}},
}
"""What stands in a field that has no default of its own, and of which something is known to be wrong."""
_ONE: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in TABLES}
_LISTS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(list[kind]) for kind in TABLES}  # type: ignore[valid-type]
_FACTS = {"tasks": "tasks", "downstream": "edges", "reference": "references"}
_MOST = 2**63


@dataclass(frozen=True, slots=True)
class Loss:
    """What was left out of a row, or the row itself (``field`` is empty), by its table and key, and why."""

    table: str
    key: str
    field: str
    why: str

    def __str__(self) -> str:
        where = f"{self.table} {self.key}"
        return f"{where}: {self.field} is left out: {self.why}" if self.field else f"{where} is left out: {self.why}"


def sound(inventory: Inventory) -> Inventory:
    """The inventory with what the model allows; what was left out is among its warnings, and a DAG's is unknown."""
    kept: dict[str, Any] = {}
    losses: list[Loss] = []
    for name, kind in ROWS.items():
        lost: list[Loss]
        kept[name], lost = sound_rows(kind, getattr(inventory, name))
        kept[name] = tuple(kept[name])
        losses += lost
    warnings = {str(_plain(text)) for text in inventory.warnings} | set(map(str, losses))
    return replace(inventory, **kept, warnings=tuple(sorted(warnings)))


def sound_rows(kind: type[T], rows: Iterable[object]) -> tuple[list[T], list[Loss]]:
    """Each row as a value of the model, and what was left out of them."""
    listed = [_plain(row) for row in rows]
    try:
        read: list[T] = _LISTS[kind].validate_json(json.dumps(listed), strict=True)
        if not any(map(_lacking, read)):
            return read, []
    except ValidationError:
        pass
    found: list[T] = []
    losses: list[Loss] = []
    for number, row in enumerate(listed, 1):
        value, lost = sound_row(kind, row, number)
        found += [value] if value is not None else []
        losses += lost
    return found, losses


def sound_row(kind: type[T], row: Any, number: int) -> tuple[T | None, list[Loss]]:  # noqa: ANN401 - anything
    """The row as a value of the model, without its odd fields; None where not even its key can be used."""
    row = _plain(row)
    losses: list[Loss] = []
    key = _key(kind, row, number)
    while True:
        value, fault = _read(kind, row)
        if fault is None:
            return value, losses
        place = _leave_out(kind, row, fault)
        if not place:
            field, why = (losses[0].field, losses[0].why) if losses else (".".join(map(str, fault.loc)), fault.why)
            return None, [Loss(TABLES[kind], key, "", f"{field}: {why}" if field else why)]
        losses.append(Loss(TABLES[kind], key, ".".join(map(str, place)), fault.why))
        if kind is Dag:
            row["unknown"] = sorted({*_texts(row.get("unknown")), *_fact(place)})


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where a row does not fit the model, and why; ``missing``: it lacks a field."""

    loc: Path
    why: str
    missing: bool = False


def _read(kind: type[T], row: Any) -> tuple[T | None, _Fault | None]:  # noqa: ANN401 - anything
    try:
        value: T = _ONE[kind].validate_json(json.dumps(row), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return None, _Fault(first["loc"], first["msg"], first["type"] == "missing")
    lacks = _lacking(value)
    return (None, _Fault(("schedule",), f"it has no {lacks}")) if lacks else (value, None)


def _lacking(value: object) -> str:
    """What a DAG's schedule lacks that its kind is read by."""
    schedule = value.schedule if isinstance(value, Dag) else None
    match schedule.kind if schedule else None:
        case ScheduleKind.CRON if schedule and not schedule.expression:
            return "expression"
        case ScheduleKind.CRON if schedule and not is_cron(str(schedule.expression)):
            return "cron expression that ever comes due"
        case ScheduleKind.DELTA if schedule and not (schedule.seconds and schedule.seconds > 0):
            return "length"
    return ""


def _leave_out(kind: type, row: Any, fault: _Fault) -> Path:  # noqa: ANN401 - anything
    """Take what stands there, or what holds it, out of the row; where that was. Nothing left to take out: empty."""
    loc, place = fault.loc, fault.loc[:-1] if fault.missing else fault.loc
    while place:
        if len(place) == 1 and place[0] in FALLBACK.get(kind, {}) and row.get(place[0]) != FALLBACK[kind][place[0]]:
            row[place[0]] = dict(FALLBACK[kind][place[0]])
            return place
        holder = _at(row, place[:-1])
        if isinstance(holder, list) and isinstance(place[-1], int) and place[-1] < len(holder):
            del holder[place[-1]]
            return place
        if isinstance(holder, dict) and place[-1] in holder:
            del holder[place[-1]]
            return place
        place = place[:-1]
    if fault.missing and len(loc) == 1 and loc[0] in FALLBACK.get(kind, {}) and isinstance(row, dict):
        row[loc[0]] = dict(FALLBACK[kind][loc[0]])
        return loc
    return ()


def _at(row: Any, place: Path) -> Any:  # noqa: ANN401 - anything
    for part in place:
        row = row.get(part) if isinstance(row, dict) else row[int(part)] if isinstance(row, list) else None
    return row


def _fact(place: Path) -> set[str]:
    """What is not known of a DAG any more, in the words of ``Dag.unknown``."""
    first, last = str(place[0]), str(place[-1])
    if first != "tasks":
        return set() if first in {"unknown", "facts"} else {first}
    if len(place) < 3:
        return {"tasks", "edges"}
    return {_FACTS.get(str(place[2]), f"tasks.{place[2]}")} if last else set()


def _key(kind: type, row: Any, number: int) -> str:  # noqa: ANN401 - anything
    named = row.get(NAMES.get(kind, "")) if isinstance(row, dict) else None
    return named if isinstance(named, str) and named else f"number {number}"


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - anything
    """The value as JSON has it; what JSON or the model has no place for becomes an object, which no field takes."""
    match value:
        case Enum():
            return value.value
        case str():
            return value.encode("utf-8", "backslashreplace").decode() if not value.isascii() else value
        case bool() | None:
            return value
        case int():
            return value if -_MOST <= value < _MOST else _odd(value)
        case float():
            return value if math.isfinite(value) else _odd(value)
        case datetime():
            return _moment(value)
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return _odd(value)


def _moment(value: datetime) -> Any:  # noqa: ANN401 - JSON
    try:
        return value.astimezone(UTC).isoformat() if value.tzinfo else _odd(value)
    except (OverflowError, ValueError):
        return _odd(value)


def _odd(value: object) -> dict[str, str]:
    return {"odd": type(value).__name__}
