"""Whether a plan still describes what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import StalePlanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.model.plan import Plan, Wave

SHOWN = 5


def check_fresh(plan: Plan, fingerprint: str, files: Mapping[str, str], wave: int | None = None) -> None:
    """Return when nothing changed since the plan was made; StalePlanError naming what did, and the fix.

    ``fingerprint`` is that of the inventory as it is now, ``files`` maps DAG files to the md5 of what would be
    deployed now (``deployed_md5s``). With ``wave``, only that wave's files count; UsageError when there is no such.
    """
    changed = list(_changed_files(plan, files, wave))
    if plan.inventory_fingerprint != fingerprint:
        changed.insert(0, "the inventory was taken again and differs")
    if not changed:
        return
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    raise StalePlanError("the plan is stale", why="; ".join(changed[:SHOWN]) + more, fix="migrate plan")


def wave_of(plan: Plan, number: int) -> Wave:
    """The wave of that number; UsageError naming those that are there."""
    wave = plan.wave(number)
    if wave is None:
        raise UsageError(
            f"the plan has no wave {number}",
            why=f"its waves are {', '.join(str(one.number) for one in plan.waves) or 'none'}",
            fix="migrate plan",
        )
    return wave


def _changed_files(plan: Plan, files: Mapping[str, str], number: int | None) -> Iterator[str]:
    waves = plan.waves if number is None else (wave_of(plan, number),)
    planned = {(dag.file, dag.file_md5): dag.dag_id for wave in waves for dag in wave.dags}
    for (file, md5), dag_id in sorted(planned.items()):
        now = files.get(file, "")
        if now != md5:
            yield f"{file} ({dag_id}) {'changed' if now else 'is gone'}"
