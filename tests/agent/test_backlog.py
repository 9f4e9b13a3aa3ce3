"""A wave whose source no longer runs, into a real 2.10.5, whose own scheduler makes and ends the runs."""

from __future__ import annotations

import itertools
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from migrator.cutover.audit import audit, audit_of, told_runs
from migrator.cutover.backlog.rules import HalfDone, HalfDoneRule, Policy, Rule, Rules
from migrator.cutover.context import CutoverContext
from migrator.cutover.journal import Journal
from migrator.cutover.ledger import Entry, Phases
from migrator.cutover.machine import State
from migrator.cutover.offer import Files
from migrator.cutover.sides import Settings, runs_adapter
from migrator.cutover.wave import cut_over, resume, roll_back
from migrator.environments.gone import gone
from migrator.environments.ports import Answer, Environment
from migrator.errors import RefusedError
from migrator.inventory.store import fingerprint
from migrator.model.dag import Dag, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.history import History, HistoryRun, Source
from migrator.model.inventory import Inventory, Origin
from migrator.model.plan import Plan, PlannedDag, Wave
from migrator.model.run import Run
from migrator.report.audited import FORM, InOutage
from migrator.report.ledger import as_json

pytestmark = pytest.mark.airflow
SOAK = pytest.mark.soak

FACTS = EnvironmentFacts("e", "composer-2-airflow-2.10.5", "RUNNING", "b", "")
PERIOD = timedelta(hours=1)
MISSED = 4
KINDS = ("cron", "delta")
POLICIES = ("run-all", "run-latest", "skip", "from")
SHAPES = {"plain": (False, 16), "past": (True, 16), "one": (False, 1)}
DAGS = """
    from datetime import datetime, timedelta
    from airflow import DAG
    from airflow.operators.bash import BashOperator

    START = datetime.fromisoformat({start!r})
    SHAPES = {shapes!r}
    for kind, schedule in {{"cron": {cron!r}, "delta": timedelta(hours=1), "once": "@once"}}.items():
        for catchup in (True, False):
            for policy in {policies!r}:
                for shape, (past, most) in SHAPES.items():
                    name = "%s_%s_%s_%s" % (kind, "on" if catchup else "off", policy.replace("-", ""), shape)
                    dag = DAG(name, schedule=schedule, start_date=START, catchup=catchup, max_active_runs=most)
                    BashOperator(task_id="a", bash_command="true", dag=dag, depends_on_past=past) >> BashOperator(
                        task_id="b", bash_command="true", dag=dag
                    )
                    globals()[name] = dag
"""
SCHEDULER = """
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models import DagModel, DagRun, TaskInstance
from airflow.utils.session import create_session
from airflow.utils.sqlalchemy import prohibit_commit
runner = SchedulerJobRunner(Job())
with create_session() as session:
    session.add(runner.job)
    session.commit()
    with prohibit_commit(session) as guard:
        runner._create_dagruns_for_dags(guard, session)
        runner._start_queued_dagruns(session)
        guard.commit()
with create_session() as session:
    most = session.query(DagRun).filter(DagRun.state == "running").count()
    open_runs = session.query(DagRun).join(DagModel, DagModel.dag_id == DagRun.dag_id)
    open_runs = open_runs.filter(DagRun.state == "running", DagModel.is_paused.is_(False))
    for run in open_runs.order_by(DagRun.execution_date.desc()).all() if values["work"] else ():
        agent._instances(session, run).filter(TaskInstance.state.is_(None)).update(
            {"state": "success"}, synchronize_session=False
        )
        session.flush()
        runner._schedule_dag_run(run, session)
    result = most
"""
CLEAN = """
from airflow.models import DagModel, DagRun, TaskInstance
with agent.transaction() as session:
    session.query(TaskInstance).delete(synchronize_session=False)
    session.query(DagRun).delete(synchronize_session=False)
    session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
"""


class DiedError(BaseException):
    """The process ends here."""


class Bucket:
    def files(self, prefix=""):
        return []

    def write(self, path, data):
        pass


