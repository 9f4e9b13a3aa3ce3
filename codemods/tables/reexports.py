"""Names that modules of 1.10 had only because they imported them, and that files took from there.

``from airflow.contrib.operators.bigquery_operator import BigQueryHook`` worked; what took the module's place need not
import the hook. No table has to be written for these: the index of 1.10.15 knows who imported what.
"""

from __future__ import annotations

from functools import cache

from codemods.profiles import load
from codemods.profiles.shipped import SOURCE

_BELOW = frozenset({"operators", "hooks", "sensors", "contrib", "models", "utils", "executors", "kubernetes", "macros"})
_ALSO = frozenset({"airflow", "airflow.settings", "airflow.configuration", "airflow.plugins_manager"})


@cache
def reexports() -> dict[str, tuple[str, ...]]:
    """Name in a module of 1.10.15 that a DAG may import from -> the names it came from, nearest first."""
    found = {}
    for module, names in load(SOURCE).imported.items():
        if module in _ALSO or (module.split(".")[1:2] and module.split(".")[1] in _BELOW):
            for name in names:
                homes = () if name.startswith("_") else tuple(_homes(f"{module}.{name}"))
                if homes:
                    found[f"{module}.{name}"] = homes
    return found


@cache
def borrowed() -> dict[str, str]:
    """Name in a module that it does not belong to -> where it is defined; packages own what lies below them."""
    ends = {old: homes[-1] for old, homes in reexports().items()}
    return {old: home for old, home in ends.items() if not home.startswith(f"{old.rpartition('.')[0]}.")}


def _homes(name: str) -> list[str]:
    """The steps from a name to its definition; none where it is not Airflow's own."""
    source, steps = load(SOURCE), [name]
    while (further := _step(steps[-1])) is not None and further not in steps:
        steps.append(further)
    last = steps[-1]
    return steps[1:] if last.startswith("airflow.") and source.has(last) else []


def _step(name: str) -> str | None:
    module, _, last = name.rpartition(".")
    return None if name in load(SOURCE).modules else load(SOURCE).imported.get(module, {}).get(last)
