"""What nobody ran since a source ended, DAG by DAG."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from migrator.cutover.backlog.missed import backlogs
from migrator.cutover.backlog.problems import MOST
from migrator.cutover.backlog.rules import HalfDone, HalfDoneRule, Policy, Rule, Rules, unused
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.inventory import Origin
from migrator.model.run import Run
from migrator.report.backlog import as_json, as_table
from tests.plan.estates import cron, dag, every, inventory, waits_for

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENDED = datetime(2026, 3, 10, 7, tzinfo=UTC)
"""The start of the last interval that was run: four came due since, the newest at noon."""
HOURLY = cron("0 * * * *")


def ran(dag_id, start=ENDED, period=HOUR, **more):
    values = {"state": "success", "automated": True, "interval_end": start + period, "started": start + period,
              "ended": start + period + timedelta(minutes=30), **more}  # fmt: skip
    return Run(dag_id, f"scheduled__{start.isoformat()}", start, **values)


def estate(*dags, runs=(), origin=Origin.SNAPSHOT, unknown=()):
    return replace(inventory(*dags), runs=tuple(runs), origin=origin, unknown=unknown)


DEFAULT = Rules()


def one(found_in, rules=DEFAULT, now=NOW):
    (found,) = backlogs(found_in, rules, now)
    return found


def starts(found):
    return [interval.start.hour for interval in found]


@pytest.mark.parametrize(
    ("policy", "run", "skip"),
    [
        (Rule("*", Policy.RUN_ALL), [8, 9, 10, 11], []),
        (Rule("*", Policy.RUN_LATEST), [11], [8, 9, 10]),
        (Rule("*", Policy.SKIP), [], [8, 9, 10, 11]),
        (Rule("*", Policy.FROM, ENDED + 3 * HOUR), [10, 11], [8, 9]),
        (Rule("*", Policy.FROM, ENDED - 3 * HOUR), [8, 9, 10, 11], []),
    ],
)
@pytest.mark.parametrize("schedule", [HOURLY, every(3600)], ids=str)
@pytest.mark.parametrize("catchup", [True, False])
def test_each_policy_divides_the_missed_intervals(policy, run, skip, schedule, catchup):
    found = one(estate(dag("d", schedule=schedule, catchup=catchup), runs=[ran("d")]), Rules((policy,)))
    assert (starts(found.run), starts(found.skip), found.problems) == (run, skip, ())
    assert (len(found.missed), found.alone) == (4, 4 if catchup else 1)


@pytest.mark.parametrize(("catchup", "policy"), [(True, Policy.RUN_ALL), (False, Policy.RUN_LATEST)])
def test_without_a_rule_its_catchup_decides(catchup, policy):
    assert one(estate(dag("d", schedule=HOURLY, catchup=catchup), runs=[ran("d")])).choice.policy is policy


def test_the_first_rule_that_fits_counts_and_tags_are_rules_too():
    rules = Rules((Rule("tag:money", Policy.SKIP), Rule("a*", Policy.RUN_ALL), Rule("*", Policy.RUN_LATEST)))
    both = estate(dag("a", schedule=HOURLY), dag("a2", schedule=HOURLY, tags=("money",)), dag("b", schedule=HOURLY))
    assert [found.choice.why for found in backlogs(both, rules, NOW)] == ["a*", "tag:money", "*"]


def test_a_rule_that_fits_no_dag_is_named():
    rules = Rules((Rule("d", Policy.SKIP), Rule("tag:gone", Policy.SKIP)), (HalfDoneRule("x_*", HalfDone.SKIP),))
    assert unused(rules, [dag("d")]) == ["tag:gone", "x_*"]


def test_a_dag_that_ran_up_to_the_last_interval_missed_nothing():
    found = one(estate(dag("d", schedule=HOURLY), runs=[ran("d", ENDED + 4 * HOUR)]))
    assert (found.missed, found.alone, found.seconds) == ((), 0, 0.0)


def test_a_dag_that_was_paused_has_no_backlog():
    assert backlogs(estate(dag("d", schedule=HOURLY, paused=True), runs=[ran("d")]), Rules(), NOW) == ()


def test_without_a_run_of_it_the_start_date_counts():
    never = dag("d", schedule=HOURLY, catchup=True, start_date=ENDED + 2 * HOUR)
    assert starts(one(estate(never)).missed) == [9, 10, 11]


def test_nothing_is_missed_after_the_end_date():
    ended = dag("d", schedule=HOURLY, end_date=ENDED + 2 * HOUR)
    assert starts(one(estate(ended, runs=[ran("d")])).missed) == [8, 9]


@pytest.mark.parametrize(("runs", "missed"), [((), 1), ((ran("d", period=timedelta(0)),), 0)])
def test_once_is_missed_where_it_never_ran(runs, missed):
    once = dag("d", schedule=Schedule(ScheduleKind.ONCE), start_date=ENDED)
    assert len(one(estate(once, runs=runs)).missed) == missed


def test_a_manual_run_is_no_last_run():
    manual = ran("d", ENDED + 3 * HOUR, automated=False)
    assert starts(one(estate(dag("d", schedule=HOURLY), runs=[ran("d"), manual])).missed) == [8, 9, 10, 11]


@pytest.mark.parametrize("origin", [Origin.FOLDER, Origin.SNAPSHOT])
def test_a_history_that_nobody_knows_is_refused_with_the_ways_to_give_it(origin):
    found = one(estate(dag("d", schedule=HOURLY), origin=origin, unknown=("runs",)))
    (why,) = found.problems
    assert all(word in why for word in ("--from-snapshot", "--from-folder", "--history"))


def test_what_time_does_not_start_needs_no_history():
    triggered = dag("d", schedule=Schedule(ScheduleKind.NONE))
    assert one(estate(triggered, origin=Origin.FOLDER, unknown=("runs",))).problems == ()


@pytest.mark.parametrize("fact", ["schedule", "start_date", "end_date", "catchup", "paused"])
def test_a_fact_that_only_run_time_knows_is_not_taken_for_its_default(fact):
    found = one(estate(dag("d", schedule=HOURLY, unknown=(fact,)), runs=[ran("d")]))
    assert fact in found.problems[0]
    assert "unknown" in found.problems[0]


@pytest.mark.parametrize("fact", ["catchup", "paused"])
def test_a_rule_answers_for_what_it_decides(fact):
    unknown = estate(dag("d", schedule=HOURLY, unknown=(fact,)), runs=[ran("d")])
    assert one(unknown, Rules((Rule("d", Policy.SKIP),))).problems == ()


def test_a_last_run_whose_end_nobody_knows_is_not_missed_itself():
    assert starts(one(estate(dag("d", schedule=HOURLY), runs=[ran("d", interval_end=None)])).missed) == [8, 9, 10, 11]


def test_too_many_runs_are_refused():
    minutely = estate(dag("d", schedule=cron("* * * * *"), catchup=True), runs=[ran("d", ENDED - 20 * HOUR)])
    assert f"more than {MOST}" in one(minutely).problems[0]


@pytest.mark.parametrize(("hours", "refused"), [(2.5, False), (1.5, True)])
def test_a_backlog_over_its_hours_is_refused(hours, refused):
    serial = dag("d", schedule=HOURLY, catchup=True, max_active_runs=1)
    found = one(estate(serial, runs=[ran("d")]), Rules(hours=hours))
    assert (found.seconds, bool(found.problems)) == (4 * 1800, refused)


def test_runs_side_by_side_take_less():
    wide = dag("d", schedule=HOURLY, catchup=True, max_active_runs=2)
    assert one(estate(wide, runs=[ran("d")])).seconds == 2 * 1800


@pytest.mark.parametrize(("most", "refused"), [(3, True), (4, False)])
def test_more_runs_at_once_than_may_be_are_refused(most, refused):
    found = one(estate(dag("d", schedule=HOURLY, catchup=True), runs=[ran("d")]), Rules(at_once=most))
    assert any("4 of its runs would be active at once" in why for why in found.problems) is refused


def test_how_long_is_unknown_where_no_run_tells():
    found = one(estate(dag("d", schedule=HOURLY, catchup=True), runs=[ran("d", started=None)]), Rules(hours=0.1))
    assert (found.seconds, found.problems) == (None, ())


def half(state="running", **more):
    return ran("d", ENDED + HOUR, state=state, ended=None, **more)


@pytest.mark.parametrize("state", ["running", "queued"])
def test_a_run_that_was_under_way_is_refused_without_a_decision(state):
    found = one(estate(dag("d", schedule=HOURLY), runs=[ran("d"), half(state)]))
    assert "under way when the source ended" in found.problems[0]
    assert starts(found.missed) == [9, 10, 11]


@pytest.mark.parametrize("policy", [HalfDone.SKIP, HalfDone.RERUN])
def test_a_decision_about_it_is_enough(policy):
    rules = Rules(half_done=(HalfDoneRule("d", policy),))
    found = one(estate(dag("d", schedule=HOURLY), runs=[ran("d"), half()]), rules)
    assert (found.problems, found.choice.half_done) == ((), policy)


@pytest.mark.parametrize(("tasks", "refused"), [({}, True), ({"a": "success", "b": None}, False)])
def test_to_continue_it_must_be_known_which_tasks_had_ended(tasks, refused):
    rules = Rules(half_done=(HalfDoneRule("d", HalfDone.CONTINUE),))
    assert bool(one(estate(dag("d", schedule=HOURLY), runs=[half(tasks=tasks)]), rules).problems) is refused


def test_a_manual_run_under_way_cannot_be_made_again():
    rules = Rules(half_done=(HalfDoneRule("d", HalfDone.RERUN),))
    found = one(estate(dag("d", schedule=HOURLY), runs=[ran("d"), half(automated=False)]), rules)
    assert "a manual run can't be made again" in found.problems[0]


def test_who_waits_for_what_is_skipped_is_told():
    rules = Rules((Rule("up", Policy.SKIP), Rule("*", Policy.RUN_ALL)))
    both = estate(
        dag("up", schedule=HOURLY), dag("waits", waits_for("up"), schedule=HOURLY), runs=[ran("up"), ran("waits")]
    )
    assert backlogs(both, rules, NOW)[1].doubts == ("waits for up, of which 4 are skipped",)


@pytest.mark.parametrize("catchup", [True, False])
@pytest.mark.parametrize(("rule", "refused"), [((), True), ((Rule("takes", Policy.RUN_LATEST),), False)])
def test_intervals_that_would_become_one_run_of_a_consumer_need_a_decision(rule, refused, catchup):
    both = estate(
        dag("makes", schedule=HOURLY, catchup=True, datasets_out=("x",)),
        dag("takes", schedule=Schedule(ScheduleKind.DATASET), catchup=catchup, datasets_in=("x",)),
        runs=[ran("makes")],
    )
    found = backlogs(both, Rules(rule), NOW)[1].problems
    assert any("4 intervals of makes would become one run of it" in why for why in found) is refused


def test_of_a_dag_whose_last_run_nobody_knows_nothing_is_counted():
    """Six years of each minute would be three million, and none of them is known to be missed."""
    often = dag("d", schedule=cron("* * * * *"), catchup=True, start_date=datetime(2020, 1, 1, tzinfo=UTC))
    found = one(estate(often, origin=Origin.FOLDER, unknown=("runs",)))
    assert (found.known, found.missed, found.alone, found.seconds) == (False, (), 0, None)
    assert found.problems
    (row,) = as_json([found], NOW, NOW)["dags"]
    assert (row["missed"], row["unpausing_alone_starts"], row["run"]) == (None, None, None)
    assert as_table([found], NOW, NOW).splitlines()[4].split()[:4] == ["d", "unknown", "unknown", "unknown"]


def test_what_its_scheduler_makes_itself_must_be_known_where_runs_are_queued():
    unknown = estate(dag("d", schedule=HOURLY, unknown=("catchup",)), runs=[ran("d")])
    for rules in (Rules(), Rules((Rule("d", Policy.RUN_ALL),)), Rules((Rule("d", Policy.RUN_LATEST),))):
        (problem,) = one(unknown, rules).problems
        assert problem.startswith("its catchup is unknown")
    assert one(unknown).alone is None
    assert not one(unknown).counted


def test_a_rule_of_a_tag_decides_nothing_where_tags_are_unknown():
    rules = Rules((Rule("tag:batch", Policy.SKIP), Rule("d", Policy.RUN_LATEST)))
    found = one(estate(dag("d", schedule=HOURLY, tags=("batch",), unknown=("tags",)), runs=[ran("d")]), rules)
    assert found.choice.policy is Policy.RUN_LATEST
    assert found.problems == (
        "its tags are unknown, so whether tag:batch fits is too: name it by its id, before that rule",
    )
    named = Rules((Rule("d", Policy.RUN_LATEST), Rule("tag:batch", Policy.SKIP)))
    assert one(estate(dag("d", schedule=HOURLY, unknown=("tags",)), runs=[ran("d")]), named).problems == ()
