"""Compare a DAG as v1 parsed it with the one that v2 parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.verify.explain import explain, one_operator
from migrator.verify.flat import flat
from migrator.verify.model import About, Compared, Difference
from migrator.verify.rendered import compare_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from migrator.verify.ask import Shown
    from migrator.verify.flat import Row

THERE, MISSING = "there", "missing"


def compare_dag(
    dag_id: str, here: Shown, there: Shown, codes: Collection[str], broken_resources: Collection[str] = ()
) -> Compared:
    """What is other about one DAG.

    ``codes``: the rules that had something to change in its file; ``broken_resources``: the variables that are not
    the same in v2.
    """
    one, other = here.dags[dag_id], there.dags.get(dag_id)
    if "error" in one:
        return _whole(dag_id, Difference("dag", f"can't be described: {one['error']}", "", why="see the error"))
    if other is None:
        return _whole(dag_id, Difference("dag", THERE, MISSING, why=_why_missing(one, there)))
    if "error" in other:
        return _whole(dag_id, Difference("dag", THERE, f"can't be described: {other['error']}", why="see the error"))
    differences, left_out = [*_rows(one, other, codes)], []
    theirs = {task["task_id"]: task for task in other["tasks"]}
    for task in one["tasks"]:
        if task["task_id"] in theirs:
            found, skipped = compare_fields(task, theirs[task["task_id"]], broken_resources)
            differences += found
            left_out += skipped
    unknown = [f"{fact}: unknown in v1" for fact in one.get("unknown", ())]
    return Compared(About.DAG, dag_id, tuple(differences), (*left_out, *unknown))


def _whole(dag_id: str, difference: Difference) -> Compared:
    return Compared(About.DAG, dag_id, (difference,))


def _why_missing(one: Mapping[str, Any], there: Shown) -> str:
    message = there.broken.get(one["file"], "")
    return f"its file fails to import there: {message}" if message else "run migrate rewrite and migrate deploy"


def _rows(one: Mapping[str, Any], other: Mapping[str, Any], codes: Collection[str]) -> Iterator[Difference]:
    """Tasks that are on one side only, then everything about the DAG and the tasks that both have."""
    unknown = frozenset(one.get("unknown", ()))
    mine, theirs = (frozenset(), frozenset()) if "tasks" in unknown else (_task_ids(one), _task_ids(other))
    for task_id in sorted(mine ^ theirs):
        sides = (THERE, MISSING) if task_id in mine else (MISSING, THERE)
        yield explain(Difference(f"task {task_id}", *sides), codes)
    shared = mine & theirs
    left, right = flat(one, shared), flat(other, shared)
    for row in sorted({*left, *right}):
        if (
            _is_known(row, unknown)
            and _comparable(row, left, right)
            and not _same(row[1], left.get(row, ""), right.get(row, ""))
        ):
            yield explain(Difference(_field(row), *_sides(row, left, right)), codes)


def _is_known(row: Row, unknown: Collection[str]) -> bool:
    """Whether v1's side of it is a fact, and not what stands where only run time knows it."""
    task_id, field = row
    if not task_id:
        return field not in unknown
    if field.startswith("edge to "):
        return "edges" not in unknown
    return f"tasks.{field.partition(' ')[0]}" not in unknown


def _comparable(row: Row, left: Mapping[Row, str], right: Mapping[Row, str]) -> bool:
    """A setting that only one Airflow knows says nothing; an edge or a reference does."""
    return (row in left and row in right) or row[1].startswith(("edge to ", "reference "))


def _same(field: str, here: str, there: str) -> bool:
    return here == there or (field == "operator" and one_operator(here, there))


def _sides(row: Row, left: Mapping[Row, str], right: Mapping[Row, str]) -> tuple[str, str]:
    absent = MISSING if row[1].startswith("edge to ") else ""
    return left.get(row, absent), right.get(row, absent)


def _field(row: Row) -> str:
    return f"task {row[0]}: {row[1]}" if row[0] else row[1]


def _task_ids(dag: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(task["task_id"] for task in dag["tasks"])
