"""Who changed what drifted, and when: from Airflow's log for resources, from the bucket for files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from migrator.errors import MigrateError
from migrator.interrupt import threads
from migrator.inventory.drift import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from migrator.environments.ports import Environment
    from migrator.inventory.drift import Drift
    from migrator.model.inventory import Inventory

THREADS = 8
IMPORT = "perhaps in an import"
"""How a change is told that only an import, of which the log holds no names, can explain."""


def tell_edits(
    found: Sequence[Drift], source: Environment, before: Inventory, after: Inventory, warn: Callable[[str], None]
) -> tuple[Drift, ...]:
    """The changes with who and when where the source knows; else, or where it cannot be asked, unknown."""
    edits: Sequence[Mapping[str, Any]] = ()
    times: Mapping[str, datetime] = {}
    try:
        if any(one.kind in RESOURCES for one in found):
            edits = source.agent.call("edits", since=before.captured_at.isoformat()).result["edits"]
        times = _times(source, [one.name for one in found if one.kind == "file" and one.what != "gone"])
    except MigrateError as error:
        warn(f"who and when stay unknown: {error.what}: {error.why}".splitlines()[0])
    files = {dag.dag_id: f"dags/{dag.file}" for dag in after.dags}
    return tuple(_of_file(one, times, files) if one.kind in {"file", "dag"} else _of_log(one, edits) for one in found)


def _times(source: Environment, paths: Sequence[str]) -> dict[str, datetime]:
    with threads(THREADS) as pool:
        moments = pool.map(source.bucket.updated, paths)
        return {path: moment for path, moment in zip(paths, moments, strict=True) if moment is not None}


def _of_file(one: Drift, times: Mapping[str, datetime], files: Mapping[str, str]) -> Drift:
    """A bucket keeps no name of who wrote an object. A DAG changed with its file, where that changed."""
    moment = times.get(one.name if one.kind == "file" else files.get(one.name, ""))
    return replace(one, when=moment.isoformat()) if moment else one


def _of_log(one: Drift, edits: Iterable[Mapping[str, Any]]) -> Drift:
    """The newest edit of that name; else the newest import, which may have brought it."""
    mine = [edit for edit in edits if edit["kind"] == one.kind]
    named = [edit for edit in mine if edit["name"] == one.name]
    imports = [edit for edit in mine if edit["name"] is None and one.what != "gone"]
    if not named and not imports:
        return one
    edit = (named or imports)[-1]
    how = edit["how"] if named else f"{IMPORT}: {edit['how']}"
    return replace(one, who=edit["who"] or one.who, when=edit["at"], how=how)
