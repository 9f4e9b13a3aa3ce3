"""What a running lab is, for everything that uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two Airflows: how to run its command line and how to reach it."""

    name: str
    """``v1`` or ``v2``."""
    environment: str
    """The full Composer name, ``projects/lab/locations/local/environments/v1``."""
    bucket: str
    airflow: Path
    """The ``airflow`` executable."""
    env: dict[str, str] = field(repr=False)
    """The whole process environment that its command line needs."""
    home: Path
    dags: Path
    data: Path
    url: str
    user: str
    password: str = field(repr=False)
    database_url: str = field(repr=False)
    airflow_version: str

    @property
    def python(self) -> Path:
        """The interpreter of its virtual environment."""
        return self.airflow.parent / "python"


@dataclass(frozen=True, slots=True)
class Lab:
    """Both sides, the bucket server, the Composer API and the stand-in for gcloud."""

    home: Path
    gcs_endpoint: str
    api_endpoint: str
    source: Side
    target: Side
    gcloud: Path

    @property
    def sides(self) -> tuple[Side, Side]:
        """Source first, then target."""
        return (self.source, self.target)


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process of the lab as ``migrate lab status`` shows it."""

    name: str
    pid: int
    alive: bool
    log: Path
