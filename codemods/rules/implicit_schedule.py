"""CM202: DAGs that rely on the default schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import dotted
from codemods.engine.report import Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.calls import add_keyword, positional
from codemods.support.dags import makes_dag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File


class ImplicitSchedule(Rule):
    """Write down the schedule of a DAG that has none: once a day, the default of 1.10 and 2.

    Airflow 3 changed the default to no schedule at all, so a DAG that says nothing would stop.
    """

    code = "CM202"
    name = "implicit-schedule"
    since = "2.4"
    url = "https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/dags.html"
    needles = (b"DAG", b"dag")
    watches = (cst.Call,)
    examples = (
        Example(
            "one line",
            "from datetime import datetime\nfrom airflow import DAG\n\n"
            "dag = DAG('a', start_date=datetime(2020, 1, 1))\n",
            "from datetime import datetime, timedelta\nfrom airflow import DAG\n\n"
            "dag = DAG('a', schedule=timedelta(days=1), start_date=datetime(2020, 1, 1))\n",
        ),
        Example(
            "several lines with comments, timedelta imported",
            "from datetime import timedelta\nfrom airflow import DAG\n\n"
            "with DAG(\n    dag_id='a',  # name\n    catchup=False,  # no\n) as dag:\n    pass\n",
            "from datetime import timedelta\nfrom airflow import DAG\n\n"
            "with DAG(\n    dag_id='a',  # name\n    schedule=timedelta(days=1),\n    catchup=False,  # no\n"
            ") as dag:\n    pass\n",
        ),
        Example(
            "only a name, datetime imported as a module",
            "import datetime\nfrom airflow import DAG\n\ndag = DAG('a')\n",
            "import datetime\nfrom airflow import DAG\n\ndag = DAG('a', schedule=datetime.timedelta(days=1))\n",
        ),
        Example(
            "a new import",
            '"""A DAG."""\nfrom airflow import DAG\n\ndag = DAG(\n    "a",\n)\n',
            '"""A DAG."""\nfrom airflow import DAG\nfrom datetime import timedelta\n\n'
            'dag = DAG(\n    "a",\n    schedule=timedelta(days=1),\n)\n',
        ),
        Example("the name is taken", "from airflow import DAG\n\ntimedelta = 1\ndag = DAG('a')\n", flagged=True),
        Example("a schedule", "from airflow import DAG\n\ndag = DAG('a', schedule=None)\n"),
        Example("the old keyword", "from airflow import DAG\n\ndag = DAG('a', schedule_interval=None)\n"),
        Example("by position", "from airflow import DAG\n\ndag = DAG('a', 'about', '@daily')\n"),
        Example("unpacked arguments", "from airflow import DAG\n\ndag = DAG('a', **settings)\n"),
        Example("a timetable", "from airflow import DAG\n\ndag = DAG('a', timetable=ours())\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Add the default schedule to a call that shows none."""
        if not makes_dag(node, file) or has_stars(node) or len(positional(node)) > 2 or not node.args:
            return
        if argument(node, "schedule", "schedule_interval", "timetable") is not None:
            return
        found = file.reference("datetime.timedelta")
        if found is None:
            yield Flag(node.func, "add schedule=datetime.timedelta(days=1), the default, by hand: timedelta is taken")
            return
        name, imports = found
        value = cst.Call(dotted(name), [cst.Arg(cst.Integer("1"), cst.Name("days"), equal=_EQUAL)])
        message = "no schedule means once a day; write it down, Airflow 3 takes it for never"
        yield Fix(node.func, message, (add_keyword(node, "schedule", value),), imports)


_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
