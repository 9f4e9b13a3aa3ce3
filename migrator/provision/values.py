"""The values of Terraform's sensitive variables: a file of secrets, written only when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import RefusedError, WorkspaceError
from migrator.provision.hcl import formatted, literal
from migrator.workspace.files import write_private
from migrator.workspace.own import encoded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrator.inventory.seal import Secrets
    from migrator.provision.software import Setting, Software

NAME = "secrets.auto.tfvars"
"""Terraform reads what ends so by itself."""
IGNORED = "*.auto.tfvars"
GITIGNORE = f"# Secrets, and what Terraform keeps of them.\n{IGNORED}\n*.tfstate\n*.tfstate.*\n*.tfplan\n.terraform/\n"


def values_of(software: Software, secrets: Secrets) -> dict[str, str]:
    """Variable by variable its exact value; WorkspaceError when the secrets lack one that the inventory has."""
    found = _values(software.overrides, secrets.overrides) | _values(software.env, secrets.env_variables)
    lacking = sorted(name for name, value in found.items() if value is None)
    if lacking:
        raise WorkspaceError(
            f"the secrets do not hold the values of {len(lacking)} variables",
            why=f"secrets.age is of another inventory than inventory.json: {', '.join(lacking[:5])}",
            fix="migrate inventory",
        )
    return {name: value for name, value in sorted(found.items()) if value is not None}


def _values(settings: Mapping[str, Setting], exact: Mapping[str, str]) -> dict[str, str | None]:
    return {one.variable: exact.get(one.source) for one in settings.values() if one.variable}


def write_values(values: Mapping[str, str], folder: Path) -> Path:
    """The file, its owner's alone; RefusedError when the folder's ``.gitignore`` would let it into git."""
    ignore = folder / ".gitignore"
    if not ignore.is_file() or IGNORED not in ignore.read_text("utf-8", "replace").splitlines():
        raise RefusedError(
            f"{folder / NAME} was not written: git would take it",
            why=f"{ignore} has no line {IGNORED}",
            fix=f"echo '{IGNORED}' >> {ignore}",
        )
    lines = (f"{name} = {literal(value)}" for name, value in values.items())
    write_private(folder / NAME, encoded(formatted("\n".join(lines))))
    return folder / NAME
