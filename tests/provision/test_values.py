"""``migrate provision --values``: secrets in clear for Terraform, when asked for, and never for git."""

from __future__ import annotations

import base64
import json
import shutil
import stat
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrator.inventory import store
from migrator.inventory.seal import enclosed, seal, unseal
from migrator.inventory.sealing import Exact, exact, sealed, sealing_of
from migrator.workspace.keys import recipient_of
from migrator.workspace.workspace import open_workspace
from tests.planted.forms import planted, wrapped
from tests.provision.estates import small
from tests.workspace.users import Ran, migrate, migrate_here

if TYPE_CHECKING:
    from pathlib import Path

ODD = {
    "quotes": 'a"b\'c`d', "backslash": "a\\b\\n\\u0041", "interpolation": "${var.name} $${x} ${",
    "directive": "%{ if x }%%{", "dollars": "$$${a} $ $$ %% %", "lines": "a\nb\r\nc\n", "tab": "\ta\t",
    "bell": "\x07\x08\x0b\x0c\x1b\x7f", "first": "a\x01b", "heredoc": "<<EOF\nx\nEOF", "comment": "# a // b /* c */",
    "letters": "pässwörd 密码 🔑", "separators": "a\u2028b\u2029c\x85d", "empty lines": "\n\n\n", "equals": "a = b",
    "braces": "{[(", "spaces": "  a  ",
}  # fmt: skip
NAME = "terraform/secrets.auto.tfvars"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose inventory holds settings sealed; git has all of it that it takes."""
    migrate_here(tmp_path, "init").ended(0)
    with (tmp_path / "migrate.toml").open("a") as file:
        file.write("[provision]\npublic = true\n")
    settings = {f"S_{number}": text for number, text in enumerate([*ODD.values(), *planted(), *wrapped()])}
    found = small()
    facts = replace(found.environment, env_variables=settings, overrides={"webserver-instance_name": "a\nb${c}"})
    workspace = open_workspace(tmp_path)
    opened = replace(found, environment=facts)
    closed = sealed(opened, sealing_of(workspace))
    store.save(closed, workspace.inventory)
    seal(workspace.secrets, enclosed(b"", exact(facts, closed.environment), recipient_of(workspace)))
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def provisioned(root: Path, *more: str) -> Ran:
    return migrate_here(root, "provision", "--resolve-seconds", "0", *more)


def in_git(root: Path) -> str:
    shown = ["git", "status", "--porcelain", "--untracked-files=all"]
    return subprocess.run(shown, cwd=root, check=True, capture_output=True, text=True).stdout


def test_nothing_is_in_clear_before_it_is_asked_for(root):
    provisioned(root).ended(0)
    assert not (root / NAME).exists()
    assert "sensitive" in (root / "terraform/variables.tf").read_text()


def test_it_is_its_owners_alone_and_git_does_not_see_it(root):
    ran = provisioned(root, "--values").ended(0)
    assert stat.S_IMODE((root / NAME).stat().st_mode) == 0o600
    assert f"{root / NAME}\n" in ran.out
    assert "terraform/main.tf" in in_git(root)
    assert "terraform/.gitignore" in in_git(root)
    assert "tfvars" not in in_git(root)
    (root / ".gitignore").write_text("")
    (root / "terraform/terraform.tfstate").write_text("{}")
    assert "tfvars" not in in_git(root), "the folder's own .gitignore covers it too"
    assert "tfstate" not in in_git(root)


def test_a_file_that_was_open_to_all_is_not_open_for_a_moment(root):
    (root / "terraform").mkdir()
    (root / NAME).write_text("")
    (root / NAME).chmod(0o666)
    provisioned(root, "--values").ended(0)
    assert stat.S_IMODE((root / NAME).stat().st_mode) == 0o600
    assert "S_0" not in (root / "terraform/.gitignore").read_text()


def test_where_git_would_take_it_it_is_not_written(root):
    provisioned(root).ended(0)
    (root / "terraform/.gitignore").write_text("*.log\n")
    ran = provisioned(root, "--values").ended(4)
    assert "git would take it" in ran.err
    assert not (root / NAME).exists()


def test_terraform_reads_the_values_as_they_are(root, tmp_path):
    """The real program: its layout is canonical, and what it makes of each value is the value."""
    terraform = shutil.which("terraform") or pytest.skip("there is no terraform on this machine")
    provisioned(root, "--values").ended(0)
    done = subprocess.run([terraform, "fmt", "-check", NAME], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("variables.tf", "secrets.auto.tfvars"):
        shutil.copy(root / "terraform" / name, alone)
    numbers = range(len(ODD) + len(planted()))
    asked = ", ".join(f"nonsensitive(var.env_s_{number})" for number in numbers)
    lines = f"base64encode(jsonencode([{asked}, nonsensitive(var.override_webserver__instance_name)]))\n"
    shown = subprocess.run([terraform, "console"], cwd=alone, input=lines, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    *read, password = json.loads(base64.b64decode(shown.stdout.strip().strip('"')))
    held = unseal(open_workspace(root)).env_variables
    assert password == "a\nb${c}"
    assert read == [held[f"S_{number}"] for number in numbers]
    assert read[: len(ODD)] == list(ODD.values())


def test_without_the_key_it_says_where_the_key_belongs(root):
    (root / ".migrate/identity.txt").unlink()
    ran = migrate(root, "provision", "--resolve-seconds", "0", "--values").ended(2)
    assert "the key" in ran.err
    assert "cannot be read" in ran.err
    assert not (root / NAME).exists()


def test_without_secrets_it_says_how_to_get_them(root):
    (root / "secrets.age").unlink()
    assert "fix: migrate inventory" in provisioned(root, "--values").ended(2).err


def test_secrets_of_another_inventory_are_named(root):
    workspace = open_workspace(root)
    seal(workspace.secrets, enclosed(b"", Exact(), recipient_of(workspace)))
    ran = provisioned(root, "--values").ended(2)
    assert "of another inventory" in ran.err
    assert "env_s_0, env_s_1" in ran.err
    assert not (root / NAME).exists()


def test_where_nothing_is_sealed_there_is_nothing_to_write(root):
    store.save(small(), root / "inventory.json")
    assert "no variable is sensitive" in provisioned(root, "--values").ended(0).err
    assert not (root / NAME).exists()
