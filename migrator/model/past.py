"""The history of an inventory: what it says of its own, else what its runs tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.history import History, HistoryRun, ordered

if TYPE_CHECKING:
    from migrator.model.inventory import Inventory


def history_of(inventory: Inventory) -> History:
    """The last runs of its DAGs; of one that was taken without them, those of its recent weeks.

    Of these weeks alone nobody knows whether a DAG without a run never had one.
    """
    if inventory.history is not None:
        return inventory.history
    runs = [HistoryRun.of(run) for run in inventory.runs]
    seen = {run.dag_id for run in runs}
    return History(ordered(runs), tuple(dag.dag_id for dag in inventory.dags if dag.dag_id not in seen))
