"""Compare a task's template fields as both Airflows render them for the same interval: marks of values, no values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods.tables import renamed_arguments, rows
from migrator.verify.explain import one_operator
from migrator.verify.model import Difference

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

HIDDEN = "(rendered)"
TEMPLATES = "CM401"


def compare_fields(
    task: Mapping[str, Any], other: Mapping[str, Any], broken_resources: Collection[str]
) -> tuple[list[Difference], list[str]]:
    """The fields that render otherwise, and those that can't be compared, each with why.

    Fields are matched through renamed arguments. An operator that became another has other fields, which are left out.
    """
    if not one_operator(task["operator"], other["operator"]):
        return [], [f"task {task['task_id']}: templates: another operator"] if task.get("fields") else []
    differences, left_out = [], []
    for name, mine in (task.get("fields") or {}).items():
        where = f"task {task['task_id']}: rendered {name}"
        theirs = _matching(name, task, other)
        skipped = _left_out(mine) or _left_out(theirs) or ("v2 does not template it" if theirs is None else "")
        if skipped:
            left_out.append(f"{where}: {skipped}")
        elif _mark(mine) != _mark(theirs):
            differences.append(_difference(where, mine, theirs, broken_resources))
    return differences, left_out


def _matching(name: str, task: Mapping[str, Any], other: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    fields = other.get("fields") or {}
    classes = {one["operator"].rpartition(".")[2] for one in (task, other)}
    renamed = [new for (cls, old), new in renamed_arguments().items() if cls in classes and old == name and new]
    return next((fields[one] for one in (name, *renamed) if one in fields), None)


def _left_out(field: Any) -> str:  # noqa: ANN401 - JSON
    return str(field.get("left_out", "")) if isinstance(field, dict) else ""


def _mark(field: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(field, dict):
        return str(field.get("mark") or f"error {field.get('error')}")
    return str(field)


def _difference(where: str, mine: Any, theirs: Any, broken: Collection[str]) -> Difference:  # noqa: ANN401 - JSON
    printed = _printed_otherwise(theirs)
    if printed and not _error(theirs):
        why = f"v2 prints {printed} otherwise: migrate rewrite --unsafe, or print it with | ts"
        return Difference(where, _shown(mine), f"{_shown(theirs)} otherwise", TEMPLATES, why)
    used = set(theirs.get("variables") or ()) if isinstance(theirs, dict) else set()
    caused = sorted(used & set(broken))
    why = f"because of variable {', '.join(caused)}" if caused else "compare the templates in both files"
    return Difference(
        where, _shown(mine), f"{_shown(theirs)} otherwise" if not _error(theirs) else _shown(theirs), "", why
    )


def _printed_otherwise(theirs: Any) -> str:  # noqa: ANN401 - JSON
    """The dates in v2's template that the rewrite left to a person, since Airflow 2 prints them in another form."""
    table = {row["old"] for row in rows("template_variables") if row["printed"]}
    named = set(theirs.get("dates") or ()) if isinstance(theirs, dict) else set()
    return ", ".join(sorted(named & table))


def _shown(field: Any) -> str:  # noqa: ANN401 - JSON
    return f"fails: {_error(field)}" if _error(field) else HIDDEN


def _error(field: Any) -> str:  # noqa: ANN401 - JSON
    return str(field.get("error") or "") if isinstance(field, dict) else ""
