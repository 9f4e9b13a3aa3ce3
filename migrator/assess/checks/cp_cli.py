"""CP214: commands of Airflow 1.10 in tasks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import changed
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

COMMAND = re.compile(r"(?:^|[\s;&|(/])airflow\s+([a-z_]+)\b")
API = re.compile(r"/api/experimental\b")


@of_file(
    "CP214",
    Severity.ERROR,
    fix="Use the command of Airflow 2 that the message names, or better TriggerDagRunOperator or the stable REST API.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/howto/usage-cli.html",
    runs=True,
    minutes=20,
    examples=(
        Example("A flat command", 1, changed("load-orders {{ ds }}", "airflow trigger_dag other")),
        Example("After another one", 1, changed("load-orders {{ ds }}", "load && airflow clear -f orders")),
        Example("The experimental API", 1, changed("load-orders", "curl http://h/api/experimental/dags/a/dag_runs")),
        Example("A command of Airflow 2", files=changed("load-orders {{ ds }}", "airflow dags trigger other")),
        Example("A sentence about it", files=changed("Load the orders of a day", "made for airflow by us")),
    ),
)
def old_command(file: SourceFile) -> Iterator[Problem]:
    """Tell which tasks use commands or the API of Airflow 1.10.

    Airflow 2 has other commands (``dags trigger`` for ``trigger_dag``) and no experimental API.
    """
    table = column("old_cli", "old", "new")
    for text in file.strings:
        for verb in COMMAND.findall(text.value):
            if verb in table:
                yield Problem(f"`airflow {verb}` is `airflow {table[verb]}` in Airflow 2", text.lineno)
        if API.search(text.value):
            yield Problem("the experimental API is gone: use /api/v1", text.lineno)
