"""What breaks codemods: each trap with what is to come of it, by all rules together.

Four things hold for every case: the output, that it parses, that a second pass changes nothing, that comments survive.
"""

# ruff: noqa: E501 - a case is read in one line

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

BASH = "from airflow.operators.bash import BashOperator\n"
OLD = "from airflow.operators.bash_operator import BashOperator\n"


@dataclass(frozen=True)
class Trap:
    """``after`` None: left alone; ``found``: the code of a finding that must be there."""

    before: str
    after: str | None = None
    found: str = ""
    unsafe: bool = True


TRAPS = {
    "an aliased import": Trap(
        "from airflow.operators.dummy_operator import DummyOperator as D\n\nD(task_id='a')\n",
        "from airflow.operators.empty import EmptyOperator as D\n\nD(task_id='a')\n",
    ),
    "several names, one moved, each with its comment": Trap(
        "from airflow.utils.helpers import (\n    chain,  # order\n    is_container,  # kind\n)\n\nchain(is_container)\n",
        "from airflow.utils.helpers import (\n    is_container,  # kind\n)\n"
        "# order\nfrom airflow.models.baseoperator import chain\n\nchain(is_container)\n",
    ),
    "a try whose first branch is right": Trap(
        f"try:\n    {BASH}except ImportError:\n    {OLD}",
    ),
    "for types only": Trap(
        f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {OLD}\n\ndef f(a: 'BashOperator'):\n    pass\n",
        f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {BASH}\n\ndef f(a: 'BashOperator'):\n    pass\n",
    ),
    "from a module that only imported it": Trap(
        "from airflow.contrib.operators.bigquery_operator import BigQueryHook\n\nBigQueryHook()\n",
        "from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook\n\n"
        'BigQueryHook(gcp_conn_id="bigquery_default")\n',
    ),
    "from a module that stays, and still imports it": Trap("from airflow.models import DAG, TaskInstance\n"),
    "in a function": Trap(f"def f():\n    {OLD}    return BashOperator\n", f"def f():\n    {BASH}    return BashOperator\n"),
    "a star": Trap("from airflow.operators.bash_operator import *\n", found="CM103"),
    "relative": Trap("import airflow\nfrom .operators.bash_operator import BashOperator\nfrom . import bash_operator\n"),
    "dotted": Trap(
        "import airflow.operators.bash_operator\n\nx = airflow.operators.bash_operator.BashOperator\n",
        "import airflow.operators.bash\n\nx = airflow.operators.bash.BashOperator\n",
    ),
    "passed on as a value": Trap(
        "from airflow.operators.dummy_operator import DummyOperator\n\nkinds = {'x': DummyOperator}\n",
        "from airflow.operators.empty import EmptyOperator\n\nkinds = {'x': EmptyOperator}\n",
    ),
    "a name that is bound again": Trap(
        "from airflow.operators.dummy_operator import DummyOperator\n\nDummyOperator = wrap(DummyOperator)\n",
        "from airflow.operators.empty import EmptyOperator as DummyOperator\n\nDummyOperator = wrap(DummyOperator)\n",
    ),
    "a parameter of the same name": Trap("import airflow\n\n\ndef f(DummyOperator, DAG):\n    return DAG(DummyOperator())\n"),
    "the same name from somewhere else": Trap("import airflow\nfrom ours import BashOperator, DAG\n\nDAG('a', concurrency=1)\n"),
    "unpacked arguments": Trap("from airflow import DAG\n\ndag = DAG(*names, **arguments)\n"),
    "a keyword that is there already": Trap(
        BASH + "\nBashOperator(task_id='a', bash_command='b', xcom_push=True, do_xcom_push=True)\n", found="CM902"
    ),
    "given by position": Trap("from airflow import DAG\n\ndag = DAG('a', 'about', None)\n",
                              "from airflow import DAG\n\ndag = DAG('a', 'about', schedule=None)\n"),
    "a comment after the last argument": Trap(
        "from airflow import DAG\n\ndag = DAG(\n    'a',\n    schedule_interval=None  # by hand\n    # the end\n)\n",
        "from airflow import DAG\n\ndag = DAG(\n    'a',\n    schedule=None  # by hand\n    # the end\n)\n",
    ),
    "an argument that goes, with a trailing comma": Trap(
        "from airflow.operators.python import PythonOperator\n\nPythonOperator(\n    task_id='a',\n    python_callable=f,\n"
        "    provide_context=True,  # for ds\n)\n",
        "from airflow.operators.python import PythonOperator\n\nPythonOperator(\n    task_id='a',\n    python_callable=f,\n"
        "    # for ds\n)\n",
    ),
    "strings that are joined": Trap(BASH + "\nBashOperator(task_id='a' 'b', bash_command='airflow.operators.' 'DummyOperator')\n"),
    "an f-string": Trap(BASH + "\nBashOperator(task_id=f'DummyOperator{x}', bash_command=f'{BashOperator}')\n"),
    "two statements on a line": Trap(f"import os; {OLD}x = 1; y = 2\n", f"import os; {BASH}x = 1; y = 2\n"),
    "the last statement of a block": Trap(
        "def f():\n    from airflow.utils.decorators import apply_defaults\n", "def f():\n    pass\n"
    ),
    "a value that is not known": Trap(
        "from airflow import DAG\n\ndag = DAG('a', schedule_interval=S if x else None)\n",
        "from airflow import DAG\n\ndag = DAG('a', schedule=S if x else None)\n",
    ),
    "a falsy value that is no default": Trap("from airflow import DAG\n\ndag = DAG('a', schedule='', catchup=0)\n"),
    "windows lines": Trap(OLD.replace("\n", "\r\n") + "x = '''\r\n'''\r\n", BASH.replace("\n", "\r\n") + "x = '''\r\n'''\r\n"),
    "a byte order mark": Trap("\ufeff" + OLD, "\ufeff" + BASH),
    "a coding line": Trap("# -*- coding: utf-8 -*-\n" + OLD + "x = 'é'\n", "# -*- coding: utf-8 -*-\n" + BASH + "x = 'é'\n"),
    "tabs": Trap("if x:\n\t" + OLD + "\ty = 1\n", "if x:\n\t" + BASH + "\ty = 1\n"),
    "python 2": Trap(OLD + "print 'x'\n", BASH + "print('x')\n"),
    "no Python at all": Trap(OLD + "print 'x\n", found="CM001"),
    "a form feed": Trap("import airflow\n\x0c\n" + OLD, "import airflow\n\x0c\n" + BASH),
    "a suppressed line": Trap(OLD.rstrip() + "  # migrate: ignore\n"),
    "suppressed by code": Trap(OLD.rstrip() + "  # migrate: ignore[CM101]\n"),
    "an empty file": Trap(""),
    "no word of airflow": Trap("from operators.bash_operator import BashOperator\n"),
    "a docstring": Trap('"""Uses airflow.operators.bash_operator.BashOperator and DummyOperator."""\nimport airflow\n'),
    "a task's name": Trap(BASH + "\nBashOperator(task_id='DummyOperator', bash_command='schedule_interval=1')\n"),
    "a comment": Trap("# from airflow.operators.bash_operator import BashOperator\nimport airflow  # DummyOperator\n"),
    "a sensor that keeps google_cloud_conn_id": Trap(
        "from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor\n\n"
        "GCSObjectExistenceSensor(task_id='a', bucket='b', object='c', google_cloud_conn_id='d')\n",
    ),
    "the fourth positional argument of DAG": Trap(
        "from airflow import DAG\n\ndag = DAG('a', 'about', None, start)\n", found="CM203", unsafe=False
    ),
    "a callable of TriggerDagRunOperator": Trap(
        "from airflow.operators.trigger_dagrun import TriggerDagRunOperator\n\n"
        "TriggerDagRunOperator(task_id='a', trigger_dag_id='b', python_callable=f)\n",
        found="CM304",
    ),
    "code for both sides": Trap(
        "try:\n    from airflow.operators.empty import EmptyOperator\nexcept ImportError:\n"
        "    from airflow.operators.dummy_operator import DummyOperator as EmptyOperator\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("trap", [pytest.param(trap, id=name) for name, trap in TRAPS.items()])
def test_a_trap(trap: Trap) -> None:
    options = Options(unsafe=trap.unsafe)
    result = rewrite(trap.before.encode(), options, path="dags/a.py")
    after = result.source.decode()
    assert after == (trap.before if trap.after is None else trap.after), result.findings
    if trap.found != "CM001":
        ast.parse(result.source)
        assert set(comments(trap.before)) <= set(comments(after))
    assert rewrite(result.source, options, path="dags/a.py").source == result.source
    assert not trap.found or trap.found in {finding.code for finding in result.findings}


def comments(source: str) -> list[str]:
    lines = io.StringIO(source.removeprefix("\ufeff"), newline="")
    return [
        token.string.strip() for token in tokenize.generate_tokens(lines.readline) if token.type == tokenize.COMMENT
    ]


def test_four_in_ten_are_left_alone() -> None:
    assert sum(trap.after is None for trap in TRAPS.values()) >= 0.4 * len(TRAPS)
