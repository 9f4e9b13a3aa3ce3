"""GV110: files ask Airflow's database for nothing when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import BEST, Example, of_file
from migrator.assess.examples import added, changed
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

READS = (".Variable.get", ".Variable.setdefault", ".Variable.set", ".get_connection", ".get_connections")
_TOP = "\nfrom airflow.models import Variable\nREGION = Variable.get('region')\n"


@of_file(
    "GV110",
    Severity.WARNING,
    fix="Use the template {{ var.value.NAME }} (or {{ conn.NAME.host }}), or read it inside the task.",
    link=f"{BEST}#airflow-variables",
    minutes=15,
    examples=(
        Example("A variable at the top", 1, added(_TOP)),
        Example(
            "A connection at the top",
            1,
            added("\nfrom airflow.hooks.base_hook import BaseHook\nHOST = BaseHook.get_connection('c').host\n"),
        ),
        Example(
            "In an argument of a task",
            1,
            changed('"load-orders {{ ds }}"', 'Variable.get("c")', "from airflow.models import Variable\n"),
        ),
        Example("As a template", files=changed("{{ ds }}", "{{ var.value.region }}")),
        Example(
            "Inside a function",
            files=added("\nfrom airflow.models import Variable\ndef region():\n    return Variable.get('region')\n"),
        ),
    ),
)
def metadata_at_import(file: SourceFile) -> Iterator[Problem]:
    """Tell which files read a variable or a connection while they are read themselves.

    Each reading of the file opens the database, and on Composer 2 also asks Secret Manager, which counts and costs
    each access. A variable that is missing in the target takes the DAG away.
    """
    for call in file.at_import:
        name = file.dotted(call.func)
        if name.startswith("airflow.") and name.endswith(READS):
            yield Problem(f"{'.'.join(name.split('.')[-2:])}() is called when the file is read", call.lineno)
