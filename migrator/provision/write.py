"""Write the design's files, once all of them are as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import MigrateError
from migrator.provision.schema import problems
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(files: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """The names that were written or changed, sorted; nothing is written when one file would be refused."""
    found = [problem for name, text in files.items() if name.endswith(".tf") for problem in problems(name, text)]
    if found:
        raise MigrateError(
            "the Terraform does not fit the fields of its resources, so nothing was written",
            why="\n       ".join(found),
            fix="report it with your inventory's sizes and networks; it is a bug",
        )
    folder.mkdir(parents=True, exist_ok=True)
    changed = [name for name, text in files.items() if _differs(folder / name, text.encode())]
    for name in changed:
        write_atomic(folder / name, files[name].encode())
    return tuple(sorted(changed))


def _differs(path: Path, content: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != content
