"""Bring the rewritten DAGs into the target's bucket without starting or disturbing any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.transfer.kept import Earlier, finish, keep
from migrator.transfer.manifest import Manifest, read_manifest, write_manifest
from migrator.transfer.paused import require_paused
from migrator.transfer.select import DAGS, Selection, Skipped
from migrator.transfer.upload import Change, Step, apply, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from migrator.environments.ports import Environment
    from migrator.transfer.seen import Seen

FIRST_UPLOAD = {Change.NEW, Change.CHANGED}


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is to be done, what is held back, and what the bucket's manifest says was uploaded before."""

    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...]
    uploaded: Manifest
    warnings: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that change the bucket."""
        return tuple(step for step in self.steps if step.change is not Change.SAME)

    @property
    def changed(self) -> frozenset[str]:
        """The objects that are replaced, so that Airflow must parse them anew."""
        return frozenset(step.to for step in self.steps if step.change is Change.CHANGED)


def prepare(
    target: Environment,
    selection: Selection,
    seen: Seen,
    *,
    partial: bool,
    live_too: bool,
    assume_paused: bool,
    overwrite: bool = False,
) -> Deployment:
    """Compare the workspace with the bucket; RefusedError when a new DAG might start by itself.

    A file of a DAG that is unpaused in the target is held back unless ``live_too``, one that somebody else uploaded or
    changed there unless ``overwrite``. A ``partial`` deploy, that of one
    wave, deletes nothing.
    """
    there = {file.path: file.md5 for prefix in (DAGS, "plugins/") for file in target.bucket.files(prefix)}
    uploaded = read_manifest(target.bucket)
    steps = compare(selection.files, there, {} if partial else uploaded.files)
    held = {} if overwrite else _foreign(steps, uploaded)
    held |= {} if live_too else _held(steps, selection, seen.live)
    steps = [step for step in steps if step.to not in held]
    if _may_make_dags(steps, selection, seen):
        require_paused(target.facts, assumed=assume_paused)
    skipped = [*selection.skipped, *(Skipped(to, why) for to, why in held.items())]
    return Deployment(
        steps=tuple(steps),
        skipped=tuple(sorted(skipped, key=lambda one: one.to)),
        uploaded=uploaded,
        warnings=tuple(_shared_modules(steps, selection, seen.live)),
    )


def upload(
    target: Environment, deployment: Deployment, selection: Selection, tell: Callable[[Step], None], *, at: datetime
) -> None:
    """Do it: modules and plugins before the DAG files that import them, deletions last.

    What is replaced is copied first, for ``migrate deploy --undo``. The manifest is written before the first upload and
    after the last, so that a crash leaves nothing unnamed.
    """
    if not deployment.pending:
        finish(target.bucket)
        return
    keep(target.bucket, at.isoformat(), [_earlier(step, deployment.uploaded, selection) for step in deployment.pending])
    fresh = {step.to: step.file.md5 for step in deployment.pending if step.file}
    gone = {step.to for step in deployment.pending if step.file is None}
    named = {**deployment.uploaded.files, **fresh}
    before = {step.to: step.there for step in deployment.pending if step.there}
    write_manifest(target.bucket, Manifest(named, before))
    for phase in _phases(deployment.pending, selection):
        apply(target.bucket, phase, tell)
    write_manifest(target.bucket, Manifest({to: md5 for to, md5 in named.items() if to not in gone}))
    finish(target.bucket)


def _earlier(step: Step, uploaded: Manifest, selection: Selection) -> Earlier:
    """The object as it is before the step."""
    ours = step.there if uploaded.ours(step.to, step.there) else uploaded.files.get(step.to, "")
    after = step.file.md5 if step.file else ""
    dag_ids = selection.dag_ids.get(step.to, ())
    return Earlier(step.to, step.there, after, listed=step.there, ours=ours, dag_ids=dag_ids)


def expected(deployment: Deployment, selection: Selection) -> dict[str, tuple[str, ...]]:
    """The deployed DAG files and the DAGs that the target must show for each; unknown Python files expect none."""
    files = [step.to for step in deployment.steps if step.file is not None and step.to.startswith(DAGS)]
    return {to: selection.dag_ids.get(to, ()) for to in files if to.endswith((".py", ".zip"))}


def _phases(pending: Sequence[Step], selection: Selection) -> Iterable[list[Step]]:
    puts = [step for step in pending if step.file is not None]
    yield [step for step in puts if not selection.holds_dags(step.to)]
    yield [step for step in puts if selection.holds_dags(step.to)]
    yield [step for step in pending if step.file is None]


def _foreign(steps: Iterable[Step], uploaded: Manifest) -> dict[str, str]:
    """Objects that differ, and that no deploy from here left as they are."""
    changed = (step.to for step in steps if step.change is Change.CHANGED and not uploaded.ours(step.to, step.there))
    return dict.fromkeys(changed, "somebody else uploaded or changed it there; --overwrite replaces it")


def _held(steps: Iterable[Step], selection: Selection, live: frozenset[str]) -> dict[str, str]:
    """Objects that hold a DAG which is unpaused in the target: it was cut over and is at work."""
    held = {}
    for step in steps:
        on = [dag_id for dag_id in selection.dag_ids.get(step.to, ()) if dag_id in live]
        if on and step.change is not Change.SAME:
            held[step.to] = f"{', '.join(on)} is unpaused in the target; --live deploys it nevertheless"
    return held


def _may_make_dags(steps: Iterable[Step], selection: Selection, seen: Seen) -> bool:
    """Whether an upload can bring a DAG that the target does not know; a Python file that nobody knows may."""
    return any(
        step.change in FIRST_UPLOAD
        and step.to.startswith(DAGS)
        and step.to.endswith((".py", ".zip"))
        and (
            not selection.holds_dags(step.to) or any(dag_id not in seen.parsed for dag_id in selection.dag_ids[step.to])
        )
        for step in steps
    )


def _shared_modules(steps: Iterable[Step], selection: Selection, live: frozenset[str]) -> Iterable[str]:
    """A module that live DAGs may import changes under them."""
    known = {dag_id for ids in selection.dag_ids.values() for dag_id in ids}
    on = sorted(live & known)
    modules = [step.to for step in steps if step.change is Change.CHANGED and not selection.holds_dags(step.to)]
    if on and modules:
        yield f"{', '.join(modules)} change while DAGs that may import them are unpaused: {', '.join(on)}"
