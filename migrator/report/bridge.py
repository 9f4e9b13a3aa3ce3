"""What a bridge did, as a table, as JSON and as one line to grep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tabulate import tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cutover.bridge import Crossed

SCHEMA_VERSION = 1


def as_json(crossed: Sequence[Crossed]) -> dict[str, Any]:
    """Each span; ``lag_seconds`` since the oldest run ended that is not mirrored."""
    rows = [
        {
            "upstream": one.span.upstream,
            "runs_in": one.span.side,
            "waiting": list(one.span.waiting),
            "newest": one.newest.isoformat() if one.newest else None,
            "mirrored": one.mirrored,
            "behind": one.behind,
            "lag_seconds": round(one.lag, 1),
            "trouble": one.trouble,
        }
        for one in crossed
    ]
    return {"schema_version": SCHEMA_VERSION, "spans": rows}


def table(crossed: Sequence[Crossed]) -> str:
    """A row a span."""
    rows = [
        (
            one.span.upstream,
            one.span.side,
            ", ".join(one.span.waiting),
            f"{one.newest:%Y-%m-%d %H:%M:%S}" if one.newest else "",
            one.mirrored,
            one.behind,
            f"{one.lag:.0f} s",
            one.trouble,
        )
        for one in crossed
    ]
    names = ("upstream", "runs in", "who waits", "newest", "mirrored", "behind", "lag", "trouble")
    return tabulate(rows, names, disable_numparse=True)


def line(crossed: Sequence[Crossed]) -> str:
    """Such as ``bridge spans=2 mirrored=3 behind=0 lag=0s delay=14s resting=0 trouble=0``; delay is the longest."""
    counts = {
        "spans": len(crossed),
        "mirrored": sum(one.mirrored for one in crossed),
        "behind": sum(one.behind for one in crossed),
        "lag": f"{max((one.lag for one in crossed), default=0):.0f}s",
        "delay": f"{max((delay for one in crossed for delay in one.delays), default=0):.0f}s",
        "resting": sum(one.span.resting for one in crossed),
        "trouble": sum(bool(one.trouble) and not one.span.resting for one in crossed),
    }
    told = "; ".join(f"{one.span.upstream}: {one.trouble}" for one in crossed if one.trouble)
    return f"bridge {' '.join(f'{name}={value}' for name, value in counts.items())} {told}".rstrip()
