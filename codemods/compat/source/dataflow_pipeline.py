"""How Airflow 1.10 started a Beam pipeline on Dataflow: a command of this machine, then a job to wait for."""

from __future__ import annotations

import re
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.exceptions import AirflowException
from airflow.providers.apache.beam.hooks.beam import run_beam_command
from airflow.providers.google.cloud.hooks.dataflow import (
    DataflowHook,
    process_line_and_extract_dataflow_job_id_callback,
)
from airflow.providers.google.cloud.hooks.gcs import GCSHook
from airflow.version import version

from airflow1_compat.delegation import acting_for

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = {"airflow-version": "v" + version.replace(".", "-").replace("+", "-")}
"""The label that every job gets."""


def job_name(name: str) -> str:
    """A job's name with an end of its own."""
    plain = str(name).replace("_", "-")
    if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", plain):
        raise ValueError(f"Invalid job_name ({plain}): letters, digits and -, first a letter, last none of -")
    return f"{plain}-{str(uuid.uuid4())[:8]}"


def local_file(name: str, conn_id: str, user: str | None) -> str:
    """The file itself, or a copy of what lies in a bucket."""
    if not name.startswith("gs://"):
        return name
    bucket, _, path = name.removeprefix("gs://").partition("/")
    if not path:
        raise AirflowException(f"Invalid Google Cloud Storage (GCS) object path: {name}")
    local = Path(tempfile.gettempdir()) / f"dataflow{str(uuid.uuid4())[:8]}-{path.rpartition('/')[2]}"
    hook = acting_for(GCSHook(gcp_conn_id=conn_id), user)
    hook.download(bucket_name=bucket, object_name=path, filename=str(local))
    if not local.stat().st_size:
        raise AirflowException(f"Failed to download Google Cloud Storage (GCS) object: {name}")
    return str(local)


def run_pipeline(
    operator: Any, program: list[str], options: dict[str, Any], name: str, labels: Callable[[dict[str, str]], list[str]]
) -> None:
    """Run the command of a pipeline, and wait for its job."""
    hook = acting_for(
        DataflowHook(gcp_conn_id=operator.gcp_conn_id, poll_sleep=operator.poll_sleep), operator.delegate_to
    )
    if options["project"] is None:
        raise AirflowException("Project not specified")
    options.setdefault("region", "us-central1")
    jobs: list[str] = []
    with hook.provide_gcp_credential_file_as_context():
        run_beam_command(
            cmd=[*program, "--runner=DataflowRunner", *_arguments(options, labels)],
            log=operator.log,
            process_line_callback=process_line_and_extract_dataflow_job_id_callback(jobs.append),
        )
    hook.wait_for_done(
        job_name=name,
        location=options["region"],
        project_id=options["project"],
        job_id=jobs[0] if jobs else None,
        multiple_jobs=False,
    )


def _arguments(options: dict[str, Any], labels: Callable[[dict[str, str]], list[str]]) -> list[str]:
    arguments: list[str] = []
    for name, value in options.items():
        if name == "labels":
            arguments += labels(value)
        elif value is None or len(value) < 1:
            arguments.append(f"--{name}")
        else:
            arguments.append(f"--{name}={value}")
    return arguments
