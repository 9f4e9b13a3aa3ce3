"""Where everything of one migration lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.errors import WorkspaceError
from migrator.workspace import private
from migrator.workspace.config import FILE_NAME, Config, load_config
from migrator.workspace.fleet import member_at

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder ``root`` and its configuration; nothing is read or made before it is asked for.

    ``config_file``: where the configuration was read from, if not from the usual place.
    """

    root: Path
    config: Config = field(default_factory=Config)
    config_file: Path | None = None

    @property
    def inventory(self) -> Path:
        """What the source holds."""
        return self.root / "inventory.json"

    @property
    def secrets(self) -> Path:
        """The source's secrets, encrypted to the operator's key."""
        return self.root / "secrets.age"

    @property
    def past(self) -> Path:
        """What the last runs of a source that is gone left to later ones, encrypted to the operator's key."""
        return self.root / "past.age"

    @property
    def last_runs(self) -> Path:
        """The last runs that people declared of a source that is gone."""
        return self.root / "last-runs.csv"

    @property
    def source_dags(self) -> Path:
        """The source's DAGs folder."""
        return self.root / "dags" / "source"

    @property
    def target_dags(self) -> Path:
        """The DAGs folder as the target will have it."""
        return self.root / "dags" / "target"

    @property
    def source_plugins(self) -> Path:
        """The source's plugins folder."""
        return self.root / "plugins" / "source"

    @property
    def target_plugins(self) -> Path:
        """The plugins folder as the target will have it; there once a rewrite found plugins."""
        return self.root / "plugins" / "target"

    @property
    def plugins(self) -> Path:
        """The plugins folder to deploy and to set up: the rewritten one, or else the source's."""
        return self.target_plugins if self.target_plugins.is_dir() else self.source_plugins

    @property
    def plan(self) -> Path:
        """The waves."""
        return self.root / "plan.json"

    @property
    def reports(self) -> Path:
        """The folder of the reports."""
        return self.root / "reports"

    @property
    def acts(self) -> Path:
        """Who asked for what, when and why: a line of JSON each."""
        return self.reports / "acts.jsonl"

    @property
    def private(self) -> Path:
        """The folder that git leaves alone: journal, cache and key."""
        return self.root / private.NAME

    @property
    def journal(self) -> Path:
        """What cutovers did, as SQLite."""
        return self.private / "journal.db"

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.private / "cache"

    @property
    def identity(self) -> Path:
        """The operator's age key."""
        return self.root / self.config.secrets.identity_file


def open_workspace(root: Path, config: Path | None = None) -> Workspace:
    """The workspace at ``root``, or of a fleet's member; WorkspaceError when its configuration is wrong or missing."""
    path = config or root / FILE_NAME
    if config is None and not path.is_file() and (member := member_at(root)):
        return Workspace(root=root, config=member)
    if not path.is_file():
        raise WorkspaceError(
            f"there is no workspace in {root.resolve()}",
            why=f"{path} does not exist",
            fix="migrate init (or name the folder: `migrate --workspace DIR ...`)",
        )
    return Workspace(root=root, config=load_config(path), config_file=config)


def reopened(workspace: Workspace) -> Workspace:
    """The workspace with its configuration as the file has it now; errors as those of ``open_workspace``."""
    return open_workspace(workspace.root, workspace.config_file)
