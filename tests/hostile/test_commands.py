"""A hostile estate, from a folder, from a snapshot and from v1, goes through every command: all of it stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.environments.servers import scripted
from tests.hostile import estate
from tests.hostile.desk import HostileDesk
from tests.hostile.texts import CANARY, TEXTS
from tests.planted import estate as planted
from tests.planted.cases import CASES, Case
from tests.planted.test_commands import EVERY, WRITERS, formats, run_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


OF_V1 = frozenset({"inventory", "drift", "fleet list", "fleet check"})
"""Commands that read v1 anew: what a folder or a snapshot told is gone then."""
SOAK = pytest.param(True, marks=pytest.mark.soak)


@pytest.fixture
def desk(composer, tmp_path: Path, monkeypatch) -> Iterator[HostileDesk]:
    lab, source, target = composer
    monkeypatch.chdir(tmp_path)  # what a shell would leave, it leaves here
    errors = [{"filename": f"/home/airflow/gcs/dags/{one}", "stack_trace": f"Traceback\n{one}"} for one in TEXTS]

    def rest(_method: str, path: str, _body: Any) -> tuple[int, Any]:
        if "importErrors" in path:
            return 200, {"import_errors": errors, "total_entries": len(errors)}
        moment = planted.NOW.isoformat()
        rows = [{"dag_id": one, "is_paused": True, "last_parsed_time": moment} for one in estate.IDS]
        return 200, {"dags": rows, "total_entries": len(rows)}

    with scripted(rest) as server:
        server.files = ()
        made = HostileDesk(tmp_path / "ws", lab, source, target, server)
        made.begin()
        yield made


def every(desk: HostileDesk, names: Iterable[str], *, whole: bool) -> None:
    """These commands with each format: each of their cases, or the first."""
    for name in names:
        for case in CASES[name] if whole else CASES[name][:1]:
            forms = formats(EVERY[name]) if case.formats else [()]
            for form in forms if whole else {forms[0], forms[-1]}:
                run_hostile(desk, name, case, form)


def run_hostile(desk: HostileDesk, name: str, case: Case, form: tuple[str, ...]) -> None:
    """Run it, however it may end: this estate gives reasons to refuse, and the desk judges how that is said."""
    if case.arrange:
        case.arrange(desk)
    desk.failing = True
    try:
        run_case(desk, name, Case(case.arguments), form, ())
    finally:
        desk.failing = False


@pytest.mark.parametrize("whole", [False, SOAK])
def test_a_folder(desk, tmp_path, whole):
    folder = estate.folder(tmp_path / "bucket", tmp_path / CANARY)
    for form in formats(EVERY["inventory"]):
        assert desk.run("inventory", "--from-folder", str(folder), *form).code == 0
    every(desk, (one for one in CASES if one not in OF_V1), whole=whole)
    assert desk.codes["plan --format html"] == 0, "there is a plan for what follows"
    assert desk.faults == []


@pytest.mark.parametrize("whole", [False, SOAK])
def test_a_snapshot(desk, tmp_path, whole):
    folder = estate.snapshot(tmp_path / "snapshots", tmp_path / CANARY)
    for form in formats(EVERY["inventory"]):
        assert desk.run("inventory", "--from-snapshot", str(folder), *form).code == 3, "odd rows are left out by name"
    if whole:
        every(desk, (one for one in CASES if one not in OF_V1), whole=True)
    for name in ("rewrite", *WRITERS, "status", "verify", "transfer"):
        run_hostile(desk, name, CASES[name][0], formats(EVERY[name])[-1])
    assert desk.faults == []


@pytest.mark.soak
def test_v1(desk):
    every(desk, CASES, whole=True)
    assert desk.faults == []


def test_the_desk_sees_what_is_more_than_text(desk, tmp_path):
    """Each kind of harm, in a file or a stream of its own."""
    files = {
        "a.md": "a\n\n# evilheading\n", "b.md": "[x](javascript:evil)", "c.md": "<script>window.evil=1</script>",
        "d.md": "http://evil.example", "e.md": "|evilcell|b|\n|---|---|\n", "a.html": "<img src=evil onerror=evil>",
        "b.html": "<p evil>", "c.html": "<script>window.evil=1</script>", "d.html": "<a href=javascript:evil>x</a>",
        "a.csv": "=evil()\n", "a.json": "{evil}", "a.py": "def evil(", "a.toml": "evil", "a.prom": "evil{\n",
        "a.txt": "\x1b[31mevil", "b.txt": "\nevilline", "c.txt": "\u202eevil",
    }  # fmt: skip
    for name, text in files.items():
        (desk.root / name).write_text(text)
    (tmp_path / CANARY).touch()
    desk.run("rules")
    found = {one.split(": ")[1].strip("\"'") for one in desk.faults}
    assert found >= {*files, "code of the estate ran"}
