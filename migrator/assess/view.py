"""One DAG as the checks see it: what Airflow says of it, beside the file that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import DagCall, SourceFile
    from migrator.model.dag import Dag
    from migrator.model.run import Run


@dataclass(frozen=True, slots=True)
class DagView:
    """A DAG, its file (None when the workspace lacks it), and its automated runs that the source made, oldest first."""

    dag: Dag
    file: SourceFile | None
    runs: tuple[Run, ...]

    @property
    def finished(self) -> list[Run]:
        """The automated runs that ended, oldest first."""
        return [run for run in self.runs if run.finished]

    @property
    def calls(self) -> Iterator[DagCall]:
        """The calls of DAG() that make it: by its literal id, else those of its file whose id is no literal."""
        made = self.file.dag_calls if self.file else ()
        exact = [call for call in made if call.dag_id == self.dag.dag_id]
        yield from exact or (call for call in made if call.dag_id is None)

    @property
    def line(self) -> int:
        """The line of the call that makes it; 0 when no call is found."""
        return next((call.line for call in self.calls), 0)
