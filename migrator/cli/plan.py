"""``migrate plan``: put the DAGs into waves."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.errors import UsageError
from migrator.model.count import several
from migrator.report.plan.formats import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.inventory import Inventory
    from migrator.model.plan import Plan
    from migrator.model.readiness import DagReadiness
    from migrator.workspace.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="plan")(plan)


def plan(
    ctx: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="How to print the plan.")] = Format.TABLE,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="DAG", help="Say why this DAG is where it is; saves nothing.")
    ] = None,
    backlog: Annotated[
        bool,
        typer.Option("--backlog", help="Show the intervals that are missing since the source ended; saves nothing."),
    ] = False,
    resolve_seconds: Annotated[
        float, typer.Option("--resolve-seconds", help="Seconds for resolving packages; 0: skip it.")
    ] = 60,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file, not to stdout.")] = None,
) -> None:
    """Put the DAGs of the inventory into waves, each with its reasons, and save plan.json."""
    from migrator.inventory import store as inventory_store
    from migrator.plan import store
    from migrator.report.plan.formats import rendered
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    workspace = open_workspace(shared.workspace, shared.config)
    inventory = inventory_store.load(workspace.inventory)
    if backlog:
        with context.wide_for(output):
            text = _backlog(workspace, inventory, form)
        _show(shared, text, output, exact=form is Format.JSON)
        return
    made = _plan(workspace, inventory, _readiness(shared, workspace, resolve_seconds))
    schedules = {dag.dag_id: str(dag.known_schedule) for dag in inventory.dags}
    if explain is not None:
        _show(shared, _explanation(made, explain, schedules), output)
        return
    store.save(made, workspace.plan)
    with context.wide_for(output):
        text = rendered(made, form, schedules)
    _show(shared, text, output, exact=form is not Format.TABLE)
    shared.say(_summary(made, workspace.plan))


def _plan(workspace: Workspace, inventory: Inventory, readiness: Mapping[str, DagReadiness]) -> Plan:
    from migrator.inventory.store import fingerprint
    from migrator.plan.files import deployed_md5s
    from migrator.plan.options import Forbid, PlanOptions
    from migrator.plan.planner import plan as make

    config = workspace.config
    section = config.plan
    options = PlanOptions(
        source=config.source.environment if config.source else inventory.environment.name,
        target=config.target.environment if config.target else "",
        fingerprint=fingerprint(inventory),
        wave_size=section.wave_size,
        wave_running=section.wave_running,
        bridge_waits=section.bridge_waits,
        pins=section.pins,
        forbids=tuple(Forbid(one.dags, one.waves, one.apart) for one in section.forbids),
        windows=section.spelled_windows,
        critical=section.critical,
    )
    return make(inventory, deployed_md5s(inventory, workspace.target_dags), options, readiness)


def _readiness(shared: context.Context, workspace: Workspace, seconds: float) -> dict[str, DagReadiness]:
    """How far each DAG is, as `migrate assess` says; none where no DAG file is there to be read."""
    from migrator.cli.assess import assessed

    if not workspace.source_dags.is_dir():
        return {}
    return {one.dag_id: one for one in assessed(shared, None, seconds, ()).dags}


def _backlog(workspace: Workspace, inventory: Inventory, form: Format) -> str:
    """The backlog of each DAG until now; UsageError where the source still runs, or a rule fits no DAG."""
    import json
    from datetime import UTC, datetime

    from migrator.cutover.backlog.configured import rules_of
    from migrator.cutover.backlog.missed import backlogs
    from migrator.cutover.backlog.rules import unused
    from migrator.report.backlog import as_json, as_table

    _refuse_no_backlog(inventory, form)
    rules, now = rules_of(workspace.config.cutover.backlog), datetime.now(UTC)
    if idle := unused(rules, inventory.dags):
        raise UsageError(
            f"[cutover.backlog] of migrate.toml decides for no DAG: {', '.join(idle)}",
            why="the inventory has none of that id or tag, so the decision would have no effect",
            fix="correct the pattern, or remove it",
        )
    found, seen = backlogs(inventory, rules, now), inventory.captured_at
    if form is Format.JSON:
        return json.dumps(as_json(found, seen, now), indent=2) + "\n"
    return as_table(found, seen, now) + "\n"


def _refuse_no_backlog(inventory: Inventory, form: Format) -> None:
    from migrator.model.inventory import Origin

    if form not in {Format.TABLE, Format.JSON}:
        raise UsageError(f"a backlog has no form {form}", why="it is a table or JSON", fix="--format table")
    if inventory.origin is Origin.LIVE:
        raise UsageError(
            "the source runs, so there is no backlog",
            why="the inventory was taken from an environment that answers",
            fix="if it no longer runs: migrate inventory --from-snapshot DIR, or --from-folder DIR",
        )


def _explanation(made: Plan, dag_id: str, schedules: dict[str, str]) -> str:
    from migrator.plan.pins import near_matches
    from migrator.plan.told import explain

    for wave in made.waves:
        for dag in wave.dags:
            if dag.dag_id == dag_id:
                return explain(made, dag, wave, schedules[dag_id])
    for one in made.left_out:
        if one.name == dag_id:
            return f"{one.name} is in no wave: {one.why}\n"
    raise UsageError(
        f"the inventory has no DAG {dag_id}", why=near_matches(dag_id, schedules), fix="migrate plan --explain DAG"
    )


def _summary(made: Plan, path: Path) -> str:
    dags = sum(len(wave.dags) for wave in made.waves)
    parts = [several(len(made.waves), "wave"), several(dags, "DAG"), f"{len(made.left_out)} left out"]
    if made.unknown_edges:
        parts.append(f"references unresolved: {len(made.unknown_edges)}")
    if made.waves:
        parts.append(f"lowest confidence {min(wave.confidence for wave in made.waves)} of 100")
    return f"saved {path}: {', '.join(parts)}"


def _show(shared: context.Context, text: str, output: Path | None, *, exact: bool = False) -> None:
    if output is None:
        shared.show(text, exact=exact)
    else:
        from migrator.workspace.outputs import write_output

        write_output(output, text, shared.workspace)
