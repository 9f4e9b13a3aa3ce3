"""CM208: entries of ``default_args`` that no operator takes any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import requoted
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.profiles import load
from codemods.support.default_args import default_arg, default_keys
from codemods.tables import renamed_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_SOURCE = "airflow-1.10.15"
_TASK = "airflow.models.baseoperator.BaseOperator"
_GOOGLE = "airflow.providers.google."
_HEAD = "from airflow import DAG\n"
_BIGQUERY = "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n\n"
_POSTGRES = "from airflow.operators.postgres_operator import PostgresOperator\n\n"
_BASH = "from airflow.operators.bash_operator import BashOperator\n\n"
_SQL = ("Postgres", "MySql", "Sqlite", "MsSql", "Oracle", "Jdbc", "Vertica", "Snowflake")


class DefaultArgsKeys(Rule):
    """Rename entries of ``default_args`` that the file's operators took in 1.10 and now ignore without a word.

    An operator takes from ``default_args`` what it has a parameter for; a renamed parameter makes the entry
    meaningless, and the task runs with the default: another connection, for instance. The new name may reach more
    operators than the old one did, so that is unsafe. Only operators that the file itself calls are known.
    """

    code = "CM208"
    name = "default-args-keys"
    safety = Safety.UNSAFE
    url = "https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#default-arguments"
    needles = (b"default_args",)
    watches = (cst.Module,)
    examples = (
        Example(
            "a connection of Google",
            _HEAD + _BIGQUERY + "default_args = {'owner': 'me', 'bigquery_conn_id': 'bq'}\n"
            "BigQueryOperator(task_id='a', sql='s')\n",
            _HEAD + _BIGQUERY + "default_args = {'owner': 'me', 'gcp_conn_id': 'bq'}\n"
            "BigQueryOperator(task_id='a', sql='s')\n",
            unsafe=True,
        ),
        Example(
            "a connection of Postgres",
            _HEAD + _POSTGRES + "DAG('a', default_args={\"postgres_conn_id\": 'db'})\nPostgresOperator(sql='s')\n",
            _HEAD + _POSTGRES + "DAG('a', default_args={\"conn_id\": 'db'})\nPostgresOperator(sql='s')\n",
            unsafe=True,
        ),
        Example(
            "without --unsafe",
            _POSTGRES + "default_args = {'postgres_conn_id': 'db'}\nPostgresOperator(sql='s')\n",
            flagged=True,
        ),
        Example(
            "what has no other name",
            _BIGQUERY + "default_args = {'use_legacy_sql': False}\nBigQueryOperator(sql='s')\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "two that become one",
            _BIGQUERY + "default_args = {'bigquery_conn_id': 'a', 'gcp_conn_id': 'b'}\nBigQueryOperator(sql='s')\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "what is always so now",
            "from airflow.operators.python_operator import PythonOperator\n\n"
            "default_args = {'provide_context': True}\nPythonOperator(task_id='a')\n",
            unsafe=True,
        ),
        Example("what tasks still take", _BASH + "default_args = {'retries': 1, 'owner': 'me'}\nBashOperator()\n"),
        Example("what never had a meaning", _BASH + "default_args = {'bigquery_conn_id': 1}\nBashOperator()\n"),
        Example("another dictionary", _POSTGRES + "more = {'postgres_conn_id': 'db'}\nPostgresOperator(sql='s')\n"),
    )  # fmt: skip

    def check(self, node: cst.Module, file: File) -> Iterator[Fix | Flag]:  # noqa: ARG002
        """Hold each key against the operators that the file calls."""
        for element in file.bindings.nodes[cst.DictElement]:
            key = default_arg(element, file) if isinstance(element, cst.DictElement) else ""
            if key in _HARMLESS or not isinstance(element, cst.DictElement) or _is_common(key, file):
                continue
            new = {_new_name(called, key) for called in _lost(key, file)}
            if new:
                yield _report(element, key, new, file)


def _is_common(key: str, file: File) -> bool:
    """Whether every task takes it."""
    signature = file.target.signature(_TASK)
    return signature is not None and key in signature.named


def _lost(key: str, file: File) -> Iterator[str]:
    """The classes that took a key in 1.10, and do not on the target."""
    source, target = load(_SOURCE), file.target
    for call in file.bindings.nodes[cst.Call]:
        called = file.called(call) if isinstance(call, cst.Call) else ""
        if not isinstance(call, cst.Call) or not called.startswith("airflow."):
            continue
        old = [source.signature(name) for name in file.written(call.func) if source.is_a(name, _TASK)]
        now = target.signature(called)
        if any(one is not None and key in one.named for one in old) and not (now and now.accepts(key)):
            yield called


def _new_name(called: str, key: str) -> str:
    """The name of the parameter on the target; empty when it has none."""
    short = called.rpartition(".")[2]
    if called.startswith(_GOOGLE) and key in _CONNECTIONS:
        return "gcp_conn_id"
    if key.endswith("_conn_id") and short in {f"{kind}Operator" for kind in _SQL}:
        return "conn_id"
    return _OTHERS.get(key) or renamed_arguments().get((short, key), "")


_HARMLESS = frozenset({"", "provide_context"})
"""Not an entry of ``default_args``, and what is always so now."""
_CONNECTIONS = ("bigquery_conn_id", "google_cloud_storage_conn_id", "google_cloud_conn_id", "datastore_conn_id")
_OTHERS = {"xcom_push": "do_xcom_push", "node_selectors": "node_selector"}


def _report(element: cst.DictElement, key: str, new: set[str], file: File) -> Fix | Flag:
    (name, *others) = sorted(new)
    if others or not name or name in default_keys(file) or not isinstance(element.key, cst.SimpleString):
        why = f"no operator here takes {key} from default_args any more: pass it to those that need it, by its new name"
        return Flag(element, why)
    edit = Edit(element.key, lambda updated: requoted(updated, name))
    return Fix(element, f"operators take {key} from default_args as {name} now", (edit,))
