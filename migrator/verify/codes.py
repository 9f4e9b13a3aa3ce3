"""Which rules had something to change in each DAG's file: the rewrite, asked again and written nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.report import Options
from migrator.assess.decided import names_of
from migrator.rewrite.plugins import plugins_in
from migrator.rewrite.tree import rewrite_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from migrator.workspace.workspace import Workspace

DATASETS = "CM701"
_MADE_BY_DATASETS = b"dag_datasets"


def codes_of_files(workspace: Workspace) -> dict[str, frozenset[str]]:
    """File, relative to the DAGs folder, to codes; empty when there is no source folder.

    Changes that need ``--unsafe`` count: whether they were made shows in what is compared.
    """
    if not workspace.source_dags.is_dir():
        return {}
    plugins = plugins_in([workspace.source_plugins, workspace.source_dags])
    result = rewrite_tree(
        workspace.source_dags,
        workspace.target_dags,
        options=Options(unsafe=True, plugins=plugins, packages=names_of(workspace.config.packages)),
        cache=workspace.cache / "rewrite",
        dry_run=True,
    )
    found = {file.path: {change.code for change in file.changes} for file in result.files}
    for path, codes in found.items():
        if _uses_datasets(workspace.target_dags / path):
            codes.add(DATASETS)
    return {path: frozenset(codes) for path, codes in found.items()}


def codes_of_dags(files: Mapping[str, str], codes: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """DAG id to codes: those of its file, and of every module that is no DAG file, since it may import it."""
    dag_files = set(files.values())
    shared = _union(found for path, found in codes.items() if path not in dag_files)
    return {dag_id: shared.union(codes.get(path, ())) for dag_id, path in files.items()}


def _uses_datasets(path: Path) -> bool:
    return path.is_file() and _MADE_BY_DATASETS in path.read_bytes()


def _union(codes: Iterable[Collection[str]]) -> frozenset[str]:
    return frozenset(code for some in codes for code in some)
