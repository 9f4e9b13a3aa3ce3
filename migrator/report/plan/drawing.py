"""Where each wave, group and DAG lies in the drawing, and the lines between them: plain numbers, always the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.model.plan import EdgeKind, Strength
from migrator.plan.graph import groups
from migrator.plan.order import describe
from migrator.plan.sound import waves_of
from migrator.report.plan.layers import Placed, layered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from migrator.model.plan import Edge, Plan, PlannedDag, Wave

MOST = 600
"""Of more DAGs than that, only waves and groups are drawn."""
WIDTH = 1200
NODE, HIGH, GAP, PAD, HEAD = 186, 24, 8, 14, 34
BETWEEN, APART = 44, 20
"""Space between the layers of a group, and between groups."""


@dataclass(frozen=True, slots=True)
class Node:
    """A DAG, or a group of them where DAGs are too many; ``link`` is the anchor of what it stands for."""

    x: float
    y: float
    name: str
    title: str
    risk: int
    link: str
    paused: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as a path; ``ends`` are the numbers of its two nodes."""

    path: str
    kind: str
    ends: tuple[int, int]
    title: str


@dataclass(frozen=True, slots=True)
class Band:
    """A wave's strip of the drawing."""

    wave: Wave
    y: float
    height: float
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(slots=True)
class Drawing:
    """All of it; ``at`` finds the number of the node of a DAG."""

    collapsed: bool
    width: float = WIDTH
    height: float = 0
    bands: list[Band] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)


def draw(plan: Plan, anchors: Mapping[str, str]) -> Drawing:
    """The waves below each other, groups of tied DAGs in layers inside, lone DAGs in a grid; ``anchors`` by DAG id."""
    hard = [edge for edge in plan.edges if edge.strength is not Strength.SOFT]
    drawing = Drawing(collapsed=sum(len(wave.dags) for wave in plan.waves) > MOST)
    where = waves_of(plan)
    inside: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in hard:
        if where[edge.source] == where[edge.target]:
            inside[where[edge.source]].append(edge)
    shelves = [_Shelf(wave, inside[wave.number], collapsed=drawing.collapsed) for wave in plan.waves]
    drawing.width = max([WIDTH, *(block.width + 2 * PAD for shelf in shelves for block in shelf.blocks)])
    for shelf in shelves:
        _band(drawing, shelf, anchors)
    drawing.lines = list(_lines(drawing, hard))
    return drawing


@dataclass(frozen=True, slots=True)
class _Block:
    """A group in layers; ``members`` are the DAGs of each node where a node stands for many."""

    placed: tuple[Placed, ...]
    width: float
    height: float
    members: Mapping[str, tuple[str, ...]]


class _Shelf:
    """The groups of one wave, the largest first, and then those that nothing ties."""

    def __init__(self, wave: Wave, inside: Sequence[Edge], *, collapsed: bool) -> None:
        self.wave = wave
        self.dags = {dag.dag_id: dag for dag in wave.dags}
        found = groups(self.dags, inside)
        tied = sorted((group for group in found if len(group) > 1), key=lambda group: (-len(group), group))
        self.alone = tuple(group[0] for group in found if len(group) == 1)
        self.lone = () if collapsed else self.alone
        self.blocks: list[_Block]
        if collapsed:
            many = [*tied, *([self.alone] if self.alone else [])]
            self.blocks = [_Block((Placed(one[0], 0, 0),), NODE, HIGH, {one[0]: one}) for one in many]
        else:
            self.blocks = [_block(group, inside) for group in tied]


def _block(group: tuple[str, ...], edges: Sequence[Edge]) -> _Block:
    own = set(group)
    flow = [(e.source, e.target) for e in edges if e.source in own and e.kind is not EdgeKind.FILE]
    placed = layered(group, flow)
    columns = 1 + max(one.layer for one in placed)
    rows = 1 + max(one.row for one in placed)
    width = columns * NODE + (columns - 1) * BETWEEN
    return _Block(placed, width, rows * (HIGH + GAP) - GAP, {one.name: (one.name,) for one in placed})


