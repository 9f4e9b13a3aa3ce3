"""Encrypt something so that only one environment's agent opens it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from migrator.errors import AgentError

if TYPE_CHECKING:
    from migrator.environments.ports import Agent


def key_of(agent: Agent) -> Any:  # noqa: ANN401 - pyrage is untyped
    """The key to encrypt to, which the environment can derive at any time; AgentError when it gives none."""
    import pyrage  # noqa: PLC0415 - lazy, as `migrate --help` is

    recipient = str(agent.call("sealing_key").result.get("recipient"))
    try:
        return pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise AgentError(
            "the agent gave no key to encrypt to", why=f"it answered {recipient!r}", fix="migrate doctor"
        ) from error


def sealed(data: bytes, key: Any) -> str:  # noqa: ANN401 - pyrage is untyped
    """The data as base64 of an age file for this key."""
    import pyrage  # noqa: PLC0415 - lazy, as `migrate --help` is

    return base64.b64encode(pyrage.encrypt(data, [key])).decode()
