"""Compare what the operator configured: Airflow overrides through the tables of Composer, environment variables."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.tables import column, rows
from migrator.inventory.plain import is_plain
from migrator.model.sealed import SEALED, clear
from migrator.transfer.settings import Setting
from migrator.verify.model import About, Compared, Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.inventory.plain import Kind
    from migrator.model.environment import EnvironmentFacts
    from migrator.model.sealed import Value

BLOCKED, RENAMED, RESERVED, OWN = "CP206", "CP207", "CP208", "own"
OF_ITS_OWN = {"core-dags_are_paused_at_creation": "v2 has to create DAGs paused, whatever v1 does"}
"""Overrides that are never carried, and why."""


def compare_configuration(source: EnvironmentFacts, target: EnvironmentFacts) -> list[Compared]:
    """Each override and each environment variable of v1; what v2 does not permit or calls otherwise is explained.

    Both are as the Composer API tells them now, in clear; no value is told that an inventory would seal.
    """
    overrides = [
        Compared(About.OVERRIDE, key, tuple(_override(key, value, target)))
        for key, value in sorted(clear(source.overrides).items())
    ]
    variables = [
        Compared(About.ENV, key, tuple(_env(key, value, target)))
        for key, value in sorted(clear(source.env_variables).items())
    ]
    return [*overrides, *variables]


def overrides(source: EnvironmentFacts) -> list[Setting]:
    """The overrides of v1 as v2 takes them."""
    return [_setting(key, value) for key, value in source.overrides.items()]


def env_variables(source: EnvironmentFacts) -> list[Setting]:
    """The environment variables of v1 as v2 takes them."""
    why = "Composer keeps this name for itself"
    return [Setting(name, name, value, why if reserved(name) else "") for name, value in source.env_variables.items()]


def _setting(key: str, value: Value) -> Setting:
    new = renamed(key)
    if key in OF_ITS_OWN or key.startswith("secrets-"):
        return Setting(key, key, value, OF_ITS_OWN.get(key, "each environment says where its secrets lie"))
    if blocked(key) or blocked(new):
        return Setting(key, new or key, value, "Composer 2 does not let you set it")
    return Setting(key, new or key, value, "" if new else "it is gone, and nothing took its place")


def renamed(key: str) -> str:
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
    setting, new = _setting(key, value), renamed(key)
    if setting.why_not:
        rule = BLOCKED if blocked(key) or blocked(new) else RENAMED if not new else OWN
        if target.overrides.get(key) != value:
            yield Difference("value", shown(key, value), "", rule, setting.why_not)
    elif target.overrides.get(new) != value:
        there = _other(new, clear(target.overrides).get(new))
        yield Difference("value", shown(key, value), there, why=f"run migrate transfer --only overrides (as {new})")
    elif new != key:
        yield Difference("name", key, new, RENAMED, "it has another name in Airflow 2")


def shown(key: str, value: str, kind: Kind = "override") -> str:
    """The value where everybody may read it, else a word for it."""
    return value if is_plain(kind, key, value) else SEALED


def _other(key: str, value: str | None) -> str:
    return "missing" if value is None else value if is_plain("override", key, value) else "(another)"


def _env(name: str, value: str, target: EnvironmentFacts) -> Iterator[Difference]:
    there = target.env_variables.get(name)
    if reserved(name):
        yield Difference("value", shown(name, value, "env"), "", RESERVED, "Composer keeps this name for itself")
    elif there is None:
        yield Difference("value", shown(name, value, "env"), "missing", why="run migrate transfer --only env")
    elif there != value:
        yield Difference("value", "(v1's)", "(another)", why="run migrate transfer --only env --policy replace")
