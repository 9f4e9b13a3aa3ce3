"""The last runs of each DAG in a dump, whenever they were, with their tasks; gathered in the pass that reads it."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.rows import moment_in, switch, text
from migrator.model.history import NEWEST
from migrator.model.run import FINISHED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from migrator.model.run import Run

    Values = dict[str, str | None]
    Kept = tuple[datetime, int, Values]
    Key = tuple[str, str | datetime | None]

AUTOMATED = frozenset({"scheduled", "backfill", "dataset_triggered"})
MOST_OPEN = 500
"""How many runs of a DAG that did not end are kept: a scheduler has no more at work."""
_BY_LEFT = ("removed", "skipped", "success", "upstream_failed", "shutdown", "failed", None)
"""The states of a mapped task's instances, the one that stands for all of them last; those at work come behind."""


@dataclass(slots=True)
class Past:
    """Each DAG's newest runs that ended, of either kind, and all that did not.

    ``doubtful`` are the DAGs that lost a run's row; an empty id: one whose DAG is not known. ``again``: rows of tasks
    came before all runs were known, so that they have to be read once more.
    """

    doubtful: set[str] = field(default_factory=set)
    again: bool = False
    _runs: defaultdict[tuple[str, str], list[Kept]] = field(default_factory=lambda: defaultdict(list))
    _tasks: dict[Key, dict[str, str | None]] = field(default_factory=dict)
    _begun: bool = False

    def keep_run(self, values: Values, moment: datetime, number: int) -> None:
        """Keep a row of ``dag_run`` while it is among the newest of its DAG and kind."""
        kind = "open" if values.get("state") not in FINISHED else "automated" if is_automated(values) else "manual"
        heap = self._runs[str(values["dag_id"]), kind]
        push = heapq.heappush if len(heap) < (MOST_OPEN if kind == "open" else NEWEST) else heapq.heappushpop
        push(heap, (moment, number, values))
        self.again, self._tasks = self.again or self._begun, {}

    def keep_task(self, values: Values) -> None:
        """Keep the state in a row of ``task_instance`` where its run is kept."""
        self._begun = True
        if not self._tasks:
            self._tasks = {key: {} for heap in self._runs.values() for one in heap for key in keys_of(one[0], one[2])}
        key = (str(values.get("dag_id")), values.get("run_id") or moment_in(values, "execution_date"))
        if (tasks := self._tasks.get(key)) is not None:
            name, state = str(text(values, "task_id")), text(values, "state") or None
            tasks[name] = max(tasks[name], state, key=_left) if name in tasks else state

    def forget_tasks(self) -> None:
        """Begin anew with the tasks."""
        self.again, self._tasks = False, {}

    def rows(self) -> dict[str, list[Values]]:
        """The rows of the runs that are kept, by DAG, newest first."""
        found: defaultdict[str, list[Kept]] = defaultdict(list)
        for (dag_id, _), heap in sorted(self._runs.items()):
            found[dag_id] += heap
        return {dag_id: [one[2] for one in sorted(heap, key=_age, reverse=True)] for dag_id, heap in found.items()}

    def tasks_of(self, run: Run, values: Values) -> dict[str, str | None]:
        """The tasks of a run that is kept, by the row it was made of."""
        keys = keys_of(moment_in(values, "execution_date"), values)
        found = next((tasks for key in keys if (tasks := self._tasks.get(key))), {})
        return dict(sorted(found.items())) or run.tasks

    def clear(self) -> None:
        """Keep nothing: the table of the runs was lost."""
        self._runs.clear()
        self._tasks = {}
        self.doubtful.add("")


def is_automated(values: Mapping[str, str | None]) -> bool:
    """Whether the scheduler made the run of that row; OddCellError for what is no answer to it."""
    kind, triggered = values.get("run_type"), switch(values, "external_trigger")
    by_type = kind in AUTOMATED if kind is not None else not triggered
    return str(text(values, "run_id")).startswith("scheduled__") or by_type


def keys_of(moment: datetime | None, values: Values) -> tuple[Key, Key]:
    """By what the table of tasks names a run: its id since 2.2, before that its date."""
    dag_id = str(values["dag_id"])
    return (dag_id, values.get("run_id")), (dag_id, moment)


def _age(kept: Kept) -> tuple[datetime, int]:
    return kept[:2]


def _left(state: str | None) -> int:
    return _BY_LEFT.index(state) if state in _BY_LEFT else len(_BY_LEFT)
