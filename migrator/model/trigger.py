"""Who asked for runs that no schedule made, as Airflow's log counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trigger:
    """How often ``who`` started a DAG by ``event`` of Airflow's log, and when for the first and the last time."""

    dag_id: str
    event: str
    who: str
    count: int
    first: datetime
    last: datetime
