"""The configuration of both Airflows, as environment variables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from migrator.lab.ports import LOOPBACK
from migrator.lab.processes import MARKER

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.settings import Settings

PROJECT = "lab"
LOCATION = "local"

COMMON = {
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__LOAD_EXAMPLES": "False",
    "CORE__DEFAULT_TIMEZONE": "utc",
    "CORE__CHECK_SLAS": "False",
    "CORE__DAGBAG_IMPORT_TIMEOUT": "60",
    "SCHEDULER__JOB_HEARTBEAT_SEC": "5",
    "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "3",
    "SCHEDULER__DAG_DIR_LIST_INTERVAL": "5",
    "SCHEDULER__PRINT_STATS_INTERVAL": "60",
    "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "60",
    "METRICS__STATSD_ON": "False",
    "WEBSERVER__WEB_SERVER_HOST": LOOPBACK,
    "WEBSERVER__WORKERS": "1",
    "WEBSERVER__EXPOSE_CONFIG": "False",
    "WEBSERVER__WEB_SERVER_MASTER_TIMEOUT": "240",
}

V1 = {
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "CORE__STORE_DAG_CODE": "True",
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "5",
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
    "SCHEDULER__PROCESSOR_POLL_INTERVAL": "1",
    "SCHEDULER__STATSD_ON": "False",
    "WEBSERVER__AUTHENTICATE": "False",
    "WEBSERVER__WORKER_REFRESH_INTERVAL": "0",
    "SMTP__SMTP_HOST": "",
}
"""Airflow 1.10.15; DAGs start unpaused, as Composer 1 has it."""

V2 = {
    "CORE__PARALLELISM": "12",
    "CORE__MAX_ACTIVE_TASKS_PER_DAG": "16",
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "2",
    "CORE__MIN_SERIALIZED_DAG_FETCH_INTERVAL": "2",
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "1",
    "SCHEDULER__PARSING_PROCESSES": "1",
    "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "8",
    "SCHEDULER__PARSING_CLEANUP_INTERVAL": "10",
    "SCHEDULER__DAG_STALE_NOT_SEEN_DURATION": "20",
    "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    "API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth,airflow.api.auth.backend.session",
    "API__MAXIMUM_PAGE_LIMIT": "1000",
    "WEBSERVER__WORKER_REFRESH_INTERVAL": "6000",
    "WEBSERVER__RELOAD_ON_PLUGIN_CHANGE": "False",
    "WEBSERVER__WARN_DEPLOYMENT_EXPOSURE": "False",
    "USAGE_DATA_COLLECTION__ENABLED": "False",
}
"""Airflow 2.10.5."""

OVERRIDES = {
    "v1": {
        "core-parallelism": "18",
        "core-dag_concurrency": "16",
        "core-store_serialized_dags": "True",
        "webserver-rbac": "False",
        "scheduler-max_threads": "2",
        "scheduler-catchup_by_default": "True",
    },
    "v2": {"core-dags_are_paused_at_creation": "True"},
}
"""What the operator changed of Airflow's configuration on each environment; on v2, so that new DAGs start paused."""


ENV_VARIABLES = {
    "v1": {"ESTATE": "analytics", "REPORT_BUCKET": "lab-reports", "AIRFLOW_VAR_REGION": "us-central1"},
    "v2": {"ESTATE": "analytics"},
}
"""What the operator set on each environment."""


def environment_name(side: str) -> str:
    """The full Composer name of one side."""
    return f"projects/{PROJECT}/locations/{LOCATION}/environments/{side}"


def environ(
    side: str, *, home: Path, binaries: Path, settings: Settings, database_url: str, web_port: int, gcs: str
) -> dict[str, str]:
    """The whole environment of one side's processes; nothing of the caller's Airflow settings leaks in."""
    overrides = {key.replace("-", "__", 1).upper(): value for key, value in OVERRIDES[side].items()}
    own = _own(side, home, settings, database_url, web_port)
    table = COMMON | (V1 if side == "v1" else V2) | overrides | own
    return (
        _system(binaries)
        | {f"AIRFLOW__{key}": value for key, value in table.items()}
        | _composer(side, home, gcs)
        | {"AIRFLOW_HOME": str(home), MARKER: settings.id}
    )


def _own(side: str, home: Path, settings: Settings, database_url: str, web_port: int) -> dict[str, str]:
    """What differs from lab to lab."""
    section = "CORE" if side == "v1" else "DATABASE"
    logs = "CORE" if side == "v1" else "LOGGING"
    return {
        f"{section}__SQL_ALCHEMY_CONN": database_url,
        f"{logs}__BASE_LOG_FOLDER": str(home / "logs"),
        "CORE__DAGS_FOLDER": str(home / "dags"),
        "CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "CORE__FERNET_KEY": settings.fernet_v1 if side == "v1" else settings.fernet_v2,
        "SCHEDULER__CHILD_PROCESS_LOG_DIRECTORY": str(home / "logs" / "scheduler"),
        "WEBSERVER__WEB_SERVER_PORT": str(web_port),
        "WEBSERVER__BASE_URL": f"http://{LOOPBACK}:{web_port}",
        "WEBSERVER__SECRET_KEY": settings.secret_key,
    }


def _composer(side: str, home: Path, gcs: str) -> dict[str, str]:
    """The variables that Composer sets for its tasks."""
    return ENV_VARIABLES[side] | {
        "COMPOSER_ENVIRONMENT": side,
        "COMPOSER_LOCATION": LOCATION,
        "DAGS_FOLDER": str(home / "dags"),
        "GCP_PROJECT": PROJECT,
        "GCS_BUCKET": f"lab-{side}",
        "STORAGE_EMULATOR_HOST": gcs,
    }


def _system(binaries: Path) -> dict[str, str]:
    """What a process needs of the machine; its own executables come first, as tasks call ``airflow``."""
    path = os.pathsep.join([str(binaries), os.environ.get("PATH", os.defpath)])
    kept = {key: os.environ[key] for key in ("HOME", "TMPDIR", "USER") if key in os.environ}
    quiet = {"PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    return {"PATH": path, "TZ": "UTC", **kept, **quiet}
