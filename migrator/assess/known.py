"""What a check may judge: a DAG that remembers which of its unknown facts were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from migrator.model.dag import Dag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrator.model.dag import Task

_OF_TASKS = {"reference": "references", "downstream": "edges"}


class Asked:
    """Which unknown facts of which DAGs were read since it was last asked to forget."""

    def __init__(self) -> None:
        self._read: set[str] = set()

    def forget(self) -> None:
        """Begin anew, before the next check or the next DAG."""
        self._read.clear()

    def of(self, dag_ids: Iterable[str]) -> bool:
        """Whether an unknown fact of one of these was read."""
        return not self._read.isdisjoint(dag_ids)

    def watched(self, dag: Dag) -> Dag:
        """The same DAG, which notes here that a fact was read which only run time knows."""
        if not dag.unknown:
            return dag
        return cast("Dag", _Watched(dag, lambda fact: self._read.add(dag.dag_id) if fact in dag.unknown else None))


class _Watched:
    """Stands for a DAG in all but its type."""

    def __init__(self, dag: Dag, note: Any) -> None:  # noqa: ANN401 - a function of the fact's name
        self._dag, self._note = dag, note

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the field is
        declared = getattr(Dag, name, None)
        if isinstance(declared, property):
            return declared.__get__(self, Dag)  # what it is computed of is noted
        self._note(name)
        value = getattr(self._dag, name)
        return tuple(_WatchedTask(task, self._note) for task in value) if name == "tasks" else value

    def __eq__(self, other: object) -> bool:
        return self._dag == (other._dag if isinstance(other, _Watched) else other)

    def __hash__(self) -> int:
        return hash(self._dag)


class _WatchedTask:
    def __init__(self, task: Task, note: Any) -> None:  # noqa: ANN401
        self._task, self._note = task, note

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        self._note(_OF_TASKS.get(name, f"tasks.{name}"))
        return getattr(self._task, name)

    def __eq__(self, other: object) -> bool:
        return self._task == (other._task if isinstance(other, _WatchedTask) else other)

    def __hash__(self) -> int:
        return hash(self._task)


def in_words(facts: Iterable[str]) -> Iterator[str]:
    """The facts as a sentence names them: ``schedule``, ``pool of tasks``."""
    for fact in facts:
        task, dot, argument = fact.partition(".")
        yield f"{argument} of {task}" if dot else fact.replace("_", " ")
