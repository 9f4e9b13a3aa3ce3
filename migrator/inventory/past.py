"""What the last runs of a source that is gone left to later ones: sealed in the workspace, opened when carried."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from migrator.errors import WorkspaceError
from migrator.reading import UnreadableError, read_file, read_object
from migrator.workspace.files import write_private
from migrator.workspace.keys import decrypt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.workspace.workspace import Workspace

UNKNOWN = "conf and XComs of its last runs: no snapshot told them"


def encrypted(content: Mapping[str, Any], recipient: str) -> bytes:
    """What ``left_in`` gives, as an age file."""
    from pyrage import encrypt, x25519  # noqa: PLC0415 - lazy, as `migrate --help` is

    data = json.dumps(content, sort_keys=True).encode("ascii")
    return bytes(encrypt(data, [x25519.Recipient.from_str(recipient)]))


def keep(workspace: Workspace, sealed: bytes) -> None:
    """Keep it beside the inventory, for the operator's key alone."""
    write_private(workspace.past, sealed)


def passed_on(workspace: Workspace, dags: Mapping[str, Sequence[str]], recipient: str) -> dict[str, Any]:
    """What these runs left, sealed for another environment's key, as the agent answers ``past``.

    It is opened in this process's memory only. WorkspaceError where the key is not here, or another one.
    """
    if not workspace.past.is_file():
        return {"sealed": "", "left_out": {dag_id: [UNKNOWN] for dag_id in dags}}
    content = _opened(workspace)
    kept = {i: told for i, dates in dags.items() if (told := _of(content["dags"].get(i) or {}, dates))}
    left_out = {i: list(why) for i, why in content["left_out"].items() if i in dags}
    sealed = base64.b64encode(encrypted(kept, recipient)).decode("ascii") if kept else ""
    return {"sealed": sealed, "left_out": left_out}


def _of(told: Mapping[str, Any], dates: Sequence[str]) -> dict[str, Any]:
    """What is told of the runs of these dates."""
    wanted = {datetime.fromisoformat(date) for date in dates}
    confs = {when: conf for when, conf in (told.get("confs") or {}).items() if datetime.fromisoformat(when) in wanted}
    date = told.get("date")
    xcoms = told.get("xcoms") if date and datetime.fromisoformat(date) in wanted else []
    return {"confs": confs, "date": date, "xcoms": xcoms} if confs or xcoms else {}


def _opened(workspace: Workspace) -> dict[str, Any]:
    try:
        content = read_object(decrypt(read_file(workspace.past), workspace.identity, name=str(workspace.past)))
        return {part: dict(content[part]) for part in ("dags", "left_out")}
    except (UnreadableError, OSError, KeyError, TypeError, ValueError) as error:
        raise WorkspaceError(
            f"{workspace.past} cannot be read", why=str(error), fix="migrate inventory --from-snapshot DIR"
        ) from None
