"""The Airflow that the corpus was written for: 1.10.15 of the lab, with the client libraries of its day beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from migrator.lab import installs
from migrator.lab.pythons import find_uv
from tests.corpus.corpus import folder

if TYPE_CHECKING:
    from pathlib import Path

EXCLUDE_NEWER = "2021-06-01"
LIBRARIES = (
    "google-api-python-client<2",
    *("google-auth-httplib2", "grpcio-gcp", "pandas-gbq"),
    *(
        f"google-cloud-{name}<2"
        for name in (
            *("bigquery", "bigquery-datatransfer", "bigtable", "container", "dataproc", "dlp", "kms", "language"),
            *("pubsub", "secret-manager", "spanner", "speech", "storage", "texttospeech", "translate"),
            *("videointelligence", "vision"),
        )
    ),
    *("boto3", "papermill<2", "pywinrm", "azure-mgmt-containerinstance<2", "azure-cosmos<4", "qds-sdk", "PyMySQL"),
)


def ensure() -> tuple[Path, Path]:
    """The interpreter, and the folder of libraries and of an initialised home; made once."""
    place = installs.ensure(installs.SOURCE, print) / "bin"
    extras = folder() / "source-1.10.15"
    if not (extras / "home" / "airflow.db").exists():
        begun = extras.with_name(f".{extras.name}.begun")
        shutil.rmtree(begun, ignore_errors=True)
        shutil.rmtree(extras, ignore_errors=True)
        (begun / "home").mkdir(parents=True)
        command = [str(find_uv()), "pip", "install", "--quiet", "--python", str(place / "python")]
        command += ["--exclude-newer", EXCLUDE_NEWER, "--target", str(begun / "libraries"), *LIBRARIES]
        subprocess.run(command, check=True)
        home = begun / "home"
        initdb = [str(place / "airflow"), "initdb"]
        subprocess.run(initdb, env=environment(place, begun, home), check=True, capture_output=True)
        begun.rename(extras)
    return place / "python", extras


def environment(place: Path, extras: Path, home: Path) -> dict[str, str]:
    """The variables under which 1.10.15 runs with its metadata database in ``home``."""
    return {
        "PATH": f"{place}:{os.environ['PATH']}",
        "PYTHONPATH": str(extras / "libraries"),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "PYTHONWARNINGS": "ignore",
    }
