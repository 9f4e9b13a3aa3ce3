"""``migrate deploy``: upload the rewritten DAGs to the target, where they stay paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cli.context import Context
    from migrator.environments.ports import Environment
    from migrator.transfer.deploy import Deployment
    from migrator.transfer.parse import Problem
    from migrator.transfer.select import Selection
    from migrator.transfer.upload import LocalFile
    from migrator.workspace.workspace import Workspace

FINDINGS = 1


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="deploy")(deploy)


def deploy(
    ctx: typer.Context,
    wave: Annotated[int | None, typer.Option("--wave", help="Only this wave's DAG files, with all modules.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be uploaded; change nothing.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Also replace files of DAGs unpaused in the target.")] = False,
    assume_paused: Annotated[
        bool, typer.Option("--assume-paused", help="You checked that the target creates DAGs paused.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that somebody else uploaded or changed in the target.")
    ] = False,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds to wait until all is parsed.")] = 600.0,
    undo: Annotated[
        bool, typer.Option("--undo", help="Instead: restore the bucket to before the last deploy.")
    ] = False,
) -> None:
    """Upload the DAGs and plugins for the target, only what changed, and wait until Airflow has parsed them."""
    from contextlib import closing

    from migrator.cli.deploy_undo import undo_last
    from migrator.transfer.deploy import prepare
    from migrator.transfer.seen import watch
    from migrator.workspace.connect import connect_target
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    workspace = open_workspace(shared.workspace, shared.config)
    if undo:
        _refuse_part(wave)
        undo_last(shared, workspace, dry_run=dry_run, live_too=live, overwrite=overwrite)
        return
    selection = _selection(workspace, wave)
    _say_nameless(shared, workspace)
    with closing(connect_target(workspace)) as target:
        seen = watch(target, selection.dag_ids)()
        deployment = prepare(
            target,
            selection,
            seen,
            partial=wave is not None,
            live_too=live,
            assume_paused=assume_paused,
            overwrite=overwrite,
        )
        _show(shared, deployment)
        if dry_run:
            shared.say(f"would be: {_summary(deployment)}")
            return
        problems = _carry_out(shared, target, deployment, selection, timeout)
    _record(workspace, deployment, problems)
    if problems:
        _tell_problems(shared, problems)
        raise typer.Exit(FINDINGS)
    shared.say(f"{_summary(deployment)}; every file is parsed")


def _refuse_part(wave: int | None) -> None:
    from migrator.errors import UsageError

    if wave is not None:
        raise UsageError(
            "--undo and --wave exclude each other",
            why="the last deploy is taken back whole, whichever wave it was of",
            fix="migrate deploy --undo --dry-run shows what it was",
        )


def _selection(workspace: Workspace, wave: int | None) -> Selection:
    from migrator.inventory.store import load
    from migrator.plan import fresh, store
    from migrator.transfer.select import select

    inventory = load(workspace.inventory)
    only = None
    if wave is not None:
        only = {dag.dag_id for dag in fresh.wave_of(store.load(workspace.plan), wave).dags}
    return select(_files(workspace), inventory, only)


def _say_nameless(shared: Context, workspace: Workspace) -> None:
    """Name the files that no bucket can hold: they are not deployed."""
    from migrator.workspace.tree import Kind, entries

    for one in entries(workspace.target_dags):
        if one.kind is Kind.NAMELESS:
            shared.say(f"not deployed: {one.shown}: {one.reason}")


def _files(workspace: Workspace) -> list[LocalFile]:
    from migrator.errors import WorkspaceError
    from migrator.plan.files import folder_md5s
    from migrator.transfer.select import DAGS, PLUGINS, local_files

    if not workspace.target_dags.is_dir():
        raise WorkspaceError(
            f"there are no DAGs to deploy in {workspace.target_dags}",
            why="the source's DAGs were not rewritten yet",
            fix="migrate rewrite",
        )
    folders = {DAGS: workspace.target_dags, PLUGINS: workspace.plugins}
    return [file for prefix, folder in folders.items() for file in local_files(folder, prefix, folder_md5s(folder))]


def _carry_out(
    shared: Context, target: Environment, deployment: Deployment, selection: Selection, timeout: float
) -> list[Problem]:
    from datetime import UTC, datetime

    from migrator.transfer.deploy import expected, upload
    from migrator.transfer.parse import Awaited, Patience, wait_parsed
    from migrator.transfer.seen import watch

    now = datetime.now(UTC)
    upload(target, deployment, selection, lambda step: shared.say(f"{step.change:8} {step.to}"), at=now)
    look = watch(target, selection.dag_ids)
    awaited = Awaited(expected(deployment, selection), deployment.changed, look())
    return wait_parsed(awaited, look, Patience(deadline=timeout), shared.say)


def _show(shared: Context, deployment: Deployment) -> None:
    """The table of what changes goes to stdout; what is left out, and warnings, to stderr."""
    from migrator.transfer.report import as_table

    print(as_table(("object", "change"), [(step.to, step.change) for step in deployment.pending]), end="")
    for one in deployment.skipped:
        shared.say(f"not deployed: {one.to}: {one.why}")
    for warning in deployment.warnings:
        shared.say(f"warning: {one_line(warning)}")


def _summary(deployment: Deployment) -> str:
    same = len(deployment.steps) - len(deployment.pending)
    return f"{len(deployment.pending)} changed, {same} unchanged, {len(deployment.skipped)} not deployed"


def _record(workspace: Workspace, deployment: Deployment, problems: Sequence[Problem]) -> None:
    from datetime import UTC, datetime

    from migrator.transfer.report import SCHEMA_VERSION, write_record

    record = {
        "schema_version": SCHEMA_VERSION,
        "at": datetime.now(UTC).isoformat(),
        "changes": [{"object": step.to, "change": step.change} for step in deployment.pending],
        "unchanged": len(deployment.steps) - len(deployment.pending),
        "not_deployed": [{"object": one.to, "why": one.why} for one in deployment.skipped],
        "problems": [{"object": one.to, "message": one.message} for one in problems],
    }
    write_record(workspace.reports / "deploy.json", record)


def _tell_problems(shared: Context, problems: Sequence[Problem]) -> None:
    from migrator.transfer.report import as_table

    rows = [(one.to, one.message.strip().splitlines()[-1] if one.message.strip() else "") for one in problems]
    print(as_table(("file", "message"), rows), end="")
    shared.say(f"deployed files that are not right in the target: {len(problems)}; correct them, then: migrate deploy")
