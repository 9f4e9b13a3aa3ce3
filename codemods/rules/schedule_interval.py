"""CM201: the schedule of a DAG."""

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


class ScheduleInterval(Rule):
    """Pass a DAG's schedule as ``schedule=``.

    ``schedule_interval=`` is deprecated since Airflow 2.4 and gone in 3; the values mean the same,
    ``None`` included.
    """

    code = "CM201"
    name = "schedule-interval"
    since = "2.4"
    url = "https://airflow.apache.org/docs/apache-airflow/2.4.0/release_notes.html"
    needles = (b"schedule_interval",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a DAG",
            "from airflow import DAG\n\ndag = DAG(\n    'a',\n    schedule_interval='@daily',  # every night\n)\n",
            "from airflow import DAG\n\ndag = DAG(\n    'a',\n    schedule='@daily',  # every night\n)\n",
        ),
        Example(
            "None keeps its meaning",
            "from airflow.models import DAG\n\nwith DAG('a', schedule_interval = None) as dag:\n    pass\n",
            "from airflow.models import DAG\n\nwith DAG('a', schedule = None) as dag:\n    pass\n",
        ),
        Example(
            "the decorator",
            "from airflow.decorators import dag\n\n\n@dag(schedule_interval='@daily')\ndef a():\n    pass\n",
            "from airflow.decorators import dag\n\n\n@dag(schedule='@daily')\ndef a():\n    pass\n",
        ),
        Example(
            "through a module, beside other arguments unpacked",
            "from airflow import models\n\ndag = models.DAG('a', schedule_interval=x(), **more)\n",
            "from airflow import models\n\ndag = models.DAG('a', schedule=x(), **more)\n",
        ),
        Example("already right", "from airflow import DAG\n\ndag = DAG('a', schedule='@daily')\n"),
        Example(
            "a function of ours with the same keyword",
            "from airflow import DAG\nfrom ours import make\n\ndag = make(schedule_interval='@daily')\n",
        ),
        Example(
            "both are there",
            "from airflow import DAG\n\ndag = DAG('a', schedule_interval='@daily', schedule=None)\n",
        ),
        Example("a DAG that is not Airflow's", "import airflow\nfrom g import DAG\n\nDAG(schedule_interval=1)\n"),
        Example(
            "a shadowed DAG",
            "from airflow import DAG\n\n\ndef f(DAG):\n    return DAG(schedule_interval=1)\n",
        ),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Rename the keyword of a DAG."""
        old = argument(node, "schedule_interval")
        if old is not None and makes_dag(node, file) and argument(node, "schedule", "timetable") is None:
            yield Fix(old, "schedule_interval is schedule since Airflow 2.4", (rename_keyword(old, "schedule"),))
