"""What is unknown of a DAG changes no page: whatever stands in the field's place, every command writes the same."""

from __future__ import annotations

import difflib
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from migrator.inventory.store import load, save
from migrator.model.dag import Schedule, ScheduleKind
from tests.workspace.users import migrate_here as migrate

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.model.dag import Dag

HEAD = """\
from datetime import datetime

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.sensors.external_task_sensor import ExternalTaskSensor

with DAG("other", schedule_interval="0 5 * * *", start_date=datetime(2020, 1, 1), catchup=False) as other:
    wait = ExternalTaskSensor(task_id="wait", external_dag_id="no_schedule")
    wait >> BashOperator(task_id="c", bash_command="date")
"""
SUBJECT = """
with DAG("{name}", schedule_interval="0 4 * * *", start_date=datetime(2020, 1, 1), catchup=False) as {name}:
    BashOperator(task_id="a", bash_command="date") >> BashOperator(task_id="b", bash_command="date")
"""
CONFIG = """\
[target]
environment = "projects/p/locations/europe-west1/environments/v2"
[cutover.backlog.dags]
"tag:critical" = { policy = "skip" }
"""
COMMANDS: dict[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "plan as JSON": ("plan", "--format", "json"),
    "plan as a page": ("plan", "--format", "html", "-o", "plan.html"),
    "plan as Markdown": ("plan", "--format", "markdown"),
    "explained": ("plan", "--explain", "no_schedule"),
    "backlog": ("plan", "--backlog"),
    "assess": ("assess", "--resolve-seconds", "0"),
    "assess as JSON": ("assess", "--resolve-seconds", "0", "--format", "json"),
    "assess as Markdown": ("assess", "--resolve-seconds", "0", "--format", "markdown"),
    "assess as a page": ("assess", "--resolve-seconds", "0", "--format", "html", "-o", "assess.html"),
    "assess as SARIF": ("assess", "--resolve-seconds", "0", "--format", "sarif"),
    "provision": ("provision", "--resolve-seconds", "0"),
    "policies": ("policies",),
    "local": ("local", "init", "--no-packages"),
    "docs": ("docs", "--resolve-seconds", "0"),
    "tickets": ("docs", "--resolve-seconds", "0", "--tickets", "csv"),
    "report": ("report", "--resolve-seconds", "0"),
    "status": ("status",),
}
LATER = datetime(2031, 1, 1, tzinfo=UTC)
FACTS: dict[str, tuple[Any, ...]] = {
    "schedule": (
        Schedule(ScheduleKind.CRON, "7 3 * * *"),
        Schedule(ScheduleKind.NONE),
        Schedule(ScheduleKind.ONCE),
        Schedule(ScheduleKind.DATASET),
        Schedule(ScheduleKind.DELTA, seconds=60.0),
    ),
    "start_date": (None, datetime(2019, 3, 4, tzinfo=UTC), LATER),
    "end_date": (None, datetime(2021, 3, 4, tzinfo=UTC), LATER),
    "catchup": (True, False),
    "owners": ((), ("airflow",), ("zebra",), ("anna", "zebra")),
    "tags": ((), ("zebra",), ("critical",)),
    "paused": (True, False),
    "max_active_runs": (1, 99),
    "description": (None, "zebra"),
    "tasks.pool": ("default_pool", "zebra"),
    "tasks.queue": ("default", "zebra"),
    "tasks.trigger_rule": ("all_success", "one_failed"),
    "tasks.retries": (0, 5),
    "tasks.depends_on_past": (True, False),
    "tasks.wait_for_downstream": (True, False),
}
"""Facts that only run time may know, and what may stand in the place of each."""


OF_TASKS = {one: one.removeprefix("tasks.") for one in FACTS if one.startswith("tasks.")}


def name_of(fact: str) -> str:
    """The DAG of which that fact is unknown."""
    return f"no_{fact.replace('.', '_')}"


def with_fact(dag: Dag, fact: str, value: Any) -> Dag:
    """The DAG with that value where the fact is unknown."""
    if fact in OF_TASKS:
        made = replace(dag, tasks=tuple(replace(task, **{OF_TASKS[fact]: value}) for task in dag.tasks))
    else:
        made = replace(dag, **{fact: value})
    return replace(made, unknown=tuple(sorted({*dag.unknown, fact})))


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of a folder, with a DAG for each fact."""
    root = tmp_path_factory.mktemp("unknown")
    (root / "dags").mkdir()
    (root / "dags" / "f.py").write_text(HEAD)
    for fact in FACTS:
        (root / "dags" / f"{name_of(fact)}.py").write_text(
            HEAD.partition("\nwith")[0] + SUBJECT.format(name=name_of(fact))
        )
    workspace = root / "ws"
    migrate(workspace, "init").ended(0)
    path = workspace / "migrate.toml"
    text = path.read_text().replace("[plan]\n", '[plan]\ncritical = { "tag:critical" = 25 }\n')
    path.write_text(text + CONFIG)
    migrate(workspace, "inventory", "--from-folder", str(root / "dags")).ended(0)
    return workspace


def pages(estate: Path, place: Path, variant: int, *, known: bool = False) -> dict[str, str]:
    """All that each command prints and writes where that variant of each fact stands."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(estate, place)
    inventory = load(place / "inventory.json")
    dags = {dag.dag_id: dag for dag in inventory.dags}
    for fact, values in FACTS.items():
        made = with_fact(dags[name_of(fact)], fact, values[variant % len(values)])
        dags[made.dag_id] = replace(made, unknown=()) if known else made
    save(replace(inventory, dags=tuple(dags.values())), place / "inventory.json")
    found = {}
    for name, words in COMMANDS.items():
        ran = migrate(place, *(str(place / one) if one.endswith(".html") else one for one in words))
        assert ran.code in {0, 1, 4}, f"{words}: {ran.code}\n{ran.err}"
        found[name] = timeless(f"exit {ran.code}\n{ran.out}{ran.err}")
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_file() and not name.startswith((".migrate", "dags/", "inventory.json")):
            found[name] = timeless(path.read_text())
    return found


