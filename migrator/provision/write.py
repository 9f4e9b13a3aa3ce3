"""Write the design's files, once all of them are as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import MigrateError
from migrator.model.text import listed
from migrator.provision.schema import problems
from migrator.workspace.own import put

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrator.workspace.own import Done


def write(files: Mapping[str, str], folder: Path, *, within: Path | None = None) -> Done:
    """What was written, and left because a person changed it; nothing is when one file would be refused."""
    found = [problem for name, text in files.items() if name.endswith(".tf") for problem in problems(name, text)]
    if found:
        raise MigrateError(
            "the Terraform does not fit the fields of its resources, so nothing was written",
            why=listed(found),
            fix="report it with your inventory's sizes and networks; it is a bug",
        )
    return put(folder, files, by="provision", within=within)
