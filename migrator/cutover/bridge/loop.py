"""Run passes of the bridge: one, or one after the other until told to stop, through outages."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.cutover.bridge.edges import find_waits, split
from migrator.cutover.bridge.mirror import Status, serve
from migrator.cutover.journal import Journal
from migrator.cutover.whereabouts import carried_dags, in_motion, on_target, with_carried
from migrator.errors import AgentError, UnreachableError
from migrator.inventory.reach import living_source
from migrator.inventory.store import load
from migrator.plan.store import load as load_plan
from migrator.workspace.connect import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from migrator.cutover.bridge.edges import Split, Wait
    from migrator.cutover.bridge.mirror import Served
    from migrator.environments.ports import Agent, Environment
    from migrator.model.dag import Dag
    from migrator.workspace.workspace import Workspace

MOST_SECONDS = 300.0
"""The longest pause between two tries while an environment does not answer."""


@dataclass(frozen=True, slots=True)
class Estate:
    """What the bridge began with: the DAGs of the inventory, and the ids of those that the plan holds."""

    dags: tuple[Dag, ...]
    planned: frozenset[str]


def estate_of(workspace: Workspace) -> Estate:
    """The estate as plan and inventory have it now; WorkspaceError when there is no plan or no inventory."""
    plan, inventory = load_plan(workspace.plan), load(workspace.inventory)
    return Estate(inventory.dags, frozenset(dag.dag_id for wave in plan.waves for dag in wave.dags))


def waits_now(workspace: Workspace, estate: Estate) -> tuple[Wait, ...]:
    """The waits between its DAGs; of those that were moved, what their attempts were begun with counts."""
    with _journal(workspace) as journal:
        return _waits(journal, estate)


def _waits(journal: Journal, estate: Estate) -> tuple[Wait, ...]:
    return find_waits(with_carried(journal, estate.dags), estate.planned | carried_dags(journal).keys())


def split_now(workspace: Workspace, estate: Estate) -> tuple[Split, ...]:
    """The waits whose two ends the journal knows in different environments."""
    with _journal(workspace) as journal:
        return split(_waits(journal, estate), on_target(journal))


def moving_now(workspace: Workspace) -> frozenset[str]:
    """The DAGs that a wave is moving."""
    with _journal(workspace) as journal:
        return in_motion(journal)


@contextmanager
def _journal(workspace: Workspace) -> Iterator[Journal]:
    """The journal, opened anew: a wave may have gone on since."""
    with closing(Journal(workspace.journal if workspace.journal.exists() else None)) as journal:
        yield journal


def _living(workspace: Workspace) -> Environment:
    return living_source(workspace, "there is nothing to mirror: move its DAGs with migrate cutover")


@contextmanager
def agents(workspace: Workspace) -> Iterator[tuple[Agent, Agent]]:
    """Both agents, each with one command that stays."""
    with connected(workspace, _living) as (source, target), source.agent.standing(), target.agent.standing():
        yield source.agent, target.agent


def one_pass(workspace: Workspace, estate: Estate) -> tuple[Served, ...]:
    """Serve what is split now, once; nothing is asked of the environments when nothing is."""
    splits = split_now(workspace, estate)
    if not splits:
        return ()
    with agents(workspace) as (v1, v2):
        return serve(v1, v2, splits, lambda: moving_now(workspace))


def keep(
    passes: Callable[[], AbstractContextManager[Callable[[], tuple[Served, ...]]]],
    every: float,
    sleep: Callable[[float], None],
    stop: Callable[[], bool],
    tell: Callable[[tuple[Served, ...]], None],
    say: Callable[[str], None],
) -> None:
    """Pass after pass, ``every`` so many seconds, until ``stop``; ``passes`` connects and gives what serves once.

    While an environment does not answer, it is connected to again: first after ``every`` seconds, then after longer.
    """
    failures = 0
    while not stop():
        try:
            with passes() as serve_once:
                while not stop():
                    tell(serve_once())
                    failures = 0
                    sleep(every)
        except (UnreachableError, AgentError) as error:
            pause = min(MOST_SECONDS, max(every, 1.0) * 2**failures)
            failures = min(failures + 1, 16)
            say(f"bridge status=waiting again_in={pause:g}s {_line(error.what)} {_line(error.why)}")
            sleep(pause)


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


@contextmanager
def passes_of(workspace: Workspace, estate: Estate) -> Iterator[Callable[[], tuple[Served, ...]]]:
    """Passes over one connection to both environments."""
    with agents(workspace) as (v1, v2):
        yield lambda: serve(v1, v2, split_now(workspace, estate), lambda: moving_now(workspace))


def failed(served: tuple[Served, ...]) -> list[Served]:
    """The waits that were not served."""
    return [one for one in served if one.status is Status.FAILED]
