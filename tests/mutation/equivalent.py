"""Mistakes that change nothing that anybody could see: (file, as it is shown) to the reason."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str], str] = {}
