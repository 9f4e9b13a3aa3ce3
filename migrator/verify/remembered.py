"""What is known of a v1 that no longer runs, in the form in which an environment shows itself for a comparison."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from migrator.agent import migrate_agent
from migrator.model import parts
from migrator.scrub.text import scrubbed
from migrator.verify.ask import Shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from migrator.inventory.seal import Secrets
    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory

SCRUBBED = ("description", "owners", "tags", "datasets_in", "datasets_out")
"""Texts of a DAG that an inventory does not hold as they are, where they seem to hold a secret."""
COMPARED = (parts.VARIABLES, parts.CONNECTIONS, parts.POOLS, parts.USERS, parts.SETTINGS)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An inventory, and its secrets, which only the operator's key opens; None where there are none."""

    inventory: Inventory
    secrets: Secrets | None = None

    def shown(self, key: bytes, dag_ids: Collection[str] | None = None) -> Shown:
        """Its DAGs, or these, and its resources, with marks of values under this key; nothing that is not known."""
        dags = [dag for dag in self.inventory.dags if dag_ids is None or dag.dag_id in dag_ids]
        agent: Any = migrate_agent  # it runs on Python 3.6 too, and has no types
        variables, connections = (
            ([], []) if self.secrets is None else (self.secrets.variables, self.secrets.connections)
        )
        return Shown(
            dags={dag.dag_id: _described(dag) for dag in dags},
            variables={one.key: agent._marked_variable(key, asdict(one)) for one in variables},  # noqa: SLF001
            connections={one.conn_id: agent._marked_connection(key, asdict(one)) for one in connections},  # noqa: SLF001
            pools={one.name: {"slots": one.slots, "description": one.description} for one in self.inventory.pools},
            users=self._users(),
            warnings=tuple(self._unknown()),
        )

    def _users(self) -> dict[str, Any]:
        usage = self.inventory.usage
        users = usage.users if usage else ()
        return {one.identity: {"roles": list(one.roles), "active": one.active} for one in users if one.roles}

    def _unknown(self) -> Iterator[str]:
        """What is not compared, because nobody knows it."""
        for part in COMPARED:
            if parts.is_unknown(self.inventory, part):
                yield f"{part} are not all known, and what is unknown is not compared"
        names = ", ".join(one.file for one in self.inventory.unlisted)
        if names:
            yield f"the DAGs of {names} could not be listed, and are not compared"


def alike(there: Shown) -> Shown:
    """What the other side shows, its texts as an inventory would hold them."""
    return Shown(
        {dag_id: _scrubbed(dag) for dag_id, dag in there.dags.items()},
        there.broken, there.variables, there.connections,
        {name: scrubbed(pool) for name, pool in there.pools.items()},
        there.users, there.warnings,
    )  # fmt: skip


def _scrubbed(dag: dict[str, Any]) -> dict[str, Any]:
    return dag | {name: scrubbed(dag[name]) for name in SCRUBBED if name in dag}


def _described(dag: Dag) -> dict[str, Any]:
    """As the agent describes a DAG; its templates, which nobody can render any more, are not in it."""
    described = asdict(dag) | {"start_date": _iso(dag.start_date), "end_date": _iso(dag.end_date), "settings": {}}
    described["schedule"]["kind"] = str(dag.schedule.kind)
    described["tasks"] = [asdict(task) | {"settings": {}, "fields": {}} for task in dag.tasks]
    return described


def _iso(date: datetime | None) -> str | None:
    """As the agent writes dates."""
    agent: Any = migrate_agent
    found: str | None = agent.iso(date)
    return found
