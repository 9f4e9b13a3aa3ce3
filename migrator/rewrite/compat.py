"""What `airflow1_compat` has to hold in each DAGs folder whose files use it, and what of it nothing uses any more."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.compat import MARK, PACKAGE, package, places
from migrator.errors import RefusedError
from migrator.model.text import shown
from migrator.rewrite import atomic
from migrator.rewrite.dags_folder import Folders
from migrator.rewrite.result import FileResult
from migrator.workspace import tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SKIPPED = frozenset({".git", ".migrate", "__pycache__", ".venv", "node_modules"})


@dataclass(frozen=True, slots=True)
class Module:
    """One file of a package: its path, its text before (empty when it is new) and after (empty when it goes)."""

    path: Path
    before: str
    after: str

    def result(self, name: str) -> FileResult:
        """What becomes of it, for the report."""
        return FileResult(name, self.before != self.after, self.before, self.after, (), ())

    def put(self) -> None:
        """Write it, or take it out; the folder goes with the last of them."""
        if self.after:
            atomic.write(self.path, self.after.encode())
            return
        self.path.unlink(missing_ok=True)
        if not any(self.path.parent.glob("*.py")):
            _remove(self.path.parent)


def in_tree(files: Mapping[str, bytes], source: Path, target: Path) -> dict[str, Module]:
    """The files of the package that a DAGs folder needs, by name below it; ``files``: its code, as it will be.

    RefusedError where the source has a package of that name that is not ours.
    """
    needed = package(place for name, content in files.items() for place in places(name, content))
    if needed:
        _refuse_foreign(source)
    return {name: Module(target / name, _text(target / name), after) for name, after in needed.items()}


def in_folders(files: Mapping[Path, bytes]) -> list[Module]:
    """What the packages of these files' DAGs folders become; the files' contents are as they will be.

    Files of those folders that are not among ``files`` count as they are on the disk.
    RefusedError where a folder has a package of that name that is not ours.
    """
    now = {file.absolute(): content for file, content in files.items()}
    folders = Folders(now)
    roots = {folders.of(file) for file, content in now.items() if PACKAGE.encode() in content}
    roots |= {folder for folder in folders.around(now) if is_ours(folder / PACKAGE)}
    return [module for root in sorted(roots) for module in _modules(root, now, folders)]


def displayed(module: Module) -> str:
    """A module's path for people: from the current folder where it is below that."""
    here = Path.cwd()
    path = module.path.relative_to(here) if module.path.is_relative_to(here) else module.path
    return shown(path.as_posix())


def is_module(file: Path) -> bool:
    """Whether a file is part of a package that a rewrite wrote: no code of the estate."""
    return file.parent.name == PACKAGE and is_ours(file.parent)


def is_ours(folder: Path) -> bool:
    """Whether a folder is a package that a rewrite wrote."""
    about = folder / "__init__.py"
    return about.is_file() and not folder.is_symlink() and MARK.encode() in about.read_bytes()


def _refuse_foreign(root: Path) -> None:
    folder = root / PACKAGE
    if os.path.lexists(folder) and not is_ours(folder):
        raise RefusedError(
            f"{folder} is there, and was not written by a rewrite.",
            why="`migrate rewrite --compat` writes a package of this name, and would write over it.",
            fix="give that package another name",
        )


def _modules(root: Path, now: Mapping[Path, bytes], folders: Folders) -> Iterator[Module]:
    _refuse_foreign(root)
    users = {file: source for file, source in _users(root, now).items() if folders.of(file) == root}
    needed = package(place for file, source in users.items() for place in places(_below(file, root), source))
    there = {f"{PACKAGE}/{file.name}" for file in (root / PACKAGE).glob("*.py")}
    for name in sorted({*needed, *there}):
        yield Module(root / name, _text(root / name), needed.get(name, ""))


def _users(root: Path, now: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """The files that may use the package of a folder: below it, and of the plugins beside it."""
    found = {}
    for folder in (root, root.parent / "plugins") if root.name == "dags" else (root,):
        for name in tree.files(folder, _SKIPPED) if folder.is_dir() else ():
            file = folder / name
            if file.suffix == ".py" and file.parent.name != PACKAGE and file not in now:
                found[file] = file.read_bytes()
    found |= {file: source for file, source in now.items() if file.parent.name != PACKAGE}
    return {file: source for file, source in found.items() if PACKAGE.encode() in source}


def _below(file: Path, folder: Path) -> str:
    """A file's path for people: below the DAGs folder, or beside it."""
    return Path(os.path.relpath(file, folder)).as_posix()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="surrogateescape") if file.is_file() else ""


def _remove(folder: Path) -> None:
    """Remove a package that is empty but for what Python left there."""
    for left in folder.rglob("*.pyc"):
        left.unlink(missing_ok=True)
    for below in (folder / "__pycache__", folder):
        if below.is_dir() and not any(below.iterdir()):
            below.rmdir()
