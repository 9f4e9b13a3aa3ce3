"""Open everything that a wave needs from a workspace: environments, journal, lock, and its files when asked for."""

from __future__ import annotations

import json
import time
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from migrator.cutover.backlog.configured import rules_of
from migrator.cutover.callers import require_answers
from migrator.cutover.context import CutoverContext
from migrator.cutover.drains import DrainRule, Policy
from migrator.cutover.hooks import Hooks
from migrator.cutover.journal import Journal
from migrator.cutover.lock import Owner, locked
from migrator.cutover.offer import Files, find_wave
from migrator.cutover.parity import gate
from migrator.cutover.rehearse import rehearsal
from migrator.cutover.sides import Settings
from migrator.cutover.together import at_once
from migrator.environments.leftovers import withdraw
from migrator.errors import RefusedError, UsageError
from migrator.inventory.alive import refuse_living
from migrator.inventory.needs import Needs, needs_of
from migrator.inventory.reach import is_gone, reached
from migrator.inventory.store import fingerprint, load
from migrator.model.text import listed
from migrator.plan.files import deployed_md5s
from migrator.plan.fresh import check_fresh
from migrator.plan.sound import check_sound
from migrator.plan.store import load as load_plan
from migrator.reading import read_code
from migrator.scrub.text import scrub
from migrator.workspace.private import make_folder
from migrator.workspace.workspace import reopened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from migrator.cutover.journal import Act
    from migrator.cutover.parity import Gate
    from migrator.environments.ports import Environment
    from migrator.model.inventory import Inventory
    from migrator.model.run import Run
    from migrator.workspace.config import Config
    from migrator.workspace.section import Section
    from migrator.workspace.wave_config import CutoverSection, DrainSection
    from migrator.workspace.workspace import Workspace

ENVIRONMENTS = ("source", "target")
"""Sections of which only the names of what changed are told."""


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
) -> Iterator[CutoverContext]:
    """What a command needs that may change things: it holds the lock of the target while the block runs.

    ``reason``: what it is about, for the lock; ``why``: the operator's own words, for the log. RefusedError when
    migrate.toml is not what the command began with, as it may have asked something meanwhile.
    """
    with reached(workspace) as (source, target):
        owner = Owner.here(workspace.root, reason, utc_now())
        with locked(target.bucket, owner, say, force_unlock), source.agent.standing(), target.agent.standing():
            refuse_changed_settings(workspace)
            for side in (source, target):
                withdraw(side.bucket)
            with closing(Journal(workspace.journal)) as journal:
                yield CutoverContext(
                    files=cache(lambda: read_files(workspace)),
                    hooks=Hooks(**workspace.config.cutover.hooks.model_dump()),
                    parity=_gate(workspace, journal),
                    source=source,
                    target=target,
                    sides=sides(workspace),
                    journal=journal,
                    settings=settings(workspace.config),
                    clock=utc_now,
                    sleep=time.sleep,
                    together=at_once,
                    say=say,
                    stop=stop,
                    actor=f"{owner.user}@{owner.host}",
                    reason=scrub(why),
                    log=lambda act: write_act(workspace.acts, act),
                    refuse_living=lambda: refuse_living(workspace),
                )


@contextmanager
def rehearsed(
    workspace: Workspace, files: Files, say: Callable[[str], None], noted: list[tuple[str, str, str]]
) -> Iterator[CutoverContext]:
    """What changes nothing; what it would change is appended to ``noted`` as (side, action, dag id)."""
    with closing(Journal(None)) as journal, reached(workspace) as (source, target):
        yield CutoverContext(
            files=lambda: files,
            parity=_gate(workspace, journal),
            source=rehearsal(source, "v1", noted),
            target=rehearsal(target, "v2", noted),
            sides=sides(workspace),
            journal=journal,
            settings=settings(workspace.config),
            clock=utc_now,
            sleep=time.sleep,
            together=at_once,
            say=say,
            stop=lambda: False,
            dry=True,
            refuse_living=lambda: refuse_living(workspace),
        )