class Target:
    """The real 2.10.5: each call of its agent is a point at which the process may die."""

    def __init__(self, airflow):
        self.airflow, self.point = airflow, lambda: None
        self.most = 0

    def call(self, action, **params):
        self.point()
        answer = self.airflow.answer(action, **params)
        assert answer["ok"], answer
        self.point()
        return Answer(answer["result"], datetime.fromisoformat(answer["now"]), "2.10.5", "3.11")

    def standing(self):
        return nullcontext()

    def work(self, *, done=True):
        """One pass of the scheduler, and of a worker that ends what runs."""
        self.most = max(self.most, self.airflow.python(SCHEDULER, work=done))

    def runs(self):
        return runs_adapter().validate_python(
            self.call("runs", dag_ids=None, since="2020-01-01T00:00:00+00:00").result["runs"]
        )


class Estate:
    """A snapshot of an estate that ended a while ago, and the target with a plan of one wave."""

    def __init__(self, airflow, boundary, path, names, rules, runs=None):
        self.last, self.path, self.target = boundary - (MISSED + 1) * PERIOD, path, Target(airflow)
        self.boundary, self.start = boundary, self.last - 5 * PERIOD
        self.dags = {name: self._dag(name) for name in names}
        runs = [run for name in names for run in self._runs(name)] if runs is None else runs
        self.inventory = Inventory(
            self.last + 2 * PERIOD, replace(FACTS, name="v1"), "1.10.15", "3.8", tuple(self.dags.values()),
            runs=tuple(runs), origin=Origin.SNAPSHOT,
        )  # fmt: skip
        planned = tuple(PlannedDag(d, "f.py", "", paused_in_source=False, risk=0, reasons=()) for d in sorted(names))
        self.plan = Plan(fingerprint(self.inventory), "v1", "v2", (Wave(1, "all", planned),))
        self.rules = rules

    def _dag(self, name):
        kind, catchup, _, shape = name.split("_")
        schedule = {
            "cron": Schedule(ScheduleKind.CRON, cron_at(self.boundary)),
            "delta": Schedule(ScheduleKind.DELTA, seconds=PERIOD.total_seconds()),
            "once": Schedule(ScheduleKind.ONCE),
        }[kind]
        past, most = SHAPES[shape]
        tasks = tuple(Task(one, "BashOperator", depends_on_past=past and one == "a") for one in "ab")
        return Dag(
            name, "f.py", schedule, start_date=self.start, catchup=catchup == "on", max_active_runs=most, tasks=tasks
        )

    def _runs(self, name):
        if name.startswith("once"):
            return
        for ago in (1, 0):
            yield self.run(name, self.last - ago * PERIOD)

    def run(self, name, date, state="success", **more):
        ended = date + PERIOD + timedelta(seconds=30) if state == "success" else None
        return Run(
            name, f"scheduled__{date.isoformat()}", date, state, automated=True, interval_end=date + PERIOD,
            started=date + PERIOD, ended=ended, **more,
        )  # fmt: skip

    def context(self, journal, clock=lambda: datetime.now(UTC)):
        return CutoverContext(
            files=lambda: Files(self.plan, self.inventory, rules=self.rules),
            source=gone(self.inventory, clock), target=Environment(FACTS, Bucket(), self.target, None),
            journal=journal, clock=clock, sleep=lambda _: self.target.work(), say=print, stop=lambda: False,
            settings=Settings(settle=timedelta(0), observe=timedelta(0), poll=timedelta(seconds=1)),
            actor="ann@desk",
        )  # fmt: skip

    def cut_over(self):
        with closing(Journal(self.path)) as journal:
            return cut_over(self.context(journal), 1)

    def resume(self):
        with closing(Journal(self.path)) as journal:
            return resume(self.context(journal))

    def roll_back(self):
        with closing(Journal(self.path)) as journal:
            return roll_back(self.context(journal), 1)

    def ledger(self, since=None):
        with closing(Journal(self.path)) as journal:
            context = self.context(journal)
            return audit(self.inventory, journal, context.source, context.target, since, grace=timedelta(0))

    def settle(self):
        """Until the scheduler finds nothing to do."""
        for _ in range(3 * MISSED):
            self.target.work()

    def dates(self, name, *, carried=False):
        found = (run for run in self.target.runs() if run.dag_id == name and run.carried is carried)
        return [round((run.logical_date - self.last) / PERIOD) for run in found]


