"""Free ports of the loopback interface."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """The port of each server of the lab."""

    postgres: int
    gcs: int
    api: int
    web_v1: int
    web_v2: int


def allocate() -> Ports:
    """Ports that nothing listens on now, all different."""
    return Ports(*free_ports(5))


def free_ports(count: int) -> list[int]:
    """``count`` different free ports; all are held open until the last is found."""
    with ExitStack() as held:
        return [_bind(held.enter_context(socket.socket())) for _ in range(count)]


def _bind(server: socket.socket) -> int:
    server.bind((LOOPBACK, 0))
    port: int = server.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((LOOPBACK, port)) == 0
