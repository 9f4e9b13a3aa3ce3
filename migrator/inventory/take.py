"""Take an inventory into the workspace: the file, the sealed secrets, the DAGs and plugins."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrator.inventory import mirror, store
from migrator.inventory.collect import collect
from migrator.inventory.parts import closed
from migrator.inventory.past import keep as keep_past
from migrator.inventory.poorer import lost, lost_secrets
from migrator.inventory.seal import enclosed, seal
from migrator.inventory.sealing import exact
from migrator.inventory.snapshot.problems import Problem, as_error
from migrator.model.parts import unknown_of
from migrator.model.text import listed
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


SHOWN = 12
"""How many lost parts an error lists."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The inventory that was written, and what of the workspace's folders was left because it is not from one.

    ``less``: what the inventory that is there knows and this one does not, so that it was written to ``beside``.
    """

    inventory: Inventory
    left: tuple[Left, ...] = ()
    less: tuple[str, ...] = ()
    beside: tuple[Path, ...] = ()


def take(
    workspace: Workspace,
    source: Environment,
    *,
    now: datetime,
    output: Path | None = None,
    poorer: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Kept:
    """Read the source, mirror its files, and write ``inventory.json`` last, describing what lies beside it."""
    refuse_links(workspace)
    say(f"reading {source.facts.name}")
    collected = collect(source, recipient=recipient_of(workspace), weeks=workspace.config.inventory.weeks, now=now)
    return keep(workspace, source.bucket, collected, output=output, poorer=poorer, say=say)


def keep(
    workspace: Workspace,
    files: Files,
    collected: Collected,
    *,
    output: Path | None = None,
    poorer: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Kept:
    """Mirror the files, keep the secrets where there are any, and write ``inventory.json`` last.

    A result that knows less than the inventory that is there is written beside it, and nothing else is touched, unless
    ``poorer`` says to take it anyway.
    """
    collected = _closed(workspace, collected)
    before = store.before(workspace.inventory)
    less = () if poorer else _less(workspace, before, collected)
    if less:
        return _beside(workspace, collected, output, less, say)
    done = _mirrored(workspace, files, collected.inventory, before, say)
    left = tuple(one for prefix, found in done.items() for one in mirror.below(prefix, found.left))
    inventory = _with_warnings(collected.inventory, (path for found in done.values() for path in found.refused), left)
    if collected.sealed:
        seal(workspace.secrets, collected.sealed)
    if collected.past and output is None:
        keep_past(workspace, collected.past)
    in_clear = store.held_in_clear(workspace.inventory)
    store.save(inventory, output or workspace.inventory)
    if in_clear and output is None:
        say(_in_history(workspace.inventory, in_clear))
    say(f"wrote {output or workspace.inventory}" + (f" and {workspace.secrets}" if collected.sealed else ""))
    return Kept(inventory, left)


def _closed(workspace: Workspace, collected: Collected) -> Collected:
    """What was collected with its settings sealed, and the texts of these beside the secrets."""
    inventory = closed(workspace, collected)
    settings = exact(collected.inventory.environment, inventory.environment)
    if not settings or (not collected.sealed and workspace.secrets.exists()):
        return replace(collected, inventory=inventory)
    whole = enclosed(collected.sealed, settings, recipient_of(workspace))
    return replace(collected, inventory=inventory, sealed=whole)


def _in_history(path: Path, count: int) -> str:
    return (
        f"{path} held {count} values in clear, and they are sealed now; git's history may still hold them: "
        f"change what is secret among them, or run: git filter-repo --invert-paths --path {path.name}"
    )


def _less(workspace: Workspace, before: Inventory | None, collected: Collected) -> tuple[str, ...]:
    """What the workspace knows and this result does not."""
    after = collected.inventory
    if before is not None:
        return lost(before, after)
    if workspace.inventory.exists():
        return tuple(
            f"{part}: perhaps, since {workspace.inventory} cannot be read" for part in sorted(unknown_of(after))
        )
    kept = workspace.secrets.exists() and collected.sealed and lost_secrets(before, after)
    return (f"what {workspace.secrets} holds, as no inventory tells what that is",) if kept else ()


def _beside(
    workspace: Workspace, collected: Collected, output: Path | None, less: tuple[str, ...], say: Callable[[str], None]
) -> Kept:
    """Write the result beside what is there, over none that knows more."""
    number, after = 1, collected.inventory
    while (there := store.before(_numbered(workspace.inventory, number))) is not None and lost(there, after):
        number += 1
    place = output or _numbered(workspace.inventory, number)
    if output is not None and (there := store.before(output)) is not None and lost(there, after):
        place = _numbered(output, number)
    written = [place]
    store.save(after, place)
    if collected.sealed:
        written.append(_numbered(workspace.secrets, number))
        seal(written[-1], collected.sealed)
    say(f"wrote {' and '.join(map(str, written))}; {workspace.inventory}, the secrets and the files are as they were")
    return Kept(after, less=less, beside=tuple(written))


def _numbered(path: Path, number: int) -> Path:
    more = f"-{number}" if number > 1 else ""
    return path.with_name(f"{path.stem}.poorer{more}{path.suffix}")


def refuse(root: Path, kept: Kept, problems: Sequence[Problem], *, again: str) -> None:
    """ItemsFailedError (exit 3) that names what could not be read, and what was left, when something was."""
    every = [*_poorer(kept, again), *problems, *_problems_of_left(root, kept.left, again)]
    if every:
        raise as_error(every)


def _poorer(kept: Kept, again: str) -> Iterator[Problem]:
    if kept.less:
        more = f", and {len(kept.less) - SHOWN} more" if len(kept.less) > SHOWN else ""
        yield Problem(
            f"the result knows less than the inventory that is there, so it was written to {kept.beside[0]}",
            f"not read this time: {', '.join(kept.less[:SHOWN])}{more}",
            f"look at it; to take it anyway: {again} --take-poorer",
        )


def _problems_of_left(root: Path, left: Sequence[Left], again: str) -> Iterator[Problem]:
    if left:
        names = listed(left)
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