def timeless(text: str) -> str:
    """Without the clock, the folder, and without the digest of the inventory, which holds what stands there."""
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?", "TIME", text)
    text = re.sub(r"/\S+/ws\b", "WORKSPACE", text)
    return re.sub(r"\b[0-9a-f]{64}\b|[\w+/]{22}==", "DIGEST", text)


def differing(one: dict[str, str], other: dict[str, str]) -> dict[str, list[str]]:
    """The lines that are on a page of one and not on that of the other, by page."""
    assert one.keys() == other.keys()
    return {name: _lines(one[name], other[name]) for name in one if one[name] != other[name]}


def _lines(one: str, other: str) -> list[str]:
    return [line[:400] for line in difflib.unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm="")][2:]


@pytest.fixture(scope="module")
def first(estate: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pages(estate, tmp_path_factory.mktemp("first") / "ws", 0)


@pytest.mark.parametrize("variant", [1, *(pytest.param(n, marks=pytest.mark.soak) for n in (2, 3, 4))])
def test_whatever_stands_in_its_place_every_page_is_the_same(
    estate: Path, first: dict[str, str], tmp_path: Path, variant: int
) -> None:
    found = differing(first, pages(estate, tmp_path / "ws", variant))
    assert not found, "\n".join(f"{name}: {chr(10).join(lines)}" for name, lines in found.items())


@pytest.mark.soak
def test_where_they_are_known_the_pages_do_differ(estate: Path, tmp_path: Path) -> None:
    one, other = (pages(estate, tmp_path / "ws", variant, known=True) for variant in (0, 2))
    assert {"plan", "assess", "docs/reference/schedules.md", "reports/site/index.html"} <= {
        name for name in one if one[name] != other.get(name)
    }


FACTORY = """\
import airflow
from ours import create_dag
made = create_dag("x")
"""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command says of a folder in which a file makes DAGs that nobody can list."""
    root = tmp_path_factory.mktemp("hidden")
    (root / "dags").mkdir()
    (root / "dags" / "factory.py").write_text(FACTORY)
    (root / "dags" / "f.py").write_text(HEAD.replace("no_schedule", "other2"))
    workspace = root / "ws"
    migrate(workspace, "init").ended(0)
    path = workspace / "migrate.toml"
    path.write_text(path.read_text() + CONFIG.partition("[cutover")[0])
    found = {"inventory": migrate(workspace, "inventory", "--from-folder", str(root / "dags")).out}
    for words in ("plan", "assess", "provision", "docs", "report"):
        more = () if words == "plan" else ("--resolve-seconds", "0")
        ran = migrate(workspace, words, *more)
        assert ran.code in {0, 1}, ran.err
        found[words] = ran.out
    for name in ("docs/README.md", "terraform/provision.md", "reports/site/index.html"):
        found[name] = (workspace / name).read_text()
    found["operators"] = (workspace / "docs/reference/operators.md").read_text()
    return found


@pytest.mark.parametrize(
    "page", ["inventory", "plan", "assess", "docs/README.md", "terraform/provision.md", "reports/site/index.html"]
)
def test_a_file_whose_dags_nobody_can_list_stands_on_every_page(hidden: dict[str, str], page: str) -> None:
    assert re.search(r"factory\.py(:| line )3\b", hidden[page]), hidden[page][:3000]


def test_numbers_of_what_is_not_all_listed_are_at_least(hidden: dict[str, str]) -> None:
    assert "At least 1 DAG moves from" in hidden["docs/README.md"]
    assert "of at least 1 DAG" in hidden["reports/site/index.html"]
    assert "at least 1 dags (up to 50), an unknown number of runs (up to 15)" in hidden["terraform/provision.md"]
    assert "each number is at least this one" in hidden["operators"]


def test_settings_that_nobody_knows_are_not_all_taken_over(hidden: dict[str, str]) -> None:
    assert "Everything was." not in hidden["terraform/provision.md"]
    assert "The settings of the source are unknown" in hidden["terraform/provision.md"]