def names_of(kinds, shapes, policies=POLICIES):
    found = itertools.product(kinds, ("on", "off"), (one.replace("-", "") for one in policies), shapes)
    return ["_".join(parts) for parts in found]


RULES = Rules(
    (
        Rule("*_runall_*", Policy.RUN_ALL), Rule("*_runlatest_*", Policy.RUN_LATEST), Rule("*_skip_*", Policy.SKIP),
    ),
    at_once=16,
)  # fmt: skip
WANTED = {"runall": [1, 2, 3, 4], "runlatest": [4], "skip": [], "from": [3, 4]}


def cron_at(boundary):
    return f"{boundary.minute} * * * *"


@pytest.fixture(scope="module")
def boundary():
    """When the newest interval ended: no other one does while the tests of this file run."""
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=2)


@pytest.fixture(scope="module")
def parsed(v2, boundary):
    start = (boundary - (MISSED + 6) * PERIOD).isoformat()
    v2.write("f.py", DAGS.format(start=start, cron=cron_at(boundary), policies=POLICIES, shapes=SHAPES))
    return v2


@pytest.fixture
def estate(parsed, boundary, tmp_path):
    def make(names, runs=None, at_once=16):
        parsed.python(CLEAN)
        since = Rule("*_from_*", Policy.FROM, boundary - 2 * PERIOD)
        rules = replace(RULES, missed=(*RULES.missed, since), at_once=at_once)
        return Estate(parsed, boundary, tmp_path / "journal.db", names, rules, runs)

    return make


def check(found, names):
    """Each policy's intervals ran once each, the others are left out, and the ledger says so."""
    found.settle()
    for name in names:
        assert found.dates(name) == WANTED[name.split("_")[2]], name
    ledger = found.ledger()
    for line in ledger.dags:
        wanted = WANTED[line.dag_id.split("_")[2]]
        assert (line.duplicates, line.gaps, line.extras) == ((), (), ()), line
        assert (line.by_v2, len(line.left_out)) == (len(wanted), MISSED - len(wanted)), line
        assert line.phases == Phases(before=1, during=len(wanted), waiting=0, after=0), line
    assert ledger.clean
    kept = {line.dag_id: line.in_outage for line in FORM.adapter.validate_python(as_json(ledger)).dags}
    for name in names:
        ran = len(WANTED[name.split("_")[2]])
        assert kept[name] == InOutage(run=ran, skipped_by_decision=MISSED - ran, waiting=0)


@pytest.mark.parametrize(
    "shapes",
    [("plain",), pytest.param(("past",), marks=pytest.mark.soak), pytest.param(("one",), marks=pytest.mark.soak)],
)
def test_each_policy_runs_its_intervals_once_and_records_the_others(estate, shapes):
    names = names_of(KINDS, shapes)
    found = estate(names)
    records = found.cut_over()
    assert {record.state for record in records.values()} == {State.OBSERVED}
    check(found, names)


def test_runs_that_follow_each_other_do_so(estate):
    """With one active run at a time, and where each depends on the one before."""
    names = ["cron_on_runall_one", "cron_off_runall_one", "cron_on_runall_past", "cron_off_runall_past"]
    found = estate(names)
    found.cut_over()
    check(found, names)


@pytest.mark.parametrize("policy", ["runall", "skip"])
def test_once_that_never_ran_runs_or_is_left_out(estate, policy):
    name = f"once_on_{policy}_plain"
    found = estate([name])
    found.cut_over()
    found.settle()
    assert len(found.dates(name)) == (policy == "runall")
    (line,) = found.ledger().dags
    assert (line.gaps, len(line.left_out)) == ((), int(policy == "skip"))


