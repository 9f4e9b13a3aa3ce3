"""A plan as text for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.table import table as tabulated
from migrator.plan.planner import cut_edges
from migrator.plan.waves import BY_RISK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from migrator.model.plan import Plan, PlannedDag, Wave

SHOWN = 2


def render(plan: Plan, schedules: Mapping[str, str]) -> str:
    """What is in no wave, every wave with its DAGs, then what could not be resolved; ``schedules`` is by DAG id."""
    return "\n\n".join(_sections(plan, schedules)) + "\n"


def _sections(plan: Plan, schedules: Mapping[str, str]) -> Iterator[str]:
    if plan.left_out:
        rows = [(one.name, one.why) for one in plan.left_out]
        yield f"left out of every wave\n{_table(('name', 'why'), rows)}"
    for wave in plan.waves:
        yield f"{wave.title}, confidence {wave.confidence}\n{_wave(wave, schedules)}"
    if plan.unknown_edges:
        unknown = [(one.dag_id, one.task_id, one.why) for one in plan.unknown_edges]
        yield f"references that could not be resolved: look at them before the cutover\n{_table(UNKNOWN, unknown)}"
    cut = [(edge.kind, edge.via, edge.source, edge.target, edge.bridge) for edge in cut_edges(plan)]
    if cut:
        yield f"ties that lie in two waves\n{_table(('kind', 'via', 'DAG', 'DAG', 'served by'), cut)}"
    doubts = [(wave.number, doubt) for wave in plan.waves for doubt in wave.doubts]
    if doubts:
        yield f"what lowers the confidence\n{_table(('wave', 'doubt'), doubts)}"


UNKNOWN = ("DAG", "task", "why")


def _wave(wave: Wave, schedules: Mapping[str, str]) -> str:
    rows = [
        (
            dag.dag_id,
            "paused" if dag.paused_in_source else schedules.get(dag.dag_id, ""),
            dag.risk,
            dag.verdict or "unknown",
            _why(dag),
        )
        for dag in wave.dags
    ]
    return _table(("DAG", "schedule", "risk", "readiness", "why"), rows)


def _why(dag: PlannedDag) -> str:
    """What says most, each reason without its explanation; ``--explain`` gives all of it."""
    telling = [reason for reason in dag.reasons if not reason.startswith(("risk: ", "not in wave", BY_RISK))]
    risks = [reason.removeprefix("risk: ").partition(":")[0] for reason in dag.reasons[1:]]
    shown = [reason.partition("; ")[0] for reason in telling] or risks
    more = [f"and {len(shown) - SHOWN} more"] if len(shown) > SHOWN else []
    return "; ".join([*shown[:SHOWN], *more])


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return tabulated(list(rows), headers=headers, tablefmt="simple")
