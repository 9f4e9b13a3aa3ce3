"""GV111: files do no work when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import BEST, Example, of_file
from migrator.assess.checks.gv_network import at_import
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile


@of_file(
    "GV111",
    Severity.WARNING,
    fix="Move the work into a task; what is fixed can be a literal or a small file beside the DAG.",
    link=f"{BEST}#top-level-python-code",
    minutes=20,
    examples=(
        Example("It waits", 1, added("\nimport time\ntime.sleep(5)\n")),
        Example(
            "It starts a process", 1, added("\nimport subprocess\nREV = subprocess.check_output(['git', 'log'])\n")
        ),
        Example(
            "It reads a table", 1, added("\nimport pandas as pd\nROWS = pd.read_csv('/home/airflow/gcs/dags/a.csv')\n")
        ),
        Example("The same in a function for a task", files=added("\nimport time\ndef wait():\n    time.sleep(5)\n")),
        Example("It makes a delay, and waits for nothing", files=added("\nimport time\nZONE = time.tzname\n")),
    ),
)
def work_at_import(file: SourceFile) -> Iterator[Problem]:
    """Tell which files wait, start processes or read tables while they are read themselves.

    That work is done again on each reading of the file, by the scheduler and by each task.
    """
    for line, name in at_import(file, "process"):
        yield Problem(f"{name} is called when the file is read", line)