def test_what_is_left_out_says_in_the_target_who_decided_it(estate):
    found = estate(["cron_on_skip_plain"])
    found.cut_over()
    marks = found.target.airflow.python("""
        from airflow.models import DagRun
        with agent.transaction() as session:
            rows = session.query(DagRun.conf).order_by(DagRun.execution_date)
            result = [conf["composer_migrator"].get("decided") for (conf,) in rows]
    """)
    assert marks[-MISSED:] == [{"by": "ann@desk", "policy": "skip", "because": "*_skip_*"}] * MISSED


def test_before_the_wave_nothing_is_missing(estate):
    ledger = estate(names_of(KINDS, ["plain"])).ledger()
    assert ledger.clean
    assert {(line.by_v1, line.pending) for line in ledger.dags} == {(1, MISSED)}


def test_an_interval_that_is_lost_or_runs_twice_is_found(estate):
    names = ["cron_off_runall_plain", "cron_off_runlatest_plain"]
    found = estate(names)
    found.cut_over()
    found.settle()
    found.target.airflow.python(
        """
        from airflow.models import DagRun, TaskInstance
        with agent.transaction() as session:
            date = agent.parse_date(values["date"])
            run = session.query(DagRun).filter_by(dag_id="cron_off_runall_plain", execution_date=date).one()
            agent._instances(session, run).delete(synchronize_session=False)
            session.delete(run)
        """,
        date=(found.last + 2 * PERIOD).isoformat(),
    )
    again = found.run("cron_off_runlatest_plain", found.last + MISSED * PERIOD)
    found.inventory = replace(found.inventory, runs=(*found.inventory.runs, again))
    ledger = found.ledger()
    lines = {line.dag_id: line for line in ledger.dags}
    assert [len(lines[name].gaps) for name in names] == [1, 0]
    assert [len(lines[name].duplicates) for name in names] == [0, 1]
    assert not ledger.clean


def test_a_history_that_nobody_knows_is_refused_and_nothing_is_changed(estate):
    found = estate(["cron_on_runall_plain"], runs=())
    found.inventory = replace(found.inventory, unknown=("runs",))
    with pytest.raises(RefusedError) as refused:
        found.cut_over()
    assert all(way in refused.value.why for way in ("--from-snapshot", "--from-folder", "--history"))
    assert found.target.runs() == ()


def of_folder(found, *runs):
    """The estate as a copy of its bucket tells of it."""
    unsure = tuple(replace(dag, unknown=("paused",)) for dag in found.dags.values())
    found.inventory = replace(
        found.inventory, dags=unsure, history=History(runs), origin=Origin.FOLDER, unknown=("runs",)
    )
    found.plan = replace(found.plan, inventory_fingerprint=fingerprint(found.inventory))


@pytest.mark.parametrize("source", [Source.INFERRED, pytest.param(Source.DECLARED, marks=SOAK)])
def test_once_that_ran_by_its_logs_is_not_missing(estate, source):
    found = estate(["once_on_runall_plain"], runs=())
    date = found.start
    of_folder(found, HistoryRun("once_on_runall_plain", date, None, "success", True, date, source=source))
    found.cut_over()
    found.settle()
    (line,) = found.ledger().dags
    assert found.dates(line.dag_id) == []
    assert (line.expected, line.gaps, line.duplicates, len(line.told)) == (0, (), (), 1)


@pytest.mark.parametrize("catchup", ["on", "off"])
def test_a_timedelta_goes_on_from_a_run_that_only_logs_tell_of(estate, catchup):
    name = f"delta_{catchup}_skip_plain"
    found = estate([name], runs=())
    of_folder(found, HistoryRun(name, found.last, None, "success", True, found.last + PERIOD, source=Source.INFERRED))
    (before,) = found.ledger().dags
    assert (before.pending, before.gaps) == (MISSED, ())
    found.cut_over()
    found.settle()
    (line,) = found.ledger().dags
    assert (len(line.left_out), line.gaps, line.expected) == (MISSED, (), 0)
    with closing(Journal(found.path.with_name("none.db"))) as journal:
        context = found.context(journal)
        (lost,) = audit_of([*found.dags.values()], journal, replace(context.source, last_seen=None), context.target,
                           found.last + PERIOD, timedelta(0), None, told_runs(found.inventory)).dags  # fmt: skip
    assert len(lost.gaps) == MISSED, "without the decision they are missing, not unseen"


