"""Files of the workspace that are deep, odd or cut, and disks that take no more: an error with its fix, no bug."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from migrator.errors import WorkspaceError
from migrator.inventory import drift
from migrator.inventory import store as inventories
from migrator.model.plan import Plan, Wave
from migrator.plan import store as plans
from migrator.report import audited
from tests.cli.test_bad_input import planned

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Project

DEEP = "[" * 100_000 + "]" * 100_000
ODD = ["", "{", "5", "null", "[]", "{}", '{"schema_version": []}', '{"schema_version": "x"}', '"\\ud800"', "NaN", DEEP,
       '{"schema_version": 1, "summary": [], "window": 5, "dags": {}, "changes": 5, "waves": 5}', "\xff",
       '{"a": ' * 100_000 + "1" + "}" * 100_000]  # fmt: skip
FORMS = {
    "inventory.json": inventories.FORM,
    "plan.json": plans.FORM,
    "audit.json": audited.FORM,
    "drift.json": drift.FORM,
}
MOMENT = "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize("text", ODD, ids=lambda text: text[:30])
@pytest.mark.parametrize("name", FORMS)
def test_a_file_that_is_not_ours(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(WorkspaceError) as caught:
        FORMS[name].load(path)
    assert all(part in str(caught.value) for part in (name, "why: ", "fix: ", "migrate "))


@pytest.mark.parametrize(
    ("name", "command"),
    [("inventory.json", "plan"), ("plan.json", "cutover --wave 1 --yes"), ("migrate.toml", "status")],
)
def test_a_command_tells_of_it(project: Any, name: str, command: str) -> None:
    workspace: Project = planned(project)
    (workspace.root / name).write_text(f"a = {DEEP}" if name == "migrate.toml" else DEEP)
    shown = workspace.run(*command.split(), code=2).stderr
    assert all(part in shown for part in (name, "levels deep", "fix: ")), shown


def ledger(place: tuple[Any, ...] = (), value: Any = None) -> Any:
    counts = dict.fromkeys(("expected", "ran_once", "duplicates", "gaps", "extras", "pending"), 1)
    line = {"dag_id": "etl", "expected": 1, "ran_once": 1, "duplicates": [], "gaps": []}
    made: Any = {"schema_version": 1, "window": {"since": MOMENT, "until": MOMENT}, "summary": counts, "dags": [line]}
    holder = made
    for part in place[:-1]:
        holder = holder[part]
    if place:
        holder[place[-1]] = value
    return made


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("summary", "gaps"), "none"), (("summary", "expected"), -1), (("summary",), 5), (("window", "until"), "soon"),
        (("window",), None), (("dags",), {}), (("dags", 0), None), (("dags", 0, "gaps"), 3), (("dags", 0, "dag_id"), 5),
        (("dags", 0, "gaps"), [{"logical_date": 5, "runs": []}]), (("dags", 0, "gaps"), [{"runs": "x"}]),
    ],
)  # fmt: skip
def test_a_ledger_with_one_odd_value(place: tuple[Any, ...], value: Any) -> None:
    assert audited.FORM.decode(json.dumps(ledger()), "audit.json").summary.gaps == 1
    with pytest.raises(WorkspaceError, match=r"audit.json is not a ledger") as caught:
        audited.FORM.decode(json.dumps(ledger(place, value)), "audit.json")
    assert caught.value.why.startswith(".".join(map(str, place)))


def test_what_cannot_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    wave = Wave(1, "first", ())
    plans.save(Plan("f", "v1", "v2", (wave,)), path)
    before = path.read_bytes()
    for odd in ("many", 10**5000, None, object()):
        with pytest.raises(WorkspaceError, match="could not be read again") as caught:
            plans.save(Plan("f", "v1", "v2", (replace(wave, number=odd),)), path)  # type: ignore[arg-type]
        assert "migrate plan" in caught.value.fix
    assert path.read_bytes() == before


FULL = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9)); from migrator.cli.app import main; "


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("plan --resolve-seconds 0", "plan.json"),
        ("init", ".migrate/identity.txt"),
        ("docs --resolve-seconds 0", "docs/"),
        ("policies", "policies/airflow_local_settings.py"),
        ("report --resolve-seconds 0", "reports/site/"),
    ],
)
def test_a_disk_that_takes_no_such_file(project: Any, command: str, name: str) -> None:
    """The limit of the shell: a write fails with EFBIG, as it fails with ENOSPC on a full disk."""
    root = planned(project).root
    if command == "init":
        root = root / "new"
        root.mkdir()
    else:
        (root / "dags/source").mkdir(parents=True, exist_ok=True)
    program = f"{FULL}sys.argv = {['migrate', *command.split()]!r}; main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert f"cannot use {name}" in done.stderr
    assert "ulimit -f" in done.stderr


def test_a_result_that_cannot_be_printed(tmp_path: Any) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "migrator.cli", "rules"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, "fix: make room" in done.stderr) == (2, True), done.stderr
    assert "Exception ignored" not in done.stderr
