"""The state machine's pure rules."""

from hypothesis import given
from hypothesis import strategies as st

from migrator.cutover.machine import Direction, Record, State, admitted, groups, may_pause, ready
from migrator.cutover.steps import STEPS


def records(**states):
    return {dag_id: Record(dag_id, state) for dag_id, state in states.items()}


def test_the_steps_lead_from_planned_to_observed_without_a_hole():
    assert [step.before for step in STEPS] == list(State)[:9]
    assert [step.after for step in STEPS] == list(State)[1:10]


def test_the_side_is_named_by_the_direction():
    assert State.PAUSED.label(Direction.FORWARD) == "V1_PAUSED"
    assert State.UNPAUSED.label(Direction.FORWARD) == "V2_UNPAUSED"
    assert State.PAUSED.label(Direction.BACK) == "V2_PAUSED"
    assert State.DRAINED.label(Direction.BACK) == "DRAINED"


def test_nobody_goes_on_while_a_member_of_the_group_lags_behind():
    known = records(a=State.PAUSED, b=State.QUIESCING, c=State.PAUSED)
    assert ready(known, frozenset({"a", "b"}), State.PAUSED) == ()
    assert [r.dag_id for r in ready(known, frozenset({"c"}), State.PAUSED)] == ["c"]


def test_a_backed_out_dag_does_not_hold_its_group():
    known = records(a=State.PAUSED, b=State.BACKED_OUT)
    assert [r.dag_id for r in ready(known, frozenset({"a", "b"}), State.PAUSED)] == ["a"]


def test_a_dag_is_paused_only_after_those_that_come_first():
    known = records(parent=State.QUIESCING, child=State.QUIESCING)
    assert not may_pause(known, ["parent"])
    assert may_pause(known | records(parent=State.PAUSED), ["parent"])
    assert may_pause(known, ["in_another_wave"])


IDS = st.lists(st.text("abcdef", min_size=1, max_size=2), unique=True)


@given(IDS, st.lists(st.tuples(st.text("abcdef", max_size=2), st.text("abcdef", max_size=2))))
def test_groups_part_the_dags_and_no_tie_crosses_them(dag_ids, ties):
    found = groups(dag_ids, ties)
    assert sorted(dag_id for group in found for dag_id in group) == sorted(dag_ids)
    home = {dag_id: group for group in found for dag_id in group}
    assert all(home[a] == home[b] for a, b in ties if a in home and b in home)
    assert found == groups(reversed(dag_ids), reversed(ties))


def test_no_more_dags_are_off_at_once_than_are_allowed():
    alone = [frozenset({name}) for name in "abcdef"]
    assert admitted("abcdef", frozenset(), alone, 4) == {"a", "b"}
    assert admitted("cdef", frozenset("ab"), alone, 4) == {"c", "d"}
    assert admitted("ef", frozenset("abcd"), alone, 4) == set()
    assert admitted("ef", frozenset("bcd"), alone, 4) == {"e"}
    assert admitted("abc", frozenset(), alone, 1) == {"a"}
    assert admitted("abc", frozenset("defghi"), alone, 8) == {"a", "b"}
    assert admitted("abc", frozenset("defghij"), alone, 8) == set()


def test_a_group_is_never_left_half_off():
    pairs = [frozenset("ab"), frozenset("cd"), frozenset("efg")]
    assert admitted("abcd", frozenset(), pairs, 4) == {"a", "b"}
    assert admitted("bcd", frozenset("a"), pairs, 1) == {"b"}
    assert admitted("efg", frozenset(), pairs, 1) == {"e", "f", "g"}
    assert admitted("efg", frozenset("a"), pairs, 6) == {"e", "f", "g"}
    assert admitted("efg", frozenset("a"), pairs, 4) == set()
