"""The web server of the real 2.10.5 shows the log that the real 1.10.15 wrote, of a run that was carried over."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import requests

from migrator.lab import bucket, ending, estate
from migrator.lab.workspace import write_workspace
from tests.lab import hardship
from tests.lab.journey import Journey, has_history, prepare, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]
NAME = "hard_cron"


def test_a_carried_run_shows_what_its_task_said_in_v1(lab: Lab, tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    estate.load(lab, {f"{NAME}.py": hardship.files()[f"{NAME}.py"]})
    write_workspace(lab, tmp_path, observe=300, pins={NAME: 0})
    wait_until(lambda: has_history(tmp_path, (NAME,)), 300)
    prepare(journey)
    journey.run("cutover", "--wave", "0", "--yes")
    ending.upload_logs(lab)
    first = journey.run("transfer", "--only", "logs", "--since", f"{datetime.now(UTC):%Y-%m-%d}")
    assert "show their old logs" in first.err
    again = journey.run("transfer", "--only", "logs", name="again")
    assert "there already" in again.out
    mounted(lab)
    runs = rest(lab, f"/dags/{NAME}/dagRuns?order_by=execution_date")["dag_runs"]
    carried = [run for run in runs if run["conf"]]
    texts = [rest_log(lab, run["dag_run_id"]) for run in carried]
    assert carried
    assert all("Running command: sleep 1" in text for text in texts), texts
    assert all("task_id=work" in text or "Marking task as SUCCESS" in text for text in texts), texts
    own = [rest_log(lab, run["dag_run_id"]) for run in runs if not run["conf"] and run["state"] == "success"]
    assert own
    assert all("Running command" in text for text in own)


def mounted(lab: Lab) -> None:
    """What Composer's mount does: the bucket's logs are where the web server's file handler reads."""
    storage = bucket.client(lab.gcs_endpoint)
    for blob in storage.bucket(lab.target.bucket).list_blobs(prefix="logs/"):
        path = lab.target.home / blob.name
        if not blob.name.endswith("/"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blob.download_as_bytes())
    storage.close()


def rest(lab: Lab, path: str) -> Any:
    answer = requests.get(f"{lab.target.url}/api/v1{path}", auth=(lab.target.user, lab.target.password), timeout=60)
    answer.raise_for_status()
    return answer.json() if "json" in answer.headers["content-type"] else answer.text


def rest_log(lab: Lab, run_id: str) -> str:
    """The log of the task's last try, by the API of the web server."""
    of_task = f"/dags/{NAME}/dagRuns/{quote(run_id)}/taskInstances/work"
    tries, until = rest(lab, of_task)["try_number"], time.monotonic() + 60
    while not tries and time.monotonic() < until:
        time.sleep(1)
        tries = rest(lab, of_task)["try_number"]
    found = rest(lab, f"{of_task}/logs/{tries}?full_content=true")
    return str(found["content"] if isinstance(found, dict) else found)
