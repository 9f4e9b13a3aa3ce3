"""``migrate deploy --undo``: the target's bucket as it was before the last deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cli.context import Context
    from migrator.environments.ports import Environment
    from migrator.transfer.kept import Record
    from migrator.transfer.undo import Left, Reversal
    from migrator.workspace.workspace import Workspace


def undo_last(shared: Context, workspace: Workspace, *, dry_run: bool, live_too: bool, overwrite: bool) -> None:
    """Show what goes back and do it; ItemsFailedError when an object was left as it is."""
    from contextlib import closing

    from migrator.transfer.undo import Fate, refuse_live, reversals, undo
    from migrator.workspace.connect import connect_target

    with closing(connect_target(workspace)) as target:
        record, found = reversals(target.bucket, overwrite=overwrite)
        _show(shared, record, found)
        if not live_too and any(one.pending for one in found):
            refuse_live(found, _at_work(workspace, target, found))
        if dry_run:
            shared.say(f"would be: {_counts(found)}")
            return
        left = undo(target.bucket, record, found, lambda one: shared.say(f"{one.fate:8} {one.earlier.to}"))
    if not record.undone:
        _record(workspace, record, found, left)
        shared.say(_counts([one for one in found if one.fate is not Fate.CHANGED_SINCE]))
    _refuse_left(left)


def _at_work(workspace: Workspace, target: Environment, found: Sequence[Reversal]) -> dict[str, str]:
    """DAG id to why it counts as at work: it is on there, or a cutover took it there."""
    from migrator.cutover.at_work import at_work
    from migrator.transfer.seen import watch

    on = watch(target, {one.earlier.to: one.earlier.dag_ids for one in found})().live
    return {**dict.fromkeys(on - {"airflow_monitoring"}, "is unpaused"), **at_work(workspace, target.bucket)}


def _show(shared: Context, record: Record, found: Sequence[Reversal]) -> None:
    from migrator.transfer.report import as_table
    from migrator.transfer.undo import Fate

    shared.say(
        f"the last deploy, of {record.at}, was undone already"
        if record.undone
        else f"the last deploy, of {record.at}{'' if record.finished else ', was interrupted'}"
    )
    rows = [(one.earlier.to, one.fate) for one in found if one.fate is not Fate.AS_BEFORE]
    print(as_table(("object", "undo"), rows), end="")


def _counts(found: Sequence[Reversal]) -> str:
    from collections import Counter

    counted = Counter(str(one.fate) for one in found)
    return ", ".join(f"{count} {fate}" for fate, count in sorted(counted.items())) or "nothing to undo"


def _record(workspace: Workspace, record: Record, found: Sequence[Reversal], left: Sequence[Left]) -> None:
    from datetime import UTC, datetime

    from migrator.transfer.report import SCHEMA_VERSION, write_record

    content = {
        "schema_version": SCHEMA_VERSION,
        "at": datetime.now(UTC).isoformat(),
        "deploy": record.at,
        "changes": [{"object": one.earlier.to, "undo": one.fate} for one in found],
        "left": [{"object": one.to, "why": one.why} for one in left],
    }
    write_record(workspace.reports / "deploy-undo.json", content)


def _refuse_left(left: Sequence[Left]) -> None:
    from migrator.errors import ItemsFailedError

    if left:
        raise ItemsFailedError(
            f"{len(left)} objects were left as they are; the rest of the deploy is undone",
            why="; ".join(f"{one.to}: {one.why}" for one in left),
            fix="look at each; to undo those too, whoever changed them: migrate deploy --undo --overwrite",
        )
