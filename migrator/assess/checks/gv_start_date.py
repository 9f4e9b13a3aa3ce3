"""GV108: start dates stand still."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import changed
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

MOVING = frozenset({"now", "utcnow", "today", "days_ago", "time"})
_DATE = "start_date=datetime(2026, 1, 1)"


@of_file(
    "GV108",
    Severity.ERROR,
    fix="Write the date out: start_date=datetime(2026, 1, 1). Keep it when the DAG runs already.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/faq.html#what-s-the-deal-with-start-date",
    minutes=10,
    examples=(
        Example("Today", 1, changed(_DATE, "start_date=datetime.now()")),
        Example("Days ago, from Airflow's own module", 1, changed(_DATE, "start_date=days_ago(2)")),
        Example(
            "In the default arguments", 1, changed('"retries": 2', '"start_date": datetime.utcnow() - timedelta(1)')
        ),
        Example(
            "Through a name of the module",
            1,
            changed("default_args = {", 'first = datetime.today()\ndefault_args = {"start_date": first, '),
        ),
        Example("A date that stands still"),
        Example(
            "A moving date for something else", files=changed("ds }}", 'ds }}", env={"at": str(datetime.now())}, cwd="')
        ),
    ),
)
def start_date_dynamic(file: SourceFile) -> Iterator[Problem]:
    """Tell which start dates move.

    A date that is computed when the file is read is another one each time: the interval that should end next never
    does, and after a cutover it is unknown which intervals were due.
    """
    for line, value in _dates(file):
        if any(_moves(call) for call in ast.walk(_named(value, file)) if isinstance(call, ast.Call)):
            yield Problem("start_date is dynamic: it is computed each time the file is read", line)


def _dates(file: SourceFile) -> Iterator[tuple[int, ast.expr]]:
    for node in file.nodes:
        match node:
            case ast.keyword(arg="start_date"):
                yield node.value.lineno, node.value
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                yield from ((v.lineno, v) for k, v in pairs if isinstance(k, ast.Constant) and k.value == "start_date")


def _named(value: ast.expr, file: SourceFile) -> ast.expr:
    return file.constants.get(value.id, value) if isinstance(value, ast.Name) else value


def _moves(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in MOVING
