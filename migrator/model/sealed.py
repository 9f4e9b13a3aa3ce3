"""A value that is known to be there, and is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEALED = "(sealed)"
"""How a sealed value is shown to people."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value whose exact text lies in ``secrets.age`` alone.

    Under one key equal texts have equal fingerprints, and nothing else shows; it is empty where there was no key.
    """

    fingerprint: str

    def __str__(self) -> str:
        return SEALED


Value = str | Sealed
"""A setting as an inventory holds it: in clear where a table or the operator allows it, else sealed."""


def clear(settings: Mapping[str, Value]) -> dict[str, str]:
    """The settings that are in clear; the sealed ones are left out."""
    return {name: value for name, value in settings.items() if isinstance(value, str)}
