"""``migrate assess`` as a person uses it, over the whole planted estate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from migrator.cli.app import app
from migrator.errors import UsageError
from migrator.inventory import store
from tests.assess.planted import inventory, sources
from tests.workspace.users import migrate, migrate_here

if TYPE_CHECKING:
    from pathlib import Path

RULES = """
[assess.options.GV102]
known = ["shop", "stock", "search", "finance", "marketing", "ingest", "science", "orders", "reporting"]
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ws")
    for name, text in sources().items():
        top, _, rest = name.partition("/")
        path = root / top / "source" / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store.save(inventory(), root / "inventory.json")
    (root / "migrate.toml").write_text(f"schema_version = 1\n{RULES}")
    return root


OFF = ("--resolve-seconds", "0")


def test_220_dags_as_json(workspace: Path) -> None:
    data = json.loads(migrate(workspace, "assess", *OFF, "--format", "json").ended(0).out)
    assert data["schema_version"] == 1
    assert data["summary"]["dags"] == sum(data["summary"]["readiness"].values()) == 220
    assert data["summary"]["readiness"]["automatic"] > 150, "the rewrite was asked"
    assert data["summary"]["findings"]["error"] == sum(one["severity"] == "error" for one in data["findings"])
    codes = {check["code"] for check in data["checks"]}
    assert {one["code"] for one in data["findings"]} <= codes
    [said] = [one["message"] for one in data["findings"] if one["code"] == "CP202"]
    assert said.startswith("no package was checked against the target: --resolve-seconds is 0")


def test_the_table_names_places_checks_dags_and_the_effort(workspace: Path) -> None:
    ran = migrate_here(workspace, "assess", *OFF).ended(0)
    lines = ran.out.splitlines()
    assert "dags/planted/planted_018.py:24: GV112 planted_018: the value of DB_PASSWORD looks like a secret" in lines
    assert any(line.startswith("planted_029  blocked") for line in lines)
    assert any(line.startswith("effort: ") for line in lines)
    assert any(line.startswith("= 15 min x 220 DAGs to test + ") for line in lines)
    assert "hunter2" not in ran.out
    assert "220 DAGs: " in ran.err


def test_check_fails_on_errors_and_warnings_and_not_on_notes(workspace: Path) -> None:
    migrate_here(workspace, "assess", *OFF, "--check", "--select", "GV112").ended(1)
    migrate_here(workspace, "assess", *OFF, "--check", "--select", "GV103,GV105").ended(0)


def test_a_file_is_written_where_it_is_asked_for(workspace: Path) -> None:
    ran = migrate_here(workspace, "assess", *OFF, "--format", "html", "-o", str(workspace / "assess.html")).ended(0)
    assert ran.out == ""
    assert (workspace / "assess.html").read_text().startswith("<!doctype html>")


def test_the_checks_are_listed_without_a_workspace(tmp_path: Path) -> None:
    ran = migrate_here(tmp_path, "assess", "--list", "--select", "ES").ended(0)
    assert ran.out.splitlines()[2].startswith("ES301")
    assert "GV101" not in ran.out


@pytest.mark.parametrize(
    ("toml", "arguments", "said"),
    [
        ("", ("--select", "GV9"), "did you mean GV1"),
        ("", ("--target", "composer-9"), "is not a Composer image"),
        ('[assess.options.GV104]\npatterns = {"*" = "("}', (), "is no regular expression"),
        ("[assess.options.GV106]\nminimun = 2", (), "did you mean 'minimum'?"),
        ('[assess.options.GV106]\nminimum = "many"', (), "the default is 1"),
        ("[assess.options.GV999]\na = 1", (), "There is no check 'GV999'"),
        ('[[assess.waivers]]\ncode = "GV101"\nreason = "so"\nexpires = 2026-01-01', (), "assess.waivers.0.reason"),
        ('[[assess.waivers]]\ncode = "GV101"\nreason = "because"', (), "assess.waivers.0.expires: Field required"),
        ('[[assess.waivers]]\nkode = "GV101"', (), "did you mean 'code'?"),
        ("[assess.effort]\ntests = 1", (), "did you mean 'test'?"),
    ],
)
def test_what_is_wrong_is_said_and_how_to_mend_it(
    toml: str, arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    (tmp_path / "migrate.toml").write_text(toml)
    (tmp_path / "dags" / "source").mkdir(parents=True)
    (tmp_path / "dags" / "source" / "a.py").write_text("x = 1\n")
    store.save(inventory(), tmp_path / "inventory.json")
    ran = CliRunner().invoke(app, ["--workspace", str(tmp_path), "assess", *OFF, *arguments])
    assert isinstance(ran.exception, UsageError), ran.output
    assert ran.exception.exit_code == 2
    assert said in str(ran.exception)


def test_a_workspace_without_files_says_what_to_do(tmp_path: Path) -> None:
    assert "migrate init" in migrate_here(tmp_path, "assess").ended(2).err
    (tmp_path / "migrate.toml").write_text("")
    assert "migrate inventory" in migrate_here(tmp_path, "assess").ended(2).err
    store.save(inventory(), tmp_path / "inventory.json")
    assert "dags/source" in migrate_here(tmp_path, "assess").ended(2).err
