"""Where a DAG's tasks take the date of their run from: in a run that a dataset made, it is the date of the event."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from codemods.datasets.verdict import Verdict
from codemods.profiles import DEFAULT, load
from codemods.tables import rows
from codemods.templates.reading import read
from codemods.templates.variables import as_variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.datasets.facts import TaskFacts
    from codemods.templates.reading import Template
    from codemods.templates.variables import Variable

_FILES = (".sql", ".hql", ".sh", ".bash", ".pig", ".j2", ".jinja", ".jinja2", ".tmpl", ".tpl")
_ATTRIBUTE = re.compile(r"\.\s*(execution_date|logical_date|data_interval_\w+|run_id)\b")
_CALLS = frozenset({"python_callable", "op_callable", "execution_date_fn"})
_REWRITTEN = "has dates in templates: they become those of data_interval_start"
_CALLBACKS = ("on_success_callback", "on_failure_callback", "on_retry_callback", "on_execute_callback")


@cache
def by_interval() -> dict[str, Variable]:
    """The variables that name the date of a run, each with what says the same in a run that a dataset made."""
    return {row["old"]: as_variable(row) for row in rows("dataset_variables")}


def dates_of(task: TaskFacts, constants: Mapping[str, str]) -> tuple[Verdict | None, str]:
    """What the dates in a task's templates ask for; nothing where there are none."""
    worst: tuple[Verdict | None, str] = (None, "")
    for text in _texts(task, constants):
        verdict, why = _of_text(text)
        if verdict is Verdict.CHANGES:
            return verdict, why
        worst = (verdict, why) if verdict else worst
    return worst


@dataclass(frozen=True, slots=True)
class _Text:
    """A string of a task; ``value`` None: it can't be read. ``literal``: it stands in the call itself."""

    value: str | None
    literal: bool
    where: str


def _of_text(text: _Text) -> tuple[Verdict | None, str]:
    if text.value is None:
        return Verdict.CHANGES, f"has {text.where}, which can't be read: it may name dates"
    template = read(text.value, by_interval())
    if why := _lost(text.value, template):
        return Verdict.CHANGES, why
    if template.sites and not text.literal:
        return Verdict.CHANGES, f"has dates in {text.where}: write that text into the call"
    return (Verdict.TEMPLATES, _REWRITTEN) if template.sites else (None, "")


def _lost(value: str, template: Template) -> str:
    """What of a text can't be said in a run of a dataset."""
    if value.endswith(_FILES):
        return f"reads {value}: dates in it would be those of the event"
    if template.trouble is not None:
        return f"has a template that Jinja can't read ({template.trouble[1]})"
    if "{{" in value and (found := _ATTRIBUTE.search(value)):
        return f"has {found.group(1)} of an object in a template: it would be that of the event"
    lost = [site.message for site in template.sites if site.new is None]
    return f"has {lost[0]} in a template, for which a run of a dataset has nothing" if lost else ""


def context_of(task: TaskFacts, functions: Mapping[str, ast.FunctionDef]) -> str:
    """Why a function that a task calls may read the date of its run; empty where it can't."""
    for name, node in task.arguments.items():
        if name in _CALLBACKS and not (isinstance(node, ast.Constant) and node.value is None):
            return f"has a callback ({name}) that gets the context"
        if name not in _CALLS:
            continue
        function = functions.get(node.id) if isinstance(node, ast.Name) else None
        if function is None:
            return f"calls {ast.unparse(node)[:60]}, which is not in its file"
        if why := _of_function(function):
            return why
    return ""


def _of_function(function: ast.FunctionDef) -> str:
    arguments = function.args
    given = {arg.arg for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    known = {*by_interval(), "context", "dag_run", "ti", "task_instance", "data_interval_start", "data_interval_end"}
    if asked := sorted(given & known):
        return f"calls {function.name}, which takes {', '.join(asked)}"
    all_of_it = arguments.kwarg
    names = [node.id for node in ast.walk(function) if isinstance(node, ast.Name)]
    if (all_of_it and all_of_it.arg in names) or "get_current_context" in names:
        return f"calls {function.name}, which reads the context"
    return ""


def _texts(task: TaskFacts, constants: Mapping[str, str]) -> Iterator[_Text]:
    """Every string that may be a template; what all operators take is none."""
    for name, node in task.arguments.items():
        if name not in _plain_arguments() and name not in _CALLS:
            yield from _of_value(node, name, constants)


def _of_value(node: ast.expr, name: str, constants: Mapping[str, str]) -> Iterator[_Text]:
    match node:
        case ast.Constant(value=str(value)):
            yield _Text(value, literal=True, where=name)
        case ast.Constant():
            pass
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                yield from _of_value(part, name, constants)
        case ast.Dict(values=parts):
            for part in parts:
                yield from _of_value(part, name, constants)
        case ast.Name(id=constant) if constant in constants:
            yield _Text(constants[constant], literal=False, where=constant)
        case ast.JoinedStr(values=parts) if all(_is_plain(part) for part in parts):
            yield _Text("".join(str(p.value) for p in parts if isinstance(p, ast.Constant)), literal=False, where=name)
        case _:
            yield _Text(None, literal=False, where=f"{name}={ast.unparse(node)[:60]}")


def _is_plain(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant)


@cache
def _plain_arguments() -> frozenset[str]:
    """What every operator takes: none of it is a template."""
    signature = load(DEFAULT).signature("airflow.models.baseoperator.BaseOperator")
    return (signature.named if signature else frozenset()) | {"dag", "task_id", "provide_context"}
