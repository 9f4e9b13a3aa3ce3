"""``migrate docs``: a guide for the company's DAG authors, made from their own inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.context import of
from migrator.cli.selection import Dags, Owners  # noqa: TC001 - typer reads it at run time
from migrator.model.count import several
from migrator.provision.docs.form import Form

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to write it; docs/ of the workspace.")
]
Tickets = Annotated[Form, typer.Option("--tickets", help="How to write the tickets.")]
Target = Annotated[
    str | None, typer.Option("--target", metavar="IMAGE", help="Composer image of the target, or a profile file.")
]
Seconds = Annotated[float, typer.Option("--resolve-seconds", help="Seconds for resolving packages; 0: skip it.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(docs)


def docs(
    ctx: typer.Context,
    output: Output = None,
    tickets: Tickets = Form.MARKDOWN,
    target: Target = None,
    resolve_seconds: Seconds = 60,
    dag: Dags = None,
    owner: Owners = None,
) -> None:
    """Write a guide in Markdown for DAG authors: reference, how-to, troubleshooting, a page per owner, and tickets."""
    from migrator.assess.gather import sources_in
    from migrator.cli.report import site_of
    from migrator.provision.docs.named import named
    from migrator.provision.docs.pages import pages
    from migrator.workspace.outputs import refuse_own_folder
    from migrator.workspace.own import put
    from migrator.workspace.present import refuse_left
    from migrator.workspace.workspace import open_workspace

    context = of(ctx)
    workspace = open_workspace(context.workspace, context.config)
    if output is not None:
        refuse_own_folder(output, workspace.root)
    site = site_of(context, workspace, target, resolve_seconds, dag, owner)
    only = site.assessment.selection
    folder = output or workspace.root / ("docs-selected" if only else "docs")
    sources = sources_in({"dags": workspace.source_dags, "plugins": workspace.source_plugins})
    names = named(site.inventory, sources, workspace.config.transfer)
    made = pages(site, workspace.config.policies, tickets, names, workspace.config.plan.callers)
    done = put(folder, made, by="docs", within=None if output else workspace.root)
    context.say(f"wrote {several(len(made) - len(done.left), 'file')} to {folder}; begin with {folder / 'README.md'}")
    if only:
        context.say(f"only {only}; docs/ is of all DAGs and stays as it is")
    refuse_left(folder, done.left, again="migrate docs")
