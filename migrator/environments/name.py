"""The full name of a Composer environment, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

PATTERN = re.compile(r"projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/environments/(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class EnvironmentName:
    """``projects/PROJECT/locations/LOCATION/environments/NAME``."""

    project: str
    location: str
    name: str

    @classmethod
    def parse(cls, text: str) -> EnvironmentName:
        """Take a full name apart; ValueError says what it should look like."""
        match = PATTERN.fullmatch(text)
        if match is None:
            raise ValueError("should look like projects/PROJECT/locations/LOCATION/environments/NAME")
        return cls(**match.groupdict())

    def __str__(self) -> str:
        return f"projects/{self.project}/locations/{self.location}/environments/{self.name}"

    @property
    def flags(self) -> tuple[str, ...]:
        """How gcloud names it: the environment and its two flags."""
        return (self.name, "--project", self.project, "--location", self.location)

    @property
    def describe_command(self) -> str:
        """The command with which a person looks at it."""
        return "gcloud composer environments describe " + " ".join(self.flags)
