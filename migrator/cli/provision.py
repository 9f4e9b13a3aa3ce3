"""``migrate provision``: the target as Terraform that a person reviews."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.model.count import several

if TYPE_CHECKING:
    from codemods.profiles.profile import Profile
    from migrator.assess.resolver import Resolution
    from migrator.cli.context import Context
    from migrator.model.inventory import Inventory
    from migrator.provision.render import Design
    from migrator.workspace.workspace import Workspace

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to write; WORKSPACE/terraform.")
]
Image = Annotated[str | None, typer.Option("--target", metavar="IMAGE", help="Composer image of the target.")]
Seconds = Annotated[float, typer.Option("--resolve-seconds", help="Seconds for resolving packages; 0: skip it.")]
Index = Annotated[list[str] | None, typer.Option("--index", metavar="URL", help="A package index beside PyPI.")]


Values = Annotated[
    bool, typer.Option("--values", help="Also write the sensitive variables' values: secrets.auto.tfvars, mode 0600.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(provision)


def provision(
    ctx: typer.Context,
    output: Output = None,
    target: Image = None,
    resolve_seconds: Seconds = 60,
    index: Index = None,
    values: Values = False,
) -> None:
    """Write the target as Terraform: sized by the source's load, in a network that has room for both."""
    from migrator.inventory import store
    from migrator.provision.render import files_of
    from migrator.provision.write import write
    from migrator.workspace.outputs import refuse_own_folder
    from migrator.workspace.present import refuse_left
    from migrator.workspace.workspace import open_workspace

    context = of(ctx)
    workspace = open_workspace(context.workspace, context.config)
    inventory = store.load(workspace.inventory)
    made = _design(context, workspace, inventory, target, (resolve_seconds, tuple(index or ())))
    if output is not None:
        refuse_own_folder(output, workspace.root)
    folder = output or workspace.root / "terraform"
    done = write(files_of(made), folder, within=None if output else workspace.root)
    for name in done.written:
        print(folder / name)
    context.say(_summary(made, len(done.written)))
    if values:
        _write_values(context, workspace, made, folder)
    refuse_left(folder, done.left, again="migrate provision")


def _write_values(context: Context, workspace: Workspace, made: Design, folder: Path) -> None:
    """The secrets in clear, where Terraform finds them and git does not."""
    from migrator.inventory.seal import unseal
    from migrator.provision.values import values_of, write_values

    if not made.software.secrets:
        context.say("no variable is sensitive, so there are no values to write")
        return
    values = values_of(made.software, unseal(workspace))
    print(write_values(values, folder))
    context.say(
        f"{len(values)} secrets are in it in plain text, readable by this account only; delete it after terraform apply"
    )


def _design(
    context: Context, workspace: Workspace, inventory: Inventory, target: str | None, how: tuple[float, tuple[str, ...]]
) -> Design:
    from codemods.profiles import load
    from migrator.provision.design import design
    from migrator.provision.image import pinned
    from migrator.rewrite.image import profile_for

    image = pinned(target or workspace.config.provision.image)
    profile = load(profile_for(image, context.say))
    resolution = _resolved(context, workspace, inventory, profile, how)
    return design(inventory, workspace.config, image, resolution, profile.name)


def _resolved(
    context: Context, workspace: Workspace, inventory: Inventory, profile: Profile, how: tuple[float, tuple[str, ...]]
) -> Resolution:
    """The packages that the target shall have, against the pins of its image."""
    import time

    from migrator.assess.decided import installable
    from migrator.assess.gather import packages_of
    from migrator.cli.chosen import chosen_packages

    wanted = installable(inventory.environment.packages, chosen_packages(context, workspace))
    arguments = tuple(f"--extra-index-url={url}" for url in how[1])
    cache = workspace.cache / "packages"
    return packages_of(wanted, profile, deadline=how[0], arguments=arguments, cache=cache, now=time.time())


def _summary(made: Design, changed: int) -> str:
    worker = made.sizes.worker
    left = len(made.software.left_out)
    checked = f"; NOT CHECKED: {made.plan.unchecked}" if made.plan.unchecked else ""
    return (
        f"{several(changed, 'file')} changed: {worker['min_count'].whole} to {worker['max_count'].whole} workers of "
        f"{worker['cpu'].value:g} vCPU, up to {made.plan.nodes.whole} nodes; {left} things of the source are not in it "
        f"(provision.md says why){checked}"
    )
