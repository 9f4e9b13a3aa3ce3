"""Which variables and connections the code of each DAG names, and where the values will lie in the target."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.assess.imports import ImportGraph
from migrator.assess.source import SourceFile
from migrator.inventory.needs import Needs, needs_of
from migrator.workspace.config import TransferSection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from migrator.model.inventory import Inventory

PLACES = {"database": "Airflow's database", "secret-manager": "Secret Manager"}
"""Where ``migrate transfer`` puts values, in words."""


@dataclass(frozen=True, slots=True)
class Named:
    """By DAG what its code names; ``transfer`` says where values go."""

    by_dag: Mapping[str, Needs] = field(default_factory=dict)
    transfer: TransferSection = field(default_factory=TransferSection)

    def of(self, dag_id: str) -> Needs:
        """What the code of a DAG names."""
        return self.by_dag.get(dag_id, Needs())

    @property
    def variables(self) -> Mapping[str, list[str]]:
        """Each variable that code names, with the DAGs."""
        return self._dags(lambda needs: needs.variables | needs.defaulted)

    @property
    def connections(self) -> Mapping[str, list[str]]:
        """Each connection that code names, with the DAGs."""
        return self._dags(lambda needs: needs.connections)

    def place(self, kind: str) -> str:
        """Where the values of ``variables`` or ``connections`` lie in the target."""
        chosen = next((there for one, there in self.transfer.destination.items() if one == kind), "database")
        return PLACES[chosen]

    def _dags(self, names: Callable[[Needs], Iterable[str]]) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for dag_id, needs in sorted(self.by_dag.items()):
            for name in names(needs):
                found[name].append(dag_id)
        return dict(sorted(found.items()))


def named(inventory: Inventory, sources: Mapping[str, str], transfer: TransferSection) -> Named:
    """What each DAG's file and all that it imports name; ``sources``: Python files by path of the bucket."""
    reach = ImportGraph({path: SourceFile(path, text) for path, text in sources.items()}).reach
    needs = {path: needs_of(text) for path, text in sources.items()}
    files = {dag.dag_id: reach.get(f"dags/{dag.file}", frozenset()) for dag in inventory.dags}
    return Named({dag_id: _union(needs[path] for path in paths) for dag_id, paths in files.items()}, transfer)


def _union(needs: Iterable[Needs]) -> Needs:
    found = list(needs)
    variables = frozenset[str]().union(*(one.variables for one in found))
    connections = frozenset[str]().union(*(one.connections for one in found))
    return Needs(variables, connections, frozenset[str]().union(*(one.defaulted for one in found)) - variables)
