"""CP212: files in the bucket's data folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_file
from migrator.assess.examples import changed
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

FOLDER = re.compile(r"/home/airflow/gcs/(data|dags|plugins|logs)(/[\w./-]*)?|/home/airflow/gcsfuse/\S*")


@of_file(
    "CP212",
    Severity.NOTE,
    fix="Copy what it reads to the target's bucket before its wave: gsutil -m rsync -r gs://V1/data gs://V2/data.",
    link=f"{COMPOSER}/cloud-storage",
    minutes=10,
    examples=(
        Example("A file in data/", 1, changed("load-orders", "cat /home/airflow/gcs/data/shop/rates.csv")),
        Example("A mount that only v1 has", 1, changed("load-orders", "ls /home/airflow/gcsfuse/data")),
        Example("A folder of the worker", files=changed("load-orders", "cat /tmp/rates.csv")),
        Example(
            "Beside the DAG, which is deployed",
            files=changed("load-orders", "cat /home/airflow/gcs/dags/shop/rates.sql"),
        ),
    ),
)
def data_folder(file: SourceFile) -> Iterator[Problem]:
    """Tell which files use the bucket's data folder through its mount.

    DAGs and plugins are carried; what lies in data/ is not, and a task that misses it fails.
    """
    for text in file.strings:
        found = FOLDER.search(text.value)
        if found and found[1] not in {"dags", "plugins"}:
            yield Problem(f"it uses {found[0]}", text.lineno)
