"""One environment as the Composer API describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """The parts of a Composer environment that a migration needs; sizes and networks as the API names them."""

    name: str
    image: str
    state: str
    bucket: str
    airflow_uri: str
    packages: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    env_variables: dict[str, str] = field(default_factory=dict)
    node_count: int = 0
    network: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, Any] = field(default_factory=dict)

    @property
    def airflow_version(self) -> str:
        """The Airflow version named by the image, such as ``1.10.15``."""
        return self.image.rpartition("airflow-")[2]
