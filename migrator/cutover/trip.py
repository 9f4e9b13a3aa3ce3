"""Open everything that a wave needs from a workspace: plan, environments, journal, lock."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.drains import DrainRule, Policy
from migrator.cutover.hooks import Hooks
from migrator.cutover.journal import Journal
from migrator.cutover.lock import Owner, locked
from migrator.cutover.parity import gate
from migrator.cutover.rehearse import rehearsal
from migrator.cutover.sides import Settings
from migrator.cutover.together import at_once
from migrator.cutover.wave import Trip
from migrator.environments.leftovers import withdraw
from migrator.inventory.needs import Needs, needs_of
from migrator.inventory.store import fingerprint, load
from migrator.plan.files import deployed_md5s
from migrator.plan.fresh import check_fresh
from migrator.plan.sound import check_sound
from migrator.plan.store import load as load_plan
from migrator.workspace.connect import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from migrator.cutover.journal import Act
    from migrator.cutover.parity import Gate
    from migrator.model.inventory import Inventory
    from migrator.workspace.wave_config import CutoverSection, DrainSection
    from migrator.workspace.workspace import Workspace


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


@contextmanager
def opened(
    workspace: Workspace,
    reason: str,
    say: Callable[[str], None],
    stop: Callable[[], bool],
    force_unlock: str | None = None,
    why: str = "",
) -> Iterator[Trip]:
    """A trip that may change things: it holds the lock of the target while the block runs.

    ``reason``: what it is about, for the lock; ``why``: the operator's own words, for the log.
    """
    with connected(workspace) as (source, target):
        owner = Owner.here(workspace.root, reason, utc_now())
        with locked(target.bucket, owner, say, force_unlock), source.agent.standing(), target.agent.standing():
            for side in (source, target):
                withdraw(side.bucket)
            journal = Journal(workspace.journal)
            try:
                yield Trip(
                    plan=load_plan(workspace.plan),
                    inventory=(inventory := load(workspace.inventory)),
                    needs=needs(workspace, inventory),
                    hooks=Hooks(**workspace.config.cutover.hooks.model_dump()),
                    parity=_gate(workspace, inventory),
                    source=source,
                    target=target,
                    journal=journal,
                    settings=settings(workspace.config.cutover),
                    clock=utc_now,
                    sleep=time.sleep,
                    together=at_once,
                    say=say,
                    stop=stop,
                    actor=f"{owner.user}@{owner.host}",
                    reason=why,
                    log=lambda act: write_act(workspace.acts, act),
                )
            finally:
                journal.close()


@contextmanager
def rehearsed(workspace: Workspace, say: Callable[[str], None], noted: list[tuple[str, str, str]]) -> Iterator[Trip]:
    """A trip that changes nothing; what it would change is appended to ``noted`` as (side, action, dag id)."""
    journal = Journal(None)
    with connected(workspace) as (source, target):
        try:
            yield Trip(
                plan=load_plan(workspace.plan),
                inventory=(inventory := load(workspace.inventory)),
                needs=needs(workspace, inventory),
                parity=_gate(workspace, inventory),
                source=rehearsal(source, "v1", noted),
                target=rehearsal(target, "v2", noted),
                journal=journal,
                settings=settings(workspace.config.cutover),
                clock=utc_now,
                sleep=time.sleep,
                together=at_once,
                say=say,
                stop=lambda: False,
                dry=True,
            )
        finally:
            journal.close()


def _gate(workspace: Workspace, inventory: Inventory) -> Gate:
    """The comparison of both sides, or one that lets everything pass where the configuration says so."""
    return gate(workspace, inventory) if workspace.config.cutover.verify else lambda _v1, _v2, _last: {}


def write_act(path: Path, act: Act) -> None:
    """Append one line of JSON to the log of who did what; it goes into git with the reports."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"schema_version": 1, **asdict(act)}) + "\n")


def needs(workspace: Workspace, inventory: Inventory) -> dict[str, Needs]:
    """What each DAG's file in v2's form names, as far as v1 has it: what v1 lacks, it can do without."""
    variables = frozenset(one.key for one in inventory.variables)
    connections = frozenset(one.conn_id for one in inventory.connections)
    found: dict[str, Needs] = {}
    for dag in inventory.dags:
        path = workspace.target_dags / dag.file
        if path.suffix == ".py" and path.is_file():
            all_of_it = needs_of(path.read_bytes().decode("utf-8", "replace"))
            found[dag.dag_id] = Needs(all_of_it.variables & variables, all_of_it.connections & connections)
    return found


def with_settings(trip: Trip, *, max_in_flight: int | None, run_missed: bool, unverified: bool = False) -> Trip:
    """The trip with what the command line asks for instead of what the configuration says."""
    asked = replace(
        trip.settings,
        max_in_flight=max_in_flight or trip.settings.max_in_flight,
        run_missed=run_missed or trip.settings.run_missed,
    )
    parity = trip.parity if not unverified else (lambda _v1, _v2, _last: {})
    return replace(trip, settings=asked, parity=parity)


def require_fresh(workspace: Workspace, wave: int) -> None:
    """StalePlanError unless the plan still describes the inventory and the files of the wave.

    RefusedError when the wave would part DAGs that must move together.
    """
    plan, inventory = load_plan(workspace.plan), load(workspace.inventory)
    check_fresh(plan, fingerprint(inventory), deployed_md5s(inventory, workspace.target_dags), wave)
    check_sound(plan, inventory, wave)


def settings(section: CutoverSection) -> Settings:
    """The configuration's seconds as durations."""
    return Settings(
        margin=timedelta(seconds=section.margin_seconds),
        settle=timedelta(seconds=section.settle_seconds),
        drain_timeout=timedelta(seconds=section.drain_timeout_seconds),
        last_tasks=timedelta(seconds=section.last_tasks_seconds),
        observe=timedelta(seconds=section.observe_seconds),
        poll=timedelta(seconds=section.poll_seconds),
        history=section.history,
        max_in_flight=section.max_in_flight,
        run_missed=section.run_missed,
        may_shift=section.may_shift,
        auto_rollback=section.auto_rollback,
        drains=tuple(_drain(pattern, rule, section) for pattern, rule in section.drain.items()),
    )


def _drain(pattern: str, rule: DrainSection, section: CutoverSection) -> DrainRule:
    seconds = section.drain_timeout_seconds if rule.seconds is None else rule.seconds
    return DrainRule(pattern, Policy(rule.policy), timedelta(seconds=seconds))
