"""All that the checks look at, gathered once: the inventory beside the files, the target, and what others found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from migrator.assess.imports import ImportGraph, importers
from migrator.assess.known import Asked
from migrator.assess.resolver import NotResolved
from migrator.assess.source import SourceFile
from migrator.assess.used import Usage
from migrator.assess.view import DagView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemods.engine.report import Finding
    from codemods.profiles.profile import Profile
    from migrator.assess.resolver import Resolution
    from migrator.model.inventory import Inventory
    from migrator.model.run import Run


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewrite would do to one file: how many changes, and what it leaves to a person.

    ``loaded``: whether the target's interpreter loaded just this text, None where nobody asked; ``error`` and ``line``:
    why it did not.
    """

    changes: int
    findings: tuple[Finding, ...]
    loaded: bool | None = None
    error: str = ""
    line: int = 0


@dataclass(frozen=True)
class Estate:
    """The estate; ``sources`` are Python files by path of the bucket, ``target`` is what the target has installed."""

    inventory: Inventory
    sources: Mapping[str, str]
    target: Profile
    packages: Resolution = field(default_factory=lambda: NotResolved("no package was asked for", ""))
    rewritten: Mapping[str, Rewritten] = field(default_factory=dict)

    @cached_property
    def files(self) -> Mapping[str, SourceFile]:
        """Every Python file, by path of the bucket."""
        return {path: SourceFile(path, text) for path, text in sorted(self.sources.items())}

    @cached_property
    def dags(self) -> tuple[DagView, ...]:
        """Every DAG, by id."""
        runs: defaultdict[str, list[Run]] = defaultdict(list)
        for run in self.inventory.runs:
            if run.automated and not run.carried:
                runs[run.dag_id].append(run)
        dags = sorted(self.inventory.dags, key=lambda dag: dag.dag_id)
        return tuple(
            DagView(self.asked.watched(dag), self.files.get(f"dags/{dag.file}"), tuple(runs[dag.dag_id]))
            for dag in dags
        )

    def lacks(self, dag_ids: Iterable[str], facts: Iterable[str]) -> bool:
        """Whether one of these facts is unknown of one of these DAGs."""
        return any(not self._unknown.get(dag_id, frozenset()).isdisjoint(facts) for dag_id in dag_ids)

    @cached_property
    def _unknown(self) -> Mapping[str, frozenset[str]]:
        return {dag.dag_id: frozenset(dag.unknown) for dag in self.inventory.dags if dag.unknown}

    @cached_property
    def asked(self) -> Asked:
        """Notes which unknown facts of its DAGs are read."""
        return Asked()

    @cached_property
    def imports(self) -> ImportGraph:
        """Who imports whom."""
        return ImportGraph(self.files, python_3=self.python_3)

    @property
    def python_3(self) -> bool:
        """Whether v1 runs Python 3: as it says, or, where that is unknown, since a DAG has what only that parses."""
        said = self.inventory.python_version
        return said.startswith("3") if said else any(view.file.python_3 for view in self.dags if view.file)

    @property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """Each file with those that it imports, and that these import, itself among them."""
        return self.imports.reach

    @cached_property
    def dags_of(self) -> Mapping[str, tuple[str, ...]]:
        """The DAGs that each file takes part in: its own, and those whose file imports it; sorted."""
        return importers(self.reach, ((f"dags/{view.dag.file}", view.dag.dag_id) for view in self.dags))

    def dags_using(self, path: str, line: int) -> tuple[str, ...]:
        """The DAGs that a line of a file takes part in: not those that import it and use no function around it."""
        own = {view.dag.dag_id: f"dags/{view.dag.file}" for view in self.dags}
        return tuple(one for one in self.dags_of.get(path, ()) if self._usage.uses(own[one], path, line))

    @cached_property
    def _usage(self) -> Usage:
        return Usage(self.files, self.imports.edges)

    def importing(self, module: str) -> tuple[str, ...]:
        """The DAGs that import a module, or something below it; sorted."""
        paths = [p for p, f in self.files.items() if any(f"{name}.".startswith(f"{module}.") for name, _ in f.imports)]
        return tuple(sorted({dag_id for path in paths for dag_id in self.dags_of.get(path, ())}))
