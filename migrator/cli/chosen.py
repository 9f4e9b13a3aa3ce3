"""The packages that ``migrate.toml`` decides for the target, for each command that asks; and where they now belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.cli.context import Context
    from migrator.workspace.workspace import Workspace


def chosen_packages(context: Context, workspace: Workspace) -> Mapping[str, str]:
    """Name to extras and versions, or ``-``; a line to the person where they stand in the old table."""
    if old := workspace.config.provision.packages:
        context.say(f"[provision.packages] of migrate.toml is [target.packages] now; write there: {_lines(old)}")
    return workspace.config.packages


def names_chosen(context: Context) -> frozenset[str]:
    """The distributions that the target will have beside its image; none where no configuration is there."""
    from migrator.assess.decided import names_of
    from migrator.workspace.workspace import open_workspace

    if not context.config_path.is_file():
        return frozenset()
    return names_of(chosen_packages(context, open_workspace(context.workspace, context.config)))


def _lines(packages: Mapping[str, str]) -> str:
    import json

    return "; ".join(f"{json.dumps(name)} = {json.dumps(spec)}" for name, spec in packages.items())
