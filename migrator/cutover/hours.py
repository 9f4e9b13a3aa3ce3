"""Whether a wave may be cut over at this hour: its maintenance windows and those of its DAGs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from migrator.errors import RefusedError
from migrator.model.duration import roughly
from migrator.plan.windows import next_opening, windows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrator.model.plan import Wave
    from migrator.model.window import Window


def require_open(wave: Wave, windows: Sequence[Window], now: datetime) -> str:
    """Until when the wave's windows are open, in words, empty when it has none; RefusedError when one is closed."""
    bound = windows_of(wave.number, [dag.dag_id for dag in wave.dags], windows)
    if not bound:
        return ""
    names = " and ".join(str(window) for window in bound)
    zone = ZoneInfo(bound[0].timezone)
    opening = next_opening(bound, now)
    if opening and opening[0] <= now:
        return f"{names}: open until {_moment(opening[1], zone)}, for {roughly((opening[1] - now).total_seconds())}"
    raise RefusedError(
        f"wave {wave.number} is outside its maintenance window",
        why=f"{names} "
        + (
            f"opens at {_moment(opening[0], zone)}, in {roughly((opening[0] - now).total_seconds())}"
            if opening
            else "are never open at once"
        ),
        fix=f"wait until then, or: migrate cutover --wave {wave.number} --outside-window",
    )


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"
