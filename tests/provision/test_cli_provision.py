"""``migrate provision`` as a person uses it, for estates of three kinds."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import hcl2
import pytest
from typer.testing import CliRunner

from migrator.cli.app import app
from migrator.errors import UsageError
from migrator.inventory import store
from migrator.provision.hcl import formatted
from migrator.provision.schema import problems
from tests.provision.estates import large, seed, small, unknown
from tests.workspace.users import Ran, migrate

if TYPE_CHECKING:
    from pathlib import Path

SMALL_PUBLIC = "[provision]\npublic = true\n"
LITTLE_SPACE = """
[provision.network]
network = "projects/host/global/networks/shared"
space = ["10.0.0.0/16", "192.168.0.0/21"]
[[provision.network.ranges]]
name = "vms"
cidr = "192.168.6.0/24"
"""
NO_ROOM = '[provision.network]\nspace = ["10.8.0.0/17", "10.9.0.0/24"]\n'


def workspace(root: Path, inventory, config: str = "") -> Path:
    root.mkdir(exist_ok=True)
    store.save(inventory, root / "inventory.json")
    (root / "migrate.toml").write_text(f"schema_version = 1\n{config}")
    return root


def provisioned(root: Path, *more: str) -> Ran:
    return migrate(root, "provision", "--resolve-seconds", "0", *more)


def test_without_a_target_and_of_a_folder_it_says_what_to_add(tmp_path):
    inventory = small()
    of_folder = replace(inventory, environment=replace(inventory.environment, name="bucket"))
    ran = provisioned(workspace(tmp_path / "ws", of_folder)).ended(2)
    assert "the inventory is of bucket" in ran.err
    assert "add [target]" in ran.err


@pytest.mark.parametrize(
    ("inventory", "config"),
    [(small, SMALL_PUBLIC), (large, LITTLE_SPACE), (seed, ""), (unknown, SMALL_PUBLIC)],
    ids=["small-public", "large-private", "seed", "unknown"],
)
def test_the_terraform_is_canonical_and_fits_the_fields(tmp_path, inventory, config):
    root = workspace(tmp_path / "ws", inventory(), config)
    assert CliRunner().invoke(app, [*_arguments(root), "provision", "--resolve-seconds", "0"]).exit_code == 0
    files = sorted((root / "terraform").glob("*.tf"))
    assert len(files) == 7
    for path in files:
        text = path.read_text()
        assert problems(path.name, text) == []
        assert formatted(text) == text
    if shutil.which("terraform"):
        done = subprocess.run(
            ["terraform", "fmt", "-check", str(root / "terraform")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_number_has_a_comment_that_says_where_it_comes_from(tmp_path):
    root = workspace(tmp_path / "ws", seed())
    provisioned(root).ended(0)
    lines = (root / "terraform" / "main.tf").read_text().splitlines()
    numbers = [n for n, line in enumerate(lines) if re.search(r"= [\d.]+$", line)]
    assert len(numbers) > 14
    assert [lines[n] for n in numbers if not lines[n - 1].strip().startswith("# ")] == []


def test_what_comes_out(tmp_path):
    root = workspace(tmp_path / "ws", seed(), '[provision.network]\nspace = ["10.8.0.0/16"]\n')
    ran = provisioned(root).ended(0)
    assert "9 files changed: 2 to 5 workers of 1 vCPU, up to 15 nodes" in ran.err
    resource = hcl2.loads((root / "terraform/main.tf").read_text())["resource"][0]
    [config] = resource['"google_composer_environment"']['"target"']["config"]
    assert config["resilience_mode"] == '"HIGH_RESILIENCE"'
    [private] = config["private_environment_config"]
    assert private["master_ipv4_cidr_block"] == '"10.8.136.96/28"'
    told = (root / "terraform/provision.md").read_text()
    assert r"| oauth\_scopes of the nodes | Composer 2 has only cloud-platform" in told
    assert r"| override core-load\_examples | Composer 2 does not let you set it |" in told
    again = provisioned(root).ended(0)
    assert again.out == ""
    assert again.err.startswith("0 files changed")


def test_the_file_names_its_own_defaults_where_nothing_is_known(tmp_path):
    root = workspace(tmp_path / "ws", unknown())
    ran = provisioned(root, "-o", str(tmp_path / "out"), "--target", "composer-2.99.0-airflow-2.10.5").ended(0)
    assert "there is no profile of composer-2.99.0-airflow-2.10.5: using composer-2.15.3-airflow-2.10.5" in ran.err
    assert "NOT CHECKED: [provision.network] of migrate.toml names no space" in ran.err
    text = (tmp_path / "out" / "main.tf").read_text()
    assert "so it was taken to be that of composer-2.15.3-airflow-2.10.5" in text
    assert 'image_version = "composer-2.99.0-airflow-2.10.5"' in text
    assert "default: no load history; what Composer's small preset is for" in text
    assert "# NOT CHECKED: [provision.network]" in (tmp_path / "out" / "network.tf").read_text()
    assert not (root / "terraform").exists()


def test_an_estate_that_cannot_fit_is_refused_and_nothing_is_written(tmp_path):
    root = workspace(tmp_path / "ws", seed(), NO_ROOM)
    ran = provisioned(root).ended(2)
    assert "the target's ranges do not fit beside the source's: 2048 addresses are lacking" in ran.err
    assert "1. put pods and services outside" in ran.err
    assert "2. free a /21" in ran.err
    assert not (root / "terraform").exists()


@pytest.mark.parametrize(
    ("config", "arguments", "told"),
    [
        ("", ("--target", "composer-latest"), "'composer-latest' is not a Composer image"),
        ("", ("--target", "composer-2-airflow-2.10.5"), "is not one exact image of Composer 2"),
        ("", ("--target", "composer-3-airflow-2.10.5-build.1"), "is not one exact image of Composer 2"),
        ('[provision.network]\nspace = ["10.8.0.1/16"]\n', (), "has host bits set"),
        ('[provision.network]\nspaces = ["10.8.0.0/16"]\n', (), "did you mean 'space'?"),
        ("[provision]\nheadroom = 0.5\n", (), "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_bad_input(tmp_path, config, arguments, told):
    root = workspace(tmp_path / "ws", seed(), config)
    command = [*_arguments(root), "provision", "--resolve-seconds", "0", *arguments]
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(app, command, catch_exceptions=False)
    assert told in str(caught.value)


def _arguments(root: Path) -> list[str]:
    return ["--quiet", "--workspace", str(root)]
