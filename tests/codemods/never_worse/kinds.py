"""Programs whose result differs on the target until they are rewritten: one a kind, each run on both Airflows."""

# ruff: noqa: E501 - a program is read in few lines

from __future__ import annotations

_HEAD = (
    "from datetime import datetime\nfrom airflow import DAG\nfrom airflow.operators.python_operator import PythonOperator\n"
    "{}\ndag = DAG('p', start_date=datetime(2021, 1, 1), schedule_interval='@daily')\n\n\n"
)
_TASK = "\n\nPythonOperator(task_id='t', provide_context=True, python_callable=f, dag=dag)\n"


def _program(body: str, imports: str = "") -> str:
    return _HEAD.format(imports) + body + _TASK


KINDS = {
    "a run without a conf": _program(
        "def f(**context):\n    if context['dag_run'].conf is None:\n        return 'scheduled'\n    return 'by hand'\n"
    ),
    "a run with a conf": _program(
        "def f(dag_run, **context):\n    return 'full' if dag_run.conf is not None and dag_run.conf['full'] else 'daily'\n"
    ),
    "whether there is a conf": _program("def f(ti, **context):\n    return ti.get_dagrun().conf is not None\n"),
    "states that are finished": _program(
        "def f(**context):\n    return [s in State.finished() for s in ('success', 'upstream_failed', 'running')]\n",
        "from airflow.utils.state import State\n",
    ),
    "states that are not": _program(
        "def f(**context):\n    return State.unfinished()\n", "from airflow.utils import state\nState = state.State\n"
    ).replace("State.unfinished", "state.State.unfinished"),
    "the prefix of scheduled runs": _program(
        "def f(run_id, **context):\n    return run_id.startswith(DagRun.ID_PREFIX)\n",
        "from airflow.models import DagRun\n",
    ),
    "a setting that is gone": _program(
        "def f(**context):\n    return conf.getint('scheduler', 'run_duration')\n",
        "from airflow.configuration import conf\n",
    ),
    "a value that is stored as JSON": _program(
        "def f(**context):\n    Variable.set('kinds', {'a': [1]}, True)\n    return Variable.get('kinds')\n",
        "from airflow.models import Variable\n",
    ),
    "params as JSON": _program("def f(**context):\n    return json.dumps(context['task'].params)\n", "import json\n"),
}
