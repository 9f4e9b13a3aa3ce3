"""The parts of an inventory that may be unknown, by the words that pages and messages have for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.inventory import Origin

if TYPE_CHECKING:
    from migrator.model.inventory import Inventory

VARIABLES, CONNECTIONS, POOLS, RUNS, DAGS = "variables", "connections", "pools", "runs", "DAGs"
PAUSED, STORED, TAGS, ERRORS = "which DAGs are paused", "DAGs as Airflow stored them", "tags of DAGs", "import errors"
SETTINGS, USAGE, DAG_FILES, PLUGINS = "settings of the environment", "its load and users", "DAG files", "plugins"
LOAD, USERS = "its load", "users"
HALVES = frozenset({LOAD, USERS})
"""What ``USAGE`` is made of, where one of both is known."""
FOLDER = (VARIABLES, CONNECTIONS, POOLS, RUNS, PAUSED, SETTINGS, USAGE)
"""What no folder tells."""


def unknown_of(inventory: Inventory) -> frozenset[str]:
    """The parts that could not be read, or not wholly; those of a folder also where an older version wrote it."""
    return frozenset(inventory.unknown) | (frozenset(FOLDER) if inventory.origin is Origin.FOLDER else frozenset())


def is_unknown(inventory: Inventory, part: str) -> bool:
    """Whether a part could not be read, or not wholly, by itself or with its other half."""
    found = unknown_of(inventory)
    return part in found or (part in HALVES and USAGE in found)
