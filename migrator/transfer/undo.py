"""Put the target's bucket back to what it was before the last deploy; what anybody changed since stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from migrator.errors import MigrateError, RefusedError
from migrator.transfer.kept import THREADS, read_record, write_record
from migrator.transfer.manifest import Manifest, read_manifest, write_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from migrator.environments.ports import Bucket
    from migrator.transfer.kept import Earlier, Record

PREFIXES = ("dags/", "plugins/")
SHOWN = 8
"""How many names an error lists."""


class Fate(StrEnum):
    """What undoing does to one object."""

    RESTORE = "restore"
    DELETE = "delete"
    AS_BEFORE = "as before"
    CHANGED_SINCE = "changed since"


@dataclass(frozen=True, slots=True)
class Reversal:
    """One object, what undoing does to it, and the md5 it has now; empty: it is not there."""

    earlier: Earlier
    fate: Fate
    there: str

    @property
    def pending(self) -> bool:
        """Whether it changes the bucket."""
        return self.fate in {Fate.RESTORE, Fate.DELETE}


@dataclass(frozen=True, slots=True)
class Left:
    """An object that was not undone, and why."""

    to: str
    why: str


def reversals(bucket: Bucket, *, overwrite: bool = False) -> tuple[Record, list[Reversal]]:
    """The last deploy and what undoing it does to each of its objects; RefusedError when there was none.

    ``overwrite``: also to those that were changed since.
    """
    record = read_record(bucket)
    if record is None:
        raise RefusedError(
            "there is nothing to undo",
            why=f"no deploy that changed gs://{bucket.name} kept what was there before",
            fix="nothing was changed; correct dags/target, then: migrate deploy",
        )
    there = {file.path: file.md5 for prefix in PREFIXES for file in bucket.files(prefix)}
    objects = () if record.undone else record.objects
    return record, [_reversal(one, there.get(one.to, ""), overwrite=overwrite) for one in objects]


def refuse_live(found: Iterable[Reversal], live: Mapping[str, str]) -> None:
    """RefusedError when a DAG is at work in the target, and its file, or a module it may import, would change.

    ``live``: DAG id to why it counts as at work.
    """
    pending = [one for one in found if one.pending]
    own = {dag_id for one in pending for dag_id in one.earlier.dag_ids}
    shared = any(not one.earlier.dag_ids for one in pending)
    hit = sorted(dag_id for dag_id in live if dag_id in own or shared)
    if hit:
        more = f", and {len(hit) - SHOWN} more" if len(hit) > SHOWN else ""
        raise RefusedError(
            "the deploy was not undone: DAGs that are unpaused in the target would change",
            why="; ".join(f"{dag_id} {live[dag_id]}" for dag_id in hit[:SHOWN]) + more,
            fix="take them back first (migrate rollback --wave N), or change them nevertheless: "
            "migrate deploy --undo --live",
        )


def undo(
    bucket: Bucket, record: Record, found: Sequence[Reversal], tell: Callable[[Reversal], None] = lambda _: None
) -> list[Left]:
    """Do it: files come back before those that need them go; the objects that were left as they are.

    Safe to interrupt and to repeat. Each write has the object's generation as its precondition.
    """
    left = [Left(one.earlier.to, "somebody changed it since") for one in found if one.fate is Fate.CHANGED_SINCE]
    if record.undone:
        return left
    _announce(bucket, found)
    for phase in _phases(found):
        left += _apply(bucket, phase, tell)
    _settle(bucket, found, {one.to for one in left})
    if not left:
        write_record(bucket, replace(record, finished=True, undone=True))
    return sorted(left, key=lambda one: one.to)


def _reversal(one: Earlier, now: str, *, overwrite: bool) -> Reversal:
    if now in {one.before, one.listed} if one.before else not now:
        return Reversal(one, Fate.AS_BEFORE, now)
    if now != one.after and not overwrite:
        return Reversal(one, Fate.CHANGED_SINCE, now)
    return Reversal(one, Fate.RESTORE if one.before else Fate.DELETE, now)


def _phases(found: Iterable[Reversal]) -> list[list[Reversal]]:
    """Modules, then DAG files, are restored; DAG files, then modules, are deleted."""
    order = [(Fate.RESTORE, False), (Fate.RESTORE, True), (Fate.DELETE, True), (Fate.DELETE, False)]
    every = list(found)
    return [[one for one in every if (one.fate, bool(one.earlier.dag_ids)) == phase] for phase in order]


def _apply(bucket: Bucket, phase: Sequence[Reversal], tell: Callable[[Reversal], None]) -> list[Left]:
    left = []
    with ThreadPoolExecutor(THREADS) as pool:
        for one, why in zip(phase, pool.map(lambda one: _reverse(bucket, one), phase), strict=True):
            if why:
                left.append(Left(one.earlier.to, why))
            else:
                tell(one)
    return left


def _reverse(bucket: Bucket, one: Reversal) -> str:
    """Why it was left as it is, or an empty text."""
    try:
        if one.fate is Fate.DELETE:
            done = bucket.remove(one.earlier.to, one.there)
        else:
            data = bucket.read(one.earlier.copy)
            if data is None:
                return f"the copy of its earlier bytes, {one.earlier.copy}, is gone"
            done = bucket.replace(one.earlier.to, data, one.there) if one.there else bucket.create(one.earlier.to, data)
    except MigrateError as error:
        return f"{error.what}: {error.why}".splitlines()[0]
    return "" if done else "somebody changed it just now"


def _announce(bucket: Bucket, found: Iterable[Reversal]) -> None:
    """What comes back and was ours stays ours, should this be killed."""
    manifest = read_manifest(bucket)
    back = {one.earlier.to: one.earlier.ours for one in found if one.earlier.ours}
    write_manifest(bucket, Manifest(manifest.files, {**manifest.before, **back}))


def _settle(bucket: Bucket, found: Iterable[Reversal], left: set[str]) -> None:
    """The manifest names again what it named before the deploy."""
    files = dict(read_manifest(bucket).files)
    for one in found:
        if one.earlier.to not in left:
            files.pop(one.earlier.to, None)
            files |= {one.earlier.to: one.earlier.ours} if one.earlier.ours else {}
    write_manifest(bucket, Manifest(files))
