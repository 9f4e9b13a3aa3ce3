"""Where things lie, and a folder that is no workspace."""

from __future__ import annotations

import pytest

from migrator.errors import WorkspaceError
from migrator.workspace.workspace import Workspace, open_workspace


def test_the_paths(tmp_path):
    workspace = Workspace(tmp_path)
    names = "inventory secrets source_dags target_dags source_plugins plan reports journal cache identity"
    assert [str(getattr(workspace, name).relative_to(tmp_path)) for name in names.split()] == [
        "inventory.json", "secrets.age", "dags/source", "dags/target", "plugins/source", "plan.json", "reports",
        ".migrate/journal.db", ".migrate/cache", ".migrate/identity.txt",
    ]  # fmt: skip


def test_opening_reads_the_configuration(tmp_path):
    (tmp_path / "migrate.toml").write_text("[plan]\nwave_size = 3\n")
    (tmp_path / "other.toml").write_text("[plan]\nwave_size = 4\n")
    assert open_workspace(tmp_path).config.plan.wave_size == 3
    assert open_workspace(tmp_path, tmp_path / "other.toml").config.plan.wave_size == 4


def test_no_workspace_here(tmp_path):
    with pytest.raises(WorkspaceError, match="there is no workspace") as caught:
        open_workspace(tmp_path)
    assert caught.value.fix.startswith("migrate init")
