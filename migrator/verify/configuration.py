"""Compare what the operator configured: Airflow overrides through the tables of Composer, environment variables."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.tables import column, rows
from migrator.inventory.redact import shown
from migrator.verify.model import About, Compared, Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.model.environment import EnvironmentFacts

BLOCKED, RENAMED, RESERVED = "CP206", "CP207", "CP208"


def compare_configuration(source: EnvironmentFacts, target: EnvironmentFacts) -> list[Compared]:
    """Each override and each environment variable of v1; what v2 does not permit or calls otherwise is explained."""
    overrides = [
        Compared(About.OVERRIDE, key, tuple(_override(key, value, target)))
        for key, value in sorted(source.overrides.items())
    ]
    variables = [
        Compared(About.ENV, key, tuple(_env(key, value, target))) for key, value in sorted(source.env_variables.items())
    ]
    return [*overrides, *variables]


def renamed(key: str) -> str | None:
    """The override's name in Airflow 2: the same where it kept it, empty where it is gone."""
    table = {row["old"]: row["new"] for row in rows("renamed_overrides")}
    return table.get(key, key)


def blocked(key: str) -> bool:
    """Whether Composer 2 refuses the override."""
    return any(fnmatchcase(key, pattern) for pattern in column("blocked_overrides", "pattern", "source"))


def reserved(name: str) -> bool:
    """Whether Composer 2 keeps the environment variable's name for itself."""
    return any(fnmatchcase(name, pattern) for pattern in column("reserved_env", "pattern", "source"))


def _override(key: str, value: str, target: EnvironmentFacts) -> Iterator[Difference]:
    new = renamed(key)
    if blocked(key) or (new and blocked(new)):
        yield Difference("value", shown(key, value), "", BLOCKED, "Composer 2 does not let you set it")
    elif not new:
        yield Difference("value", shown(key, value), "", RENAMED, "it is gone, and nothing took its place")
    elif target.overrides.get(new) != value:
        there = shown(new, target.overrides[new]) if new in target.overrides else "missing"
        yield Difference("value", shown(key, value), there, why=f"run migrate transfer --only overrides (as {new})")
    elif new != key:
        yield Difference("name", key, new, RENAMED, "it has another name in Airflow 2")


def _env(name: str, value: str, target: EnvironmentFacts) -> Iterator[Difference]:
    there = target.env_variables.get(name)
    if reserved(name):
        yield Difference("value", shown(name, value), "", RESERVED, "Composer keeps this name for itself")
    elif there is None:
        yield Difference("value", shown(name, value), "missing", why="run migrate transfer --only env")
    elif there != value:
        yield Difference("value", "(v1's)", "(another)", why="run migrate transfer --only env --policy replace")
