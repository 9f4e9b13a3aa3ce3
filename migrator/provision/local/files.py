"""Every file of the local environment, by its path in the folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.text import plain
from migrator.provision.local import stubs
from migrator.provision.policies.settings import FILE_NAME, policies
from migrator.report.escape import Markdown
from migrator.report.templates import render
from migrator.workspace.tree import code_in

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.profiles.profile import Profile
    from migrator.model.inventory import Inventory
    from migrator.workspace.workspace import Workspace

TEMPLATES = {
    "Dockerfile": "Dockerfile.j2",
    "docker-compose.yaml": "docker-compose.yaml.j2",
    "airflow.env": "airflow.env.j2",
    "local.sh": "local.sh.j2",
    ".pre-commit-config.yaml": "pre-commit-config.yaml.j2",
    ".gitignore": "gitignore.j2",
    "tests/test_dags.py": "test_dags.py.j2",
    "README.md": "README.md.j2",
}
EXECUTABLE = frozenset({"local.sh"})


@dataclass(frozen=True, slots=True)
class Requirements:
    """What is installed: ``wanted`` as a person reads it, ``pinned`` with everything that it brings.

    ``options`` are those of uv and pip that let nothing be built but what an image has no wheel of.
    """

    wanted: str
    pinned: str
    options: tuple[str, ...] = ()


def files(
    workspace: Workspace, inventory: Inventory, target: Profile, requirements: Requirements, folder: Path
) -> dict[str, str]:
    """The texts; ``folder`` is where they will lie, beside the workspace's DAGs."""
    dags = os.path.relpath(workspace.target_dags.resolve(), folder.resolve())
    example = Markdown(plain((dag.dag_id for dag in inventory.dags), "DAG_ID"))
    values = {
        "target": target,
        "dags": dags,
        "example": example,
        "policies_file": FILE_NAME,
        "options": " ".join(requirements.options),
    }
    needs = stubs.named_in({**code_in(workspace.source_dags), **code_in(workspace.source_plugins)})
    plugins = {f"plugins/{name}": code.decode("utf-8", "replace") for name, code in code_in(workspace.plugins).items()}
    return {
        **plugins,
        **{path: render(f"local/{template}", **values) for path, template in TEMPLATES.items()},
        "requirements.in": requirements.wanted,
        "requirements.txt": requirements.pinned,
        "stubs/variables.json": stubs.variables(inventory, needs),
        "stubs/connections.json": stubs.connections(inventory, needs),
        "stubs/pools.json": stubs.pools(inventory),
        f"plugins/{FILE_NAME}": policies(workspace.config.policies, workspace.config.assess),
    }
