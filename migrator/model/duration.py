"""Durations as people write them."""

from __future__ import annotations

UNITS = ((86_400, "day"), (3_600, "h"), (60, "min"))


def spelled(seconds: float) -> str:
    """The duration, exactly: ``28 days``, ``1 day``, ``1 h 30 min``, ``2.5 s``; no other has the same words."""
    parts, rest = ["-"] if seconds < 0 else [], abs(seconds)
    for size, unit in UNITS:
        count, rest = int(rest // size), rest % size
        if count:
            parts.append(f"{count} {unit}{'s' * (unit == 'day' and count != 1)}")
    if rest or not parts:
        parts.append(f"{rest!r} s" if rest % 1 else f"{rest:.0f} s")
    return " ".join(parts)


def roughly(seconds: float) -> str:
    """The duration to the second: ``1 min 3 s``."""
    return spelled(round(seconds))