def read_files(workspace: Workspace) -> Files:
    """The plan and the inventory as they are now; WorkspaceError when one of them is missing or damaged."""
    plan, inventory = load_plan(workspace.plan), load(workspace.inventory)

    def check(wave: int) -> None:
        check_fresh(plan, fingerprint(inventory), deployed_md5s(inventory, workspace.target_dags), wave)
        check_sound(plan, inventory, wave)
        require_answers(find_wave(plan, wave), inventory, workspace.config.plan.callers)

    rules = rules_of(workspace.config.cutover.backlog) if is_gone(workspace) else None
    return Files(plan, inventory, needs(workspace, inventory), check, rules)


def sides(workspace: Workspace) -> tuple[str, str]:
    """The names of source and target in migrate.toml, empty where it names none."""
    source, target = workspace.config.source, workspace.config.target
    return source.environment if source else "", target.environment if target else ""


def refuse_changed_settings(workspace: Workspace) -> None:
    """RefusedError that names what was changed in migrate.toml since it was read, of what a cutover goes by."""
    before = workspace.config
    try:
        now = reopened(workspace).config
    except UsageError as error:
        raise _refused([f"{error.what}: {error.why}"]) from error
    lines = [
        f"{section}.{name}: {old} -> {new}" if section not in ENVIRONMENTS else f"{section}.{name}"
        for section in (*ENVIRONMENTS, "cutover", "verify", "plan")
        for name, old, new in _changed(getattr(before, section), getattr(now, section))
    ]
    if lines:
        raise _refused(lines)


def _refused(lines: list[str]) -> RefusedError:
    return RefusedError(
        "migrate.toml was changed while the command ran, so nothing was changed in the environments.",
        why=listed(["since it began:", *lines]),
        fix="look at it (git diff migrate.toml), then run the same command again",
    )


def _changed(before: Section | None, now: Section | None) -> Iterator[tuple[str, object, object]]:
    old, new = (one.model_dump() if one else {} for one in (before, now))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _gate(workspace: Workspace, journal: Journal) -> Gate:
    """The comparison of both sides, by what the open attempt was begun with."""

    def compare(source: Environment, target: Environment, last: Mapping[str, Run | None]) -> Mapping[str, str]:
        attempt = journal.open_attempt()
        excerpt = journal.excerpt(attempt) if attempt else None
        if excerpt is None:
            return {}
        names = {"variables": excerpt.variables, "connections": excerpt.connections}
        return gate(workspace, names, excerpt.settings.accept)(source, target, last)

    return compare


def write_act(path: Path, act: Act) -> None:
    """Append one line of JSON to the log of who did what; it goes into git with the reports."""
    make_folder(path.parent)
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
            all_of_it = needs_of(read_code(path).decode("utf-8", "replace"))
            found[dag.dag_id] = Needs(all_of_it.variables & variables, all_of_it.connections & connections)
    return found


def asked(
    base: Settings, *, max_in_flight: int | None = None, run_missed: bool = False, unverified: bool = False
) -> Settings:
    """The settings with what the command line asks for instead of what the configuration says."""
    return replace(
        base,
        max_in_flight=max_in_flight or base.max_in_flight,
        run_missed=run_missed or base.run_missed,
        verify=base.verify and not unverified,
    )


def settings(config: Config) -> Settings:
    """What migrate.toml says of a cutover; its seconds as durations."""
    section = config.cutover
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
        verify=section.verify,
        accept=config.verify.accept,
        drains=tuple(_drain(pattern, rule, section) for pattern, rule in section.drain.items()),
    )


def _drain(pattern: str, rule: DrainSection, section: CutoverSection) -> DrainRule:
    seconds = section.drain_timeout_seconds if rule.seconds is None else rule.seconds
    return DrainRule(pattern, Policy(rule.policy), timedelta(seconds=seconds))
