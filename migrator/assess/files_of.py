"""The files that some DAGs are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.assess.imports import ImportGraph
from migrator.assess.source import SourceFile
from migrator.workspace.tree import code_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from migrator.model.dag import Dag


@dataclass(frozen=True, slots=True)
class Made:
    """Files by path of the bucket: those that hold the DAGs, and those that these import, however far away."""

    own: frozenset[str]
    imported: frozenset[str]


def files_of(dags: Iterable[Dag], source_dags: Path, source_plugins: Path) -> Made:
    """What these DAGs are made of; the file of one that is not in the folders is missing in ``own``."""
    folders = {"dags": source_dags, "plugins": source_plugins}
    code = {f"{name}/{path}": text for name, folder in folders.items() for path, text in code_in(folder).items()}
    graph = ImportGraph({path: SourceFile(path, text.decode("utf-8", "replace")) for path, text in code.items()})
    own = frozenset(f"dags/{dag.file}" for dag in dags) & code.keys()
    reached = {path for one in own for path in graph.reach.get(one, ())}
    return Made(own, frozenset(reached - own))
