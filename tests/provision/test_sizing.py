from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.errors import UsageError
from migrator.model.run import Run
from migrator.model.usage import TaskLoad
from migrator.provision.demand import demand_of
from migrator.provision.sizing import Sizes, size
from tests.assess.planted import NOW
from tests.provision.estates import large, node_config, seed, small, unknown


def sized(inventory, headroom: float = 1.5) -> Sizes:
    return size(demand_of(inventory), inventory.environment, headroom)


def test_the_seed_estate_explains_itself_line_by_line():
    sizes = sized(seed())
    told = {key: (one.value, one.why) for key, one in sizes.worker.items()}
    node = "v1's 3 nodes are n1-standard-1 (1 vCPU, 3.75 GB)"
    assert told == {
        "cpu": (1.0, f"for 6 tasks: at most 12 tasks and 6.5 GB a vCPU; no less than {node}"),
        "memory_gb": (4.25, f"6 tasks x 0.62 GB + 0.5 of its own; {node} for 6 tasks"),
        "storage_gb": (10.0, "the large preset of Composer 2"),
        "min_count": (2, "2.0 tasks at once on average (measured: 1,333 h of tasks in 672 h); 2 for zones"),
        "max_count": (
            5,
            "18 x 1.5 / 6 tasks a worker; measured: 18 tasks at once on 2026-05-28 02:00 UTC, of 40,000 tasks",
        ),
    }
    assert (sizes.concurrency.value, sizes.scheduler["count"].value) == (6, 2)
    assert sizes.environment[1].startswith("for 220 dags (up to 1000), ")


@pytest.mark.parametrize("inventory", [seed(), small(), large(), unknown()], ids=["seed", "small", "large", "unknown"])
def test_every_size_is_one_that_composer_takes(inventory):
    sizes = sized(inventory)
    for part in (sizes.scheduler, sizes.web_server, sizes.worker):
        cpu, memory = part["cpu"].value, part["memory_gb"].value
        assert 0.5 <= cpu <= 28
        assert cpu * 4 == int(cpu * 4)
        assert cpu <= memory <= min(6.5 * cpu, 80)
        assert all(one.why for one in part.values())
    assert 2 <= sizes.worker["min_count"].value <= sizes.worker["max_count"].value <= 100


def test_more_than_100_workers_take_more_tasks_each():
    sizes = sized(large())
    assert (sizes.concurrency.value, sizes.worker["max_count"].value) == (12, 80)
    assert sizes.concurrency.why.endswith("times 2 to need no more than 100")


def test_slow_files_are_parsed_less_often_rather_than_by_more_processors():
    sizes = sized(large())
    assert sizes.parse_interval.value == 420
    assert sizes.scheduler["cpu"].value == 4
    assert "600.0 s" in sizes.parse_interval.why


def test_an_estate_that_no_environment_takes_is_refused():
    inventory = large()
    load = replace(inventory.usage.load, peak=400_000)
    with pytest.raises(UsageError, match=r"600,000 tasks at once"):
        sized(replace(inventory, usage=replace(inventory.usage, load=load)))


def test_v1s_own_concurrency_and_machine_are_kept():
    inventory = seed()
    facts = replace(
        inventory.environment, overrides={"celery-worker_concurrency": "12"}, network=node_config("n2-highmem-2")
    )
    worker = sized(replace(inventory, environment=facts)).worker
    assert (worker["max_count"].value, worker["memory_gb"].value, worker["cpu"].value) == (3, 16.5, 2.75)


def test_triggerers_only_where_something_can_be_deferred():
    assert (
        sized(seed())
        .triggerer["count"]
        .why.endswith("tasks that can be deferred: 19 ExternalTaskSensor, 6 TriggerDagRunOperator")
    )
    assert sized(small()).triggerer is None


def test_without_task_times_runs_tell_then_nodes_then_the_preset():
    bare = unknown()
    times = {"started": NOW, "ended": NOW.replace(hour=1)}
    runs = tuple(Run(f"small_{n}", "r", NOW, "success", automated=True, **times) for n in range(4))
    peaks = [
        demand_of(replace(bare, runs=runs)).peak,
        demand_of(replace(bare, environment=replace(bare.environment, node_count=5))).peak,
        demand_of(bare).peak,
    ]
    assert [one.value for one in peaks] == [4, 30, 18]
    assert [one.why.partition(":")[0] for one in peaks] == ["estimated", "default", "default"]
    assert "no load history" in peaks[2].why


def test_a_load_of_nothing_is_no_measurement():
    inventory = small()
    usage = replace(inventory.usage, load=TaskLoad(0, 0.0, 0))
    assert demand_of(replace(inventory, usage=usage)).peak.why.startswith("default")


def test_the_quiet_hours_may_go_over_midnight():
    inventory = large()
    by_hour = tuple(0 if hour in {22, 23, 0, 1} else 9 for hour in range(24))
    usage = replace(inventory.usage, load=replace(inventory.usage.load, by_hour=by_hour))
    assert demand_of(replace(inventory, usage=usage)).quiet.value == 22
