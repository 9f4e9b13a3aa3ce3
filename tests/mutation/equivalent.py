"""Mistakes that change nothing that anybody could see: (file, as it is shown) to the reason."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "migrator/cutover/pulse.py",
        "_copied: datetime | None = field(default=None, init=False)   [False -> True]",
    ): "nobody gives it",
    (
        "migrator/cutover/journal.py",
        'self._db = sqlite3.connect(str(path or ":memory:"), timeout=30)   [30 -> 31]',
    ): "a second more of patience with another process",
}