def _band(drawing: Drawing, shelf: _Shelf, anchors: Mapping[str, str]) -> None:
    """Lay the blocks of a wave side by side in rows, the lone DAGs in a grid below."""
    top = drawing.height
    x, y, row = float(PAD), top + HEAD, 0.0
    boxes = []
    margin = 0 if drawing.collapsed else APART / 2
    for block in shelf.blocks:
        if x > PAD and x + block.width + 2 * margin > drawing.width - PAD:
            x, y, row = float(PAD), y + row + 2 * margin + GAP, 0.0
        if margin:
            boxes.append((x, y, block.width + 2 * margin, block.height + 2 * margin))
        for one in block.placed:
            left = x + margin + one.layer * (NODE + BETWEEN)
            _node(drawing, shelf, block.members[one.name], (left, y + margin + one.row * (HIGH + GAP)), anchors)
        x, row = x + block.width + 2 * margin + GAP, max(row, block.height)
    if shelf.blocks:
        y += row + 2 * margin + GAP
    fit = max(1, int((drawing.width - 2 * PAD + GAP) // (NODE + GAP)))
    for number, dag_id in enumerate(shelf.lone):
        at = (PAD + number % fit * (NODE + GAP), y + number // fit * (HIGH + GAP))
        _node(drawing, shelf, (dag_id,), at, anchors)
    y += -(-len(shelf.lone) // fit) * (HIGH + GAP)
    drawing.bands.append(Band(shelf.wave, top, y - top + PAD - GAP, tuple(boxes)))
    drawing.height = y + PAD - GAP + APART


def _node(
    drawing: Drawing, shelf: _Shelf, dag_ids: tuple[str, ...], at: tuple[float, float], anchors: Mapping[str, str]
) -> None:
    first = shelf.dags[dag_ids[0]]
    drawing.at.update(dict.fromkeys(dag_ids, len(drawing.nodes)))
    drawing.nodes.append(_many(shelf, dag_ids, at) if drawing.collapsed else _one(first, at, anchors))


def _one(dag: PlannedDag, at: tuple[float, float], anchors: Mapping[str, str]) -> Node:
    title = f"{dag.dag_id}: risk {dag.risk}, confidence {dag.confidence}" + (", paused" if dag.paused_in_source else "")
    return Node(*at, dag.dag_id, title, dag.risk, anchors[dag.dag_id], paused=dag.paused_in_source)


def _many(shelf: _Shelf, dag_ids: tuple[str, ...], at: tuple[float, float]) -> Node:
    risk = max(shelf.dags[dag_id].risk for dag_id in dag_ids)
    name = f"{len(dag_ids)} untied" if dag_ids == shelf.alone else f"{len(dag_ids)}: {dag_ids[0]}"
    title = ", ".join(dag_ids[:20]) + (f" and {len(dag_ids) - 20} more" if len(dag_ids) > 20 else "")
    return Node(*at, name, f"{title}: risk up to {risk}", risk, f"wave-{shelf.wave.number}", many=True)


def _lines(drawing: Drawing, edges: Sequence[Edge]) -> Iterator[Line]:
    """One line for each pair of nodes and kind, so that many edges between two groups are one."""
    pairs: defaultdict[tuple[int, int, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        ends = drawing.at[edge.source], drawing.at[edge.target]
        if ends[0] != ends[1]:
            pairs[*ends, "bridge" if edge.bridge else edge.kind.value].append(edge)
    for (source, target, kind), same in pairs.items():
        more = f" and {len(same) - 1} more" if len(same) > 1 else ""
        path = _path(drawing.nodes[source], drawing.nodes[target])
        yield Line(path, kind, (source, target), f"{describe(same[0])} ({same[0].via}){more}")


def _path(one: Node, other: Node) -> str:
    """A curve from the right of one node to the left of the other; around them where that would run backwards."""
    y, to = one.y + HIGH / 2, other.y + HIGH / 2
    if other.x > one.x + NODE:
        bend = max(BETWEEN / 2, (other.x - one.x - NODE) / 2)
        return f"M{one.x + NODE:g} {y:g}C{one.x + NODE + bend:g} {y:g} {other.x - bend:g} {to:g} {other.x:g} {to:g}"
    x, into = one.x + NODE / 2, other.x + NODE / 2
    if abs(other.y - one.y) > HIGH:
        y, to = (one.y + HIGH, other.y) if other.y > one.y else (one.y, other.y + HIGH)
        bend = (to - y) / 2
        return f"M{x:g} {y:g}C{x:g} {y + bend:g} {into:g} {to - bend:g} {into:g} {to:g}"
    return f"M{x:g} {one.y:g}C{x:g} {one.y - HIGH:g} {into:g} {other.y - HIGH:g} {into:g} {other.y:g}"
