"""Keep a plan as ``plan.json``: the same plan is always the same bytes, so that git shows what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.plan import SCHEMA_VERSION, Plan
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from pathlib import Path

FORM: Form[Plan] = Form("a plan", Plan, SCHEMA_VERSION, "migrate plan", "none was made yet")


def dumps(plan: Plan) -> str:
    """The plan as JSON, ending in a newline."""
    return FORM.encode(plan, "the plan").decode()


def save(plan: Plan, path: Path) -> None:
    """Write the plan, whole or not at all."""
    FORM.save(plan, path)


def load(path: Path) -> Plan:
    """Read a plan; WorkspaceError when there is none, it is damaged, or a newer version wrote it."""
    return FORM.load(path)
