"""A workspace on which the lines of the documents are run, and what stands for the words that are a reader's own."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.workspace.keys import create_identity
from tests.cli.test_help import EVERY
from tests.documents import estate
from tests.environments.servers import scripted
from tests.environments.stand_in import answered
from tests.workspace.users import Ran, migrate_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrator.lab.model import Lab
    from tests.environments.stand_in import StandIn

SECTION = """
[{name}]
environment = "{environment}"
channel = "local"
api_endpoint = "{api}"
storage_endpoint = "{gcs}"
[{name}.local]
airflow = "{airflow}"
"""
REST = """
[target.rest]
url = "{url}"
auth = "basic"
user = "admin"
password_file = "password"
"""
SETTINGS = """
[cutover]
margin_seconds = 0
settle_seconds = 0
drain_timeout_seconds = 0.2
poll_seconds = 0.1
observe_seconds = 0.2
verify = false
[cutover.backlog.dags]
"*" = "run-latest"
[freshness.dags]
orders = "00:01"
"""
FLEET = """
[fleet.{name}.source]
environment = "{environment}"
channel = "local"
api_endpoint = "{api}"
storage_endpoint = "{gcs}"
[fleet.{name}.source.local]
airflow = "{airflow}"
"""
OFFLINE = ("--resolve-seconds", "0")
PLACEHOLDER = re.compile(r"(?<![\w-])(?!(?:CM|GV|CP|ES)\d)[A-Z][A-Z0-9]*(?![\w-])")
"""A word that is a reader's own; codes of findings are none."""


@dataclass
class Desk:
    """Runs ``migrate`` in a workspace between two environments whose agents are played; see ``stand_in``."""

    root: Path
    lab: Lab
    source: StandIn
    target: StandIn
    rest: str
    words: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> Ran:
        return migrate_here(self.root, *words)

    def configure(self, *, live: bool) -> None:
        """As a person fills in migrate.toml after ``migrate init``; ``live``: the source is named."""
        sides = {"source": self.source, "target": self.target} if live else {"target": self.target}
        text = "".join(self._section(SECTION, name, side) for name, side in sides.items())
        text += "".join(self._section(FLEET, name, self.source) for name in ("a", "b") if live)
        (self.root / "password").write_text("secret\n")
        (self.root / "migrate.toml").write_text(f"{text}{REST.format(url=self.rest)}{SETTINGS}")

    def _section(self, form: str, name: str, stand_in: StandIn) -> str:
        side = stand_in.side
        ends = {"api": self.lab.api_endpoint, "gcs": self.lab.gcs_endpoint}
        return form.format(name=name, environment=side.environment, airflow=side.airflow, **ends)

    def play(self) -> None:
        """Both agents answer, and the source's bucket holds the estate."""
        recipient = create_identity(self.root / ".migrate" / "identity.txt")
        for side, paused in ((self.source, False), (self.target, True)):
            plays = estate.answers(recipient) | {"observe": estate.observed(paused=paused)}
            side.plays({name: {**answered(one), "now": "(now)"} for name, one in plays.items()}, stays=200)
        self.source.upload(estate.FILES)

    def filled(self, words: tuple[str, ...]) -> list[str]:
        """The words with what the reader puts for those in capitals; KeyError for one that nobody explains."""
        return [self._own(f"{before} {word}", word) for before, word in zip(("", *words), words, strict=False)]

    def _own(self, pair: str, word: str) -> str:
        """What stands for a word: behind just this option, or else anywhere."""
        whole = self.words.get(pair) or self.words.get(word)
        return whole or PLACEHOLDER.sub(lambda one: self.words[one[0]], word)

    def interrupted(self) -> None:
        """As if a wave was interrupted while its DAGs drained."""
        now = datetime.now(UTC)
        facts = {"kept_paused": False, "quiescing_since": now.isoformat()}
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            attempt = journal.begin(1, Direction.FORWARD, estate.IDS[1:], now, "anna")
            journal.write(attempt, now, "done", [(one, State.QUIESCING, facts, "") for one in estate.IDS[1:]])


def beside(name: str, given: list[str]) -> list[str]:
    """What is added to a line, so that nobody is asked, neither a person nor a package index."""
    if name in {"cutover", "rollback"}:
        return [] if "--dry-run" in given else ["--yes"]
    if name == "local init":
        return ["--no-packages"]
    takes = name and any("--resolve-seconds" in param.opts for param in EVERY[name].params)
    return list(OFFLINE) if takes else []


@contextmanager
def desk(root: Path, composer: tuple[Lab, StandIn, StandIn], words: dict[str, str]) -> Iterator[Desk]:
    """An empty workspace folder between two environments."""

    def rest(_method: str, path: str, _body: Any) -> tuple[int, Any]:
        if "importErrors" in path:
            return 200, {"import_errors": [], "total_entries": 0}
        rows = [{"dag_id": one, "is_paused": True, "last_parsed_time": estate.NOW.isoformat()} for one in estate.IDS]
        return 200, {"dags": rows, "total_entries": len(rows)}

    with scripted(rest) as server:
        yield Desk(root, *composer, server.url, words)
