"""Ask a profile: is this name there, and how is this class called."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from codemods.profiles.inits import FORWARDED, SWALLOWED, Init

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codemods.profiles.methods import Method

SCHEMA_VERSION = 1
_ROOT = "airflow"


@dataclass(frozen=True, slots=True)
class Signature:
    """How a class is called. ``open``: it takes any keyword, or one of its bases is not in the profile."""

    positional: tuple[str, ...]
    named: frozenset[str]
    required: frozenset[str]
    open: bool

    def accepts(self, name: str) -> bool:
        """Whether the class takes this keyword, as far as the profile can tell."""
        return self.open or name in self.named


@dataclass(frozen=True, slots=True)
class Members:
    """``methods``: class -> its own methods; ``attributes``: class -> what else it sets, where that was read."""

    methods: Mapping[str, Mapping[str, Method]] = field(default_factory=dict)
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Profile:
    """The names and classes of one environment; all names are absolute and dotted.

    ``modules``: module -> its own names; ``imported``: module -> name -> where it was imported from;
    ``classes``: class -> its bases; ``inits``: class -> its own ``__init__``; ``read_members``: gives the methods,
    which are read from the file only when they are asked for. ``beside``: distributions that will be installed too,
    of which no name is known: whatever belongs to them is there.
    """

    name: str
    packages: Mapping[str, str]
    modules: Mapping[str, frozenset[str]]
    imported: Mapping[str, Mapping[str, str]]
    classes: Mapping[str, tuple[str, ...]]
    inits: Mapping[str, Init]
    read_members: Callable[[], Members] = Members
    beside: frozenset[str] = frozenset()
    _signatures: dict[str, Signature | None] = field(default_factory=dict)

    @property
    def airflow(self) -> str:
        """The version of Airflow."""
        return self.packages["apache-airflow"]

    def package(self, distribution: str) -> str | None:
        """The installed version of a distribution; None when it is not installed."""
        return self.packages.get(distribution, "" if distribution in self.beside else None)

    def having(self, packages: frozenset[str]) -> Profile:
        """The same environment with these distributions beside its own, by the names that an index gives them."""
        return replace(self, beside=packages - self.packages.keys(), _signatures={})

    def has(self, name: str) -> bool:
        """Whether a module, or a name in a module, can be imported."""
        return self.where(name) is not None

    def where(self, name: str) -> str | None:
        """The name under which something is defined, re-exports followed; None when it is not there."""
        found = self._where(name)
        return name if found is None and self.distribution(name) in self.beside else found

    def _where(self, name: str) -> str | None:
        name = _LAZY[name] if _LAZY.get(name) in self.classes else name
        for _ in range(20):
            if name in self.modules:
                return name
            module, _, last = name.rpartition(".")
            further = self.imported.get(module, {}).get(last)
            if further is None:
                return name if last in self.modules.get(module, ()) else self._attribute(module, last)
            if further == name or not further.startswith(f"{_ROOT}."):
                return (self.where(further) if further != name and further.startswith("google.") else None) or name
            name = further
        return None

    def _attribute(self, owner: str, name: str) -> str | None:
        """A name inside a class, such as ``TriggerRule.ALL_DONE``: there whenever the class is."""
        if owner.count(".") < 1 or owner in self.modules or not owner.startswith(f"{_ROOT}."):
            return None
        found = self.where(owner)
        return f"{found}.{name}" if found in self.classes else None

    def signature(self, name: str) -> Signature | None:
        """How a class is called; None when it is not a class of this profile."""
        if name not in self._signatures:
            found = self.where(name)
            self._signatures[name] = self._signature(found) if found is not None and found in self.classes else None
        return self._signatures[name]

    def is_a(self, name: str, base: str) -> bool:
        """Whether a class is, or derives from, another of this profile."""
        found = self.where(name)
        return found is not None and self.where(base) in self.line(found)

    @cached_property
    def members(self) -> Members:
        """The methods and attributes of all classes."""
        return self.read_members()

    def method(self, name: str, method: str) -> Method | None:
        """What a class defines, or inherits, under the name of a method; None when it is no method."""
        found = self.where(name)
        line = self.line(found) if found is not None and found in self.classes else []
        return next((own[method] for one in line if method in (own := self.members.methods.get(one, {}))), None)

    def lacks(self, name: str, attribute: str, beside: frozenset[str] = frozenset()) -> bool:
        """Whether a class has neither a method nor another attribute of this name, as far as all of it was read.

        ``beside``: bases that are not in the profile, and are known not to have it.
        """
        found = self.where(name)
        if found is None or found not in self.classes or self.method(found, attribute) is not None:
            return False
        known = self.members.attributes
        sets = [known.get(one, frozenset()) for one in self.line(found)]
        whole = self.whole(found, beside) and found in known
        return whole and not any({attribute, "__getattr__", "__getattribute__"} & one for one in sets)

    def whole(self, name: str, beside: frozenset[str] = frozenset()) -> bool:
        """Whether a class and all of its bases are in the profile, or among those ``beside`` it."""
        return all(one in self.classes or one in _PLAIN_BASES or one in beside for one in self.line(name))

    def distribution(self, name: str) -> str:
        """The distribution that a name of a provider belongs to, by its module; ``apache-airflow`` otherwise."""
        parts = name.split(".")
        if parts[:2] != [_ROOT, "providers"]:
            return "apache-airflow"
        tries = ["apache-airflow-providers-" + "-".join(parts[2 : 2 + n]).replace("_", "-") for n in (3, 2, 1)]
        known = {*self.packages, *self.beside, *_TWO_PARTS}
        return next((one for one in tries if one in known), tries[-1])

    def _signature(self, name: str) -> Signature:
        positional: tuple[str, ...] = ()
        further = self.signature(_ALSO[name]) if name in _ALSO else None
        named: set[str] = set(further.named) if further else set()
        required: set[str] = set()
        given: set[str] = set()
        opened, depth = False, 0
        for one in self.line(name):
            opened |= one not in self.classes and one not in _PLAIN_BASES
            if (init := self.inits.get(one)) is None:
                continue
            positional = positional if depth else init.positional
            given |= set(init.positional[: init.placed]) if depth else set()
            named |= {*init.positional, *init.keywords, *init.popped} - given
            required |= set(init.required) - given
            given |= set(init.given)
            depth += 1
            if init.rest != FORWARDED:
                return Signature(positional, frozenset(named), frozenset(required), opened or init.rest == SWALLOWED)
        return Signature(positional, frozenset(named), frozenset(required), opened)

    def line(self, name: str) -> list[str]:
        """The class and its bases, in the order in which Python looks them up."""
        if name not in self._lines:
            self._lines[name] = _linear(name, self.classes, self.where)
        return self._lines[name]

    @cached_property
    def _lines(self) -> dict[str, list[str]]:
        return {}


_ERRORS = "airflow.models.errors.ParseImportError"
_LAZY = {"airflow.models.ImportError": _ERRORS, "airflow.models.errors.ImportError": _ERRORS}
"""Names that the code of a module's ``__getattr__`` gives, which no table in it tells."""
_DATAPROC = "airflow.providers.google.cloud.operators.dataproc"
_ALSO = {f"{_DATAPROC}.DataprocCreateClusterOperator": f"{_DATAPROC}.ClusterGenerator"}
"""Classes that take the keywords of another one by its signature, which no reading of their source can tell."""
_PLAIN_BASES = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol"})
_TWO_PARTS = frozenset(
    f"apache-airflow-providers-{name}"
    for name in (
        *("apache-beam", "apache-hive", "apache-spark", "apache-hdfs", "apache-druid", "apache-pig", "apache-sqoop"),
        *("apache-livy", "apache-cassandra", "apache-kylin", "apache-pinot", "apache-kafka", "cncf-kubernetes"),
        *("microsoft-azure", "microsoft-mssql", "microsoft-winrm", "microsoft-psrp", "common-sql", "common-io"),
        *("common-compat", "dbt-cloud", "facebook", "atlassian-jira"),
    )
)


def _linear(name: str, classes: Mapping[str, tuple[str, ...]], where: Callable[[str], str | None]) -> list[str]:
    """The C3 order; where the bases contradict each other, depth first."""
    bases = [where(base) or base for base in classes.get(name, ())]
    lines = [[*_linear(base, classes, where)] for base in bases if base != name]
    merged = [name]
    queue = [line for line in [*lines, bases] if line]
    while queue:
        head = next((q[0] for q in queue if not any(q[0] in other[1:] for other in queue)), queue[0][0])
        merged.append(head)
        queue = [rest for q in queue if (rest := [one for one in q if one != head])]
    return merged
