"""``lab.json``: everything about a lab that runs, so that any process can use it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrator.errors import LabError
from migrator.lab.files import write_private
from migrator.lab.model import Lab, Side
from migrator.lab.ports import Ports
from migrator.lab.processes import Started
from migrator.reading import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1
STATE = "lab.json"


@dataclass(frozen=True, slots=True)
class State:
    """A lab with the processes that make it run; ``ready`` once all are healthy."""

    lab: Lab
    ports: Ports
    processes: tuple[Started, ...] = ()
    ready: bool = False

    def with_process(self, started: Started) -> State:
        """The same state with one more process, replacing one of the same name."""
        others = tuple(row for row in self.processes if row.name != started.name)
        return replace(self, processes=(*others, started))


def password_file(side_home: Path) -> Path:
    """Where the password of a side's user lies, readable by its owner only."""
    return side_home / "password"


def write(state: State) -> None:
    """Write ``lab.json``, whole, readable by its owner only (it holds keys)."""
    lab = state.lab
    document = {
        "schema_version": SCHEMA_VERSION,
        "ready": state.ready,
        "gcs_endpoint": lab.gcs_endpoint,
        "api_endpoint": lab.api_endpoint,
        "gcloud": str(lab.gcloud),
        "ports": asdict(state.ports),
        "sides": {side.name: _side_to_json(side) for side in lab.sides},
        "processes": [asdict(row) for row in state.processes],
    }
    write_private(lab.home / STATE, json.dumps(document, indent=2) + "\n")


def read(home: Path) -> State | None:
    """The state of the lab in ``home``, or None when there is none. Refuses a newer schema."""
    try:
        document = read_json((home / STATE).read_bytes())
    except FileNotFoundError:
        return None
    if document["schema_version"] > SCHEMA_VERSION:
        raise LabError(
            f"{home / STATE} is of schema {document['schema_version']}",
            why=f"this program reads up to {SCHEMA_VERSION}",
            fix="use the newer composer-migrator that made it",
        )
    return _from_json(home, document)


def sides(lab: Lab) -> tuple[Side, ...]:
    """The sides that were not switched off for good, by the rows of their processes."""
    current = read(lab.home)
    if current is None or not current.ready:
        return lab.sides
    names = {row.name.partition("-")[0] for row in current.processes}
    return tuple(side for side in lab.sides if side is lab.target or side.name in names)


def _from_json(home: Path, document: Mapping[str, Any]) -> State:
    lab = Lab(
        home=home,
        gcs_endpoint=document["gcs_endpoint"],
        api_endpoint=document["api_endpoint"],
        source=_side_from_json(document["sides"]["v1"]),
        target=_side_from_json(document["sides"]["v2"]),
        gcloud=Path(document["gcloud"]),
    )
    return State(
        lab=lab,
        ports=Ports(**document["ports"]),
        processes=tuple(Started(**row) for row in document["processes"]),
        ready=document["ready"],
    )


def _side_to_json(side: Side) -> dict[str, Any]:
    document = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(side).items()}
    del document["password"]
    return document | {"password_file": str(password_file(side.home))}


def _side_from_json(document: Mapping[str, Any]) -> Side:
    values = dict(document)
    secret = Path(values.pop("password_file"))
    paths = {key: Path(values[key]) for key in ("airflow", "home", "dags", "data")}
    password = secret.read_text("utf-8").strip() if secret.exists() else ""
    return Side(**(values | paths), password=password)
