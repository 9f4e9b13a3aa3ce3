"""The operator's own commands around a wave and around each of its DAGs; those that come before may veto."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Hooks:
    """Commands as lists of words, none where empty; ``seconds``: how long each may take."""

    before_wave: tuple[str, ...] = ()
    after_wave: tuple[str, ...] = ()
    before_dag: tuple[str, ...] = ()
    after_dag: tuple[str, ...] = ()
    seconds: float = 60.0

    def run(self, name: str, about: Mapping[str, str]) -> str:
        """Run the command of that name, if there is one; why it says no, in its own last words, or an empty text.

        ``about`` reaches it as environment variables: ``MIGRATE_HOOK``, ``MIGRATE_WAVE``, ``MIGRATE_DIRECTION``,
        ``MIGRATE_DAG``, ``MIGRATE_STATE``.
        """
        command: Sequence[str] = getattr(self, name)
        if not command:
            return ""
        told = {f"MIGRATE_{key.upper()}": value for key, value in {"hook": name, **about}.items()}
        return _asked(command, name, {**os.environ, **told}, self.seconds)


def _asked(command: Sequence[str], name: str, env: Mapping[str, str], seconds: float) -> str:
    try:
        done = subprocess.run(
            list(command), env=dict(env), capture_output=True, text=True, check=False, timeout=seconds,
            stdin=subprocess.DEVNULL, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"the hook {name} did not end within {seconds:g} s"
    except OSError as error:
        return f"the hook {name} can't be started: {error}"
    if done.returncode == 0:
        return ""
    words = scrub(done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1][:300]
    return f"the hook {name} said no (exit {done.returncode}): {words}"
