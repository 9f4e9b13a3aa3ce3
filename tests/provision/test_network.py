from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.errors import UsageError
from migrator.provision.addresses import free
from migrator.provision.demand import demand_of
from migrator.provision.network import network_plan
from migrator.provision.sizing import size
from migrator.workspace.provision_config import NetworkSection
from tests.provision.estates import large, seed, unknown


def planned(section: dict, inventory=None):
    inventory = inventory or seed()
    demand = demand_of(inventory)
    sizes = size(demand, inventory.environment, 1.5)
    return network_plan(demand, sizes, inventory.environment, NetworkSection.model_validate(section))


def ranges(plan) -> dict[str, str]:
    return {one.need.part: str(one.network) for one in plan.placed}


def test_ranges_lie_in_the_free_half_beside_v1s_pods():
    plan = planned({"space": ["10.8.0.0/16"]})
    assert ranges(plan)["pods"] == "10.8.128.0/21"
    assert "15 nodes x 64 addresses" in plan.of("pods").need.need.why
    assert plan.of("pods").room == "2.1 times today's need"
    assert str(plan.taken[0].network) == "10.8.0.0/17", "the /22 of the services is no range"


def test_a_large_estate_fills_little_space():
    plan = planned(
        {"space": ["10.0.0.0/16", "192.168.0.0/21"], "ranges": [{"name": "vm", "cidr": "192.168.6.0/23"}]}, large()
    )
    assert plan.of("pods").need.prefix == 16
    assert ranges(plan)["pods"] == "10.0.0.0/16"
    rest = [one.network for one in plan.placed if one.need.part != "pods"]
    assert all(one.subnet_of(IPv4Network("192.168.0.0/21")) for one in rest)


def test_what_does_not_fit_is_refused_with_the_addresses_and_two_ways_out():
    with pytest.raises(UsageError) as caught:
        planned({"space": ["10.8.0.0/17", "10.9.0.0/24"]})
    assert str(caught.value).splitlines() == [
        "the target's ranges do not fit beside the source's: 2048 addresses are lacking",
        (
            "  why: 10.8.0.0/17, 10.9.0.0/24 has 256 free addresses, and no gap for "
            "pods: a /21 (2048 addresses; 15 nodes x 64 addresses)"
        ),
        "  fix: ",
        (
            "    1. put pods and services outside the company's addresses: [provision.network.fixed] "
            'pods = "100.64.0.0/21", services = "100.64.8.0/26"; the other 3 ranges then fit'
        ),
        "    2. free a /21 in the network, and add it to [provision.network] space",
    ]


def test_the_first_way_out_works():
    fixed = {"pods": "100.64.0.0/21", "services": "100.64.8.0/26"}
    plan = planned({"space": ["10.8.0.0/17", "10.9.0.0/24"], "fixed": fixed})
    assert ranges(plan) | fixed == ranges(plan)


def test_the_second_way_out_works():
    assert ranges(planned({"space": ["10.9.0.0/24", "10.10.0.0/21"]}))["pods"] == "10.10.0.0/21"


def test_without_any_space_nothing_fits():
    with pytest.raises(UsageError, match=r"and add a /27 for nodes, a /28 for control_plane, a /29 for connection to"):
        planned({"space": ["10.8.0.0/17"]})


@pytest.mark.parametrize(
    ("fixed", "told"),
    [
        ({"pods": "10.8.0.0/18"}, r"overlaps with the source's cluster_ipv4_cidr_block \(10.8.0.0/17\)"),
        ({"pods": "172.17.0.0/20"}, r"overlaps with Docker inside Cloud SQL"),
        ({"pods": "10.9.0.0/20", "nodes": "10.9.0.0/26"}, r"fixed pods = 10.9.0.0/20 overlaps with fixed nodes"),
        ({"pods": "10.9.0.0/22"}, r"fixed pods = 10.9.0.0/22 lacks 448 addresses"),
    ],
)
def test_ranges_by_hand_are_checked(fixed, told):
    with pytest.raises(UsageError, match=told):
        planned({"space": ["10.10.0.0/16"], "fixed": fixed})


def test_nodes_may_go_into_a_subnet_that_has_room():
    section = {"space": ["10.9.0.0/20"], "subnetwork": "apps"}
    plan = planned({**section, "ranges": [{"name": "apps", "cidr": "10.20.0.0/24", "used": 200}]})
    assert "nodes" not in ranges(plan)
    with pytest.raises(UsageError, match=r"subnet apps lacks 11 addresses"):
        planned({**section, "ranges": [{"name": "apps", "cidr": "10.20.0.0/24", "used": 240}]})
    with pytest.raises(UsageError, match=r"names 'apps', which is none of its ranges"):
        planned(section)


def test_without_ranges_the_plan_says_that_nothing_was_checked():
    plan = planned({}, unknown())
    assert "nothing was checked" in plan.unchecked
    assert {one.network for one in plan.placed} == {None}


BARE = unknown()


@settings(max_examples=40, deadline=None)
@given(
    space=st.lists(st.tuples(st.integers(0, 255), st.integers(16, 26)), min_size=1, max_size=4),
    taken=st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(18, 30)), max_size=6),
)
def test_ranges_never_overlap_and_lie_in_the_space(space, taken):
    blocks = [str(IPv4Network((f"10.{second}.0.0", prefix), strict=False)) for second, prefix in space]
    used = [str(IPv4Network((f"10.{two}.{three}.0", prefix), strict=False)) for two, three, prefix in taken]
    section = {"space": blocks, "ranges": [{"name": f"r{n}", "cidr": cidr} for n, cidr in enumerate(used)]}
    try:
        plan = planned(section, BARE)
    except UsageError:
        assert free(blocks, [IPv4Network(cidr) for cidr in used]) < 8 * 2048, "a whole /18 was free"
        return
    found = [one.network for one in plan.placed]
    assert not [pair for pair in combinations(found, 2) if pair[0].overlaps(pair[1])]
    assert not [one for one in found for other in plan.taken if one.overlaps(other.network)]
    assert all(any(one.subnet_of(IPv4Network(block)) for block in blocks) for one in found)
