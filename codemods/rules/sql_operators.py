"""CM601: operators that run SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.rule import Example, Rule
from codemods.support.default_args import default_keys
from codemods.support.rebuild import Folding, Recipe, rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.report import Fix, Flag

_NEW = "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator"
_PROVIDERS = "airflow.providers"
_SNOWFLAKE = f"{_PROVIDERS}.snowflake.operators.snowflake.SnowflakeOperator"
_HOOK = ("warehouse", "database", "role", "schema", "authenticator", "session_parameters")
# class -> the argument that names its connection, and the connection it uses when none is named
_CLASSES = {
    f"{_PROVIDERS}.postgres.operators.postgres.PostgresOperator": ("postgres_conn_id", "postgres_default"),
    f"{_PROVIDERS}.mysql.operators.mysql.MySqlOperator": ("mysql_conn_id", "mysql_default"),
    f"{_PROVIDERS}.sqlite.operators.sqlite.SqliteOperator": ("sqlite_conn_id", "sqlite_default"),
    f"{_PROVIDERS}.microsoft.mssql.operators.mssql.MsSqlOperator": ("mssql_conn_id", "mssql_default"),
    f"{_PROVIDERS}.oracle.operators.oracle.OracleOperator": ("oracle_conn_id", "oracle_default"),
    f"{_PROVIDERS}.jdbc.operators.jdbc.JdbcOperator": ("jdbc_conn_id", "jdbc_default"),
    f"{_PROVIDERS}.vertica.operators.vertica.VerticaOperator": ("vertica_conn_id", "vertica_default"),
    _SNOWFLAKE: ("snowflake_conn_id", "snowflake_default"),
}
_QUIET = ("airflow.operators.", "airflow.contrib.")
_OLD = "from airflow.operators.postgres_operator import PostgresOperator\n\n"
_AFTER = "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator\n\n"


class SqlOperators(Rule):
    """Run SQL with ``SQLExecuteQueryOperator``, which took the place of an operator for each database.

    The connection that the old operator used when none was named is written out. Those of 1.10 threw results away,
    the new one fetches them all for XCom: ``do_xcom_push=False`` keeps it as it was; take it out where a result is
    wanted. The operators of providers returned results since their fifth version, so there it is left open.
    """

    code = "CM601"
    name = "sql-operators"
    since = "postgres 6.0.0, mysql 6.0.0, sqlite 4.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html"
    rebuilds = True
    needles = (b"Operator",)
    watches = (cst.Call,)
    examples = (
        Example(
            "Postgres",
            _OLD + "PostgresOperator(\n    task_id='t',\n    sql='q.sql',\n    postgres_conn_id='db',  # ours\n"
            "    autocommit=True,\n)\n",
            _AFTER + "SQLExecuteQueryOperator(\n    task_id='t',\n    sql='q.sql',\n    conn_id='db',  # ours\n"
            "    autocommit=True,\n    do_xcom_push=False,\n)\n",
        ),
        Example(
            "the connection that was used",
            "from airflow.operators.mysql_operator import MySqlOperator\n\n"
            "MySqlOperator(task_id='t', sql='select 1')\n",
            _AFTER + "SQLExecuteQueryOperator(\n    task_id='t',\n    sql='select 1',\n"
            "    conn_id='mysql_default',\n    do_xcom_push=False,\n)\n",
        ),
        Example(
            "a provider's own",
            "from airflow.providers.postgres.operators.postgres import PostgresOperator\n\n"
            "PostgresOperator(task_id='t', sql='select 1', postgres_conn_id='db')\n",
            _AFTER + "SQLExecuteQueryOperator(task_id='t', sql='select 1', conn_id='db')\n",
        ),
        Example(
            "Snowflake",
            "from airflow.contrib.operators.snowflake_operator import SnowflakeOperator\n\n"
            "SnowflakeOperator(task_id='t', sql='a', snowflake_conn_id='s', warehouse='w', role='r')\n",
            _AFTER + "SQLExecuteQueryOperator(\n    task_id='t',\n    sql='a',\n    conn_id='s',\n"
            "    hook_params={\n        'warehouse': 'w',\n        'role': 'r',\n    },\n"
            "    autocommit=True,\n    do_xcom_push=False,\n)\n",
        ),
        Example(
            "a connection in default_args",
            _OLD + "default_args = {'conn_id': 'db'}\nPostgresOperator(task_id='t', sql='a')\n",
            _AFTER + "default_args = {'conn_id': 'db'}\n"
            "SQLExecuteQueryOperator(task_id='t', sql='a', do_xcom_push=False)\n",
        ),
        Example("unpacked", _OLD + "PostgresOperator(task_id='t', **query)\n", flagged=True),
        Example("already right", _AFTER + "SQLExecuteQueryOperator(task_id='t', sql='a', conn_id='c')\n"),
        Example("a class of ours", "import airflow\nfrom ours import PostgresOperator\n\nPostgresOperator(sql='a')\n"),
        Example("passed on as a value", _OLD + "kinds = [PostgresOperator]\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild calls of classes that the target's provider no longer has."""
        called = file.called(node)
        if called not in _CLASSES or file.target.has(called):
            return
        old, default = _CLASSES[called]
        named = argument(node, old) is not None or default_keys(file) & {old, "conn_id"}
        added = {} if named else {"conn_id": f'"{default}"'}
        quiet = all(name.startswith(_QUIET) for name in file.written(node.func))
        if quiet and called == _SNOWFLAKE and argument(node, "autocommit") is None:
            added["autocommit"] = "True"
        if quiet and argument(node, "do_xcom_push") is None and argument(node, "xcom_push") is None:
            added["do_xcom_push"] = "False"
        given = [name for name in _HOOK if called == _SNOWFLAKE and argument(node, name) is not None]
        folded = (Folding(tuple(given), "hook_params", dict),) if given else ()
        message = f"{called.rpartition('.')[2]} is SQLExecuteQueryOperator"
        yield rebuilt(node, file, Recipe(_NEW, message, {old: "conn_id"}, folded, added=added))
