"""Where the lab keeps what it downloads and what it runs."""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "composer-migrator"


def cache_root() -> Path:
    """The cache that survives ``migrate lab reset``: ``MIGRATE_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("MIGRATE_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    import platformdirs  # noqa: PLC0415 - keeps ``migrate --help`` fast

    return platformdirs.user_cache_path(APPLICATION)


def default_home() -> Path:
    """The lab's folder: ``MIGRATE_LAB_HOME``, or ``lab`` in the cache."""
    chosen = os.environ.get("MIGRATE_LAB_HOME")
    return Path(chosen).expanduser().resolve() if chosen else cache_root() / "lab"
