"""Which policies a kind knows: what has no parts can't be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.transfer.resources import Kind, Policy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

WHOLE = {
    Kind.OVERRIDES: "a setting has one value",
    Kind.ENV: "a variable of the environment has one value",
    Kind.FILES: "a file is taken whole",
    Kind.LOGS: "a log is taken whole",
}


def require_policies(policies: Mapping[Kind, Policy], in_secret_manager: Collection[Kind], *, configured: bool) -> None:
    """UsageError when a kind is to be merged that can't be; ``configured``: migrate.toml says so, no option."""
    whole = WHOLE | dict.fromkeys(in_secret_manager, "Secret Manager takes a value whole")
    wrong = [kind for kind, policy in policies.items() if policy is Policy.MERGE and kind in whole]
    if not wrong:
        return
    rest = " ".join(f"--only {kind}" for kind in policies if kind not in wrong)
    other = " ".join(f"--only {kind}" for kind in wrong)
    merged = f"migrate transfer --policy merge {rest}; the others: " if rest else ""
    raise UsageError(
        f"{', '.join(wrong)} cannot be merged",
        why="; ".join(f"{kind}: {whole[kind]}" for kind in wrong),
        fix="set skip or replace for it under [transfer.policy] of migrate.toml"
        if configured
        else f"{merged}migrate transfer --policy skip {other} (or --policy replace)",
    )
