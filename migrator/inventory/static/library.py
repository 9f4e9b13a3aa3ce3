"""Functions and classes of other packages whose results are known: dates, time zones, containers, file names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from migrator.inventory.static.arithmetic import copied
from migrator.inventory.static.gate import MOST_ITEMS, MOST_TEXT, is_key, weight
from migrator.inventory.static.values import UNKNOWN, Entries, Items, MadeDag, Place, Zone, is_known

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.inventory.static.gate import Gate

CONSTANTS: dict[str, Any] = {
    "datetime.timezone.utc": Zone("UTC"),
    "pytz.utc": Zone("UTC"),
    "pytz.UTC": Zone("UTC"),
    "pendulum.UTC": Zone("UTC"),
    "airflow.utils.timezone.utc": Zone("UTC"),
}
_LONGEST_DATE = 200


def call(gate: Gate, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401 - any value of a file
    """What the function of that dotted name gives; NotImplemented when it is none of those known."""
    act = _FUNCTIONS.get(name)
    if act is None:
        return NotImplemented
    if not all(map(is_known, [*positional, *named.values()])):
        return UNKNOWN
    if name == "copy.deepcopy":
        positional = [gate, {}, *positional]
    return gate.attempt(act, *positional, **named)


def zone_of(value: Any) -> Any:  # noqa: ANN401
    """The tzinfo of a Zone or a zone's name. Raises KeyError or ValueError for one that is none."""
    name = value.name if isinstance(value, Zone) else value
    return UTC if name == "UTC" else ZoneInfo(name)


def _datetime(*numbers: int, tzinfo: Zone | None = None) -> datetime:
    return datetime(*numbers, tzinfo=zone_of(tzinfo) if tzinfo else None)  # type: ignore[arg-type,misc]


def _pendulum(*numbers: int, tz: Zone | str = "UTC", tzinfo: Zone | None = None) -> datetime:
    return datetime(*numbers, tzinfo=zone_of(tzinfo or tz))  # type: ignore[arg-type,misc]


def _parsed(text: str, form: str) -> datetime:
    if len(text) + len(form) > _LONGEST_DATE:  # the form becomes a pattern, which may take long on a long text
        raise ValueError
    return datetime.strptime(text, form)  # noqa: DTZ007 - the file says whether it has a zone


def _zone(name: str) -> Zone:
    zone_of(name)
    return Zone(name)


def _dictionary(pairs: Any = (), **named: Any) -> Entries:  # noqa: ANN401
    made = copied(pairs) if isinstance(pairs, Entries) else Entries(map(_pair, pairs))
    made.update(named)
    return made


def _pair(value: Any) -> tuple[Any, Any]:  # noqa: ANN401
    if not isinstance(value, tuple | Items) or not is_known(value) or not is_key(value[0]):
        raise TypeError
    key, entry = value
    return key, entry


def _listed(values: Any = ()) -> Items:  # noqa: ANN401
    return Items(values)


def _counted(*numbers: int) -> Any:  # noqa: ANN401
    found = range(*numbers)
    return Items(found) if len(found) <= MOST_ITEMS else UNKNOWN


def _zipped(*several: Any) -> Any:  # noqa: ANN401
    if len(several) * min(map(len, several), default=0) > MOST_TEXT:
        return UNKNOWN
    return Items(zip(*several, strict=False))


def _sorted(values: Any) -> Items:  # noqa: ANN401
    if all(isinstance(one, Place) for one in values):
        return Items(sorted(values, key=lambda one: one.path.split("/")))
    if not all(isinstance(one, str | int | float) for one in values):
        raise TypeError
    return Items(sorted(values))


def _base_name(path: Any) -> Any:  # noqa: ANN401
    return path.rpartition("/")[2] if isinstance(path, str) else UNKNOWN


def _split_extension(path: Any) -> Any:  # noqa: ANN401
    if not isinstance(path, str):
        return UNKNOWN
    stem, dot, suffix = path.rpartition(".")
    return (stem, dot + suffix) if dot and stem else (path, "")


def _deep(gate: Gate, made: dict[int, Any], value: Any) -> Any:  # noqa: ANN401
    """A copy in which all that is in it is copied once, as often as it is in it."""
    if not isinstance(value, Entries | Items):
        return value
    if id(value) not in made:
        gate.make(weight(value))
        gate.visit(len(value))
        copy: Any = Entries() if isinstance(value, Entries) else Items()
        made[id(value)], copy.open = copy, value.open
        if isinstance(value, Entries):
            copy.update({key: _deep(gate, made, one) for key, one in value.items()})
        else:
            copy.extend(_deep(gate, made, one) for one in value)
    return made[id(value)]


def _shallow(value: Any) -> Any:  # noqa: ANN401
    return copied(value) if isinstance(value, Entries) else Items(value) if isinstance(value, Items) else value


_OF_EVERY_DAG = frozenset({"catchup", "doc_md", "description", "schedule_interval", "max_active_runs", "default_args"})


def _has(owner: Any, name: Any) -> Any:  # noqa: ANN401
    """Code asks a DAG so for what Airflow of long ago had not."""
    return True if isinstance(owner, MadeDag) and name in _OF_EVERY_DAG else UNKNOWN


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "datetime.datetime": _datetime,
    "datetime.date": date,
    "datetime.timedelta": timedelta,
    "datetime.datetime.strptime": _parsed,
    "pendulum.datetime": _pendulum,
    "pendulum.create": _pendulum,
    "airflow.utils.timezone.datetime": _pendulum,
    "pendulum.timezone": _zone,
    "pendulum.tz.timezone": _zone,
    "pytz.timezone": _zone,
    "zoneinfo.ZoneInfo": _zone,
    "builtins.dict": _dictionary,
    "builtins.list": _listed,
    "builtins.tuple": lambda values=(): tuple(values),
    "builtins.range": _counted,
    "builtins.enumerate": lambda values, start=0: Items(enumerate(values, start)),
    "builtins.zip": _zipped,
    "builtins.sorted": _sorted,
    "builtins.str": lambda value: str(value) if isinstance(value, str | int) else UNKNOWN,
    "builtins.int": lambda value: int(value) if isinstance(value, str | int) else UNKNOWN,
    "builtins.len": lambda value: len(value) if isinstance(value, str | Items | Entries | tuple) else UNKNOWN,
    "builtins.hasattr": _has,
    "os.path.basename": _base_name,
    "os.path.splitext": _split_extension,
    "copy.copy": _shallow,
    "copy.deepcopy": _deep,
}
