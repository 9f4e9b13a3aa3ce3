"""What an attempt was begun with is in the journal, and nothing that is written afterwards changes what it does."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.completion import complete
from migrator.cutover.drains import DrainRule, Policy
from migrator.cutover.excerpt import Excerpt, PastRun, dumps, loads
from migrator.cutover.executor import StoppedError
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.offer import PAST, Files, offer
from migrator.cutover.taking_back import taking_back
from migrator.cutover.wave import cut_over, resume, roll_back
from migrator.cutover.whereabouts import with_carried
from migrator.errors import RefusedError, WorkspaceError
from migrator.inventory.needs import Needs
from migrator.model.dag import Schedule, ScheduleKind, Task
from migrator.model.plan import Edge, EdgeKind, Plan, Strength, Wave
from migrator.model.resources import Variable
from migrator.model.run import Run
from tests.cutover.harness import DAGS, LONG_AGO, MINUTE, PLANNED, SETTINGS, Harness
from tests.cutover.test_lifecycle import crash_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


HALF = 22
"""A crash with some DAGs paused in v1 and the child not yet."""


def shown(harness: Harness, moved: tuple[str, ...] = ()) -> Excerpt:
    """What a person would be asked about now."""
    return offer(Files(harness.plan, harness.inventory), 1, harness.settings, moved)


def replanned(harness: Harness, **changes: Any) -> None:
    """Write plan.json anew, with another first wave."""
    harness.plan = replace(harness.plan, waves=(replace(harness.plan.waves[0], **changes),))


def reversed_order(harness: Harness) -> None:
    """Parent after child, and nothing ties them."""
    dags = [replace(d, pause_after=("child",) * (d.dag_id == "parent")) for d in PLANNED]
    harness.plan = replace(harness.plan, waves=(Wave(1, "all", tuple(dags)),), edges=())


def unread(harness: Harness) -> None:
    """Neither file is there."""
    harness.plan = harness.inventory = None  # type: ignore[assignment]


def all_hourly(harness: Harness) -> None:
    """An inventory in which everything goes by another schedule."""
    hourly = Schedule(ScheduleKind.CRON, "0 * * * *")
    dags = tuple(replace(d, schedule=hourly, catchup=not d.catchup) for d in DAGS.values())
    harness.inventory = replace(harness.inventory, dags=dags, captured_at=harness.world.now)


def all_of_it(harness: Harness) -> None:
    """Another order, no ties, other schedules."""
    reversed_order(harness)
    all_hourly(harness)


def other_settings(harness: Harness) -> None:
    harness.settings = replace(SETTINGS, history=1, drains=(DrainRule("*", Policy.FREEZE, timedelta(0)),))


WRITTEN: dict[str, Callable[[Harness], None]] = {
    "another wave": lambda harness: replanned(harness, dags=PLANNED[:2]),
    "another number": lambda harness: replanned(harness, number=7),
    "no wave": lambda harness: setattr(harness, "plan", replace(harness.plan, waves=())),
    "the order reversed": reversed_order,
    "other schedules": all_hourly,
    "all of it": all_of_it,
    "other settings": other_settings,
    "no files": unread,
}


def the_order_was_kept(harness: Harness) -> None:
    order = harness.v1.order
    assert order.index("pause parent") < order.index("pause child")


@pytest.mark.parametrize("written", WRITTEN)
def test_what_is_written_between_a_kill_and_a_resume_changes_nothing(tmp_path: Path, written: str) -> None:
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, HALF)
    WRITTEN[written](harness)
    with closing(Journal(harness.path)) as journal:
        assert {r.state for r in resume(harness.trip(journal)).values()} == {State.OBSERVED}
    the_order_was_kept(harness)
    harness.verify(on_v2=True)


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("point", [HALF, 46, 10_000])
def test_what_is_written_before_a_rollback_changes_nothing(tmp_path: Path, written: str, point: int) -> None:
    harness = Harness(tmp_path / "journal.db")
    crash_at(harness, point)
    if written != "other settings":  # a way back is an attempt of its own, begun with today's settings
        WRITTEN[written](harness)
    harness.world.advance(MINUTE)
    with closing(Journal(harness.path)) as journal:
        roll_back(harness.trip(journal), 1)
    if "pause child" in harness.v2.order:
        assert harness.v2.order.index("pause parent") < harness.v2.order.index("pause child")
    harness.verify(on_v2=False)


@pytest.mark.parametrize("written", WRITTEN)
def test_what_is_written_before_a_wave_is_completed_changes_nothing(tmp_path: Path, written: str) -> None:
    harness = Harness(tmp_path / "journal.db")
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
        harness.world.advance(7 * MINUTE)
        WRITTEN[written](harness)
        assert set(complete(harness.trip(journal), 1, harness.ledger())) == set(DAGS)


def with_excerpt_changed(harness: Harness, change: Callable[[Excerpt], Excerpt]) -> None:
    with closing(Journal(harness.path)) as journal:
        attempt = journal.attempts()[-1]
        found = journal.excerpt(attempt)
    assert found is not None
    with closing(sqlite3.connect(harness.path)) as db, db:
        db.execute("UPDATE excerpts SET content = ? WHERE attempt = ?", (dumps(change(found)), attempt.id))


def test_it_is_the_excerpt_that_a_resume_goes_by(harness: Harness) -> None:
    """The other way round: what the excerpt says is what happens."""
    assert crash_at(harness, HALF)
    with_excerpt_changed(harness, lambda found: replace(found, settings=replace(found.settings, history=3)))
    with closing(Journal(harness.path)) as journal:
        records = resume(harness.trip(journal))
    assert len(records["minutely"].facts["carry"]) == 3


def test_a_dag_that_the_wave_did_not_finish_keeps_it_from_being_complete(harness: Harness) -> None:
    harness.v2.dags = {**DAGS, "minutely": replace(DAGS["minutely"])}
    refuse = harness.v2.carry_over

    def refuses(dags: dict[str, Any], past: str) -> dict[str, Any]:
        return refuse(dags, past) | ({"minutely": {"error": "it can't"}} if "minutely" in dags else {})

    harness.v2.carry_over = refuses  # type: ignore[method-assign]
    with closing(Journal(harness.path)) as journal:
        assert cut_over(harness.trip(journal), 1)["minutely"].state is State.BACKED_OUT
        harness.world.advance(7 * MINUTE)
        replanned(harness, dags=tuple(d for d in PLANNED if d.dag_id != "minutely"))
        with pytest.raises(RefusedError) as refused:
            complete(harness.trip(journal), 1, harness.ledger())
        assert "not cut over or not observed: minutely" in refused.value.why
        assert "minutely" not in complete(harness.trip(journal), 1, harness.ledger(), ["minutely"])


CHANGES: dict[str, tuple[Callable[[Harness], None], str]] = {
    "a DAG is gone": (lambda h: replanned(h, dags=PLANNED[1:]), "child: no longer moves"),
    "a DAG is new": (
        lambda h: replanned(h, dags=(*PLANNED, replace(PLANNED[0], dag_id="stranger"))),
        "stranger: moves too, and was not shown",
    ),
    "the order": (reversed_order, "child: pause_after: parent -> none"),
    "a tie is gone": (
        lambda h: setattr(h, "plan", replace(h.plan, edges=())),
        "no longer a tie: parent triggers child",
    ),
    "a tie is new": (
        lambda h: setattr(h, "plan", replace(h.plan, edges=(*h.plan.edges, _waits("eager", "delta")))),
        "a new tie: delta waits for eager",
    ),
    "a file": (
        lambda h: replanned(h, dags=(replace(PLANNED[0], file_md5="x"), *PLANNED[1:])),
        "child: file_md5: none -> x",
    ),
    "another number": (lambda h: replanned(h, number=7), "The plan has no wave 1"),
    "no plan": (unread, "can't be read"),
    "a schedule": (all_hourly, "minutely: schedule: * * * * * -> 0 * * * *"),
    "the inventory": (
        lambda h: setattr(h, "inventory", replace(h.inventory, captured_at=h.began + MINUTE)),
        "inventory.json: taken 2026-03-10 12:00:00 -> 2026-03-10 12:01:00",
    ),
    "a variable": (
        lambda h: setattr(h, "inventory", replace(h.inventory, variables=(Variable("region", "f", 2),))),
        "variables of the source, gone or new: region",
    ),
    "the settings": (other_settings, "settings: history: 10 -> 1"),
}


def _waits(upstream: str, consumer: str) -> Edge:
    return Edge(upstream, consumer, EdgeKind.WAITS_FOR, Strength.ORDERED, "wait")


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_written_between_the_question_and_the_lock_is_refused_with_the_difference(
    harness: Harness, name: str
) -> None:
    change, told = CHANGES[name]
    confirmed = shown(harness)
    change(harness)
    with closing(Journal(harness.path)) as journal:
        with pytest.raises(RefusedError) as refused:
            cut_over(harness.trip(journal), 1, confirmed)
        assert journal.attempts() == ()
        assert journal.acts() == ()
    assert refused.value.exit_code == 4
    assert told in refused.value.why
    assert set(harness.v1.paused.values()) == {False}
    assert harness.v1.order == []


def test_a_plan_that_is_the_same_again_is_what_was_confirmed(harness: Harness) -> None:
    confirmed = shown(harness)
    reworded = tuple(replace(d, reasons=("another word",), doubts=("a doubt",)) for d in PLANNED)
    other_wave = Wave(2, "later", (replace(PLANNED[0], dag_id="elsewhere"),))
    harness.plan = replace(harness.plan, waves=(replace(harness.plan.waves[0], dags=reworded), other_wave))
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1, confirmed)
    harness.verify(on_v2=True)


def test_what_somebody_else_moved_while_the_question_waited_is_refused(harness: Harness) -> None:
    confirmed = shown(harness)
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
        with pytest.raises(RefusedError, match="not what was confirmed"):
            cut_over(harness.trip(journal), 1, confirmed)
        confirmed_back = taking_back(journal, 1)
        roll_back(harness.trip(journal), 1)
        with pytest.raises(RefusedError, match="does not stand as it did") as refused:
            roll_back(harness.trip(journal), 1, confirmed_back)
    assert "in v2: child, delta, eager, minutely, once, parent -> none" in refused.value.why


def test_a_check_that_fails_once_the_lock_is_held_refuses_it(harness: Harness) -> None:
    def check(wave: int) -> None:
        raise RefusedError(f"stale {wave}", why="a file changed", fix="migrate plan")

    with closing(Journal(harness.path)) as journal:
        files = replace(harness.trip(journal).files(), check=check)
        with pytest.raises(RefusedError, match="stale 1"):
            cut_over(replace(harness.trip(journal), files=lambda: files), 1, shown(harness))
        assert journal.attempts() == ()


def test_another_environment_is_not_gone_on_with(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        context = replace(harness.trip(journal), sides=("v1", "v2"), stop=lambda: True)
        with pytest.raises(StoppedError):
            cut_over(context, 1)
        with pytest.raises(RefusedError, match="begun with the target v2, and migrate"):
            resume(replace(context, sides=("v1", "v3"), stop=lambda: False))
        resume(replace(context, stop=lambda: False))
    harness.verify(on_v2=True)


def test_what_was_moved_is_accounted_as_it_was_moved(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
        all_hourly(harness)
        assert {d.dag_id: d.schedule for d in with_carried(journal, harness.inventory.dags)} == {
            dag_id: dag.schedule for dag_id, dag in DAGS.items()
        }
        roll_back(harness.trip(journal), 1)
        assert with_carried(journal, harness.inventory.dags) == harness.inventory.dags


def full(harness: Harness) -> Excerpt:
    runs = tuple(
        Run("eager", f"s{n}", LONG_AGO + n * MINUTE, "success", True, started=LONG_AGO, ended=LONG_AGO + n * MINUTE)
        for n in range(PAST + 5)
    )
    manual = Run("eager", "by hand, with a token", LONG_AGO, "success", False)
    described = replace(DAGS["eager"], description="free text", owners=("anna",), tags=("x",))
    inventory = replace(
        harness.inventory, runs=(*runs, manual), dags=(described, *(d for i, d in DAGS.items() if i != "eager"))
    )
    settings = replace(SETTINGS, drains=(DrainRule("a*", Policy.WAIT, MINUTE),), accept={"dag eager: x": "by anna"})
    files = Files(harness.plan, inventory, {"eager": Needs(frozenset({"region"}), frozenset({"db"}))})
    return offer(files, 1, settings, ["once"], ("v1", "v2"))


def test_it_reads_back_as_it_was(harness: Harness) -> None:
    excerpt = full(harness)
    assert loads(dumps(excerpt)) == excerpt
    assert excerpt.moving == tuple(sorted(set(DAGS) - {"once"}))
    assert len(excerpt.past["eager"]) == PAST
    assert excerpt.past["eager"][-1] == PastRun(
        LONG_AGO + (PAST + 4) * MINUTE, "success", LONG_AGO, LONG_AGO + (PAST + 4) * MINUTE
    )
    assert excerpt.seconds["eager"] == 27 * 60
    eager = next(dag for dag in excerpt.known if dag.dag_id == "eager")
    assert (eager.schedule, eager.tasks[0].task_id) == (DAGS["eager"].schedule, "work")
    for text in ("free text", "by hand", "anna", "another word"):
        assert text not in dumps(replace(excerpt, settings=SETTINGS))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda found: {**found, "settings": {**found["settings"], "history": "many"}}, "settings.history"),
        (lambda found: {**found, "planned": []}, "does not say how child"),
        (lambda found: {name: one for name, one in found.items() if name != "known"}, "known"),
        (lambda found: {**found, "schema_version": 9}, "version 9; this program knows 1"),
    ],
)
def test_a_damaged_one_is_told_and_not_gone_by(
    harness: Harness, damage: Callable[[dict[str, Any]], dict[str, Any]], told: str
) -> None:
    assert crash_at(harness, HALF)
    with closing(sqlite3.connect(harness.path)) as db, db:
        (text,) = db.execute("SELECT content FROM excerpts").fetchone()
        db.execute("UPDATE excerpts SET content = ?", (json.dumps(damage(json.loads(text))),))
    with closing(Journal(harness.path)) as journal, pytest.raises(WorkspaceError) as error:
        resume(harness.trip(journal))
    assert told in str(error.value)


def test_it_works_from_the_copy_in_the_bucket(tmp_path: Path) -> None:
    """On another machine, which has the copy of the journal and neither plan nor inventory."""
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, HALF)
    with closing(Journal(harness.path)) as journal:
        copy = journal.snapshot()
    harness.path = tmp_path / "elsewhere" / "journal.db"
    harness.path.parent.mkdir()
    harness.path.write_bytes(copy)
    unread(harness)
    with closing(Journal(harness.path)) as journal:
        resume(harness.trip(journal))
    the_order_was_kept(harness)
    harness.verify(on_v2=True)


def test_a_task_says_only_what_a_cutover_asks_of_it(harness: Harness) -> None:
    task = Task("work", "x.Bash", pool="narrow", queue="q", downstream=("more",))
    harness.inventory = replace(
        harness.inventory, dags=tuple(replace(d, tasks=(task,)) if d.dag_id == "eager" else d for d in DAGS.values())
    )
    (eager,) = [dag for dag in shown(harness).known if dag.dag_id == "eager"]
    assert eager.tasks == (Task("work", "x.Bash", pool="narrow"),)


def test_a_plan_of_nothing_but_soft_ties_has_none(harness: Harness) -> None:
    soft = Edge("eager", "delta", EdgeKind.POOL, Strength.SOFT)
    harness.plan = Plan("f", "v1", "v2", harness.plan.waves, (soft, *harness.plan.edges))
    assert shown(harness).ties == (("parent", "child"),)