def test_what_only_logs_tell_is_not_missing_from_an_older_date_on(estate):
    found = estate(["cron_off_runall_plain"], runs=())
    dates = [found.last - ago * PERIOD for ago in (2, 1, 0)]
    of_folder(
        found,
        *(
            HistoryRun("cron_off_runall_plain", d, None, "success", True, d + PERIOD, source=Source.INFERRED)
            for d in dates
        ),
    )
    found.cut_over()
    found.settle()
    (line,) = found.ledger(since=dates[0] + PERIOD / 2).dags
    assert (line.ran_once, line.gaps, len(line.told)) == (MISSED, (), 3)


@pytest.mark.parametrize("source", [Source.INFERRED, Source.DECLARED])
def test_a_last_run_that_no_database_recorded_is_gone_by_and_not_counted(estate, source):
    name = "cron_off_runall_plain"
    found = estate([name], runs=())
    one = HistoryRun(name, found.last, None, "success", True, found.last + PERIOD, source=source)
    of_folder(found, one)
    found.cut_over()
    found.settle()
    assert (found.dates(name, carried=True), found.dates(name)) == ([0], [1, 2, 3, 4])
    (line,) = found.ledger().dags
    assert (line.by_v1, line.by_v2, line.gaps, line.duplicates) == (0, MISSED, (), ())
    assert line.told == (Entry(found.last, (f"v1:{source}",)),)
    kept = FORM.adapter.validate_python(as_json(found.ledger()))
    assert (kept.summary.inferred, kept.summary.ran_once, len(kept.dags[0].inferred)) == (1, MISSED, 1)
    found.target.airflow.python(
        """
        from airflow.models import DagRun
        with agent.transaction() as session:
            for run in session.query(DagRun).filter_by(execution_date=agent.parse_date(values["date"])):
                run.conf = {}
        """,
        date=found.last.isoformat(),
    )
    (again,) = found.ledger().dags  # what was carried is now one that v2 ran itself
    assert [len(one.runs) for one in again.duplicates] == [2]
    assert f"v1:{source}" in again.duplicates[0].runs


def test_a_wave_is_not_resumed_from_a_source_that_runs_again(estate):
    found = estate(["cron_on_skip_plain"])
    assert _dies(found, 9, found.cut_over)
    with closing(Journal(found.path)) as journal:
        context = found.context(journal)
        with pytest.raises(RefusedError, match="when the source no longer ran"):
            resume(replace(context, source=replace(context.source, last_seen=None)))
        with pytest.raises(RefusedError, match="another inventory"):
            resume(replace(context, source=replace(context.source, last_seen=found.last)))
    found.resume()
    check(found, ["cron_on_skip_plain"])
    with closing(Journal(found.path)) as journal:
        context = found.context(journal)
        with pytest.raises(RefusedError, match="when the source no longer ran"):
            roll_back(replace(context, source=replace(context.source, last_seen=None)), 1)


def test_a_source_that_runs_after_all_stops_the_wave_and_is_no_hindrance_to_its_rollback(estate):
    def two_masters():
        raise RefusedError("two masters", why="it runs", fix="look")

    found = estate(["cron_on_skip_plain"])
    plain = found.context
    found.context = lambda journal: replace(plain(journal), refuse_living=two_masters)
    with pytest.raises(RefusedError, match="two masters"):
        found.cut_over()
    assert found.target.runs() == ()
    found.context = plain
    assert _dies(found, 9, found.cut_over)
    found.context = lambda journal: replace(plain(journal), refuse_living=two_masters)
    with pytest.raises(RefusedError, match="two masters"):
        found.resume()
    found.roll_back()
    assert found.target.runs() == ()


