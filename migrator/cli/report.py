"""``migrate report``: everything that the workspace holds, as a small site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrator.cli.assess import assessed
from migrator.cli.context import of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cli.context import Context
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Plan
    from migrator.report.audited import Audited
    from migrator.report.rewrite.model import Report
    from migrator.report.site.model import Site
    from migrator.workspace.workspace import Workspace

Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="Where to write it; reports/site/ of the workspace."),
]
Target = Annotated[
    str | None, typer.Option("--target", metavar="IMAGE", help="Composer image of the target, or a profile file.")
]
Seconds = Annotated[float, typer.Option("--resolve-seconds", help="Seconds for resolving packages; 0: skip it.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(report)


def report(ctx: typer.Context, output: Output = None, target: Target = None, resolve_seconds: Seconds = 60) -> None:
    """Write a site of three HTML files: inventory, readiness, changes of the code, waves, ledger and drift."""
    from migrator.report.site.page import pages
    from migrator.workspace.outputs import refuse_own_folder
    from migrator.workspace.own import put
    from migrator.workspace.present import refuse_left
    from migrator.workspace.workspace import open_workspace

    context = of(ctx)
    workspace = open_workspace(context.workspace, context.config)
    if output is not None:
        refuse_own_folder(output, workspace.root)
    folder = output or workspace.reports / "site"
    made = pages(site_of(context, workspace, target, resolve_seconds))
    within = None if output else workspace.root
    done = put(folder, made, by="report", within=within, first_time=output is None)  # reports/ was always only ours
    context.say(f"wrote {folder / 'index.html'}")
    refuse_left(folder, done.left, again="migrate report")


def site_of(
    context: Context,
    workspace: Workspace,
    target: str | None,
    seconds: float,
    dag: Sequence[str] | None = None,
    owner: Sequence[str] | None = None,
) -> Site:
    """All that the workspace holds just now, of all DAGs or of those selected."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from migrator.inventory import store
    from migrator.plan import store as plans
    from migrator.report.site.drift import changes_in
    from migrator.report.site.model import Site

    inventory = store.load(workspace.inventory)
    made, shown = assessed(context, target, seconds, (), dag, owner), inventory
    if only := made.selection:
        shown = replace(inventory, dags=tuple(one for one in inventory.dags if one.dag_id in only))
    plan = plans.load(workspace.plan) if workspace.plan.exists() else None
    return Site(
        inventory=shown,
        assessment=made,
        rewrite=_rewrite(workspace, target),
        plan=plan,
        rows=tuple(journal_rows(workspace)),
        audit=ledger_of(workspace),
        drift=_drift(plan, inventory, workspace),
        changes=changes_in(workspace.reports / "drift.json"),
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def journal_rows(workspace: Workspace) -> list[dict[str, Any]]:
    """The rows of ``migrate status``, from the journal where there is one; nothing is written."""
    from contextlib import closing

    from migrator.cutover.journal import Journal
    from migrator.report.standing import states

    if not workspace.journal.exists():
        return []
    with closing(Journal(workspace.journal, read_only=True)) as journal:
        return states(journal)


def ledger_of(workspace: Workspace) -> Audited | None:
    """The last ledger that ``migrate audit`` wrote; None before the first. WorkspaceError when it can't be read."""
    from migrator.report.audited import FORM

    path = workspace.reports / "audit.json"
    return FORM.load(path) if path.exists() else None


def _rewrite(workspace: Workspace, target: str | None) -> Report:
    from codemods.engine.report import Options
    from migrator.assess.decided import names_of
    from migrator.report.rewrite.model import Report
    from migrator.rewrite.estate import rewrite_estate
    from migrator.rewrite.image import profile_for

    name = profile_for(target, lambda _: None)
    options = Options(target=name, packages=names_of(workspace.config.packages))
    result = rewrite_estate(workspace, options, cache=workspace.cache / "rewrite", dry_run=True)
    return Report(result, name, True, workspace.source_dags.as_posix())


def _drift(plan: Plan | None, inventory: Inventory, workspace: Workspace) -> tuple[str, ...]:
    """What no longer fits the plan."""
    from migrator.errors import StalePlanError
    from migrator.inventory.store import fingerprint
    from migrator.plan.files import deployed_md5s
    from migrator.plan.fresh import check_fresh

    if plan is None:
        return ()
    try:
        check_fresh(plan, fingerprint(inventory), deployed_md5s(inventory, workspace.target_dags))
    except StalePlanError as error:
        return tuple(error.why.split("; "))
    return ()
