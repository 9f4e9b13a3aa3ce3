"""What a person may ask of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.window import Window

WAVE_SIZE = 25
CANARIES = 3


@dataclass(frozen=True, slots=True)
class Forbid:
    """What may not be, by patterns of DAG ids: ``dags`` in ``waves``, or DAGs of two of ``apart`` in one wave."""

    dags: tuple[str, ...] = ()
    waves: tuple[int, ...] = ()
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How waves are made.

    ``wave_size``: DAGs a wave; ``wave_running``: runs under way at once in a wave, on average; ``canaries``: DAGs of
    wave 0 at most; ``pins``: DAG id to wave number; ``critical``: pattern of DAG ids, or ``tag:`` and a tag, to points
    of risk. With ``bridge_waits`` the sensors whose two ends part are served by a bridge, so that waits only order.
    """

    source: str
    target: str
    fingerprint: str
    wave_size: int = WAVE_SIZE
    wave_running: float | None = None
    canaries: int = CANARIES
    pins: Mapping[str, int] = field(default_factory=dict)
    forbids: tuple[Forbid, ...] = ()
    windows: tuple[Window, ...] = ()
    critical: Mapping[str, int] = field(default_factory=dict)
    bridge_waits: bool = False
