"""Reading both sides for the ledger, while they go on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter

from migrator.cutover.audit import _triggers, audit
from migrator.cutover.journal import Journal
from migrator.environments.ports import Answer
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.inventory import Inventory
from migrator.model.run import Run

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
TWO = timedelta(minutes=2)
ASK = Task("ask", "x.TriggerDagRunOperator", reference=Reference(ReferenceKind.TRIGGERS, "child"))
DAGS = (
    Dag("child", "c.py", Schedule(ScheduleKind.NONE)),
    Dag("parent", "p.py", Schedule(ScheduleKind.CRON, "*/2 * * * *"), start_date=START, tasks=(ASK,)),
)


@dataclass
class Busy:
    """An environment in which, at each call, the parent has run once more and started the child."""

    now: datetime = START + TWO * 3
    runs: list[Run] = field(default_factory=list)
    goes_on: bool = True

    def call(self, action: str, *, dag_ids: list[str], since: str) -> Answer:
        assert action == "runs"
        found = [run for run in self.runs if run.dag_id in dag_ids]
        answer = Answer({"runs": TypeAdapter(list[Run]).dump_python(found, mode="json")}, self.now, "2.10.5", "3.11")
        if self.goes_on:
            self.work()
        return answer

    def work(self) -> None:
        date = self.now - TWO
        self.now += timedelta(seconds=1)
        self.runs.append(Run("parent", f"scheduled__{date}", date, "success", True, date + TWO, started=self.now,
                             ended=self.now, tasks={"ask": "success"}))  # fmt: skip
        self.runs.append(Run("child", f"manual__{date}", self.now, "success", False, started=self.now, ended=self.now))
        self.now += TWO


def test_one_task_of_many_makes_it_a_dag_that_triggers() -> None:
    mixed = replace(DAGS[1], tasks=(Task("load", "x.BashOperator"), ASK))
    assert _triggers(mixed)
    assert not _triggers(replace(DAGS[1], tasks=(Task("load", "x.BashOperator"),)))


@pytest.mark.parametrize("calls", range(3))
def test_a_trigger_while_it_is_read_is_no_gap_and_no_extra(calls: int) -> None:
    here, there = Busy(goes_on=False), Busy()
    for _ in range(calls):
        there.work()
    with closing(Journal(None)) as journal:
        inventory = Inventory(START, SimpleNamespace(), "1.10.15", "3.8", DAGS)  # type: ignore[arg-type]
        sides: list[Any] = [SimpleNamespace(agent=agent, last_seen=None) for agent in (here, there)]
        ledger = audit(inventory, journal, sides[0], sides[1])
    child = next(line for line in ledger.dags if line.dag_id == "child")
    assert (child.gaps, child.extras, child.ran_once) == ((), (), calls)
