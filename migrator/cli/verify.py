"""``migrate verify``: whether the target holds what the source holds."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.cli.formats import Format
from migrator.cli.selection import Dags, Owners  # noqa: TC001 - typer reads it at run time
from migrator.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cli.context import Context
    from migrator.environments.ports import Environment
    from migrator.model.selection import Selection
    from migrator.verify.model import Parity
    from migrator.workspace.workspace import Workspace

FINDINGS = 1


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="verify")(verify)


def verify(
    ctx: typer.Context,
    wave: Annotated[int | None, typer.Option("--wave", help="Only this wave's DAGs.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to keep the record; reports/verify.json.")
    ] = None,
    dag: Dags = None,
    owner: Owners = None,
) -> None:
    """Compare what both Airflows parsed and hold, object by object; exit 1 when something differs without a rule."""
    from migrator.cli.selection import selection_of
    from migrator.inventory import store
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    workspace = open_workspace(shared.workspace, shared.config)
    only = selection_of(store.load(workspace.inventory), dag, owner) if dag or owner else None
    parity = _compare(shared, workspace, _ids(workspace, wave, only))
    _show(shared, workspace, parity, form, output, only)
    if parity.different:
        shared.say(
            f"{len(parity.different)} of {len(parity.objects)} objects differ; correct them, or answer for them in "
            "[verify.accept] of migrate.toml"
        )
        raise typer.Exit(FINDINGS)


def _ids(workspace: Workspace, wave: int | None, only: Selection | None) -> list[str] | None:
    """The DAGs to compare; None for everything. UsageError when the wave has none of the selected ones."""
    from migrator.errors import UsageError
    from migrator.plan import fresh, store

    if wave is None:
        return None if only is None else sorted(only.dag_ids)
    ids = [one.dag_id for one in fresh.wave_of(store.load(workspace.plan), wave).dags]
    if only is None:
        return ids
    if both := [dag_id for dag_id in ids if dag_id in only]:
        return both
    raise UsageError(
        f"wave {wave} has none of the DAGs of {only.options}",
        why="a DAG is compared that is in the wave and selected",
        fix="leave out --wave",
    )


def _compare(shared: Context, workspace: Workspace, ids: list[str] | None) -> Parity:
    from migrator.inventory.reach import last_known, reached
    from migrator.inventory.store import load
    from migrator.verify.codes import codes_of_files
    from migrator.verify.defaults import idle_defaults
    from migrator.verify.run import verify as run

    reasons = {**idle_defaults(workspace.source_dags), **workspace.config.verify.accept}
    with reached(workspace) as (source, target):
        if source.last_seen is not None:
            inventory = load(workspace.inventory)
            shared.say(f"v1 no longer runs: v2 is compared with what is {last_known(inventory)}")
            return _with_known(workspace, source, target, reasons, ids)
        shared.say("reading both environments")
        return run(source, target, lambda: codes_of_files(workspace), reasons, ids)


def _with_known(
    workspace: Workspace,
    source: Environment,
    target: Environment,
    reasons: Mapping[str, str],
    ids: Sequence[str] | None,
) -> Parity:
    """What is known of a v1 that no longer runs, beside v2's."""
    from migrator.inventory.reach import known_facts
    from migrator.inventory.seal import unseal
    from migrator.inventory.store import load
    from migrator.verify.codes import codes_of_files
    from migrator.verify.remembered import Remembered
    from migrator.verify.run import verify_known

    secrets = unseal(workspace) if workspace.secrets.is_file() else None
    known = Remembered(load(workspace.inventory), secrets)
    return verify_known(known, known_facts(workspace, source), target, codes_of_files(workspace), reasons, ids)


def _show(
    shared: Context, workspace: Workspace, parity: Parity, form: Format, output: Path | None, only: Selection | None
) -> None:
    """Print the comparison and keep its record; one of selected DAGs is kept only where a file is named for it."""
    from datetime import UTC, datetime

    from migrator.plan.files import folder_md5s
    from migrator.verify import report
    from migrator.workspace.outputs import write_output

    sides = {
        side: section.environment if (section := getattr(workspace.config, side)) else ""
        for side in ("source", "target")
    }
    content = report.record(parity, datetime.now(UTC), files=folder_md5s(workspace.target_dags), **sides)
    content["selection"] = only.as_data if only else None
    text = report.as_json(content)
    if output or not only:
        write_output(output or workspace.reports / "verify.json", text, workspace.root)
    if only:
        kept = output or "no file; reports/verify.json stays as it is"
        shared.say(f"only {only}; the record is in {kept}")
    print(text if form is Format.JSON else report.table(parity), end="")
    for warning in parity.warnings:
        shared.say(f"warning: {one_line(warning)}")
    if parity.only_in_v2:
        shared.say(f"only in v2, and not compared: {', '.join(parity.only_in_v2)}")
