"""What a task does otherwise in Airflow 2 is mended or said, on its line: one file a kind, by all rules together."""

# ruff: noqa: E501 - a case is read in one line

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

PYTHON = "from airflow.operators.python_operator import PythonOperator\n"
BASH = "from airflow.operators.bash_operator import BashOperator\n"
TASK = "PythonOperator(task_id='t', provide_context=True, python_callable=f{})\n"


@dataclass(frozen=True)
class Kind:
    """``has``: texts that the result must have; ``lacks``: those it must not; ``on``: a finding whose line has the text."""

    source: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    on: tuple[tuple[str, str], ...] = ()
    quiet: tuple[str, ...] = ()
    unsafe: bool = False


KINDS = {
    "a template that reads what may be missing": Kind(
        BASH + "BashOperator(task_id='a', bash_command='{{ params.table }}')\n"
        "BashOperator(task_id='b', bash_command='{{ dag_run.conf[\"full\"] }}')\n"
        "BashOperator(task_id='c', bash_command='{% if extra %}x{% endif %}')\n",
        on=(("CM403", "params.table"), ("CM403", "dag_run.conf"), ("CM403", "extra")),
    ),
    "op_kwargs that give what the context had": Kind(
        PYTHON + "def f(**kwargs):\n    return kwargs['start_date'], kwargs['end_date']\n"
        + TASK.format(", op_kwargs={'start_date': 1, 'end_date': 2}"),
        has=("kwargs['end_date']",), quiet=("CM402",), unsafe=True,
    ),
    "keys that are written, or popped before the rest goes on": Kind(
        PYTHON + "def g(execution_date=None, **rest):\n    return execution_date\n\n\ndef f(**kwargs):\n"
        "    kwargs['execution_date'] = kwargs['execution_date'].subtract(days=7)\n    return g(**kwargs)\n\n\n"
        "def h(**kwargs):\n    when = kwargs.pop('execution_date')\n    return g(execution_date=when, **kwargs)\n\n\n"
        + TASK.format("") + TASK.format("").replace("=f", "=h"),
        lacks=("logical_date",), unsafe=True,
    ),
    "no provide_context": Kind(
        PYTHON + "def a(**fields):\n    return str(fields)\n\n\ndef b(sql, params=None, conf='d'):\n    return conf\n\n\n"
        "def c(conf):\n    return conf\n\n\nPythonOperator(task_id='a', python_callable=a)\n"
        "PythonOperator(task_id='b', python_callable=b, op_args=['x'])\n"
        "PythonOperator(task_id='c', python_callable=c, op_args=['x'])\n",
        on=(("CM322", "python_callable=a"), ("CM322", "python_callable=b"), ("CM322", "python_callable=c")),
    ),
    "dates of Pendulum 1": Kind(
        "import pendulum\n" + PYTHON + "def f(**context):\n    day = context['execution_date']\n    a = day.format('%Y')\n"
        "    b = 'x' + str(day)\n    c = f'{day}'\n    d = day.timestamp\n    e = day.day_of_week == 0\n"
        "    return a, b, c, d, e, pendulum.utcnow(), isinstance(day, pendulum.Pendulum)\n\n\n"
        "START = pendulum.create(2021, 1, 1)\n" + TASK.format(""),
        has=("day.strftime('%Y')", "day.int_timestamp", "pendulum.now('UTC')", "pendulum.DateTime", "pendulum.datetime(2021"),
        on=(("CM324", "str(day)"), ("CM324", "f'{day}'"), ("CM324", "day_of_week")),
    ),
    "a command that skips": Kind(
        BASH + "BashOperator(task_id='a', bash_command='test -f x || exit 99')\n", on=(("CM320", "exit 99"),)
    ),
    "a command that skips, mended": Kind(
        BASH + "BashOperator(task_id='a', bash_command='test -f x || exit 99')\n",
        has=("skip_on_exit_code=None",), unsafe=True,
    ),
    "pulls of several tasks": Kind(
        PYTHON + "def f(ti, **context):\n    a, b = ti.xcom_pull(task_ids=['one', 'none'])\n    return a\n\n\n" + TASK.format(""),
        on=(("CM323", "xcom_pull"),),
    ),
    "bytes and objects": Kind(
        PYTHON + "class R(object):\n    pass\n\n\ndef f(**c):\n    return b'raw'\n\n\ndef g(**c):\n    return R()\n\n\n"
        + TASK.format("") + TASK.format("").replace("=f", "=g"),
        on=(("CM323", "b'raw'"), ("CM323", "return R()")),
    ),
    "an operator's own executor": Kind(
        "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n    def __init__(self, executor, **kw):\n"
        "        super().__init__(**kw)\n        self.executor = executor\n",
        on=(("CM313", "self.executor"),),
    ),
    "a callable that is called directly": Kind(
        PYTHON + "def f(**kwargs):\n    return kwargs['execution_date'].isoformat()\n\n\nf(execution_date=1)\n" + TASK.format(""),
        lacks=("logical_date",), on=(("CM402", "execution_date'"),), unsafe=True,
    ),
    "one object to copy": Kind(
        "from airflow.contrib.operators.gcs_to_gcs import GoogleCloudStorageToGoogleCloudStorageOperator as G\n\n"
        "G(task_id='a', source_bucket='i', source_object='d/a.csv', destination_bucket='o', move_object=True)\n"
        "G(task_id='b', source_bucket='i', source_object='d/*.csv', destination_bucket='o')\n",
        has=("move_object=True, exact_match=True)", "destination_bucket='o')\n"), unsafe=True,
    ),
    "dependencies of its own": Kind(
        "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n    operator_extra_links = (Doc(),)\n\n"
        "    @property\n    def deps(self):\n        return super(A, self).deps | {Never()}\n",
        on=(("CM315", "operator_extra_links"), ("CM315", "def deps")),
    ),
    "parameters that op_kwargs and op_args give": Kind(
        PYTHON + "def f(start_date, end_date, tables, **kwargs):\n    return kwargs\n\n\n"
        "PythonOperator(task_id='a', python_callable=f, op_kwargs={'start_date': 1, 'end_date': 2, 'tables': 3})\n"
        "PythonOperator(task_id='b', python_callable=f, op_args=[1, 2, 3])\n",
        quiet=("CM402",), unsafe=True,
    ),
    "keys that the code writes": Kind(
        "from airflow.models import BaseOperator\n" + PYTHON + "class A(BaseOperator):\n    def execute(self, context):\n"
        "        context['execution_date'] = context['execution_date'].subtract(years=1)\n        return path(context)\n\n\n"
        "class B(BaseOperator):\n    def execute(self, context):\n        scope = dict(context, end_date='2030-01-01')\n"
        "        return self.build(**scope)\n\n    def build(self, execution_date, end_date, **rest):\n        return end_date\n\n\n"
        "def f(**context):\n    context.update({'end_date': 1})\n    return context['end_date']\n\n\n" + TASK.format(""),
        lacks=("logical_date",), quiet=("CM402",), unsafe=True,
    ),
    "template fields that were lists": Kind(
        "from airflow.operators.bash_operator import BashOperator\n"
        "from airflow.contrib.operators.dataproc_operator import DataprocClusterCreateOperator\n"
        "from airflow.operators.http_operator import SimpleHttpOperator\n\n\nclass A(BashOperator):\n"
        "    template_fields = BashOperator.template_fields + ('x',)\n\n\nclass C(DataprocClusterCreateOperator):\n"
        "    template_fields = DataprocClusterCreateOperator.template_fields + ['labels']\n\n\nclass F(SimpleHttpOperator):\n"
        "    template_fields = ['token'] + SimpleHttpOperator.template_fields\n",
        has=("BashOperator.template_fields + ('x',)", ".template_fields, 'labels')", "('token', *"),
    ),
    "methods of a hook, by their old names": Kind(
        "from airflow.contrib.hooks.gcs_hook import GoogleCloudStorageHook\n\n\ndef make():\n"
        "    return GoogleCloudStorageHook()\n\n\nclass Copy(object):\n    def __init__(self):\n        self.hook = None\n\n"
        "    def open(self):\n        self.hook = GoogleCloudStorageHook()\n\n    def get_hook(self):\n        return self.hook\n\n"
        "    def run(self, other: GoogleCloudStorageHook):\n        self.hook.exists(bucket='a', object='b')\n"
        "        self.get_hook().exists(bucket='c', object='d')\n        other.exists(bucket='e', object='f')\n"
        "        made = make()\n        for name in made.list(bucket='g', maxResults=10):\n"
        "            made.delete(bucket='g', object=name)\n        with make() as within:\n"
        "            within.upload(bucket='h', object='i', filename='j')\n"
        "        return super(Copy, self).exists(bucket='k')\n\n\nclass Ours(GoogleCloudStorageHook):\n"
        "    def copy_all(self, bucket):\n        super(Ours, self).list(bucket=bucket)\n        return self.list(bucket=bucket)\n",
        has=("exists(bucket_name='a', object_name='b')", "exists(bucket_name='c', object_name='d')",
             "exists(bucket_name='e', object_name='f')", "list(bucket_name='g', max_results=10)",
             "delete(bucket_name='g', object_name=name)", "upload(bucket_name='h', object_name='i'",
             "super(Copy, self).exists(bucket='k')", "super(Ours, self).list(bucket_name=bucket)",
             "return self.list(bucket_name=bucket)"),
    ),
    "methods that are gone": Kind(
        "from contextlib import closing\nfrom airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\n\n"
        "def copy(**context):\n    hook = BigQueryHook('c')\n    with closing(hook.get_conn()) as conn:\n"
        "        conn.cursor().run_query('select 1')\n    cursor = hook.get_conn().cursor()\n    cursor.run_load('a', 'b', [])\n"
        "    hook.get_first('select 1')\n    cursor.execute('select 1')\n",
        on=(("CM505", "BigQueryHook('c')"), ("CM506", "run_query"), ("CM506", "run_load")),
    ),
    "clients that take requests": Kind(
        "import airflow\nfrom google.cloud import secretmanager, pubsub_v1\n\n\ndef secret(name):\n"
        "    client = secretmanager.SecretManagerServiceClient()\n    client.access_secret_version(name)\n"
        "    return client.access_secret_version('projects/%s' % name)\n\n\ndef topics():\n"
        "    client = pubsub_v1.PublisherClient()\n    client.publish('t', b'x')\n"
        "    return client.list_topics(client.project_path('p'))\n",
        has=("access_secret_version(name='projects/%s' % name)", "list_topics(project=client.common_project_path('p'))",
             "client.publish('t', b'x')"),
        on=(("CM592", "access_secret_version(name)"),),
    ),
    "overrides that are called in another way": Kind(
        "from airflow.hooks.http_hook import HttpHook\nfrom airflow.hooks.base_hook import BaseHook\n"
        "from airflow.contrib.operators.dataproc_operator import DataprocClusterDeleteOperator\n\n\nclass A(HttpHook):\n"
        "    def get_conn(self, headers):\n        return None\n\n    def run(self, endpoint, *args, **more):\n        return None\n"
        "\n\nclass B(DataprocClusterDeleteOperator):\n    def start(self):\n        return None\n\n\nclass C(BaseHook):\n"
        "    def __init__(self, source=None):\n        super(C, self).__init__(source)\n",
        has=("super(C, self).__init__()",), on=(("CM317", "def get_conn"), ("CM317", "def start")),
    ),
    "places that mean something else": Kind(
        "from airflow import models\nfrom airflow.models import Variable as V\n\nV.set('a', {}, True)\n"
        "models.Variable.set('b', {}, serialize_json=True)\nV.get('c', None, True)\n",
        has=("V.set('a', {}, serialize_json=True)", "V.get('c', None, True)"), quiet=("CM504",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", [pytest.param(kind, id=name) for name, kind in KINDS.items()])
def test_a_kind(kind: Kind) -> None:
    options = Options(unsafe=kind.unsafe)
    result = rewrite(kind.source.encode(), options, path="dags/a.py")
    after = result.source.decode()
    ast.parse(after)
    assert rewrite(result.source, options, path="dags/a.py").source == result.source
    assert [text for text in kind.has if text not in after] == []
    assert [text for text in kind.lacks if text in after] == []
    lines = kind.source.splitlines()
    found = [(finding.code, lines[finding.line - 1]) for finding in result.findings]
    assert [want for want in kind.on if not any(c == want[0] and want[1] in line for c, line in found)] == [], found
    assert [one for one in found if one[0] in kind.quiet] == []
