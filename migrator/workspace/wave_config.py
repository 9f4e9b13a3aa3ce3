"""The parts of ``migrate.toml`` that are about waves: how they are planned, and how they are cut over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - pydantic reads it at run time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from migrator.model.callers import Answer  # noqa: TC001 - pydantic reads it at run time
from migrator.model.window import Window, parse_opening
from migrator.workspace.section import Section


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError("should be the IANA name of a time zone, such as Europe/Paris or UTC") from error
    return value


def _opening(value: str) -> str:
    return parse_opening(value).text


WaveNumber = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class HooksSection(Section):
    """Commands, as lists of words, around a wave and each DAG; those before may veto by their exit code."""

    before_wave: tuple[str, ...] = ()
    after_wave: tuple[str, ...] = ()
    before_dag: tuple[str, ...] = ()
    after_dag: tuple[str, ...] = ()
    seconds: Annotated[float, Field(gt=0)] = 60


class DrainSection(Section):
    """What to do with DAGs that do not become idle; ``seconds`` None: ``drain_timeout_seconds``."""

    policy: Literal["wait", "give-up", "freeze"]
    seconds: Seconds | None = None


def _rule(value: object) -> object:
    """A rule that is only a policy, such as ``"skip"`` or ``"from 2026-11-01"``, as the table that it stands for."""
    if not isinstance(value, str):
        return value
    word, _, rest = value.strip().partition(" ")
    return {"policy": word} | ({"since": rest.strip()} if rest.strip() else {})


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class BacklogRuleSection(Section):
    """What becomes of a DAG's missed intervals; ``since``: of ``from``, the logical date of the first that is run."""

    policy: Literal["run-all", "run-latest", "skip", "from"]
    since: Annotated[datetime, AfterValidator(_aware)] | None = None
    runs_at_once: Annotated[int, Field(ge=1)] | None = None
    hours: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.policy == "from") != (self.since is not None):
            raise ValueError('a date goes with from, and with no other policy, such as "from 2026-11-01"')
        return self


BacklogRule = Annotated[BacklogRuleSection, BeforeValidator(_rule)]


class BacklogSection(Section):
    """What becomes of what nobody ran since a source ended that no longer runs.

    ``dags``, ``half_done``: by a pattern of DAG ids, or ``tag:`` and a tag; the first that fits counts.
    ``runs_at_once``: how many runs of all backlogs may be at work at once; ``hours``: what each DAG's may take.
    ``ended``: who saw that nothing runs in the source any more, where the Composer API still calls it RUNNING.
    """

    runs_at_once: Annotated[int, Field(ge=1)] = 16
    hours: Annotated[float, Field(gt=0)] | None = None
    dags: dict[str, BacklogRule] = {}
    half_done: dict[str, Literal["continue", "rerun", "skip"]] = {}
    ended: str = ""


class CutoverSection(Section):
    """The times of a cutover in seconds, and how many finished runs are carried over for each DAG.

    ``metrics_file``: where a text file of OpenMetrics is kept up to date.
    """

    margin_seconds: Seconds = 45
    settle_seconds: Seconds = 20
    drain_timeout_seconds: Seconds = 3600
    last_tasks_seconds: Seconds = 600
    observe_seconds: Seconds = 600
    poll_seconds: Annotated[float, Field(gt=0)] = 5
    history: Annotated[int, Field(ge=1)] = 10
    max_in_flight: Annotated[int, Field(ge=1)] = 100
    run_missed: bool = False
    may_shift: tuple[str, ...] = ()
    verify: bool = True
    auto_rollback: bool = False
    metrics_file: Path | None = None
    drain: dict[str, DrainSection] = {}
    backlog: BacklogSection = BacklogSection()
    hooks: HooksSection = HooksSection()


class ForbidSection(Section):
    """What may not be: the DAGs of ``dags`` in ``waves``, or DAGs of two patterns of ``apart`` in one wave."""

    dags: tuple[str, ...] = ()
    waves: tuple[WaveNumber, ...] = ()
    apart: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.dags) != bool(self.waves) or bool(self.dags) == bool(self.apart) or len(self.apart) == 1:
            raise ValueError("give either dags and waves, or apart with at least two names or patterns")
        return self


class WindowSection(Section):
    """When waves or DAGs may be cut over, such as ``open = ["Sat,Sun 22:00-05:00"]``; all of them without a name."""

    timezone: Annotated[str, AfterValidator(_timezone)]
    open: Annotated[tuple[Annotated[str, AfterValidator(_opening)], ...], Field(min_length=1)]
    dags: tuple[str, ...] = ()
    waves: tuple[WaveNumber, ...] = ()


class PlanSection(Section):
    """How many DAGs, and runs under way at once, a wave may hold; what was chosen by hand, and what may not be.

    ``critical``: points of risk by pattern of DAG ids, or by ``tag:`` and a tag; ``bridge_waits``: sensors may be in
    another wave than what they wait for, and ``migrate bridge`` serves them. ``callers``: by id or pattern of DAGs,
    what becomes of those who start them from outside.
    """

    wave_size: Annotated[int, Field(ge=1)] = 25
    wave_running: Annotated[float, Field(gt=0)] | None = None
    bridge_waits: bool = False
    pins: dict[str, WaveNumber] = {}
    forbids: tuple[ForbidSection, ...] = ()
    windows: dict[str, WindowSection] = {}
    callers: dict[str, Answer] = {}
    critical: dict[str, Annotated[int, Field(ge=0, le=100)]] = {"tag:critical": 25}

    @property
    def spelled_windows(self) -> tuple[Window, ...]:
        """The windows as the planner and the cutover read them, by name."""
        return tuple(
            Window(name, one.timezone, tuple(map(parse_opening, one.open)), one.dags, one.waves)
            for name, one in sorted(self.windows.items())
        )
