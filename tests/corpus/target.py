"""The Airflow that the corpus is loaded by: a Composer 2.15.3 image's versions in a virtual environment."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from migrator.lab.pythons import find_python, find_uv
from tests.corpus.corpus import folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PYTHON = "3.11"
EXCLUDE_NEWER = "2025-10-15"
IMAGE = "image"  # composer-2.15.3-airflow-2.10.5 has it

# requirement -> why it is there
PACKAGES = {
    "apache-airflow==2.10.5": IMAGE,
    "apache-airflow-providers-apache-beam": IMAGE,
    "apache-airflow-providers-cncf-kubernetes": IMAGE,
    "apache-airflow-providers-common-compat": IMAGE,
    "apache-airflow-providers-common-io": IMAGE,
    "apache-airflow-providers-common-sql": IMAGE,
    "apache-airflow-providers-fab": IMAGE,
    "apache-airflow-providers-ftp": IMAGE,
    "apache-airflow-providers-google==18.0.0": IMAGE,
    "apache-airflow-providers-http==5.3.4": IMAGE,
    "apache-airflow-providers-imap": IMAGE,
    "apache-airflow-providers-mysql": IMAGE,
    "apache-airflow-providers-postgres": IMAGE,
    "apache-airflow-providers-sftp": IMAGE,
    "apache-airflow-providers-smtp": IMAGE,
    "apache-airflow-providers-sqlite": IMAGE,
    "apache-airflow-providers-ssh==4.1.4": IMAGE,
    "apache-airflow-providers-amazon": "contrib EMR examples, S3 to GCS",
    "apache-airflow-providers-apache-cassandra": "Cassandra to GCS",
    "apache-airflow-providers-apache-hive": "example_twitter_dag",
    "apache-airflow-providers-apache-pig": "example_pig_operator",
    "apache-airflow-providers-databricks": "contrib example_databricks_operator",
    "apache-airflow-providers-dingding": "contrib example_dingding_operator",
    "apache-airflow-providers-docker": "example_docker_operator and its siblings",
    "apache-airflow-providers-facebook": "Facebook Ads to GCS",
    "apache-airflow-providers-microsoft-azure": "contrib Azure examples, Azure Fileshare to GCS",
    "apache-airflow-providers-microsoft-mssql": "MSSQL to GCS",
    "apache-airflow-providers-microsoft-winrm": "contrib example_winrm_operator",
    "apache-airflow-providers-oracle": "Oracle to GCS",
    "apache-airflow-providers-papermill": "contrib example_papermill_operator",
    "apache-airflow-providers-presto": "Presto to GCS",
    "apache-airflow-providers-qubole": "contrib example_qubole_operator",
    "apache-airflow-providers-salesforce": "Salesforce to GCS",
    "apache-airflow-providers-singularity": "contrib example_singularity_operator",
    "apache-airflow-providers-trino": "Trino to GCS",
    "plyvel": "LevelDB operators of the google provider",
}
# needs the MySQL client library and a compiler; nothing imports it while a DAG file loads
OVERRIDES = 'mysqlclient ; sys_platform == "never"\n'


def ensure(say: Callable[[str], None] = print) -> Path:
    """The environment's folder, built now if it was not there or is of another table."""
    place = folder() / "target-2.10.5"
    marker = place / ".complete"
    if marker.exists() and marker.read_text("utf-8") == digest():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{place.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not marker.exists() or marker.read_text("utf-8") != digest():
            begun = time.monotonic()
            say(f"installing the target of the corpus (once) into {place}")
            _build(place)
            say(f"installed in {time.monotonic() - begun:.0f} s")
    return place


def digest() -> str:
    """A hash of what the environment is made from."""
    parts = [PYTHON, EXCLUDE_NEWER, OVERRIDES, *PACKAGES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def environment(place: Path, home: Path) -> dict[str, str]:
    """The variables under which the environment's interpreter runs, with its metadata database in ``home``."""
    return {
        "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "40",  # 2 by default, which loses the file's own line
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "PYTHONWARNINGS": "ignore",
        "PYTHONHASHSEED": "0",
    }


def _build(place: Path) -> None:
    """Build beside the final place and rename, so that an interrupted build is never used."""
    begun = place.with_name(f".{place.name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    begun.parent.mkdir(parents=True, exist_ok=True)
    uv = find_uv()
    python = find_python(PYTHON, uv)
    subprocess.run(
        [str(uv), "venv", "--quiet", "--relocatable", "--no-project", "--python", str(python), str(begun)], check=True
    )
    requirements, overrides = begun / "requirements.txt", begun / "overrides.txt"
    requirements.write_text("\n".join(PACKAGES) + "\n", encoding="utf-8")
    overrides.write_text(OVERRIDES, encoding="utf-8")
    install = [str(uv), "pip", "install", "--quiet", "--python", str(begun / "bin" / "python")]
    install += ["--exclude-newer", EXCLUDE_NEWER, "--overrides", str(overrides), "-r", str(requirements)]
    subprocess.run(install, check=True)
    _prepare_home(begun)
    (begun / ".complete").write_text(digest(), encoding="utf-8")
    shutil.rmtree(place, ignore_errors=True)
    begun.rename(place)


def _prepare_home(place: Path) -> None:
    """Migrate a metadata database once; each run copies it."""
    home = place / "home"
    home.mkdir()
    command = [str(place / "bin" / "python"), "-m", "airflow", "db", "migrate"]
    subprocess.run(command, check=True, env=environment(place, home), stdout=subprocess.DEVNULL)
