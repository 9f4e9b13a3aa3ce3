"""A plan as one HTML file: its own style and script, nothing fetched, and all of it there without the script."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.plan.planner import cut_edges
from migrator.plan.sound import waves_of
from migrator.plan.told import edges_in_words, risks, why_there
from migrator.report.plan.drawing import HEAD, HIGH, NODE, PAD, draw
from migrator.report.scripts import policy, scripts_of
from migrator.report.templates import render, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.plan import Edge, Plan, PlannedDag

LEVELS = {"high": (50, "high risk, 50 and more"), "mid": (25, "medium, 25 to 49"), "low": (0, "low, below 25")}
"""From which risk each level begins, and what it is called."""
KINDS = {
    "triggers": "triggers",
    "waits_for": "is waited for by",
    "dataset": "updates a dataset of",
    "subdag": "has as a sub-DAG",
    "file": "shares a file with",
    "bridge": "is waited for over a bridge",
}
FITS = 20
"""Characters of a name that a box of the drawing holds."""


@dataclass(frozen=True, slots=True)
class Part:
    """What the list says of one DAG."""

    dag: PlannedDag
    anchor: str
    schedule: str
    level: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]


def as_html(plan: Plan, schedules: Mapping[str, str]) -> str:
    """The whole page; ``schedules`` by DAG id."""
    scripts = scripts_of("plan")
    dags = [dag for wave in plan.waves for dag in wave.dags]
    anchors = {dag.dag_id: f"dag-{number}" for number, dag in enumerate(dags)}
    drawing = draw(plan, anchors)
    return render(
        "report/plan.html.j2",
        plan=plan,
        dags=dags,
        parts=_parts(plan, schedules, anchors),
        drawing=drawing,
        kinds={kind: words for kind, words in KINDS.items() if any(line.kind == kind for line in drawing.lines)},
        levels=[(name, sum(level(dag.risk) == name for dag in dags), words) for name, (_, words) in LEVELS.items()],
        cut=cut_edges(plan),
        where=waves_of(plan),
        level=level,
        short=short,
        head=HEAD,
        node=(NODE, HIGH),
        pad=PAD,
        style=text_of("report/rewrite.css") + text_of("report/plan.css"),
        scripts=scripts,
        policy=policy(scripts),
    )


def level(risk: int) -> str:
    """The name of a risk's level."""
    return next(name for name, (begin, _) in LEVELS.items() if risk >= begin)


def short(name: str) -> str:
    """A name that fits a box; what tells names apart is mostly at their ends."""
    return name if len(name) <= FITS else f"{name[: FITS // 2]}…{name[-(FITS // 2 - 1) :]}"


def _parts(plan: Plan, schedules: Mapping[str, str], anchors: Mapping[str, str]) -> dict[str, Part]:
    touching: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in plan.edges:
        touching[edge.source].append(edge)
        touching[edge.target].append(edge)
    where = waves_of(plan)
    return {
        dag.dag_id: Part(
            dag,
            anchors[dag.dag_id],
            schedules.get(dag.dag_id, ""),
            level(dag.risk),
            _blocks(dag, touching[dag.dag_id], where),
        )
        for wave in plan.waves
        for dag in wave.dags
    }


def _blocks(dag: PlannedDag, edges: list[Edge], where: Mapping[str, int]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = [
        ("Readiness", (dag.verdict or "unknown",)),
        ("Why here", tuple(why_there(dag, edges))),
        ("Constraints", dag.constraints),
        ("Paused after", dag.pause_after),
        ("Edges", tuple(edges_in_words(edges, where))),
        ("Risk", tuple(risks(dag))),
        ("Lowers the confidence", dag.doubts),
    ]
    return tuple((title, lines) for title, lines in found if lines)
