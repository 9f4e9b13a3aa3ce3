"""The ledger can fail: each kind of trouble is found, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from migrator.cutover.ledger import Moved, Window, account
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.run import Run

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(minutes=10), timedelta(minutes=2))
LONG_AGO = START - timedelta(days=1)
MINUTELY = Dag("m", "m.py", Schedule(ScheduleKind.CRON, "* * * * *"), start_date=LONG_AGO, catchup=False)
DELTA = Dag("d", "d.py", Schedule(ScheduleKind.DELTA, seconds=120), start_date=START - timedelta(days=1))


def at(minute):
    return START + timedelta(minutes=minute)


def run(minute, dag_id="m", **more):
    date = at(minute)
    fields = {"run_id": f"scheduled__{date.isoformat()}", "state": "success", "automated": True, "started": date}
    return Run(dag_id, logical_date=date, **(fields | more))


def line(dags, v1=(), v2=(), moving=(), off=(0, 10)):
    moves = {dag.dag_id: (Moved(at(off[0]), at(off[1]), "v2"),) for dag in dags}
    window = replace(WINDOW, moving=frozenset(moving), moves=moves)
    return account(dags, v1, v2, window).dags[0]


V1, V2 = [run(m) for m in range(5)], [run(m) for m in range(5, 10)]


def test_each_interval_once_over_both_sides_is_clean():
    found = line([MINUTELY], V1, V2)
    assert (found.expected, found.ran_once, found.by_v1, found.by_v2) == (10, 10, 5, 5)
    assert account([MINUTELY], V1, V2, WINDOW).clean


def test_the_same_interval_on_both_sides_is_a_duplicate_that_names_both_runs():
    found = line([MINUTELY], V1, [run(4), *V2])
    assert [entry.logical_date for entry in found.duplicates] == [at(4)]
    assert [name[:3] for name in found.duplicates[0].runs] == ["v1:", "v2:"]
    assert not account([MINUTELY], V1, [run(4), *V2], WINDOW).clean


def test_a_carried_over_run_did_no_work_and_is_not_counted():
    found = line([MINUTELY], V1, [run(4, carried=True), *V2])
    assert (found.ran_once, found.duplicates) == (10, ())


def test_a_missing_interval_is_a_gap():
    found = line([MINUTELY], V1, V2[1:])
    assert [entry.logical_date for entry in found.gaps] == [at(5)]
    assert found.expected == 10
    assert found.ran_once == 9


def test_an_interval_that_only_a_carried_over_run_stands_for_is_a_gap():
    found = line([MINUTELY], V1[:4], [run(4, carried=True), *V2])
    assert [entry.logical_date for entry in found.gaps] == [at(4)]


def test_an_interval_within_the_grace_time_is_pending_not_missing():
    found = line([MINUTELY], V1, V2[:-2])
    assert (found.pending, found.gaps, found.expected) == (2, (), 8)


def test_a_run_that_only_waits_in_the_queue_has_not_run():
    found = line([MINUTELY], V1, [run(5, state="queued"), *V2[1:]])
    assert (found.pending, found.ran_once, found.gaps) == (1, 9, ())


def test_a_dag_on_the_move_may_be_behind_but_not_double():
    behind = line([MINUTELY], V1, (), moving={"m"})
    assert (behind.pending, behind.gaps) == (5, ())
    double = line([MINUTELY], V1, [run(4)], moving={"m"})
    assert len(double.duplicates) == 1


def test_a_run_off_the_grid_is_an_extra():
    found = line([MINUTELY], V1, [*V2, run(5.5)])
    assert [entry.logical_date for entry in found.extras] == [at(5.5)]


def test_runs_from_before_the_window_are_not_its_business():
    found = line([MINUTELY], [run(-3, started=at(-3)), run(-2), *V1], V2)
    assert (found.expected, found.ran_once, found.extras) == (10, 10, ())


def test_an_old_interval_that_v2_ran_again_is_a_duplicate():
    daily = Dag("m", "m.py", Schedule(ScheduleKind.CRON, "0 3 * * *"), start_date=START - timedelta(days=9))
    found = line([daily], [run(-9 * 60, started=at(-500))], [run(-9 * 60, started=at(3))])
    assert [entry.logical_date for entry in found.duplicates] == [at(-9 * 60)]


def test_an_old_interval_that_only_one_side_ran_is_nobodys_fault():
    daily = Dag("m", "m.py", Schedule(ScheduleKind.CRON, "0 3 * * *"), start_date=START - timedelta(days=9))
    found = line([daily], [], [run(-9 * 60, started=at(3))])
    assert (found.duplicates, found.gaps, found.extras) == ((), (), ())


def test_what_a_side_left_out_by_itself_is_skipped_and_what_a_move_left_out_is_a_gap():
    holes, later = [run(m) for m in (0, 2, 3)], [run(m) for m in (5, 6, 8, 9)]
    found = line([MINUTELY], holes, later, off=(5, 5))
    assert [entry.logical_date for entry in found.skipped] == [at(1), at(7)]
    assert [entry.logical_date for entry in found.gaps] == [at(4)]
    assert (found.expected, found.ran_once) == (8, 7)


def test_what_was_lost_while_it_was_off_is_a_gap_however_late_the_next_run_is():
    found = line([MINUTELY], [run(0), run(1)], [run(8, started=at(9)), run(9)], off=(2, 3))
    assert [entry.logical_date for entry in found.gaps] == [at(m) for m in range(2, 8)]
    assert len(line([MINUTELY], [run(0), run(1)], [run(8), run(9)], off=(1, 2)).gaps) == 6
    assert line([MINUTELY], [], [run(0), run(1), run(8), run(9)], off=(0, 0)).gaps == ()


@pytest.mark.parametrize(
    ("v2", "skipped", "gaps"),
    [
        ((7, 8, 9), (5, 6), ()),  # v1 itself would have run the newest of the three that it was behind by
        ((8, 9), (5, 6), (7,)),
        ((7, 9), (5, 6), (8,)),  # came due while it was off
    ],
)
def test_a_move_answers_for_the_newest_of_what_was_due_before_it(v2, skipped, gaps):
    moved = (Moved(at(8.6), at(9.2), "v2"),)
    runs = [run(m, started=at(9.3)) for m in v2]
    found = account([MINUTELY], V1, runs, replace(WINDOW, until=at(12), moves={"m": moved})).dags[0]
    assert [entry.logical_date for entry in found.skipped] == [at(m) for m in skipped]
    assert [entry.logical_date for entry in found.gaps] == [at(m) for m in gaps]


def test_what_the_new_side_leaves_out_after_a_run_of_its_own_is_skipped_and_before_one_a_gap():
    moved = (Moved(at(4.4), at(5.5), "v2"),)
    window = replace(WINDOW, moves={"m": moved})
    queued_by_the_move = run(4, started=at(5.4))
    found = account([MINUTELY], V1[:4], [queued_by_the_move, run(6), *V2[2:]], window).dags[0]
    assert ([e.logical_date for e in found.skipped], found.gaps) == ([at(5)], ())
    found = account([MINUTELY], V1, [run(6), *V2[2:]], window).dags[0]
    assert (found.skipped, [e.logical_date for e in found.gaps]) == ((), [at(5)])


@pytest.mark.parametrize("lost", [False, True])
def test_in_the_night_in_which_the_clock_changes_1_10_has_points_of_its_own(lost):
    """Every six hours in Paris: 1.10 makes two runs of the seven hours that are one interval in 2.10."""
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    schedule = Schedule(ScheduleKind.CRON, "0 */6 * * *", timezone="Europe/Paris")
    dag = Dag("m", "m.py", schedule, start_date=LONG_AGO, catchup=True)
    points = [midnight + timedelta(hours=hours) for hours in (-6, 0, 6, 7, 13, 19)]
    runs = [
        Run("m", f"scheduled__{start}", start, "success", True, end, started=end, ended=end)
        for start, end in pairwise(points)
        if start != midnight or not lost
    ]
    found = account([dag], runs, [], Window(midnight, points[-1] + timedelta(hours=1))).dags[0]
    assert [entry.logical_date for entry in found.gaps] == [midnight] * lost
    assert (found.duplicates, found.extras) == ((), ())


def test_a_dag_with_catchup_skips_nothing():
    eager = replace(MINUTELY, catchup=True)
    assert [e.logical_date for e in line([replace(eager)], [run(0), *V1[2:]], V2, off=(9, 9)).gaps] == [at(1)]


def test_a_dag_with_catchup_that_works_on_its_backlog_is_pending_until_it_stops():
    eager = replace(MINUTELY, catchup=True)
    at_work = line([eager], V1, [run(5, state="running")])
    assert (at_work.pending, at_work.gaps) == (4, ())
    stopped = line([eager], V1, [run(5, ended=at(6))])
    assert (stopped.pending, len(stopped.gaps)) == (2, 2)


def test_a_timedelta_whose_phase_moved_shows_a_gap_and_an_extra():
    good = [run(m, "d") for m in (-2, 0, 2, 4)]
    moved = [run(7, "d")]
    found = line([DELTA], good, moved)
    assert [entry.logical_date for entry in found.gaps] == [at(6)]
    assert [entry.logical_date for entry in found.extras] == [at(7)]


def test_a_deliberately_paused_dag_owes_nothing_but_may_not_run():
    paused = Dag("m", "m.py", MINUTELY.schedule, start_date=MINUTELY.start_date, paused=True)
    assert line([paused], [run(-60)], []).expected == 0
    assert len(line([paused], [], [run(3)]).extras) == 1


@pytest.mark.parametrize(("v2", "duplicates"), [([], 0), ([run(1, "o")], 1)])
def test_once_means_once_over_both_sides_and_all_time(v2, duplicates):
    once = Dag("o", "o.py", Schedule(ScheduleKind.ONCE), start_date=at(1))
    found = line([once], [run(1, "o", started=at(-5000))], v2)
    assert (found.expected, len(found.duplicates)) == (1, duplicates)


def test_once_that_never_ran_is_a_gap():
    once = Dag("o", "o.py", Schedule(ScheduleKind.ONCE), start_date=at(1))
    assert len(line([once]).gaps) == 1


def parent_and_child():
    task = Task("go", "x.TriggerDagRunOperator", reference=Reference(ReferenceKind.TRIGGERS, "c"))
    parent = Dag("p", "p.py", Schedule(ScheduleKind.CRON, "*/2 * * * *"), tasks=(task,))
    return Dag("c", "c.py", Schedule(ScheduleKind.NONE)), parent


def triggered(minute):
    return run(minute, "c", run_id=f"trig__{minute}", automated=False)


def test_each_trigger_has_one_triggered_run():
    child, parent = parent_and_child()
    v1 = [run(0, "p", tasks={"go": "success"}), triggered(1)]
    v2 = [run(4, "p", tasks={"go": "success"}), triggered(5)]
    found = line([child, parent], v1, v2)
    assert (found.dag_id, found.expected, found.ran_once, found.gaps) == ("c", 2, 2, ())


def test_a_trigger_that_no_run_came_of_is_a_gap():
    child, parent = parent_and_child()
    found = line(
        [child, parent], [run(0, "p", tasks={"go": "success"}), run(2, "p", tasks={"go": "success"})], [triggered(3)]
    )
    assert (found.expected, len(found.gaps)) == (2, 1)


def test_a_trigger_that_failed_asks_for_no_run():
    child, parent = parent_and_child()
    assert line([child, parent], [run(0, "p", tasks={"go": "failed"})], []).expected == 0


def test_a_run_that_nobody_triggered_is_an_extra():
    child, parent = parent_and_child()
    found = line([child, parent], [run(0, "p", tasks={"go": "success"}), triggered(1)], [triggered(5)])
    assert (found.expected, [entry.runs for entry in found.extras]) == (1, [("v2:trig__5",)])


@pytest.mark.parametrize(
    ("began", "ended", "state"), [(8, None, "running"), (-1, 1, "success")], ids=["at work now", "before the window"]
)
def test_a_parent_that_may_have_triggered_excuses_one_run(began, ended, state):
    child, parent = parent_and_child()
    asking = run(
        began, "p", state="running" if ended is None else "success", tasks={"go": state}, ended=ended and at(ended)
    )
    found = line([child, parent], [asking, triggered(9)])
    assert (found.expected, found.ran_once, found.extras) == (1, 1, ())
    assert line([child, parent], [asking]).gaps == ()


@pytest.mark.parametrize("kind", [ScheduleKind.DATASET, ScheduleKind.OTHER])
def test_what_the_ledger_cannot_account_for_is_said(kind):
    assert "NOT accounted" in line([Dag("x", "x.py", Schedule(kind))]).note
