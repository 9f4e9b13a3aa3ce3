"""A Python file of the estate, parsed once; nothing in it is imported or run."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DAG_CLASSES = frozenset({"airflow.DAG", "airflow.models.DAG", "airflow.models.dag.DAG"})
DAG_DECORATORS = frozenset({"airflow.decorators.dag", "airflow.decorators.dag.dag"})
_DAG_ORDER = ("dag_id", "description", "schedule_interval", "start_date", "end_date")
_PYTHON_3 = (
    *(ast.JoinedStr, ast.AnnAssign, ast.AsyncFunctionDef, ast.Nonlocal, ast.YieldFrom, ast.NamedExpr, ast.Match),
    ast.MatMult,
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of the code, and its line."""

    value: str
    lineno: int


@dataclass(frozen=True, slots=True)
class DagCall:
    """One call of ``DAG(...)`` or ``@dag(...)``. ``default_args`` is None where its keys cannot be read.

    ``open``: it takes arguments that cannot be read, from ``**``.
    """

    line: int
    dag_id: str | None
    arguments: Mapping[str, ast.expr]
    default_args: Mapping[str, ast.expr] | None
    open: bool

    def lacks(self, name: str) -> bool:
        """Whether the argument is surely not given."""
        return not self.open and name not in self.arguments

    def lacks_default(self, name: str) -> bool:
        """Whether the default argument is surely not given."""
        return not self.open and self.default_args is not None and name not in self.default_args


