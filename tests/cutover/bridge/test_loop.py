"""Pass after pass, through outages."""

from __future__ import annotations

from contextlib import contextmanager

from migrator.cutover.bridge.loop import keep
from migrator.errors import UnreachableError

GONE = UnreachableError("v2 does not answer", why="connection\nreset", fix="wait")


class Outside:
    """Passes that succeed or fail as told; ends when all were asked for."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.slept, self.told, self.said, self.connected = [], [], [], 0

    @contextmanager
    def passes(self):
        self.connected += 1
        if self.outcomes[0] == "no connection":
            self.outcomes.pop(0)
            raise GONE
        yield self.serve

    def serve(self):
        if self.outcomes.pop(0) != "ok":
            raise GONE
        return ()

    def keep(self):
        keep(self.passes, 30.0, self.slept.append, lambda: not self.outcomes, self.told.append, self.said.append)


def test_it_serves_until_it_is_told_to_stop():
    world = Outside("ok", "ok", "ok")
    world.keep()
    assert (len(world.told), world.connected, world.slept) == (3, 1, [30.0, 30.0, 30.0])


def test_an_outage_is_told_and_waited_for_longer_each_time():
    world = Outside("ok", "lost", "no connection", "no connection", "ok")
    world.keep()
    assert world.slept == [30.0, 30.0, 60.0, 120.0, 30.0]
    assert len(world.told) == 2
    assert world.said[0] == "bridge status=waiting again_in=30s v2 does not answer connection reset"


def test_after_an_outage_the_next_begins_small_again_and_none_is_endless():
    world = Outside(*["lost"] * 6, "ok", "lost", "ok")
    world.keep()
    assert world.slept == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0, 30.0, 30.0, 30.0]
