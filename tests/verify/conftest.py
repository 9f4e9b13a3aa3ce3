"""Both real Airflows, each in one process with the agent in it."""

from tests.agent.conftest import folder, postgres, v1, v2  # noqa: F401
