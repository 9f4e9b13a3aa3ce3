"""``SqliteOperator`` of Airflow 1.10, by the target's ``SqliteHook``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.sqlite.hooks.sqlite import SqliteHook

if TYPE_CHECKING:
    from collections.abc import Iterable


class SqliteOperator(BaseOperator):
    """Run SQL: one statement, or several in one transaction."""

    template_fields = ("sql",)
    template_ext = (".sql",)
    ui_color = "#cdaaed"

    def __init__(
        self,
        sql: str | Iterable[str],
        sqlite_conn_id: str = "sqlite_default",
        parameters: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sqlite_conn_id = sqlite_conn_id
        self.sql = sql
        self.parameters = parameters or []

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Run the statements."""
        self.log.info("Executing: %s", self.sql)
        SqliteHook(sqlite_conn_id=self.sqlite_conn_id).run(self.sql, parameters=self.parameters)
