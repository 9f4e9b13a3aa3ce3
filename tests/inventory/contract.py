"""What two inventories of one environment must agree on, whatever way each was taken."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from codemods.tables import canonical

if TYPE_CHECKING:
    from migrator.model.dag import Dag, Task
    from migrator.model.inventory import Inventory

_EDGES, _TASKS = "edges", "tasks"


def same_dags(found: tuple[Dag, ...], told: tuple[Dag, ...]) -> None:
    """Each DAG of ``found`` says what Airflow told, but for the facts that it says it does not know."""
    assert [dag.dag_id for dag in found] == [dag.dag_id for dag in told]
    wrong = [difference for pair in zip(found, told, strict=True) for difference in _differences(*pair)]
    assert not wrong, "\n".join(wrong)


def _differences(found: Dag, told: Dag) -> list[str]:
    one, other = known_facts(found, found.unknown), known_facts(told, found.unknown)
    return [f"{found.dag_id}.{key}: {one[key]} is {other[key]}" for key in one if one[key] != other[key]]


def known_facts(dag: Dag, unknown: tuple[str, ...]) -> dict[str, Any]:
    """The DAG without those facts; operators under one spelling, since code may import them from anywhere."""
    facts = {key: value for key, value in asdict(dag).items() if key not in {"facts", "unknown", _TASKS, *unknown}}
    facts["tasks"] = "unknown" if _TASKS in unknown else [_task(task, unknown) for task in dag.tasks]
    return facts


def _task(task: Task, unknown: tuple[str, ...]) -> dict[str, Any]:
    facts = asdict(replace(task, operator=canonical(task.operator)))
    left_out = {name.removeprefix("tasks.") for name in unknown if name.startswith("tasks.")}
    left_out |= {"downstream"} if _EDGES in unknown else set()
    return {key: value for key, value in facts.items() if key not in left_out}


def same_environment(found: Inventory, told: Inventory) -> None:
    """Everything that both hold is equal: DAGs, broken files, files, runs, and resources by their fingerprints."""
    same_dags(found.dags, told.dags)
    for part in ("broken_files", "files", "variables", "connections", "pools", "airflow_version", "environment"):
        assert getattr(found, part) == getattr(told, part), part
    assert found.runs == told.runs
