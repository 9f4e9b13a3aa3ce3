"""How many addresses the target needs, and where they can lie while the source lives beside it."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from migrator.provision.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrator.model.environment import EnvironmentFacts
    from migrator.provision.demand import Demand
    from migrator.provision.sizing import Sizes
    from migrator.workspace.provision_config import NetworkSection

PODS_PER_NODE = 32
ADDRESSES_PER_NODE = 64
"""GKE gives each node twice the addresses of its most pods: a /26 for 32."""
RESERVED = 4
"""Google keeps the first two and the last two of a subnet's primary range."""
SMALLEST_PODS = 21
"""GKE documentation, VPC-native clusters: a cluster's range for pods is a /21 at least."""
CONTROL_PLANE = 28
SYSTEM_NODES = 3
SERVICES = 40
"""Services of Composer 2 and GKE, with those that come and go in an upgrade."""
DOCKER = "172.17.0.0/16"


@dataclass(frozen=True, slots=True)
class Taken:
    """A range that is in use, and by what."""

    name: str
    network: IPv4Network


@dataclass(frozen=True, slots=True)
class Need:
    """A range that the target needs: addresses for today (``need``), and with the room to grow that is asked for."""

    part: str
    need: Figure
    grown: int
    prefix: int

    @property
    def size(self) -> int:
        """The addresses of a range of that length."""
        return 1 << (32 - self.prefix)


@dataclass(frozen=True, slots=True)
class Placed:
    """A need with its range; None where GKE is left to choose one of that length."""

    need: Need
    network: IPv4Network | None

    @property
    def room(self) -> str:
        """How far it can grow."""
        return f"{self.need.size / max(self.need.need.value, 1):.1f} times today's need"


def nodes_of(sizes: Sizes, demand: Demand) -> Figure:
    """The nodes at most: GKE may put each workload of Composer on one of its own."""
    workers, schedulers = sizes.worker["max_count"].whole, sizes.scheduler["count"].whole
    triggerers = sizes.triggerer["count"].whole if sizes.triggerer else 0
    pods = demand.pods.whole
    total = workers + schedulers + 2 + triggerers + 1 + SYSTEM_NODES + pods
    why = (
        f"{workers} workers + {schedulers} schedulers + 2 web servers + {triggerers} triggerers + 1 queue + "
        f"{SYSTEM_NODES} for the system + {pods} for KubernetesPodOperator, each on its own node at worst"
    )
    return Figure(total, why)


def needs_of(nodes: Figure, growth: float) -> tuple[Need, ...]:
    """The ranges of a private environment with Private Service Connect, the largest first."""
    grown = math.ceil(nodes.value * growth)
    pods = Figure(nodes.value * ADDRESSES_PER_NODE, f"{nodes.whole} nodes x {ADDRESSES_PER_NODE} addresses")
    primary = Figure(nodes.value + RESERVED, f"{nodes.whole} nodes + {RESERVED} that Google reserves")
    services = Figure(SERVICES, f"{SERVICES} services of Composer and GKE")
    connection = Figure(1 + RESERVED, f"1 endpoint + {RESERVED} that Google reserves")
    plane = Figure(1 << (32 - CONTROL_PLANE), f"GKE takes a /{CONTROL_PLANE}")
    many = math.ceil(SERVICES * growth)
    return (
        Need("pods", pods, grown * ADDRESSES_PER_NODE, min(_prefix(grown * ADDRESSES_PER_NODE), SMALLEST_PODS)),
        Need("services", services, many, _prefix(many)),
        Need("nodes", primary, grown + RESERVED, min(_prefix(grown + RESERVED), 29)),
        Need("control_plane", plane, plane.whole, CONTROL_PLANE),
        Need("connection", connection, connection.whole, 29),
    )


def taken_by(facts: EnvironmentFacts, section: NetworkSection) -> tuple[Taken, ...]:
    """What is in use: the ranges of migrate.toml, those that the source's API names, and Docker's own."""
    given = [Taken(one.name, IPv4Network(one.cidr)) for one in section.ranges]
    return (*given, *_of_source(facts), Taken("Docker inside Cloud SQL", IPv4Network(DOCKER)))


def place(needs: Sequence[Need], taken: Sequence[Taken], section: NetworkSection) -> tuple[list[Placed], list[Need]]:
    """Each need in the first gap of the space that holds it, and those that fit nowhere."""
    used = [one.network for one in taken]
    used += [IPv4Network(cidr) for cidr in section.fixed.values()]
    placed, left = [], []
    for need in needs:
        given = section.fixed.get(need.part)  # type: ignore[call-overload]
        found = IPv4Network(given) if given else _gap(need.prefix, section.space, used)
        if found is None:
            left.append(need)
            continue
        used.append(found)
        placed.append(Placed(need, found))
    return placed, left


def free(space: Iterable[str], taken: Iterable[IPv4Network]) -> int:
    """The addresses of the space that nothing takes."""
    blocks = ipaddress.collapse_addresses(IPv4Network(cidr) for cidr in space)
    return sum(part.num_addresses for block in blocks for part in _without(block, list(taken)))


def _gap(prefix: int, space: Iterable[str], used: Sequence[IPv4Network]) -> IPv4Network | None:
    """The smallest free part that holds it, so that large ones stay whole."""
    parts = [part for cidr in space for part in _without(IPv4Network(cidr), used) if part.prefixlen <= prefix]
    if not parts:
        return None
    best = max(parts, key=lambda part: (part.prefixlen, -int(part.network_address)))
    return next(best.subnets(new_prefix=prefix))


def _without(block: IPv4Network, used: Sequence[IPv4Network]) -> Iterator[IPv4Network]:
    """The free parts of a block."""
    inside = [one for one in used if one.overlaps(block)]
    if not inside:
        yield block
    elif not any(block.subnet_of(one) for one in inside):
        for half in block.subnets():
            yield from _without(half, inside)


def _prefix(addresses: int) -> int:
    return 32 - max(math.ceil(math.log2(addresses)), 0)


def _of_source(facts: EnvironmentFacts) -> Iterator[Taken]:
    """The ranges in what the Composer API says of the source; ``/17`` and names are no ranges."""
    for key, value in sorted(_leaves(facts.network)):
        if key.endswith(("cidr_block", "ip_range", "cidr")) and "/" in value and not value.startswith("/"):
            yield Taken(f"the source's {key}", ipaddress.IPv4Network(value, strict=False))


def _leaves(data: Any, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - what the API has
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in {"master_authorized_networks_config", "web_server_network_access_control"}:
                yield from _leaves(value, name)
    elif isinstance(data, str):
        yield key, data
