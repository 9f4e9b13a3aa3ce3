"""The code of a workspace as one program: its DAGs and the plugins that they import, each rewritten into its target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.rewrite.plugins import plugins_in
from migrator.rewrite.result import TreeResult
from migrator.rewrite.tree import rewrite_tree
from migrator.workspace.tree import code_in, files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from codemods.engine.report import Options
    from migrator.rewrite.result import FileResult
    from migrator.workspace.workspace import Workspace

PLUGINS = "plugins/source/"
"""What the paths of plugins begin with in a result; those of DAGs begin in ``dags/source``."""


def rewrite_estate(
    workspace: Workspace,
    options: Options,
    *,
    jobs: int | None = None,
    cache: Path | None = None,
    dry_run: bool = False,
    only: Collection[str] | None = None,
) -> TreeResult:
    """Rewrite ``dags/source`` and ``plugins/source`` into their targets: what came of each file, by its path.

    Each sees what the other imports of it. ``only``: the files that are written, by path of the bucket; all others of
    the targets stay as they are, and the result tells what would become of them. RefusedError when a target, or a
    folder above it, is a link.
    """
    given = replace(options, plugins=plugins_in([workspace.source_plugins, workspace.source_dags]))
    trees = [("", workspace.source_dags, workspace.target_dags, code_in(workspace.source_plugins))]
    if files(workspace.source_plugins):
        trees.append((PLUGINS, workspace.source_plugins, workspace.target_plugins, code_in(workspace.source_dags)))
    found: list[FileResult] = []
    for prefix, source, target, others in trees:
        made = rewrite_tree(
            source,
            target,
            options=given,
            jobs=jobs,
            cache=cache,
            dry_run=dry_run,
            within=workspace.root,
            others=others,
            only=None if only is None else frozenset(name for name in map(_path_in(prefix), only) if name),
        )
        found += [file.below(prefix) for file in made.files]
    return TreeResult(tuple(found))


def _path_in(prefix: str) -> Callable[[str], str]:
    """The path below a folder's source of a path of the bucket; empty for one of the other folder."""
    root = "plugins/" if prefix else "dags/"
    return lambda path: path.removeprefix(root) if path.startswith(root) else ""


def in_bucket(path: str) -> str:
    """The path of the bucket that a file of such a result goes to, such as ``dags/a.py`` or ``plugins/b.py``."""
    return f"plugins/{path.removeprefix(PLUGINS)}" if path.startswith(PLUGINS) else f"dags/{path}"
