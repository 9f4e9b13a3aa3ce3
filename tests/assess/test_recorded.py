"""What the tests take for the inventory of the planted estate is what a real Airflow 1.10.15 says of it."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.assess.planted import NOW, RECORDED, recorded, sources

if TYPE_CHECKING:
    from tests.airflows import Airflow


@pytest.mark.airflow
@pytest.mark.soak
def test_a_real_airflow_says_the_same(v1: Airflow) -> None:
    """``RECORD=1 pytest -m soak tests/assess/test_recorded.py`` writes the file anew."""
    for path, text in sources().items():
        if path.startswith("dags/"):
            place = v1.home / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    said = v1.call("describe", since=NOW.isoformat(), max_runs=1, recipient=None)
    found = _still({key: said[key] for key in ("dags", "broken_files")})
    if os.environ.get("RECORD"):
        RECORDED.write_bytes(gzip.compress(json.dumps(found, sort_keys=True).encode(), mtime=0))
        recorded.cache_clear()
    assert found == recorded()


def _still(found: dict[str, Any]) -> dict[str, Any]:
    """Start dates that move are another each time; one of two files with the same DAG is as good as the other."""
    for dag in found["dags"]:
        if not str(dag["start_date"]).startswith("2026-01-"):
            dag["start_date"] = "2026-05-30T00:00:00+00:00"
        if dag["dag_id"] == "same_id":
            dag["file"] = "planted/same_a.py"
    return found
