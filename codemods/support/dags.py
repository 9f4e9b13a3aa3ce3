"""Recognise what makes a DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

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
    values = [assign.value for assign in file.spelled.all(cst.Assign, name)]
    values += [item.item for item in file.spelled.all(cst.WithItem, name)]
    return bool(values) and all(isinstance(value, cst.Call) and makes_dag(value, file) for value in values)
