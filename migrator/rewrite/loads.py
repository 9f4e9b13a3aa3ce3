"""``reports/imports.json``: what `migrate rewrite --verify-import` saw of each file, which the assessment counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.engine.report import IMPORT_FAILED
from migrator.rewrite.estate import in_bucket
from migrator.workspace.own import md5_of_bytes
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrator.rewrite.result import FileResult, TreeResult

SCHEMA_VERSION = 1
NAME = "imports.json"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file by its path of the bucket, as it was rewritten; ``error`` is empty where the target loaded it."""

    path: str
    md5: str
    error: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Loads:
    """What one interpreter of the target said of all files."""

    files: tuple[Loaded, ...]
    schema_version: int = field(default=SCHEMA_VERSION)


FORM: Form[Loads] = Form(
    "a result of --verify-import",
    Loads,
    SCHEMA_VERSION,
    "migrate rewrite --verify-import PYTHON",
    "none was made yet",
    "delete {where}, or make it again: migrate rewrite --verify-import PYTHON",
)


def save(result: TreeResult, folder: Path, *, partial: bool = False) -> None:
    """Keep what a result with imports says of each Python file; ``partial``: beside what is known of others."""
    known = dict(load(folder)) if partial else {}
    known |= {one.path: one for one in map(_loaded, result.files) if one.path.endswith(".py")}
    FORM.save(Loads(tuple(sorted(known.values(), key=lambda one: one.path))), folder / NAME)


def load(folder: Path) -> Mapping[str, Loaded]:
    """What the last one said, by path of the bucket; nothing before the first. WorkspaceError when it can't be read."""
    path = folder / NAME
    return {one.path: one for one in FORM.load(path).files} if path.exists() else {}


def digest(file: FileResult) -> str:
    """The md5 of a file as it was rewritten, as base64."""
    return md5_of_bytes(file.after.encode("utf-8", "backslashreplace"))


def _loaded(file: FileResult) -> Loaded:
    failed = next((one for one in file.findings if one.code == IMPORT_FAILED), None)
    return Loaded(in_bucket(file.path), digest(file), failed.message if failed else "", failed.line if failed else 0)
