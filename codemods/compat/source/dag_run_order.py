"""``DagRunOrder`` of Airflow 1.10: what a callable of ``TriggerDagRunOperator`` fills in."""

from __future__ import annotations

from typing import Any


class DagRunOrder:
    """The id of the run that is triggered, and its ``conf``."""

    def __init__(self, run_id: str | None = None, payload: Any = None) -> None:
        self.run_id = run_id
        self.payload = payload
