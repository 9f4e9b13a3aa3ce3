"""At a terminal: while the question waits, somebody writes the workspace's files anew; then the answer is yes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.inventory import store as inventories
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.plan import store as plans
from migrator.plan.files import deployed_md5s
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan
from tests.environments.stand_in import answered
from tests.transfer.targets import NOW, inventory
from tests.workspace.users import configure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from migrator.lab.model import Lab

WRITES = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
"""Another process that writes a file of the workspace."""


@dataclass
class Desk:
    """A workspace whose first wave is of one DAG, at a terminal."""

    root: Path
    lab: Lab

    def __post_init__(self) -> None:
        configure(self.root, self.lab)
        self.inventory = replace(inventory({}), dags=tuple(map(_dag, "abc")))
        inventories.save(self.inventory, self.root / "inventory.json")
        target = self.root / "dags" / "target"
        target.mkdir(parents=True)
        for dag in self.inventory.dags:
            (target / dag.file).write_text(f"# {dag.dag_id}\n")
        files = deployed_md5s(self.inventory, target)
        made = plan(
            self.inventory, files, PlanOptions("v1", "v2", inventories.fingerprint(self.inventory), wave_size=1)
        )
        self.plan = replace(made, waves=tuple(replace(w, number=n) for n, w in enumerate(made.waves, 1)))
        plans.save(self.plan, self.root / "plan.json")

    def written(self, name: str, text: str) -> None:
        subprocess.run([sys.executable, "-c", WRITES, str(self.root / name)], input=text.encode(), check=True)

    def answer(self, command: str, meanwhile: Callable[[], None]) -> tuple[int, str]:
        """Run a command on wave 1, and answer its question with yes after ``meanwhile``; exit code and all it says."""
        ours, theirs = pty.openpty()
        words = [sys.executable, "-m", "migrator.cli", "--workspace", str(self.root), command, "--wave", "1"]
        shown = b""
        env = {**os.environ, "TERM": "dumb", "COLUMNS": "200"}
        with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as running:
            os.close(theirs)
            asked = False
            while read := _read(ours):
                shown += read
                if not asked and b"to go on: " in shown:
                    asked = True
                    meanwhile()
                    os.write(ours, f"{self.lab.target.environment.rpartition('/')[2]}\n".encode())
        os.close(ours)
        return running.returncode, shown.decode().replace("\r\n", "\n")

    def attempts(self) -> list[tuple[str, ...]]:
        """The DAGs of each attempt that was begun."""
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            return [tuple(journal.records(attempt)) for attempt in journal.attempts()]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


def _dag(dag_id: str) -> Dag:
    return Dag(dag_id, f"{dag_id}.py", Schedule(ScheduleKind.CRON, "0 0 * * *"))


@pytest.fixture
def desk(composer, tmp_path: Path) -> Desk:
    lab, *_ = composer
    return Desk(tmp_path / "ws", lab)


def with_first_wave(desk: Desk, *dag_ids: str) -> str:
    """plan.json, sound and fresh, with these DAGs in its first wave."""
    every = [dag for wave in desk.plan.waves for dag in wave.dags]
    first = replace(desk.plan.waves[0], dags=tuple(dag for dag in every if dag.dag_id in dag_ids))
    later = replace(desk.plan.waves[1], dags=tuple(dag for dag in every if dag.dag_id not in dag_ids))
    return plans.dumps(replace(desk.plan, waves=(first, later)))


def first_of(desk: Desk) -> str:
    return desk.plan.waves[0].dags[0].dag_id


def other_plan(desk: Desk) -> str:
    others = sorted({"a", "b", "c"} - {first_of(desk)})
    desk.written("plan.json", with_first_wave(desk, *others))
    return f"{', '.join(others)}: moves too, and was not shown"


def more_in_the_plan(desk: Desk) -> str:
    desk.written("plan.json", with_first_wave(desk, "a", "b", "c"))
    return "moves too, and was not shown"


def no_plan(desk: Desk) -> str:
    (desk.root / "plan.json").unlink()
    return "there is no plan at"


def half_a_plan(desk: Desk) -> str:
    desk.written("plan.json", plans.dumps(desk.plan)[:200])
    return "plan.json cannot be read"


def other_schedules(desk: Desk) -> str:
    hourly = Schedule(ScheduleKind.CRON, "0 * * * *")
    dags = tuple(replace(dag, schedule=hourly) for dag in desk.inventory.dags)
    desk.written("inventory.json", inventories.dumps(replace(desk.inventory, dags=dags)))
    return f"{first_of(desk)}: schedule: 0 0 * * * -> 0 * * * *"


def other_settings(desk: Desk) -> str:
    text = (desk.root / "migrate.toml").read_text()
    desk.written("migrate.toml", f"{text}[cutover]\nsettle_seconds = 0\n")
    return "cutover.settle_seconds: 20 -> 0.0"


def other_target(desk: Desk) -> str:
    text = (desk.root / "migrate.toml").read_text()
    desk.written("migrate.toml", text.replace("environments/v2", "environments/v3"))
    return "target.environment"


def a_file(desk: Desk) -> str:
    desk.written(f"dags/target/{first_of(desk)}.py", "# another")
    return f"{first_of(desk)}.py ({first_of(desk)}) changed"


def moved_meanwhile(desk: Desk) -> str:
    _moved(desk, first_of(desk))
    return f"{first_of(desk)}: no longer moves"


def _moved(desk: Desk, dag_id: str) -> None:
    with closing(Journal(desk.root / ".migrate" / "journal.db")) as journal:
        attempt = journal.begin(1, Direction.FORWARD, [dag_id], NOW, "bert@train")
        journal.write(attempt, NOW, "done", [(dag_id, State.OBSERVED, {}, "")])
        journal.end(attempt, NOW, "moved")


CHANGES = (
    other_plan, more_in_the_plan, no_plan, half_a_plan, other_schedules, other_settings, other_target, a_file,
    moved_meanwhile,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_yes_to_what_is_not_there_any_more_is_refused_and_nothing_moves(
    composer, desk: Desk, change: Callable[[Desk], str]
) -> None:
    _, source, target = composer
    told: list[str] = []
    code, shown = desk.answer("cutover", lambda: told.append(change(desk)))
    assert f"Wave 1: {desk.plan.waves[0].title}" in shown
    assert told, "it was asked"
    assert told[0] in shown
    assert code == 4, shown
    assert len(desk.attempts()) == (change is moved_meanwhile), "nothing was begun"
    assert [*source.requests, *target.requests] == [], "nothing was asked of either side"
    assert "data/migrate/lock.json" not in target.names()


def test_what_is_as_it_was_is_begun_with_just_that(composer, desk: Desk) -> None:
    """The control: both sides are reached, and it is the preflight that then refuses, as nobody plays Airflow here."""
    _, source, target = composer
    text = (desk.root / "migrate.toml").read_text()
    (desk.root / "migrate.toml").write_text(f"{text}[cutover]\nverify = false\n")
    names = {"names": answered({"variables": [], "connections": [], "pools": []}), "*": answered({})}
    for side in (source, target):
        side.plays(names)
    code, shown = desk.answer("cutover", lambda: desk.written("plan.json", plans.dumps(desk.plan)))
    assert code == 4, shown
    assert "1 DAG(s) of the wave cannot be cut over" in shown
    assert desk.attempts() == [(first_of(desk),)]
    assert source.requests


def test_a_rollback_shows_its_dags_and_refuses_others(composer, desk: Desk) -> None:
    _, source, target = composer
    _moved(desk, "a")
    code, shown = desk.answer("rollback", lambda: _moved(desk, "b"))
    assert "is paused in v2 and unpaused in v1" in shown
    assert code == 4, shown
    assert "in v2: a -> a, b" in shown
    assert [*source.requests, *target.requests] == []