@pytest.mark.parametrize("policy", [HalfDone.RERUN, HalfDone.SKIP, HalfDone.CONTINUE])
@pytest.mark.parametrize("name", ["cron_on_runall_plain", "cron_off_runall_plain", "cron_on_skip_plain"])
def test_a_run_that_was_under_way_goes_by_its_policy(estate, name, policy):
    found = estate([name], runs=())
    half = found.run(name, found.last + PERIOD, "running", tasks={"a": "success", "b": "running"})
    found.inventory = replace(found.inventory, runs=(found.run(name, found.last), half))
    with pytest.raises(RefusedError, match="cannot be cut over") as refused:
        found.cut_over()
    assert "b=running" in refused.value.why
    found.rules = replace(found.rules, half_done=(HalfDoneRule("*", policy),))
    found.cut_over()
    if policy is HalfDone.CONTINUE:
        tasks = {run.logical_date: run.tasks for run in found.target.runs() if not run.carried}
        assert tasks[half.logical_date]["a"] == "success"
    found.settle()
    rest = [] if "skip" in name else [2, 3, 4]
    assert found.dates(name) == [1] * (policy is not HalfDone.SKIP) + rest
    ledger = found.ledger()
    assert ledger.clean, ledger
    assert len(ledger.dags[0].left_out) == (policy is HalfDone.SKIP) + 3 - len(rest)


def test_no_more_runs_are_at_work_than_may_be(estate):
    names = [f"cron_{catchup}_runall_{shape}" for catchup in ("on", "off") for shape in ("plain", "past", "one")]
    found = estate(names, at_once=MISSED)
    found.cut_over()
    assert 0 < found.target.most <= MISSED
    check(found, names)


def test_a_rollback_leaves_v2_as_it_was_and_the_wave_may_be_cut_over_again(estate):
    names = names_of(KINDS, ["plain"])
    found = estate(names)
    found.cut_over()
    began = {name: found.dates(name) for name in names}
    found.roll_back()
    rows = found.target.airflow.call("observe", dag_ids=names, history=10)
    assert {row["paused"] for row in rows.values()} == {True}
    assert [run for name in names for run in rows[name]["active"]] == []
    assert all(found.dates(name, carried=True) == [] for name in names)
    assert {name: found.dates(name) for name in names} == began, "what ran, ran"
    assert found.ledger().clean
    found.cut_over()
    check(found, names)


@pytest.mark.parametrize("name", ["cron_on_runall_plain", "cron_off_runall_plain"])
def test_a_rollback_at_once_takes_away_what_did_not_begin(estate, name):
    found = estate([name])
    with closing(Journal(found.path)) as journal:
        context = found.context(journal)
        settings = replace(context.settings, observe=-timedelta(minutes=1))  # no first run is waited for
        cut_over(replace(context, sleep=lambda _: None, settings=settings), 1)
    assert len(found.dates(name)) == (MISSED if "off" in name else 0)
    found.roll_back()
    assert found.target.runs() == ()
    found.cut_over()
    check(found, [name])


POINTS = 12


@pytest.mark.parametrize("part", [pytest.param(part, marks=() if part == 3 else SOAK) for part in range(POINTS)])
@pytest.mark.parametrize("way", ["forward", "back"])
def test_a_death_at_any_point_is_resumed(estate, part, way):
    """At each write of the journal, and before and after each call of the real agent; a slice of them by default."""
    names = ["cron_on_from_plain", "cron_off_runall_plain", "delta_off_runlatest_plain", "delta_on_skip_plain"]
    found = estate(names)
    deaths = 0
    for point in range(part, 200, POINTS):
        found.path.unlink(missing_ok=True)
        found.target.airflow.python(CLEAN)
        found.target.point = lambda: None
        if way == "back":
            found.cut_over()
        if not _dies(found, point, found.cut_over if way == "forward" else found.roll_back):
            break
        deaths += 1
        with closing(Journal(found.path)) as journal:
            opened = journal.open_attempt() is not None
        if opened:
            found.resume()
        elif way == "back":
            found.roll_back()
        if way == "back" or not opened:
            assert all(found.dates(name, carried=True) == [] for name in names)
            found.cut_over()
        check(found, names)
    assert deaths


def _dies(found, point, act):
    """Whether it died at that point."""
    passed = itertools.count()

    def step():
        if next(passed) == point:
            raise DiedError

    found.target.point = step
    write = Journal.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "write", lambda *arguments: (write(*arguments), step()))
        try:
            act()
        except DiedError:
            return True
        finally:
            found.target.point = lambda: None
    return False
