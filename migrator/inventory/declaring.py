"""Where declared last runs are kept: in the workspace, from where each later inventory takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.inventory import store
from migrator.inventory.declared import Declared, check, read_form, united, with_paused, written
from migrator.inventory.take import Kept
from migrator.model.inventory import Origin
from migrator.model.past import history_of
from migrator.reading import read_file
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.inventory.collect import Collected
    from migrator.model.inventory import Inventory
    from migrator.workspace.workspace import Workspace


def with_declared(workspace: Workspace, collected: Collected, form: Path | None) -> Collected:
    """What was collected, with the last runs that people declared before and in this ``form``, which is kept.

    UsageError for a form that is wrong; then nothing is kept.
    """
    return replace(collected, inventory=_declare(workspace, collected.inventory, form))


def declare(workspace: Workspace, form: Path, output: Path | None = None) -> Kept:
    """The inventory that is there, with what the form declares; UsageError where it is one of a live source."""
    inventory = store.load(workspace.inventory)
    if inventory.origin is Origin.LIVE:
        raise UsageError(
            "nothing was declared",
            why="the inventory is of a source that answers, which knows its runs better than a person",
            fix="name what is left of a source that is gone: --from-snapshot DIR, or --from-folder DIR",
        )
    done = _declare(workspace, inventory, form)
    store.save(done, output or workspace.inventory)
    return Kept(done)


def _declare(workspace: Workspace, inventory: Inventory, form: Path | None) -> Inventory:
    dags = {dag.dag_id: dag for dag in inventory.dags}
    given = _read(form) if form else ()
    check(given, dags, inventory.captured_at, str(form))
    before = _read(workspace.last_runs) if workspace.last_runs.is_file() else ()
    every = {one.dag_id: one for one in (*before, *given)}
    if form:
        write_atomic(workspace.last_runs, written(every.values()).encode())
    if not every:
        return inventory
    history = united(history_of(inventory), every.values(), dags)
    return replace(inventory, history=history, dags=with_paused(inventory.dags, every.values()))


def _read(path: Path) -> tuple[Declared, ...]:
    try:
        return read_form(read_file(path), str(path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"cannot read {path}: {reason}", why="--history names a filled-in form", fix="name the file"
        ) from error
