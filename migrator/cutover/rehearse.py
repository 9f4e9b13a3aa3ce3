"""A dry run: the same steps with agents that read for real and only note what they would have changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from migrator.environments.ports import Agent, Answer, Environment

READS = frozenset({"observe", "runs", "describe", "names", "parity", "past", "sealing_key"})


@dataclass(slots=True)
class RecordingAgent:
    """Stands before a real agent; what was "changed" shows in what is read afterwards."""

    real: Agent
    side: str
    noted: list[tuple[str, str, str]]
    paused: dict[str, bool] = field(default_factory=dict)

    def standing(self) -> AbstractContextManager[None]:
        """As the real one."""
        return self.real.standing()

    def call(self, action: str, **params: Any) -> Answer:  # noqa: ANN401 - JSON
        """Read for real; note anything else and answer as if it were done."""
        if action in READS:
            return self._overlaid(self.real.call(action, **params))
        clock = self.real.call("observe", dag_ids=[], history=0)
        dags = params.get("dags", {})
        for dag_id in dags:
            self.noted.append((self.side, action, dag_id))
        return replace(clock, result={dag_id: self._pretend(action, dag_id, clock.now.isoformat()) for dag_id in dags})

    def _pretend(self, action: str, dag_id: str, now: str) -> dict[str, Any]:
        if action in {"pause_if_idle", "switch_on"}:
            self.paused[dag_id] = action == "pause_if_idle"
        return {"paused": self.paused.get(dag_id, True), "at": now, "inserted": [], "already": [], "filled": []}

    def _overlaid(self, answer: Answer) -> Answer:
        result = dict(answer.result)
        for dag_id, paused in self.paused.items():
            if isinstance(result.get(dag_id), dict):
                result[dag_id] = {**result[dag_id], "paused": paused}
        return replace(answer, result=result)


def rehearsal(environment: Environment, side: str, noted: list[tuple[str, str, str]]) -> Environment:
    """The environment with an agent that changes nothing; what it would do is appended to ``noted``."""
    return replace(environment, agent=RecordingAgent(environment.agent, side, noted), rest=None)
