"""The whole migration on the lab, told as it goes: the commands that an operator types, one after the other."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migrator.cutover.sides import observe
from migrator.errors import ItemsFailedError
from migrator.lab import estate, lab, remains
from migrator.lab.workspace import write_workspace
from migrator.model.count import several
from migrator.reading import read_json
from migrator.workspace.connect import connect_source
from migrator.workspace.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from migrator.lab.model import Lab

HISTORY_SECONDS = 420
SETTLE_SECONDS = 150
OUTAGE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Demo:
    """One demo: its lab, its workspace, and a voice; ``left``: what is left of v1, ``snapshot`` or ``folder``."""

    home: Path
    workspace: Path
    say: Callable[[str], None]
    left: str | None = None

    def run(self) -> int:
        """Carry the estate over and audit it; the exit code of the audit, 0 when each interval ran exactly once.

        Without ``left``, v1 runs until the end.
        """
        begun = time.monotonic()
        self.title("Two real Airflows: 1.10.15 with a dozen DAGs, and an empty 2.10.5")
        running = lab.up(self.home, self.say)
        estate.fill(running, "small", self.say)
        write_workspace(running, self.workspace)
        self.wait_for_history(running)
        if self.left is None:
            self.prepare("inventory", transfer=())
        else:
            self.end(running, self.left)
        self.cut_over()
        code = self.prove()
        self.say(f"\nReports: {(self.workspace / 'reports').resolve()}  ({time.monotonic() - begun:.0f} s in all)")
        return code

    def title(self, text: str) -> None:
        """A heading of the story."""
        self.say(f"\n=== {text}")

    def migrate(self, *arguments: str, allowed: tuple[int, ...] = (0,)) -> int:
        """Run ``migrate ARGUMENTS`` on the workspace, shown as typed; ItemsFailedError when it ends otherwise."""
        self.say(f"\n$ migrate {' '.join(arguments)}")
        command = [sys.executable, "-m", "migrator.cli", "--workspace", str(self.workspace), *arguments]
        code = subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode
        if code not in allowed:
            raise ItemsFailedError(
                f"migrate {arguments[0]} ended with exit code {code}.",
                why="Its own message stands above.",
                fix=f"migrate --workspace {self.workspace} {' '.join(arguments)}",
            )
        return code

    def wait_for_history(self, running: Lab) -> None:
        """Give v1 time to run each DAG that is due at least once, as a source that lives would have."""
        self.title(f"v1 runs for a while: {running.source.url}")
        expected = {"minute_report", "minute_catchup", "delta_ingest", "once_bootstrap", "long_running", "kill_one"}
        source = connect_source(open_workspace(self.workspace))
        deadline = time.monotonic() + HISTORY_SECONDS
        while missing := {d for d in expected if not observe(source.agent, expected)[d].finished}:
            if time.monotonic() > deadline:
                self.say(f"still without a finished run: {', '.join(sorted(missing))}")
                break
            time.sleep(5)
        source.close()

    def end(self, running: Lab, left: str) -> None:
        """Switch v1 off, let time pass, and prepare from what is left of it."""
        self.title(f"v1 is switched off for good; all that is left of it is a {left}")
        found = remains.KINDS[left](running, self.home, self.workspace)
        write_workspace(running, self.workspace, ended=True)
        with (self.workspace / "migrate.toml").open("a", encoding="utf-8") as config:
            config.write(found.decided)
        self.say(f"{found.place}; from {datetime.now(UTC):%H:%M:%S} UTC nothing runs, for {OUTAGE_SECONDS} s")
        time.sleep(OUTAGE_SECONDS)
        self.prepare("inventory", *found.inventory, transfer=found.transfer)

    def prepare(self, *inventory: str, transfer: tuple[str, ...] | None) -> None:
        """Everything before the first DAG moves; ``transfer``: the kinds that go over, None where there are none."""
        self.title("What is there")
        self.migrate(*inventory)
        self.title("The code, rewritten for Airflow 2")
        self.migrate("rewrite")
        self.title("Which DAGs move together, and when")
        self.migrate("plan")
        if self.left:
            self.migrate("plan", "--backlog")
        self.title("Variables, connections, pools and files go over; nothing runs there yet")
        if transfer is not None:
            self.migrate("transfer", *transfer)
        self.migrate("deploy")

    def cut_over(self) -> None:
        """Every wave of the plan, the first one rehearsed before."""
        plan = read_json((self.workspace / "plan.json").read_bytes())
        numbers = [str(wave["number"]) for wave in plan["waves"]]
        self.title(f"Cutover: {several(len(numbers), 'wave')}")
        self.migrate("cutover", "--wave", numbers[0], "--dry-run")
        for number in numbers:
            self.migrate("cutover", "--wave", number, "--yes")

    def prove(self) -> int:
        """Let v2 run on its own for a while, then read both databases."""
        self.title("v2 runs on its own for a while, then both databases are read")
        self.say(f"from {datetime.now(UTC):%H:%M:%S} UTC, {SETTLE_SECONDS} s")
        time.sleep(SETTLE_SECONDS)
        return self.migrate("audit", allowed=(0, 1))
