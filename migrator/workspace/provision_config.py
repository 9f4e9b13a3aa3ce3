"""The tables of ``migrate.toml`` that describe the target: its size, its network, and which DAGs are watched."""

from __future__ import annotations

import ipaddress
from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from migrator.workspace.section import Section

Part = Literal["nodes", "pods", "services", "control_plane", "connection"]


def _cidr(value: str) -> str:
    return str(ipaddress.IPv4Network(value))


def _clock(value: str) -> str:
    return time.fromisoformat(value).strftime("%H:%M")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("should be an IANA name such as Europe/Amsterdam") from error
    return value


Cidr = Annotated[str, AfterValidator(_cidr)]
Clock = Annotated[str, AfterValidator(_clock)]


class RangeSection(Section):
    """A range of the network that is taken; ``used`` counts its addresses in use, where nodes shall join them."""

    name: str
    cidr: Cidr
    used: Annotated[int, Field(ge=0)] | None = None


class NetworkSection(Section):
    """The network of the target.

    New ranges are cut from the blocks of ``space``, around ``ranges`` and those of the source; ``fixed`` gives some
    by hand. ``subnetwork`` names one of ``ranges``, into which the nodes go. ``growth`` is room for more nodes.
    """

    network: str = "default"
    space: tuple[Cidr, ...] = ()
    ranges: tuple[RangeSection, ...] = ()
    fixed: dict[Part, Cidr] = {}
    subnetwork: str | None = None
    growth: Annotated[float, Field(ge=1)] = 1.5


class ProvisionSection(Section):
    """The target as Terraform: ``headroom`` over the measured peak of tasks.

    ``packages`` are versions to take instead of the source's, ``-`` for none of it. ``public``: nodes with addresses
    of the internet.
    """

    image: str | None = None
    name: str | None = None
    headroom: Annotated[float, Field(ge=1)] = 1.5
    public: bool = False
    packages: dict[str, str] = {}
    network: NetworkSection = NetworkSection()


class FreshnessSection(Section):
    """When a DAG should have succeeded each day, by its id, in ``timezone``."""

    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    dags: dict[str, Clock] = {}
