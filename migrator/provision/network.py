"""The network plan: every range with its size, checked against those that exist, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.provision.addresses import (
    RESERVED,
    Need,
    Placed,
    Taken,
    free,
    needs_of,
    nodes_of,
    place,
    taken_by,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.model.environment import EnvironmentFacts
    from migrator.provision.demand import Demand
    from migrator.provision.figure import Figure
    from migrator.provision.sizing import Sizes
    from migrator.workspace.provision_config import NetworkSection

SHARED = "100.64.0.0/10"
"""Addresses that GKE takes for pods and services outside the company's own (RFC 6598)."""


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """The ranges of the target beside those that are ``taken``; ``unchecked`` says why none was checked."""

    nodes: Figure
    placed: tuple[Placed, ...]
    taken: tuple[Taken, ...]
    subnetwork: str | None = None
    unchecked: str = ""

    def of(self, part: str) -> Placed:
        """The range of a part."""
        return next(one for one in self.placed if one.need.part == part)


def network_plan(demand: Demand, sizes: Sizes, facts: EnvironmentFacts, section: NetworkSection) -> NetworkPlan:
    """Where each range lies; UsageError when they overlap with what exists, or do not fit."""
    nodes = nodes_of(sizes, demand)
    needs, taken = needs_of(nodes, section.growth), taken_by(facts, section)
    if section.subnetwork is not None:
        _require_room(needs, section)
        needs = tuple(need for need in needs if need.part != "nodes")
    _refuse_overlaps(needs, taken, section)
    if not section.space and not section.fixed:
        why = "[provision.network] of migrate.toml names no space, so GKE chooses the ranges and nothing was checked"
        return NetworkPlan(nodes, tuple(Placed(need, None) for need in needs), taken, section.subnetwork, why)
    placed, left = place(needs, taken, section)
    if left:
        raise _does_not_fit(needs, left, taken, section)
    return NetworkPlan(nodes, tuple(placed), taken, section.subnetwork)


def _require_room(needs: Sequence[Need], section: NetworkSection) -> None:
    """The nodes go into a subnet that exists, which must have enough free addresses."""
    found = next((one for one in section.ranges if one.name == section.subnetwork), None)
    if found is None:
        raise UsageError(
            f"[provision.network] subnetwork names {section.subnetwork!r}, which is none of its ranges",
            why="its free addresses are counted before the target is made in it",
            fix=f'add a table [[provision.network.ranges]] with name = "{section.subnetwork}", its cidr and used',
        )
    need = next(one for one in needs if one.part == "nodes")
    left = IPv4Network(found.cidr).num_addresses - RESERVED - (found.used or 0)
    wanted = need.grown - RESERVED
    if left < wanted:
        raise UsageError(
            f"subnet {found.name} lacks {wanted - left} addresses for the target's nodes",
            why=f"{found.cidr} has {left} free beside the {found.used or 0} in use; {need.need.why}, and room to grow",
            fix="take out subnetwork, so that the target gets a subnet of its own; or expand it: "
            f"gcloud compute networks subnets expand-ip-range {found.name} --prefix-length=N",
        )


def _refuse_overlaps(needs: Sequence[Need], taken: Sequence[Taken], section: NetworkSection) -> None:
    """What was given by hand must be large enough, and lie apart from all else."""
    fixed = [Taken(f"fixed {part}", IPv4Network(cidr)) for part, cidr in sorted(section.fixed.items())]
    for index, one in enumerate(fixed):
        clash = next((other for other in (*taken, *fixed[:index]) if other.network.overlaps(one.network)), None)
        if clash is not None:
            raise UsageError(
                f"{one.name} = {one.network} overlaps with {clash.name} ({clash.network})",
                why="both environments live side by side, and ranges of one network must not overlap",
                fix=f"choose another range in [provision.network.fixed], or take {one.name} out to have one chosen",
            )
        need = next((need for need in needs if f"fixed {need.part}" == one.name), None)
        if need and one.network.num_addresses < need.grown:
            raise UsageError(
                f"{one.name} = {one.network} lacks {need.grown - one.network.num_addresses} addresses",
                why=f"{need.need.why}; with the room to grow that is {need.grown}",
                fix=f"give it a /{need.prefix}, or lower [provision.network] growth",
            )


def _does_not_fit(
    needs: Sequence[Need], left: Sequence[Need], taken: Sequence[Taken], section: NetworkSection
) -> UsageError:
    """The addresses that are lacking, and two ways out of which each was tried."""
    used = [one.network for one in taken]
    there = free(section.space, used)
    lacking = "; ".join(f"{need.part}: a /{need.prefix} ({need.size} addresses; {need.need.why})" for need in left)
    return UsageError(
        f"the target's ranges do not fit beside the source's: {sum(need.size for need in left)} addresses are lacking",
        why=f"{', '.join(section.space)} has {there} free addresses, and no gap for {lacking}",
        fix=f"\n    1. {_elsewhere(needs, taken, section)}\n    2. {_more_space(left)}",
    )


def _elsewhere(needs: Sequence[Need], taken: Sequence[Taken], section: NetworkSection) -> str:
    """Pods and services in addresses that are not the company's."""
    wider = section.model_copy(update={"space": (*section.space, SHARED)})
    outside = {"pods", "services"}
    moved, _ = place(
        [need for need in needs if need.part in outside], taken, wider.model_copy(update={"space": (SHARED,)})
    )
    rest, left = place([need for need in needs if need.part not in outside], taken, section)
    ranges = ", ".join(f'{one.need.part} = "{one.network}"' for one in moved)
    text = f"put pods and services outside the company's addresses: [provision.network.fixed] {ranges}"
    if left:
        lacking = ", ".join(f"a /{need.prefix} for {need.part}" for need in left)
        return f"{text}, and add {lacking} to [provision.network] space"
    return f"{text}; the other {len(rest)} ranges then fit"


def _more_space(left: Sequence[Need]) -> str:
    blocks = ", ".join(f"a /{need.prefix}" for need in left)
    return f"free {blocks} in the network, and add it to [provision.network] space"
