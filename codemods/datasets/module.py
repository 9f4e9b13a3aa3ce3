"""The one module that defines the datasets of a tree, so that both ends of an edge can't differ."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "dag_datasets"
PATH = f"{NAME}.py"
_HEAD = '''"""The datasets by which the DAGs of this folder wait for each other: one place for both ends."""

from airflow.datasets import Dataset

'''


class NotOursError(Exception):
    """There is a module of that name that holds more than datasets; the text says what."""


def uri(dag_id: str, task_id: str | None) -> str:
    """The URI of what a task, or a whole DAG, brings about; ``x-`` schemes are taken as they are by Airflow."""
    return "/".join(["x-dag:/", quote(dag_id, safe=""), *([quote(task_id, safe="")] if task_id else [])])


def constant(dag_id: str, task_id: str | None) -> str:
    """The constant that holds it."""
    name = re.sub(r"\W+", "_", f"{dag_id}_{task_id}" if task_id else dag_id, flags=re.ASCII).strip("_").upper()
    return name if name and not name[0].isdigit() else f"DAG_{name}"


def read(source: str) -> dict[str, str]:
    """The URIs by constant of such a module. Raises NotOursError."""
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="Dataset"), args=[ast.Constant(value=str(at))]),
            ):
                found[name] = at
            case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="airflow.datasets"):
                pass
            case _:
                raise NotOursError(f"line {node.lineno} is not a dataset")
    return found


def written(datasets: Mapping[str, str]) -> str:
    """The module with these URIs by constant."""
    return _HEAD + "".join(f'{name} = Dataset("{at}")\n' for name, at in sorted(datasets.items()))


def named(known: dict[str, str], dag_id: str, task_id: str | None) -> str:
    """The constant for a dataset, added to ``known`` where it is new; two that would share one get numbers."""
    wanted, at = constant(dag_id, task_id), uri(dag_id, task_id)
    name, number = wanted, 2
    while known.get(name, at) != at:
        name, number = f"{wanted}_{number}", number + 1
    known[name] = at
    return name
