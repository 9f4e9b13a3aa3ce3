"""CP215: code that goes to Airflow's own database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

CALLS = ("airflow.settings.Session", "airflow.utils.db.create_session", "airflow.utils.session.create_session")
STRINGS = ("airflow_db", "airflow-sqlproxy-service", "airflow-sqlproxy-service.default")


@of_file(
    "CP215",
    Severity.WARNING,
    fix="Use the REST API or a function of Airflow for it; SQL that must stay is written for Postgres and 2.x.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/public-airflow-interface.html",
    runs=True,
    minutes=60,
    examples=(
        Example(
            "A session of the metadata database", 1, added("\nfrom airflow import settings\nS = settings.Session()\n")
        ),
        Example("The connection to it", 1, added("\nMySqlOperator(task_id='m', mysql_conn_id='airflow_db', sql='')\n")),
        Example("A database of your own", files=added("\nMySqlOperator(task_id='m', mysql_conn_id='shop', sql='')\n")),
        Example("Another Session", files=added("\nimport requests\ndef f():\n    return requests.Session()\n")),
    ),
)
def metadata_database(file: SourceFile) -> Iterator[Problem]:
    """Tell which files go to Airflow's metadata database.

    v1 with Airflow 1.10 keeps it in MySQL, Composer 2 in Postgres, with other columns: such SQL
    fails, or finds nothing.
    """
    lines = {c.lineno: "opens a session of" for c in file.calls if file.dotted(c.func) in CALLS}
    lines |= {text.lineno: "connects to" for text in file.strings if text.value in STRINGS}
    for line, verb in sorted(lines.items()):
        yield Problem(f"it {verb} Airflow's metadata database", line)
