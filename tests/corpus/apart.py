"""Which failures no rewriting of Airflow code could mend: each class by a rule, everything else counts against us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.tables import gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.corpus.loading import Failed


@dataclass(frozen=True, slots=True)
class Apart:
    """A class of failures, why it is one, and the rule that decides."""

    name: str
    why: str
    covers: Callable[[Failed], bool]


_MODULE = re.compile(r"No module named '([\w.]+)'")


def reason(failed: Failed) -> Apart | None:
    """The class of a failure; None when it is the codemods' business."""
    return next((one for one in CLASSES if one.covers(failed)), None)


def _missing(failed: Failed) -> str:
    found = _MODULE.search(failed.message)
    return found[1] if found and failed.kind == "ModuleNotFoundError" else ""


def _is_test_module(failed: Failed) -> bool:
    return _missing(failed).partition(".")[0] in {"tests", "test_utils"}


def _is_sibling(failed: Failed) -> bool:
    return ".example_dags" in _missing(failed)


def _is_third_party(failed: Failed) -> bool:
    missing = _missing(failed)
    return missing != "" and missing.partition(".")[0] != "airflow"


def _is_system_library(failed: Failed) -> bool:
    return failed.kind == "RuntimeError" and "You do not have `mysqlclient` package installed" in failed.message


def _is_environment(failed: Failed) -> bool:
    return failed.kind == "KeyError" and ("os.environ" in failed.code or "Variable" in failed.message)


def _is_switched_off(failed: Failed) -> bool:
    """The name that is missing belongs to a service that Google no longer runs, as the table of what is gone says."""
    found = _NAME.search(failed.message)
    name = f"{found[2]}.{found[1]}" if found else _missing(failed)
    return any(
        old == name or old.startswith(f"{name}.") for old, why in gone().items() if "switched this service off" in why
    )


_NAME = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")

CLASSES = (
    Apart("test module", "imports Airflow's own tests, which no wheel has", _is_test_module),
    Apart("sibling", "imports another example by its place in the 1.10.15 package", _is_sibling),
    Apart("third party", "imports a module that is not Airflow's and that the target lacks", _is_third_party),
    Apart("system library", "needs the MySQL client library, which has no wheel", _is_system_library),
    Apart("switched off", "uses an API that Google switched off, as our table of what is gone says", _is_switched_off),
    Apart("environment", "reads an environment variable or an Airflow Variable that is not set", _is_environment),
)
