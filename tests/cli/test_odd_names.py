"""Names that no bucket holds, folders that look like files, halves of characters: through every command."""

from __future__ import annotations

import os

import pytest

from migrator.inventory.store import load
from migrator.plan.files import folder_md5s
from tests.workspace.users import migrate

CODE = 'from airflow import DAG\ndag = DAG("{}", schedule_interval="@daily", default_args={{"owner": "{}"}})\n'
QUICK = ("--resolve-seconds", "0")
COMMANDS = [
    ("inventory", "--from-folder", "COPY"),
    ("inventory", "--from-folder", "COPY", "--format", "json"),
    ("assess", *QUICK),
    ("assess", *QUICK, "--format", "json"),
    ("assess", *QUICK, "--format", "html"),
    ("plan",),
    ("plan", "--format", "json"),
    ("plan", "--format", "html"),
    ("rewrite",),
    ("rewrite", "--dry-run", "--format", "json"),
    ("rewrite", "--dry-run", "--format", "html"),
    ("rewrite", "--dry-run", "--format", "sarif"),
    ("rewrite", "--dry-run", "--format", "markdown", "-o", "OUT"),
    ("docs", *QUICK),
    ("report", *QUICK),
]


def write(root):
    (root / "dir.py").mkdir(parents=True)
    (root / "dir.py/inner.py").write_text(CODE.format("inner", "team"))
    (root / "good.py").write_text(CODE.format("good", "team"))
    (root / "half.py").write_text(CODE.format("half", "\\ud800 team") + 'other = DAG("x\\udcff")\n')
    for name in (b"caf\xe9.py", b"data\xff.csv", b"two\nlines.py", b"re\rturn.py"):
        (root / os.fsdecode(name)).write_text(CODE.format("cafe", "team"))


@pytest.mark.parametrize("prefix", ["", "dags/"])
def test_through_every_command(tmp_path, prefix):
    workspace = tmp_path / "ws"
    write(tmp_path / "copy" / prefix)
    migrate(workspace, "init").ended(0)
    for command in COMMANDS:
        words = {"COPY": str(tmp_path / "copy"), "OUT": str(tmp_path / "out")}
        ran = migrate(workspace, *(words.get(word, word) for word in command))
        assert ran.code == 0, (command, ran.err)
    warnings = load(workspace / "inventory.json").warnings
    for name in (r"caf\xe9.py", r"two\nlines.py", r"re\rturn.py"):
        assert any(f"{name} was left out" in one for one in warnings)
    assert {"inner", "good"} <= {dag.dag_id for dag in load(workspace / "inventory.json").dags}


def test_what_a_person_puts_there_is_told_and_not_deployed(tmp_path):
    workspace = tmp_path / "ws"
    migrate(workspace, "init").ended(0)
    write(tmp_path / "copy")
    migrate(workspace, "inventory", "--from-folder", str(tmp_path / "copy")).ended(0)
    for folder in ("dags/source", "plugins/source"):
        write(workspace / folder / "more")
    ran = migrate(workspace, "rewrite").ended(3)
    assert r"more/caf\xe9.py was left as it is: no bucket holds its name" in ran.err
    for command in (("assess", *QUICK), ("plan",), ("docs", *QUICK), ("report", *QUICK)):
        migrate(workspace, *command).ended(0)
    write(workspace / "dags/target/more2")
    odd = ("caf", "two", "turn")
    assert not [name for name in folder_md5s(workspace / "dags/target") if any(one in name for one in odd)]
    write(tmp_path / "place")
    ran = migrate(workspace, "rewrite", str(tmp_path / "place")).ended(3)
    for name in (r"caf\xe9.py", r"two\nlines.py", r"re\rturn.py"):
        assert f"{name} was left as it is" in ran.err
