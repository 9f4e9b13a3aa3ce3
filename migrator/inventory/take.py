"""Take an inventory into the workspace: the file, the sealed secrets, the DAGs and plugins."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrator.inventory import mirror, store
from migrator.inventory.collect import collect
from migrator.inventory.seal import seal
from migrator.inventory.snapshot.problems import Problem, as_error
from migrator.workspace.keys import recipient_of
from migrator.workspace.places import refuse_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from migrator.environments.ports import Environment, Files
    from migrator.inventory.collect import Collected
    from migrator.inventory.mirror import Mirrored
    from migrator.model.inventory import Inventory
    from migrator.workspace.present import Left
    from migrator.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Kept:
    """The inventory that was written, and what of the workspace's folders was left because it is not from one."""

    inventory: Inventory
    left: tuple[Left, ...] = ()


def take(
    workspace: Workspace,
    source: Environment,
    *,
    now: datetime,
    output: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Kept:
    """Read the source, mirror its files, and write ``inventory.json`` last, describing what lies beside it."""
    refuse_links(workspace)
    say(f"reading {source.facts.name}")
    collected = collect(source, recipient=recipient_of(workspace), weeks=workspace.config.inventory.weeks, now=now)
    return keep(workspace, source.bucket, collected, output=output, say=say)


def keep(
    workspace: Workspace,
    files: Files,
    collected: Collected,
    *,
    output: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Kept:
    """Mirror the files, keep the secrets where there are any, and write ``inventory.json`` last."""
    before = store.before(workspace.inventory)
    done = _mirrored(workspace, files, collected.inventory, before, say)
    left = tuple(one for prefix, found in done.items() for one in mirror.below(prefix, found.left))
    inventory = _with_warnings(collected.inventory, (path for found in done.values() for path in found.refused), left)
    if collected.sealed:
        seal(workspace, collected.sealed)
    store.save(inventory, output or workspace.inventory)
    say(f"wrote {output or workspace.inventory}" + (f" and {workspace.secrets}" if collected.sealed else ""))
    return Kept(inventory, left)


def refuse(root: Path, kept: Kept, problems: Sequence[Problem], *, again: str) -> None:
    """ItemsFailedError (exit 3) that names what could not be read, and what was left, when something was."""
    every = [*problems, *_problems_of_left(root, kept.left, again)]
    if every:
        raise as_error(every)


def _problems_of_left(root: Path, left: Sequence[Left], again: str) -> Iterator[Problem]:
    if left:
        names = "\n       ".join(map(str, left))
        yield Problem(
            f"{len(left)} paths in {root} are not from an inventory, or were changed since, and were left",
            names,
            f"look at each, and move away what shall be replaced or go; then run again: {again}",
        )


def _mirrored(
    workspace: Workspace, files: Files, inventory: Inventory, before: Inventory | None, say: Callable[[str], None]
) -> dict[str, Mirrored]:
    """Both folders: everything is downloaded before either is touched."""
    folders = {"dags/": workspace.source_dags, "plugins/": workspace.source_plugins}
    earlier = before.files if before else ()
    with ExitStack() as stack:
        ready = {
            prefix: stack.enter_context(
                mirror.ready(files, inventory.files, prefix, folder, within=workspace.root, earlier=earlier)
            )
            for prefix, folder in folders.items()
        }
        done = {prefix: one.commit() for prefix, one in ready.items()}
    for prefix, one in done.items():
        say(f"{prefix} {one.downloaded} downloaded, {one.unchanged} unchanged, {one.removed} removed")
    return {f"{prefix}source/": one for prefix, one in done.items()}


def _with_warnings(inventory: Inventory, refused: Iterable[str], left: Iterable[Left]) -> Inventory:
    more = {f"{path!r} was not downloaded: its name is no safe local path" for path in refused}
    more |= {f"{one.path} here is not the source's: {one.why}" for one in left if one.wanted}
    return replace(inventory, warnings=tuple(sorted({*inventory.warnings, *more})))
