"""Remember what the resolver said for a day: the index is slow, and seldom says anything else."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from migrator.assess.resolver import Resolved
from migrator.assess.uv import PYTHON
from migrator.reading import read_file
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from migrator.assess.resolver import Resolution

DAY = 86_400
_ADAPTER = TypeAdapter(Resolved)


def remembered(folder: Path, key: str, now: float, ask: Callable[[], Resolution]) -> Resolution:
    """What was said under ``key`` less than a day before ``now`` (epoch seconds), else what is said now."""
    path = folder / f"{key}.json"
    try:
        if now - path.stat().st_mtime < DAY:
            return _ADAPTER.validate_json(read_file(path))
    except (OSError, ValidationError):
        pass
    said = ask()
    if isinstance(said, Resolved):
        write_atomic(path, _ADAPTER.dump_json(said))
    return said


def key_of(packages: Mapping[str, str], pins: Mapping[str, str], arguments: Sequence[str]) -> str:
    """What an answer hangs on."""
    text = json.dumps([PYTHON, sorted(packages.items()), sorted(pins.items()), list(arguments)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
