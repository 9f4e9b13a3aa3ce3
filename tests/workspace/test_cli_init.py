"""``migrate init`` as a person uses it."""

from __future__ import annotations

from migrator.workspace.config import Config, load_config
from tests.workspace.users import migrate

OLD = "projects/acme/locations/europe-west1/environments/old"
NEW = "projects/acme/locations/europe-west1/environments/new"


def test_a_workspace_begins(tmp_path):
    ran = migrate(tmp_path, "init", "--source", OLD, "--target", NEW).ended(0)
    assert ran.out == ""
    assert "migrate doctor" in ran.err
    config = load_config(tmp_path / "migrate.toml")
    assert (config.source.environment, config.source.channel) == (OLD, "gcloud")
    assert (config.target.environment, config.target.channel) == (NEW, "api")
    assert (tmp_path / ".gitignore").read_text().splitlines()[1:] == [
        "/.migrate/", "/fleet/*/.migrate/", "*.auto.tfvars",
    ]  # fmt: skip
    assert (tmp_path / ".migrate" / "identity.txt").stat().st_mode & 0o777 == 0o600


def test_what_it_writes_are_the_defaults(tmp_path):
    migrate(tmp_path / "new", "init").ended(0)
    assert load_config(tmp_path / "new" / "migrate.toml") == Config()


def test_a_local_channel_is_left_to_fill_in(tmp_path):
    migrate(tmp_path, "init", "--source", OLD, "--source-channel", "local").ended(0)
    assert "# [source.local]" in (tmp_path / "migrate.toml").read_text()
    ran = migrate(tmp_path, "inventory").ended(2)
    assert "the local channel needs an airflow executable" in ran.err


def test_it_never_overwrites(tmp_path):
    migrate(tmp_path, "init").ended(0)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ran = migrate(tmp_path, "init", "--source", OLD).ended(4)
    assert "there is a workspace in" in ran.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_gitignore_that_is_there_is_kept(tmp_path):
    (tmp_path / ".gitignore").write_text("*.log")
    migrate(tmp_path, "init").ended(0)
    assert (tmp_path / ".gitignore").read_text().startswith("*.log\n#")


def test_a_wrong_name_writes_nothing(tmp_path):
    ran = migrate(tmp_path, "init", "--source", "old").ended(2)
    assert "projects/PROJECT/locations" in ran.err
    assert list(tmp_path.iterdir()) == []
