"""``MySqlOperator`` of Airflow 1.10, by the target's ``MySqlHook``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.mysql.hooks.mysql import MySqlHook

if TYPE_CHECKING:
    from collections.abc import Iterable


class MySqlOperator(BaseOperator):
    """Run SQL: one statement, or several in one transaction."""

    template_fields = ("sql",)
    template_ext = (".sql",)
    ui_color = "#ededed"

    def __init__(
        self,
        sql: str | Iterable[str],
        mysql_conn_id: str = "mysql_default",
        parameters: Any = None,
        autocommit: bool = False,
        database: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sql = sql
        self.mysql_conn_id = mysql_conn_id
        self.autocommit = autocommit
        self.parameters = parameters
        self.database = database

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Run the statements."""
        self.log.info("Executing: %s", self.sql)
        self.hook = MySqlHook(mysql_conn_id=self.mysql_conn_id, schema=self.database)
        self.hook.run(self.sql, autocommit=self.autocommit, parameters=self.parameters)
