"""Recognise what makes a DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from codemods.engine.file import File

_MAKERS = frozenset({"airflow.models.dag.DAG", "airflow.models.dag.dag"})


def makes_dag(call: cst.Call, file: File) -> bool:
    """Whether a call is ``DAG(...)`` or ``@dag(...)`` of Airflow."""
    return file.called(call) in _MAKERS
