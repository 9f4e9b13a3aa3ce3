"""Read ``# migrate: ignore`` and ``# migrate: ignore[CM101, CM2]`` comments."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"#\s*migrate:\s*ignore(?:\[(?P<codes>[^\]]*)\])?")


class Suppressions:
    """The lines of one file on which rules, or some of them, keep quiet."""

    def __init__(self, source: str) -> None:
        self._lines: dict[int, tuple[str, ...]] = {}
        for number, line in enumerate(source.splitlines(), start=1):
            found = _COMMENT.search(line)
            if found:
                listed = found["codes"]
                codes = ("",) if listed is None else tuple(c.strip() for c in listed.split(",") if c.strip())
                self._lines[number] = codes

    def __bool__(self) -> bool:
        return bool(self._lines)

    def cover(self, code: str, first: int, last: int) -> bool:
        """Whether a report with this code, on these lines, is suppressed."""
        return any(code.startswith(codes) for line, codes in self._lines.items() if first <= line <= last)