class SourceFile:
    """One file by its path of the bucket; ``error`` says why it is no Python of the target, ``error_line`` where."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.error = ""
        self.error_line = 0
        self.tree = self._parsed()

    def _parsed(self) -> ast.Module:
        """The tree; an empty one where there is none."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text.removeprefix("\ufeff"), feature_version=(3, 11))
                compile(tree, self.path, "exec", dont_inherit=True)  # finds what a grammar cannot; nothing runs
                return tree
        except SyntaxError as error:
            self.error, self.error_line = error.msg, error.lineno or 0
        except (ValueError, RecursionError, MemoryError) as error:
            self.error = str(error) or type(error).__name__
        return ast.Module([], [])

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def python_3(self) -> bool:
        """Whether only Python 3 can parse it; where not, either may."""
        return any(isinstance(node, _PYTHON_3) or _keyword_only(node) for node in self.nodes)

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call, by line."""
        found = [node for node in self.nodes if isinstance(node, ast.Call)]
        return tuple(sorted(found, key=lambda node: (node.lineno, node.col_offset)))

    @cached_property
    def task_calls(self) -> tuple[ast.Call, ...]:
        """The calls that make a task: those with a ``task_id``."""
        return tuple(call for call in self.calls if any(keyword.arg == "task_id" for keyword in call.keywords))

    @cached_property
    def strings(self) -> tuple[Text, ...]:
        """Every string but docstrings."""
        docs = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        found = (node for node in self.nodes if isinstance(node, ast.Constant) and id(node) not in docs)
        return tuple(Text(node.value, node.lineno) for node in found if isinstance(node.value, str))

    @cached_property
    def imports(self) -> tuple[tuple[str, int], ...]:
        """Every absolute dotted name that is imported, with its line; relative ones become absolute."""
        return tuple(sorted(set(self._imports())))

    def _imports(self) -> Iterator[tuple[str, int]]:
        for node in self.nodes:
            match node:
                case ast.Import():
                    yield from ((alias.name, node.lineno) for alias in node.names)
                case ast.ImportFrom():
                    base = self._base(node)
                    yield from ((f"{base}.{alias.name}".strip("."), node.lineno) for alias in node.names)
                case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if _imports_by_name(func):
                    yield name, node.lineno

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        folders = self.path.split("/")[1:-1]
        kept = folders[: len(folders) - node.level + 1]
        return ".".join([*kept, *([node.module] if node.module else [])])

    @cached_property
    def guarded(self) -> frozenset[int]:
        """The lines of a try, and its handlers, that catches ImportError: one of the two will do."""
        found: set[int] = set()
        for node in self.nodes:
            if isinstance(node, ast.Try) and any("Import" in ast.unparse(h.type) for h in node.handlers if h.type):
                found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        return frozenset(found)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each imported name stands for, as a dotted name."""
        found: dict[str, str] = {}
        for node in self.nodes:
            match node:
                case ast.Import():
                    found |= {
                        a.asname or a.name.partition(".")[0]: a.name if a.asname else a.name.partition(".")[0]
                        for a in node.names
                    }
                case ast.ImportFrom():
                    found |= {a.asname or a.name: f"{self._base(node)}.{a.name}".strip(".") for a in node.names}
        return found

    def dotted(self, node: ast.expr) -> str:
        """The absolute dotted name of a name or attribute; empty where it is neither, or not imported."""
        match node:
            case ast.Name():
                return self.names.get(node.id, "")
            case ast.Attribute():
                owner = self.dotted(node.value)
                return f"{owner}.{node.attr}" if owner else ""
            case ast.Call():
                return f"{owner}()" if (owner := self.dotted(node.func)) else ""
            case _:
                return ""

    @cached_property
    def constants(self) -> Mapping[str, ast.expr]:
        """The names that the module gives one value only."""
        values: dict[str, list[ast.expr]] = {}
        for node in self.tree.body:
            match node:
                case ast.Assign(value=value):
                    for name in node.targets:
                        if isinstance(name, ast.Name):
                            values.setdefault(name.id, []).append(value)
                case ast.AnnAssign(target=ast.Name(id=name_), value=ast.expr() as value):
                    values.setdefault(name_, []).append(value)
        return {name: found[0] for name, found in values.items() if len(found) == 1}

    def text_of(self, node: ast.expr | None) -> str | None:
        """The literal string that a node is or names; None for anything else."""
        if isinstance(node, ast.Name):
            node = self.constants.get(node.id)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

    @cached_property
    def dag_calls(self) -> tuple[DagCall, ...]:
        """The calls that make DAGs, by line."""
        calls = [self._dag_call(call) for call in self.calls if self.dotted(call.func) in DAG_CLASSES]
        return tuple(sorted([*calls, *self._decorated()], key=lambda call: call.line))

    def _decorated(self) -> Iterator[DagCall]:
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef):
                for mark in node.decorator_list:
                    made = (
                        mark if isinstance(mark, ast.Call) else ast.Call(mark, [], [], lineno=mark.lineno, col_offset=0)
                    )
                    if self.dotted(made.func) in DAG_DECORATORS:
                        yield self._dag_call(made, default_id=node.name)

    def _dag_call(self, call: ast.Call, default_id: str | None = None) -> DagCall:
        arguments = dict(zip(_DAG_ORDER, call.args, strict=False))
        arguments |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        opened = any(keyword.arg is None for keyword in call.keywords) or any(
            isinstance(one, ast.Starred) for one in call.args
        )
        given = arguments.get("default_args")
        return DagCall(
            line=call.lineno,
            dag_id=self.text_of(arguments["dag_id"]) if "dag_id" in arguments else default_id,
            arguments=arguments,
            default_args={} if given is None and not opened else self.mapping(given),
            open=opened,
        )

    def mapping(self, node: ast.expr | None) -> dict[str, ast.expr] | None:
        """The entries of a literal dictionary, or of a name that stands for one and is never changed; else None."""
        if isinstance(node, ast.Name) and node.id in self.constants and not self._changed(node.id):
            return self.mapping(self.constants[node.id])
        match node:
            case ast.Dict():
                keys = [self.text_of(key) for key in node.keys]
                return None if None in keys else dict(zip(map(str, keys), node.values, strict=True))
            case ast.Call(func=ast.Name(id="dict"), args=[]):
                return (
                    None if any(k.arg is None for k in node.keywords) else {str(k.arg): k.value for k in node.keywords}
                )
            case _:
                return None

    def _changed(self, name: str) -> bool:
        """Whether ``name["key"] = ...``, or a method of it, may change it after it was made."""
        for node in self.nodes:
            match node:
                case ast.Subscript(value=ast.Name(id=found), ctx=ast.Store() | ast.Del()) if found == name:
                    return True
                case ast.Attribute(value=ast.Name(id=found), attr="update" | "setdefault" | "pop") if found == name:
                    return True
        return False

    @cached_property
    def at_import(self) -> tuple[ast.Call, ...]:
        """The calls that happen when the file is imported, those in functions that it then calls too, by line."""
        functions = {n.name: n for n in self.tree.body if isinstance(n, ast.FunctionDef) and not self._is_task(n)}
        waiting, seen, found = list(_executed(self.tree.body)), set[str](), list[ast.Call]()
        while waiting:
            node = waiting.pop()
            if not isinstance(node, ast.Call):
                continue
            found.append(node)
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in functions and name not in seen:
                seen.add(name)
                waiting += _executed(functions[name].body)
        return tuple(sorted(found, key=lambda node: (node.lineno, node.col_offset)))

    def _is_task(self, node: ast.FunctionDef) -> bool:
        return any(
            ".task" in self.dotted(mark.func if isinstance(mark, ast.Call) else mark) for mark in node.decorator_list
        )


def _executed(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that runs when these statements do: bodies of functions do not, their defaults and decorators do."""
    waiting: list[ast.AST] = [node for node in body if not _only_as_script(node)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _FUNCTIONS):
            waiting += [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
            waiting += [] if isinstance(node, ast.Lambda) else node.decorator_list
        else:
            waiting += [one for one in ast.iter_child_nodes(node) if not _only_as_script(one)]


def _imports_by_name(func: ast.expr) -> bool:
    """``__import__("a")`` and ``importlib.import_module("a")``."""
    match func:
        case ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"):
            return True
        case _:
            return False


def _only_as_script(node: ast.AST) -> bool:
    """``if __name__ == "__main__":`` and ``if TYPE_CHECKING:``."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return True
        case _:
            return False


def _keyword_only(node: ast.AST) -> bool:
    """Whether a node has a part for which Python 2 has no grammar: annotations, keyword-only arguments, a cause."""
    match node:
        case ast.arguments():
            return bool(node.kwonlyargs or node.posonlyargs)
        case ast.arg():
            return node.annotation is not None
        case ast.FunctionDef():
            return node.returns is not None
        case ast.Raise():
            return node.cause is not None
        case ast.ClassDef():
            return bool(node.keywords)
    return False
