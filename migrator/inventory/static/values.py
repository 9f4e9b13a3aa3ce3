"""What an expression of a DAG file may stand for while it is followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from migrator.inventory.static.frame import Frame
    from migrator.inventory.static.gate import Gate

PLAIN = (str, bytes, int, float, bool, type(None))


class Unknown:
    """Something that only run time knows."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Entries(dict[Any, Any]):
    """A dictionary; ``open`` once something that is not followed may have changed it."""

    open = False


class Items(list[Any]):
    """A list; ``open`` as above."""

    open = False


@dataclass(frozen=True, slots=True)
class Imported:
    """A thing of a module that is not followed, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A path in the bucket, as text or of pathlib: ``dags/config/a.yaml``; empty for the bucket itself."""

    path: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A file of the bucket that code opened to read."""

    path: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value, not called yet."""

    owner: Any
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of a file that is followed, and the module that it sees."""

    node: ast.FunctionDef | ast.Lambda
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A module of the tree, by its names."""

    names: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Globals:
    """What ``globals()`` gives."""

    names: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class DagFactory:
    """A function under ``@dag``."""

    positional: tuple[Any, ...]
    named: dict[str, Any]
    opened: bool
    function: Function


@dataclass(frozen=True, slots=True, eq=False)
class UserClass:
    """A class of a file that is followed; ``own_init``: what it does with its arguments is not known.

    ``names``: the dotted names of the class and of its ancestors, each once, as far as they are known.
    """

    name: str
    names: tuple[str, ...]
    own_init: bool
    node: ast.ClassDef
    frame: Frame
    bases: tuple[Any, ...] = ()


@dataclass(slots=True, eq=False)
class Instance:
    """What a class of the tree made; ``open`` once something that is not followed may have changed it."""

    made: UserClass
    attributes: dict[str, Any] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A method of an instance, or of a class."""

    function: Function
    owner: Any


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """What ``super()`` gives in a method of the class ``after``."""

    owner: Any
    after: UserClass


@dataclass(frozen=True, slots=True, eq=False)
class DagInit:
    """DAG's own ``__init__``, called from a class that derives from it."""

    owner: MadeDag


@dataclass(frozen=True, slots=True, eq=False)
class TaskFactory:
    """A function under ``@task``: ``named`` are the arguments of the task, ``operator`` its class."""

    name: str
    operator: str
    named: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """What ``functools.partial(callee, ...)`` gives."""

    callee: Any
    positional: tuple[Any, ...]
    named: dict[str, Any]


@dataclass(slots=True, eq=False)
class MadeDag:
    """A call of ``DAG(...)``: its arguments, its tasks, and the facts about it that are not known."""

    arguments: dict[str, Any]
    line: int
    tasks: dict[str, MadeTask] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    cls: UserClass | None = None
    begun: bool = False

    @property
    def dag_id(self) -> str | None:
        """Its id, where that is literal."""
        value = self.arguments.get("dag_id")
        return value if isinstance(value, str) else None

    def lose(self, *facts: str) -> None:
        """Say that these facts are not known."""
        self.unknown.update(facts)

    def lose_tasks(self) -> None:
        """Say that there may be other tasks, or edges, than those that were found."""
        self.lose("tasks", "edges", "references", "owners")


@dataclass(slots=True, eq=False)
class MadeTask:
    """A call of an operator: ``names`` are its class and that class's ancestors."""

    task_id: str | None
    names: tuple[str, ...]
    arguments: dict[str, Any]
    dag: MadeDag | None
    downstream: set[str] = field(default_factory=set)

    def join(self, dag: MadeDag) -> None:
        """Belong to the DAG, unless it belongs to one already."""
        if self.dag is None:
            self.dag = dag
            enter(self, dag)


def enter(task: MadeTask, dag: MadeDag) -> None:
    """Put the task into the DAG; two of one id, or one without, leave its tasks not known."""
    if task.task_id is None or task.task_id in dag.tasks:
        dag.lose_tasks()
    else:
        dag.tasks[task.task_id] = task


def is_known(value: Any) -> bool:  # noqa: ANN401 - any value of a file
    """Whether it is known which value this is, and how many elements it has; what these are may not be."""
    return value is not UNKNOWN and not getattr(value, "open", False)


def reachable(gate: Gate, *values: Any) -> Iterator[Any]:  # noqa: ANN401 - any value of a file
    """The values and all that is in them, each container once, however often and deep it is in others, or in itself."""
    seen: set[int] = set()
    left = list(reversed(values))
    while left:
        value = left.pop()
        gate.visit(1)
        yield value
        if isinstance(value, Entries | Items | tuple | Instance) and id(value) not in seen:
            seen.add(id(value))
            left.extend(reversed(list(_held(value))))


def _held(value: Entries | Items | tuple[Any, ...] | Instance) -> Iterable[Any]:
    if isinstance(value, Instance):
        return value.attributes.values()
    return value.values() if isinstance(value, Entries) else value


def poison(gate: Gate, *values: Any) -> None:  # noqa: ANN401 - any value of a file
    """Something that is not followed got hold of the values: what it may change is not known any more."""
    for value in reachable(gate, *values):
        match value:
            case Entries() | Items() | Instance():
                value.open = True
            case MadeDag():
                value.lose_tasks()
            case MadeTask(dag=MadeDag() as dag):
                dag.lose_tasks()
