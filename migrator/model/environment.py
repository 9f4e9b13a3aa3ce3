"""One environment as the Composer API describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migrator.model.sealed import Value


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """The parts of a Composer environment that a migration needs; sizes and networks as the API names them.

    As the API answers, ``overrides`` and ``env_variables`` are in clear; in an inventory most of them are sealed.
    """

    name: str
    image: str
    state: str
    bucket: str
    airflow_uri: str
    packages: dict[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Value] = field(default_factory=dict)
    env_variables: Mapping[str, Value] = field(default_factory=dict)
    node_count: int = 0
    network: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, Any] = field(default_factory=dict)

    @property
    def airflow_version(self) -> str:
        """The Airflow version named by the image, such as ``1.10.15``."""
        return self.image.rpartition("airflow-")[2]
