"""Connections that ask nothing just now, of which there are never too many."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock


class Idle:
    """Holds at most so many: another one closes the oldest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[socket.socket, None] = {}
        self._lock = Lock()

    def add(self, connection: socket.socket) -> None:
        """It asks nothing from now on."""
        with self._lock:
            self._held[connection] = None
            oldest = list(self._held)[: max(0, len(self._held) - self._most)]
            for one in oldest:
                del self._held[one]
        for one in oldest:
            with suppress(OSError):  # its thread reads the end, and closes it
                one.shutdown(socket.SHUT_RDWR)

    def remove(self, connection: socket.socket) -> None:
        """It asks something, or is closed."""
        with self._lock:
            self._held.pop(connection, None)

    def __len__(self) -> int:
        return len(self._held)
