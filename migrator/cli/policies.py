"""``migrate policies``: the house rules as an Airflow cluster policy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.context import of

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to write it; policies/ of the workspace.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(policies)


def policies(ctx: typer.Context, output: Output = None) -> None:
    """Write airflow_local_settings.py, which makes Airflow refuse DAGs that break the governance checks."""
    from migrator.provision.policies.settings import FILE_NAME
    from migrator.provision.policies.settings import policies as made
    from migrator.workspace.outputs import refuse_own_folder
    from migrator.workspace.own import put
    from migrator.workspace.present import refuse_left
    from migrator.workspace.workspace import open_workspace

    context = of(ctx)
    workspace = open_workspace(context.workspace, context.config)
    config = workspace.config
    if output is not None:
        refuse_own_folder(output, workspace.root)
    folder = output or workspace.root / "policies"
    done = put(
        folder,
        {FILE_NAME: made(config.policies, config.assess)},
        by="policies",
        within=None if output else workspace.root,
    )
    refuse_left(folder, done.left, again="migrate policies")
    mode = "refuses DAGs" if config.policies.mode == "refuse" else "warns of DAGs"
    context.say(
        f"wrote {folder / FILE_NAME}; it {mode} that break a rule. Upload it to plugins/ of the target's bucket."
    )
