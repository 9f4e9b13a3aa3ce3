"""What the discovery client of 1.10 and the clients of the target ask for, in one form: method, path and body."""

from __future__ import annotations

import re
from typing import Any

_PATHS = {
    "bigquery.jobs.insert": ("POST", "/projects/{projectId}/jobs"),
    "bigquery.tables.insert": ("POST", "/projects/{projectId}/datasets/{datasetId}/tables"),
    "bigquery.datasets.patch": ("PATCH", "/projects/{projectId}/datasets/{datasetId}"),
}
_ASKED_AFTERWARDS = ("bigquery.jobs.get", "dataproc.projects.regions.jobs.get", "GET")
"""How a job is getting on."""


def _plain(part: Any) -> Any:
    """A part of a command without what is another in each try, the version of Airflow, and Python's."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    text = re.sub(r"dataflow[0-9a-f]{8}-", "dataflow-", str(part))
    text = re.sub(r"-[0-9a-f]{8}$", "-", text).replace("python2", "python3")
    return re.sub(r"v\d+-\d+-\d+", "v", text)


def _dataproc(arguments: dict[str, Any]) -> dict[str, Any]:
    """The same API on both sides: without the parts that are another in each try, and the version of Airflow."""
    plain = {name: value for name, value in arguments.items() if name not in {"requestId", "body", "jobId"}}
    body = arguments.get("body", {})
    if "jobId" in arguments:
        plain["jobId"] = arguments["jobId"][:-8]
    if "job" in body:
        job = body["job"] | {"reference": body["job"]["reference"] | {"jobId": body["job"]["reference"]["jobId"][:-8]}}
        job["labels"] = {name: value for name, value in job["labels"].items() if name != "airflow-version"}
        main = job.get("pysparkJob", {}).get("mainPythonFileUri", "")
        if main.startswith("gs://cluster-bucket/"):
            job["pysparkJob"] = job["pysparkJob"] | {"mainPythonFileUri": "gs://cluster-bucket/" + main.split("_")[-1]}
        body = {"job": job}
    return plain | {"body": body}


def as_rest(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome without what is no order: how a job was waited for, ids that a client makes, how errors are worded."""
    if "raised" in outcome:
        return {"raised": True}
    made = [_rest(call) for call in outcome["calls"] if call[0] not in _ASKED_AFTERWARDS]
    by = {kind: sorted({call[1] for call in made if call[0] == kind}) for kind in ("connection", "acting for")}
    return {"calls": [call for call in made if call[0] not in by], **by, "returned": outcome["returned"]}


def _rest(call: list[Any]) -> list[Any]:
    if call[0].startswith("dataproc."):
        return [call[0], _dataproc(call[1])]
    if call[0] in _PATHS:
        method, path = _PATHS[call[0]]
        call = [method, path.format(**call[1]), call[1]["body"]]
    if call[0] in {"pipeline", "wait"}:
        return [_plain(part) for part in call]
    if call[0] not in {"POST", "PATCH"}:
        return call
    method, path, body = call
    body = {name: value for name, value in body.items() if name not in {"jobReference", "tableReference"}}
    body.get("configuration", {}).get("query", {}).pop("parameterMode", None)  # the client says what the service infers
    reference = call[2].get("tableReference", {}).get("tableId")
    return [method, path, body, reference] if reference else [method, path, body]
