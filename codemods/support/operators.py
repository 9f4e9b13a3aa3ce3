"""Recognise what makes a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from codemods.engine.file import File

_BASE = "airflow.models.baseoperator.BaseOperator"
_ENDS = ("Operator", "Sensor")


def is_operator(name: str, file: File) -> bool:
    """Whether a name, as the file's names give it, is an operator or sensor of Airflow or of a provider."""
    if not name.startswith("airflow."):
        return False
    return file.target.is_a(name, _BASE) or name.endswith(_ENDS)


def makes_task(call: cst.Call, file: File) -> bool:
    """Whether a call makes a task: of Airflow's own classes, or of a class of the file that derives from one."""
    called = file.called(call)
    if called:
        return is_operator(called, file)
    if not isinstance(call.func, cst.Name):
        return False
    found = file.spelled.all(cst.ClassDef, call.func.value)
    return bool(found) and any(is_operator(file.name(base.value), file) for base in found[0].bases)
