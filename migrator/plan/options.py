"""What a person may ask of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WAVE_SIZE = 25
CANARIES = 3


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """``wave_size``: DAGs a wave; ``canaries``: DAGs of wave 0 at most; ``pins``: DAG id to wave number."""

    source: str
    target: str
    fingerprint: str
    wave_size: int = WAVE_SIZE
    canaries: int = CANARIES
    pins: Mapping[str, int] = field(default_factory=dict)
