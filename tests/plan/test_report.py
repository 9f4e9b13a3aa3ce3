"""What the page, the drawing and the Markdown of a plan hold, whatever the names in it are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.plan.planner import plan
from migrator.report.plan.drawing import HIGH, NODE, draw
from migrator.report.plan.formats import Format, rendered
from migrator.report.plan.layers import layered
from tests.plan.estates import OPTIONS, dag, inventory, planned, triggers, waits_for
from tests.plan.large import estate

NAMES = "abcdef"
HOSTILE = "<script>alert(1)</script>|`x`"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=15))
def test_layers_hold_each_name_once_and_no_two_in_one_place(flow):
    placed = layered(NAMES, flow)
    assert [one.name for one in placed] == list(NAMES)
    assert len({(one.layer, one.row) for one in placed}) == len(NAMES)


def test_what_acts_on_another_stands_left_of_it():
    layer = {one.name: one.layer for one in layered("abcd", [("a", "b"), ("b", "c"), ("a", "c")])}
    assert layer == {"a": 0, "b": 1, "c": 2, "d": 0}


@pytest.mark.parametrize("count", [0, 1, 220, 700])
def test_nothing_overlaps_and_every_dag_has_its_node(count):
    found = estate(count)
    made = plan(found, {}, OPTIONS)
    anchors = {one.dag_id: f"#{one.dag_id}" for one in found.dags}
    drawing = draw(made, anchors)
    assert drawing.collapsed is (count > 600)
    assert set(drawing.at) == {one.dag_id for wave in made.waves for one in wave.dags}
    rows: dict[float, list[float]] = {}
    for node in drawing.nodes:
        rows.setdefault(node.y, []).append(node.x)
        assert 0 <= node.x <= drawing.width - NODE
        assert any(band.y < node.y and node.y + HIGH < band.y + band.height for band in drawing.bands)
    assert all(
        right - left >= NODE for row in rows.values() for left, right in zip(sorted(row), sorted(row)[1:], strict=False)
    )
    assert all(above.y + above.height < below.y for above, below in zip(drawing.bands, drawing.bands[1:], strict=False))


@pytest.mark.parametrize("form", list(Format))
def test_every_format_gives_the_same_bytes_for_the_same_plan(form):
    found = estate(60)
    schedules = {one.dag_id: str(one.schedule) for one in found.dags}
    texts = {rendered(plan(found, {}, OPTIONS), form, schedules) for _ in range(2)}
    assert len(texts) == 1


@pytest.mark.parametrize("form", list(Format))
def test_an_empty_plan_can_be_shown(form):
    assert rendered(planned(), form, {})


def test_names_are_text_and_never_markup():
    made = planned(dag(HOSTILE, waits_for("b")), dag("b"), dag("c", triggers(HOSTILE)))
    page = rendered(made, Format.HTML, {HOSTILE: HOSTILE})
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") > 3
    paper = rendered(made, Format.MARKDOWN, {})
    assert all(
        line.count("|") - line.count("\\|") == 6 for line in paper.splitlines() if "alert" in line and line[0] == "|"
    )


def test_a_bridged_wait_is_drawn_from_wave_to_wave_and_listed():
    options = replace(OPTIONS, canaries=0, wave_size=1, bridge_waits=True)
    made = plan(inventory(dag("up"), dag("down", waits_for("up"))), {}, options)
    drawing = draw(made, {"up": "#up", "down": "#down"})
    assert [line.kind for line in drawing.lines] == ["bridge"]
    assert "migrate bridge" in rendered(made, Format.MARKDOWN, {})
    assert "served by migrate bridge" in rendered(made, Format.HTML, {})
