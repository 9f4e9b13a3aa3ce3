"""``migrate plan --backlog`` as a person uses it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from migrator.inventory import store
from migrator.model.inventory import Origin
from migrator.model.run import Run
from tests.plan.estates import cron, dag, inventory
from tests.workspace.users import migrate_here

TARGET = '[target]\nenvironment = "projects/p/locations/l/environments/new"\n'
LAST = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
DAGS = (
    dag("eager", schedule=cron("0 * * * *"), catchup=True),
    dag("lazy", schedule=cron("0 * * * *"), tags=("money",)),
    dag("off", paused=True),
)
RUNS = tuple(
    Run(one, "r", LAST, "success", automated=True, interval_end=LAST + timedelta(hours=1)) for one in ("eager", "lazy")
)
DEAD = replace(inventory(*DAGS), origin=Origin.SNAPSHOT, runs=RUNS)


@pytest.fixture
def workspace(tmp_path):
    def make(config="", estate=DEAD):
        (tmp_path / "migrate.toml").write_text(TARGET + config)
        store.save(estate, tmp_path / "inventory.json")
        return tmp_path

    return make


def test_it_shows_what_each_dag_missed_and_saves_nothing(workspace):
    root = workspace('[cutover.backlog.dags]\n"tag:money" = "skip"\n')
    out = migrate_here(root, "plan", "--backlog").ended(0).out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith(("eager ", "lazy ", "off "))}
    missed, alone, policy = rows["eager"][3:6]
    assert (missed, policy) == (alone, "run-all")
    assert rows["lazy"][4:7] == ["1", "skip", "tag:money"]
    assert "off" not in rows
    assert not (root / "plan.json").exists()


def test_json_has_every_interval_and_what_becomes_of_it(workspace):
    found = json.loads(migrate_here(workspace(), "plan", "--backlog", "--format", "json").ended(0).out)
    rows = {one["dag_id"]: one for one in found["dags"]}
    assert rows["eager"]["run"] == rows["eager"]["missed"] == len(rows["eager"]["run_intervals"])
    assert rows["eager"]["run_intervals"][0]["start"] == (LAST + timedelta(hours=1)).isoformat()
    assert (rows["lazy"]["policy"], rows["lazy"]["run"], rows["lazy"]["because"]) == (
        "run-latest",
        1,
        "its catchup is off",
    )
    assert found["last_seen"] == DEAD.captured_at.isoformat()


def test_a_date_and_limits_may_be_given(workspace):
    since = LAST + timedelta(hours=3)
    root = workspace(
        "[cutover.backlog]\nruns_at_once = 4\nhours = 8\n[cutover.backlog.dags]\n"
        f'eager = "from {since.isoformat()}"\nlazy = {{policy = "run-all", runs_at_once = 2}}\n'
    )
    found = json.loads(migrate_here(root, "plan", "--backlog", "--format", "json").ended(0).out)
    rows = {one["dag_id"]: one for one in found["dags"]}
    assert (rows["eager"]["from"], rows["eager"]["skip"], rows["eager"]["runs_at_once"]) == (since.isoformat(), 2, 4)
    assert (rows["lazy"]["runs_at_once"], rows["lazy"]["hours"]) == (2, 8)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('[cutover.backlog.dags]\neager = "later"\n', "cutover.backlog.dags.eager.policy"),
        ('[cutover.backlog.dags]\neager = "from"\n', "a date goes with from"),
        ('[cutover.backlog.dags]\neager = "skip 2026-01-01"\n', "a date goes with from"),
        ('[cutover.backlog.dags]\neager = "from yesterday"\n', "cutover.backlog.dags.eager.since"),
        ("[cutover.backlog]\nruns_at_once = 0\n", "cutover.backlog.runs_at_once"),
        ("[cutover.backlog]\nrun_at_once = 1\n", "did you mean 'runs_at_once'"),
        ('[cutover.backlog.dags]\neage = "skip"\n', "decides for no DAG: eage"),
    ],
)
def test_a_mistake_in_a_rule_is_named(workspace, config, words):
    assert words in migrate_here(workspace(config), "plan", "--backlog").ended(2).err


def test_a_source_that_runs_has_no_backlog(workspace):
    err = migrate_here(workspace(estate=replace(DEAD, origin=Origin.LIVE)), "plan", "--backlog").ended(2).err
    assert "the source runs, so there is no backlog" in err


def test_a_form_that_there_is_not_is_named(workspace):
    assert "--format table" in migrate_here(workspace(), "plan", "--backlog", "--format", "html").ended(2).err
