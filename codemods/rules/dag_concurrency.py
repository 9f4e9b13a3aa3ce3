"""CM204: how many tasks of a DAG run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.report import Fix
from codemods.engine.rule import Example, Rule
from codemods.support.calls import rename_keyword
from codemods.support.dags import makes_dag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File


class DagConcurrency(Rule):
    """Limit a DAG's tasks with ``max_active_tasks=``, which ``concurrency=`` became in Airflow 2.2."""

    code = "CM204"
    name = "dag-concurrency"
    since = "2.2"
    needles = (b"concurrency",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a DAG",
            "from airflow import DAG\n\ndag = DAG('a', concurrency=4, schedule=None)\n",
            "from airflow import DAG\n\ndag = DAG('a', max_active_tasks=4, schedule=None)\n",
        ),
        Example("already right", "from airflow import DAG\n\ndag = DAG('a', max_active_tasks=4)\n"),
        Example("another thing's concurrency", "from airflow import DAG\n\npool = Pool(concurrency=4)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Rename the keyword of a DAG."""
        old = argument(node, "concurrency")
        if old is not None and makes_dag(node, file) and argument(node, "max_active_tasks") is None:
            edit = rename_keyword(old, "max_active_tasks")
            yield Fix(old, "concurrency is max_active_tasks since Airflow 2.2", (edit,))
