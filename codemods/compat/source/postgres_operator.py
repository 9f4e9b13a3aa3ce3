"""``PostgresOperator`` of Airflow 1.10, by the target's ``PostgresHook``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.postgres.hooks.postgres import PostgresHook

if TYPE_CHECKING:
    from collections.abc import Iterable


class PostgresOperator(BaseOperator):
    """Run SQL: one statement, or several in one transaction."""

    template_fields = ("sql",)
    template_ext = (".sql",)
    ui_color = "#ededed"

    def __init__(
        self,
        sql: str | Iterable[str],
        postgres_conn_id: str = "postgres_default",
        autocommit: bool = False,
        parameters: Any = None,
        database: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sql = sql
        self.postgres_conn_id = postgres_conn_id
        self.autocommit = autocommit
        self.parameters = parameters
        self.database = database

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Run the statements."""
        self.log.info("Executing: %s", self.sql)
        self.hook = PostgresHook(
            postgres_conn_id=self.postgres_conn_id, database=self.database, enable_log_db_messages=True
        )
        self.hook.run(self.sql, autocommit=self.autocommit, parameters=self.parameters)
