"""What a file's DAGs are made of, as far as it is written literally. By ``ast``, importing nothing."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.tables import canonical
from codemods.target.scope import read as read_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codemods.target.scope import Code

_DAG = "airflow.models.dag.DAG"
_CHAIN = "airflow.models.baseoperator.chain"
_PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
"""As airflow-2.10.5 airflow/timetables/_cron.py has them."""
UNKNOWN = "?"


@dataclass(slots=True)
class TaskFacts:
    """One task: ``arguments`` are the expressions it is made with, ``after`` the tasks it directly follows.

    ``variable``: the name that holds it; ``plain``: whether every argument is named, and none unpacked.
    """

    task_id: str
    kind: str
    line: int
    arguments: dict[str, ast.expr] = field(default_factory=dict)
    after: set[str] = field(default_factory=set)
    variable: str = ""
    plain: bool = True


@dataclass(slots=True)
class DagFacts:
    """One DAG: ``schedule`` is a cron, an expression's text, ``None``, or ``?`` where it can't be read.

    ``whole`` is False where a task or an edge is made in a way that can't be followed, such as a loop; ``ends``: the
    file mentions an ``end_date``; ``variable``: the name that holds the DAG outside of any ``with``.
    """

    dag_id: str
    path: str
    schedule: str
    arguments: dict[str, ast.expr]
    line: int = 0
    tasks: dict[str, TaskFacts] = field(default_factory=dict)
    whole: bool = True
    ends: bool = False
    variable: str = ""
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    strings: dict[str, str] = field(default_factory=dict)

    def leaves(self) -> list[TaskFacts]:
        """The tasks that no other follows."""
        before = {name for task in self.tasks.values() for name in task.after}
        return [task for task in self.tasks.values() if task.task_id not in before]


def read(path: str, source: str) -> list[DagFacts]:
    """The DAGs of one file with a literal id. Raises SyntaxError."""
    code = read_scope(source)
    return _Reader(path, code, ast.parse(source)).dags()


def text(node: ast.expr | None) -> str | None:
    """The value of a literal string; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class _Reader:
    def __init__(self, path: str, code: Code, tree: ast.Module) -> None:
        self._path, self._code = path, code
        self._strings = _strings(tree)
        self._ends = _mentions_end(tree)
        self._functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self._dags: dict[str, DagFacts] = {}
        self._tasks: dict[str, tuple[DagFacts, TaskFacts]] = {}
        self._body(tree.body, None, looped=False)

    def dags(self) -> list[DagFacts]:
        return list({id(dag): dag for dag in self._dags.values()}.values())

    def _body(self, body: Iterable[ast.stmt], dag: DagFacts | None, *, looped: bool) -> None:
        for node in body:
            match node:
                case ast.With():
                    inner = self._entered(node) or dag
                    self._body(node.body, inner, looped=looped)
                case ast.For() | ast.While() | ast.If() | ast.Try():
                    for part in _parts(node):
                        self._body(part, dag, looped=True)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    self._call(call, name, dag, looped=looped)
                case ast.Expr(value=ast.Call() as call):
                    self._call(call, "", dag, looped=looped)
                case ast.Expr(value=ast.BinOp() as chain):
                    self._chain(chain)
                case _:
                    pass

    def _entered(self, node: ast.With) -> DagFacts | None:
        for item in node.items:
            if isinstance(item.context_expr, ast.Call) and (made := self._dag(item.context_expr)):
                name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else f"with {node.lineno}"
                self._dags[name] = made
                return made
            if isinstance(item.context_expr, ast.Name) and item.context_expr.id in self._dags:
                return self._dags[item.context_expr.id]
        return None

    def _dag(self, call: ast.Call) -> DagFacts | None:
        if canonical(self._code.name(call.func)) != _DAG:
            return None
        arguments = _arguments(call)
        dag_id = self._string(call.args[0] if call.args else arguments.get("dag_id"))
        if dag_id is None:
            return None
        facts = DagFacts(dag_id, self._path, self._schedule(arguments), arguments, call.lineno)
        facts.ends, facts.functions, facts.strings = self._ends, self._functions, self._strings
        return facts

    def _schedule(self, arguments: Mapping[str, ast.expr]) -> str:
        node = arguments.get("schedule") or arguments.get("schedule_interval")
        if node is None:
            return UNKNOWN
        value = self._string(node)
        if value is not None:
            return _PRESETS.get(value, value)
        return ast.unparse(node) if isinstance(node, ast.Constant | ast.Call) else UNKNOWN

    def _string(self, node: ast.expr | None) -> str | None:
        """A literal string, or a name of the module that stands for one."""
        if isinstance(node, ast.Name):
            return self._strings.get(node.id)
        return text(node)

    def _call(self, call: ast.Call, name: str, dag: DagFacts | None, *, looped: bool) -> None:
        if made := self._dag(call):
            made.variable = name
            self._dags[name] = made
        elif isinstance(call.func, ast.Attribute) and call.func.attr in {"set_downstream", "set_upstream"}:
            self._set(call)
        elif canonical(self._code.name(call.func)) == _CHAIN:
            groups = [self._group(arg) for arg in call.args]
            self._link(groups)
        else:
            self._task(call, name, dag, looped=looped)

    def _task(self, call: ast.Call, name: str, dag: DagFacts | None, *, looped: bool) -> None:
        arguments = _arguments(call)
        given = arguments.get("dag")
        owner = self._dags.get(given.id) if isinstance(given, ast.Name) else dag
        kind = canonical(self._code.name(call.func))
        if owner is None or not kind.endswith(("Operator", "Sensor", "Decorator")):
            return
        task_id = self._string(arguments.get("task_id"))
        if task_id is None or looped:
            owner.whole = False
            return
        plain = not call.args and len(arguments) == len(call.keywords)
        owner.tasks[task_id] = TaskFacts(task_id, kind, call.lineno, arguments, variable=name, plain=plain)
        if name:
            self._tasks[name] = (owner, owner.tasks[task_id])

    def _set(self, call: ast.Call) -> None:
        assert isinstance(call.func, ast.Attribute)  # noqa: S101 - the caller looked
        here, there = self._group(call.func.value), [one for arg in call.args for one in self._group(arg)]
        self._link([here, there] if call.func.attr == "set_downstream" else [there, here])

    def _chain(self, node: ast.expr) -> list[str]:
        """Follow ``a >> [b, c] >> d``; what it ends with."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
            left, right = self._chain(node.left), self._chain(node.right)
            self._link([left, right] if isinstance(node.op, ast.RShift) else [right, left])
            return right
        return self._group(node)

    def _group(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.List | ast.Tuple):
            return [name for element in node.elts for name in self._group(element)]
        if isinstance(node, ast.Name) and node.id in self._tasks:
            return [node.id]
        for dag in self.dags():
            dag.whole = False  # something that can't be named takes part in an edge
        return []

    def _link(self, groups: list[list[str]]) -> None:
        for before, after in itertools.pairwise(groups):
            for one in after:
                self._tasks[one][1].after |= {self._tasks[name][1].task_id for name in before}


def _parts(node: ast.For | ast.While | ast.If | ast.Try) -> Iterator[list[ast.stmt]]:
    yield node.body
    yield node.orelse
    if isinstance(node, ast.Try):
        yield node.finalbody
        yield from (handler.body for handler in node.handlers)


def _arguments(call: ast.Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _mentions_end(tree: ast.Module) -> bool:
    """Whether an ``end_date`` is given anywhere, by keyword or in a dictionary."""
    keywords = any(isinstance(node, ast.keyword) and node.arg == "end_date" for node in ast.walk(tree))
    return keywords or any(isinstance(node, ast.Constant) and node.value == "end_date" for node in ast.walk(tree))


def _strings(tree: ast.Module) -> dict[str, str]:
    """The names that the module gives one literal string."""
    found: dict[str, list[str | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(text(node.value))
    return {name: values[0] for name, values in found.items() if len(values) == 1 and values[0] is not None}
