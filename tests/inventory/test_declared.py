"""The last runs that people declare: the form, what is wrong in it by line, and what becomes of the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from migrator.errors import UsageError
from migrator.inventory.declared import Declared, form_of, read_form, united, with_paused, written
from migrator.inventory.store import load
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.history import History, HistoryRun, Source
from tests.inventory.logs.trees import old
from tests.workspace.users import migrate_here as migrate

DATE = datetime(2026, 9, 14, 1, tzinfo=UTC)
DAG = Dag("d", "d.py", Schedule(ScheduleKind.CRON, "0 3 * * *", timezone="Europe/Rome"))
DAGS = {"d": DAG}
CODE = """\
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
DAGS = (("d", "0 3 * * *", "team d"), ("e", "0 3 * * *", "team e"), ("cut", "0 * * * *", "team d"))
for name, schedule, owner in DAGS:
    with DAG(name, schedule_interval=schedule, default_args={"owner": owner}) as dag:
        BashOperator(task_id="t", bash_command="true")
    globals()[name] = dag
"""


@pytest.mark.parametrize(
    "line",
    [
        "d,2026-09-14T01:00:00Z", "d,2026-09-14 03:00,Europe/Rome", " d , 2026-09-14T03:00:00+02:00 ,",
        "d;2026-09-14T01:00:00;UTC", '"d","2026-09-14T01:00:00"', "'d,20260914T010000,", "d,2026-09-14T01:00:00Z,,more",
    ],
)  # fmt: skip
def test_a_line(line):
    text = f"\ufeff# a comment\r\ndag_id,last_succeeded,timezone\r\n\r\n{line}\r\ne,,UTC\r\n,,\r\n"
    assert read_form(text.encode(), "f") == (Declared("d", DATE),)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("d,yesterday,UTC", "line 3: yesterday is no date such as"),
        ("d,2026-09-14T25:00:00", "line 3: 2026-09-14T25:00:00 is no date"),
        ("d,2026-09-14T03:00:00,Mars/Base", "line 3: Mars/Base is no time zone"),
        ("d,2026-09-14T03:00:00,../etc", "line 3: "),
        (",2026-09-14T03:00:00", "line 3: it names no DAG"),
        ("d,2026-09-14\nd,2026-09-15", "line 4: d is declared otherwise in line 3"),
    ],
)
def test_what_is_wrong_is_told_by_line(line, why):
    with pytest.raises(UsageError) as caught:
        read_form(f"# c\ndag_id,last_succeeded\n{line}\n".encode(), "last-runs.csv")
    assert why in caught.value.why
    assert "last-runs.csv" in caught.value.what


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"d,\xe9"])
def test_what_is_no_text(data):
    with pytest.raises(UsageError, match="cannot be read"):
        read_form(data, "f")


def test_the_form_says_nothing_until_it_is_filled_in_and_keeps_odd_names():
    odd = [Dag(name, "d.py", DAG.schedule) for name in ("=1+1", "-x", "a,b", "d")]
    assert read_form(form_of(odd).encode(), "f") == ()
    filled = tuple(sorted((Declared(dag.dag_id, DATE) for dag in odd), key=lambda one: one.dag_id))
    assert read_form(written((*filled, Declared("n", None))).encode(), "f") == (*filled, Declared("n", None))


def test_the_newest_run_that_ended_counts_whoever_tells_of_it():
    def run(day, state="success", source=Source.INFERRED):
        return HistoryRun("d", DATE.replace(day=day), None, state, automated=True, source=source)

    half = run(14, None)
    found = united(History((half, run(12)), unknown=("d", "x")), [Declared("d", DATE), Declared("gone", DATE)], DAGS)
    assert found.unknown == ("x",)
    assert found.half_done("d") == ()
    assert (found.last_done("d").source, found.last_done("d").interval_end.day) == (Source.DECLARED, 15)
    later = united(History((run(15),)), [Declared("d", DATE)], DAGS)
    assert later.last_done("d") == run(15)
    same = History((run(14, source=Source.RECORDED),))
    assert united(same, [Declared("d", DATE)], DAGS) == same
    assert united(History(unknown=("d",)), [Declared("d", None)], DAGS) == History()


def test_a_paused_dag_is_declared_as_such_where_nobody_knew():
    unknown, running = replace(DAG, unknown=("owners", "paused")), replace(DAG, dag_id="e")
    said = [Declared("d", None, paused=True), Declared("e", None, paused=True)]
    assert with_paused((unknown, running), said) == (replace(unknown, paused=True, unknown=("owners",)), running)
    assert read_form(written(said).encode(), "f") == tuple(said)


@pytest.fixture
def workspace(tmp_path):
    migrate(tmp_path / "ws", "init").ended(0)
    (tmp_path / "copy/dags").mkdir(parents=True)
    (tmp_path / "copy/dags/d.py").write_text(CODE)
    old(tmp_path / "copy/logs", "2026-09-14T02:00:00+00:00", "t", dag="cut")
    migrate(tmp_path / "ws", "inventory", "--from-folder", str(tmp_path / "copy")).ended(0)
    return tmp_path / "ws"


def test_from_the_form_of_each_owner_to_every_later_inventory(workspace, tmp_path):
    assert load(workspace / "inventory.json").history.unknown == ("d", "e")
    migrate(workspace, "docs", "--resolve-seconds", "0").ended(0)
    forms = "".join(one.read_text() for one in sorted((workspace / "docs/last-runs").iterdir()))
    assert "\ncut,," in forms  # its last run is known, but not whether it was paused
    for name, date in (("d", "2026-09-14T03:00:00"), ("e", "never")):
        form = workspace / f"docs/last-runs/team-{name}.csv"
        page = (workspace / f"docs/owners/team-{name}.md").read_text().replace("\\", "")
        assert f"(../last-runs/team-{name}.csv)" in page
        filled = tmp_path / f"{name}.csv"
        filled.write_text(form.read_text().replace(f"{name},,", f"{name},{date},"))
        migrate(workspace, "inventory", "--history", str(filled)).ended(0)
    migrate(workspace, "inventory", "--from-folder", str(tmp_path / "copy")).ended(0)
    history = load(workspace / "inventory.json").history
    assert history.unknown == ()
    assert {run.dag_id: run.source for run in history.runs} == {"cut": Source.INFERRED, "d": Source.DECLARED}
    assert history.last_done("d").logical_date == datetime(2026, 9, 14, 3, tzinfo=UTC)
    assert migrate(workspace, "inventory", "-o", str(workspace / "last-runs.csv")).ended(4)


def test_a_dag_that_was_paused_is_in_no_backlog_and_needs_no_rule(workspace, tmp_path):
    (tmp_path / "f.csv").write_text("d,Paused\ne,never\n")
    migrate(workspace, "inventory", "--history", str(tmp_path / "f.csv")).ended(0)
    migrate(workspace, "inventory", "--from-folder", str(tmp_path / "copy")).ended(0)
    found = {dag.dag_id: (dag.paused, dag.unknown) for dag in load(workspace / "inventory.json").dags}
    assert found == {"d": (True, ()), "e": (False, ("paused",)), "cut": (False, ("paused",))}
    migrate(workspace, "plan").ended(0)
    shown = " ".join(migrate(workspace, "plan", "--backlog").ended(0).out.split())
    assert "d: refused" not in shown
    assert (
        "e: refused: whether it was paused is unknown: if it was, declare it so (--history); if not, it needs a"
        in shown
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("gone,2026-09-14T03:00:00", "line 1: gone is no DAG of this inventory"),
        ("d,2026-09-14", "line 1: d: its schedule, 0 3 * * * in UTC, has no run at 2026-09-14T00:00:00+00:00"),
        ("d,2126-09-14T03:00:00", "line 1: d: 2126-09-14T03:00:00+00:00 is to come"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(workspace, tmp_path, line, why):
    (tmp_path / "f.csv").write_text(f"{line}\n")
    before = (workspace / "inventory.json").read_bytes()
    ran = migrate(workspace, "inventory", "--history", str(tmp_path / "f.csv")).ended(2)
    assert why in " ".join(ran.err.split())
    assert (workspace / "inventory.json").read_bytes() == before
    assert not (workspace / "last-runs.csv").exists()


def test_a_form_that_is_not_there(workspace, tmp_path):
    assert "cannot read" in migrate(workspace, "inventory", "--history", str(tmp_path / "no.csv")).ended(2).err
