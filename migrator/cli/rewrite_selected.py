"""A rewrite of the DAGs that `--dag` and `--owner` select: which files it writes, and what is said of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.errors import UsageError, WorkspaceError
from migrator.model.text import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from migrator.assess.files_of import Made
    from migrator.cli.context import Context
    from migrator.model.selection import Selection
    from migrator.rewrite.result import TreeResult
    from migrator.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Selected:
    """The selection with its files; ``written``: those that are rewritten, by path of the bucket."""

    selection: Selection
    made: Made
    written: frozenset[str]

    def of(self, result: TreeResult) -> TreeResult:
        """What the result says of the files that are written."""
        from migrator.rewrite.estate import in_bucket
        from migrator.rewrite.result import TreeResult

        return TreeResult(tuple(file for file in result.files if in_bucket(file.path) in self.written))

    def tell(self, context: Context, result: TreeResult) -> None:
        """Say which DAGs it was, and which modules that they import would change and were not written."""
        from migrator.rewrite.estate import in_bucket

        context.say(f"only {self.selection}; other files of the targets stay as they are")
        waiting = [file.path for file in result.changed if in_bucket(file.path) in self.made.imported - self.written]
        if waiting:
            context.say(f"they import what would change too and was not written: {listed(waiting)}; add --with-imports")


def selected(
    workspace: Workspace, dag: Sequence[str] | None, owner: Sequence[str] | None, *, with_imports: bool
) -> Selected | None:
    """The files of the selected DAGs; None where no option selects any. UsageError where none of them is there."""
    from migrator.assess.files_of import files_of
    from migrator.cli.selection import selection_of
    from migrator.inventory import store

    if not dag and not owner:
        if with_imports:
            raise UsageError("--with-imports goes with --dag or --owner.", why="All is rewritten.", fix="leave it out")
        return None
    inventory = store.load(workspace.inventory)
    selection = selection_of(inventory, dag, owner)
    if selection is None:
        return None
    dags = [one for one in inventory.dags if one.dag_id in selection]
    made = files_of(dags, workspace.source_dags, workspace.source_plugins)
    if not made.own:
        raise WorkspaceError(
            f"{workspace.source_dags} has no file of these DAGs: {listed(sorted({one.file for one in dags}))}",
            why="the inventory names the file of each, and downloads it",
            fix="migrate inventory",
        )
    return Selected(selection, made, made.own | made.imported if with_imports else made.own)


def refuse_others(paths: Sequence[Path] | None, *, chosen: bool, datasets: bool) -> None:
    """UsageError when something else says what is rewritten, too."""
    other = "a PATH" if paths else "--datasets"
    if chosen and (paths or datasets):
        raise UsageError(
            f"--dag and --owner do not go with {other}.",
            why="They select DAGs of the workspace's inventory." if paths else "It is about edges between DAGs.",
            fix=f"leave out {other}, or --dag and --owner",
        )
