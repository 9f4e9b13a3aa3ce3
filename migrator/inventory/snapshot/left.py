"""What the last runs of a dump left to later ones: their own conf, and the XComs of the newest; read, never loaded."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING, Any

from migrator.agent import migrate_agent
from migrator.inventory.snapshot.dump import Dump
from migrator.inventory.snapshot.past import is_automated, keys_of
from migrator.inventory.snapshot.rows import OddCellError, moment_in, text
from migrator.inventory.snapshot.runs import run_of
from migrator.model.run import FINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from migrator.inventory.snapshot.contents import Contents, Values
    from migrator.inventory.snapshot.past import Key
    from migrator.model.dag import Dag

XCOM = "xcom"
MOST = 200
"""How many XComs of a run are read."""
UNREAD = "it could not be read from the dump"


def left_in(contents: Contents, dags: Iterable[Dag]) -> dict[str, Any]:
    """By DAG what is kept, as the agent of a living environment tells it, and what is left out and why."""
    known = {dag.dag_id: dag for dag in dags}
    ended = {
        dag_id: runs
        for dag_id, rows in contents.past.rows().items()
        if dag_id in known and (runs := _ended(rows, known[dag_id]))
    }
    found = _xcoms(contents, {key: dag_id for dag_id, runs in ended.items() for key in keys_of(*runs[0])})
    agent: Any = migrate_agent  # it runs on Python 3.6 too, and has no types
    kept: dict[str, Any] = {}
    left_out: dict[str, list[str]] = {}
    for dag_id, runs in ended.items():
        confs = [(_iso(date), conf) for date, values in runs if (conf := _conf(values))]
        told = agent.left_by(confs, _iso(runs[0][0]), found[dag_id])
        kept |= {dag_id: told["kept"]} if told["kept"] else {}
        left_out |= {dag_id: told["left_out"]} if told["left_out"] else {}
    return {"schema_version": 1, "dags": kept, "left_out": left_out}


def _ended(rows: Iterable[Values], dag: Dag) -> list[tuple[datetime, Values]]:
    """The automated runs that ended, newest first, each with its date."""
    found = []
    for values in rows:
        try:
            if values.get("state") in FINISHED and is_automated(values):
                run = run_of(values, dag)
                found += [] if run.carried else [(run.logical_date, values)]
        except OddCellError:
            continue  # the inventory names it
    return found


def _xcoms(contents: Contents, wanted: dict[Key, str]) -> defaultdict[str, list[tuple[str, str, bytes | str]]]:
    """The XComs of these runs, by DAG, as (task id, key, bytes or why there are none)."""
    found: defaultdict[str, list[tuple[str, str, bytes | str]]] = defaultdict(list)
    for row in Dump(contents.dump.path, frozenset({XCOM})).rows() if wanted else ():
        try:
            dag_id = wanted.get(_key(row.values))
            if dag_id is not None and len(found[dag_id]) < MOST:
                found[dag_id].append(_xcom(row.values, damaged=bool(row.fault)))
        except OddCellError:
            continue  # of no run that anybody could name
    return found


def _key(values: Values) -> Key:
    return str(values.get("dag_id")), values.get("run_id") or moment_in(values, "execution_date")


def _xcom(values: Values, *, damaged: bool) -> tuple[str, str, bytes | str]:
    task_id, key = str(text(values, "task_id")), str(text(values, "key"))
    if (values.get("map_index") or "-1") != "-1":
        return task_id, key, "it is of one of several instances of a mapped task"
    data = None if damaged else _bytes(values.get("value"))
    return task_id, key, UNREAD if data is None else data


def _conf(values: Values) -> Any:  # noqa: ANN401 - JSON
    """The conf, or the text of its bytes where they hold none that JSON holds, which is then left out as such."""
    data = _bytes(values.get("conf"))
    if not data:
        return None
    agent: Any = migrate_agent
    try:
        return agent.plain_value(data)
    except agent.NotPlainError:
        return data


def _bytes(stored: str | None) -> bytes | None:
    """What a column of bytes holds, as both databases write it."""
    if stored is None:
        return b""
    try:
        if stored.startswith(("\\x", "0x")):
            return bytes.fromhex(stored[2:])
        return stored.encode("utf-8", "surrogateescape")
    except ValueError:
        return None


def _iso(date: datetime) -> str:
    """As the agent writes dates."""
    return date.astimezone(UTC).isoformat(timespec="microseconds")
