"""ES303: the same DAG twice."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_estate
from migrator.assess.examples import CLEAN, ORDERS
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate
    from migrator.assess.view import DagView

_COPY = (ORDERS, replace(ORDERS, dag_id="orders_new", file="copy.py"))
_TEXT = CLEAN.replace('"orders"', '"orders_new"')


@of_estate(
    "ES303",
    Severity.NOTE,
    fix="Carry one of them, or make both from one file.",
    link=DAGS,
    minutes=15,
    examples=(
        Example("A copy with another id", 1, {"dags/copy.py": _TEXT}, dags=_COPY),
        Example("A copy with other comments", 1, {"dags/copy.py": f"# 2019\n{_TEXT}"}, dags=_COPY),
        Example(
            "A copy that does something else", files={"dags/copy.py": _TEXT.replace("load-orders", "x")}, dags=_COPY
        ),
        Example("Two DAGs of one file", dags=(ORDERS, replace(ORDERS, dag_id="orders_2"))),
    ),
)
def duplicate_dag(estate: Estate) -> Iterator[Problem]:
    """Tell which DAGs are copies of each other: the same code, but for the id and comments.

    Each of them has to be rewritten, tested and cut over; often one was only meant to try something.
    """
    same: defaultdict[str, list[DagView]] = defaultdict(list)
    for view in estate.dags:
        if view.file and view.file.tree.body:
            same[_shape(view)].append(view)
    for views in same.values():
        if len({view.dag.file for view in views}) > 1:
            first, *others = views
            names = ", ".join(view.dag.dag_id for view in others)
            yield Problem(
                f"the same code as {names}", first.line, f"dags/{first.dag.file}", tuple(v.dag.dag_id for v in views)
            )


def _shape(view: DagView) -> str:
    """The file's code without its docstring, and with the DAG's id taken out."""
    tree = view.file.tree if view.file else ast.Module([], [])
    body = tree.body[1:] if ast.get_docstring(tree, clean=False) is not None else tree.body
    return ast.dump(ast.Module(body, [])).replace(repr(view.dag.dag_id), "''")
