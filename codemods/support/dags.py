"""Recognise what makes a DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name

if TYPE_CHECKING:
    from codemods.engine.file import File

_MAKERS = frozenset({"airflow.models.dag.DAG", "airflow.models.dag.dag"})


def makes_dag(call: cst.Call, file: File) -> bool:
    """Whether a call is ``DAG(...)`` or ``@dag(...)`` of Airflow."""
    return file.called(call) in _MAKERS


def holds_dag(name: str, file: File) -> bool:
    """Whether a name is only ever given a DAG of Airflow: by an assignment, or by ``with DAG(...) as name``."""
    if not name or name in file.bindings.top.imports:
        return False
    assigns = [n for n in file.bindings.nodes[cst.Assign] if isinstance(n, cst.Assign)]
    values = [n.value for n in assigns if any(is_name(target.target, name) for target in n.targets)]
    items = [n for n in file.bindings.nodes[cst.WithItem] if isinstance(n, cst.WithItem)]
    values += [n.item for n in items if n.asname is not None and is_name(_target(n.asname), name)]
    return bool(values) and all(isinstance(value, cst.Call) and makes_dag(value, file) for value in values)


def _target(asname: cst.AsName) -> cst.BaseExpression | None:
    return asname.name if isinstance(asname.name, cst.BaseExpression) else None
