"""CM102: names of 1.10 that Airflow 2 has no one-to-one successor for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.moving import settled
from codemods.target.elsewhere import elsewhere, proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Import


class NamesWithoutSuccessor(Rule):
    """Find imports that no table can move, and say what a person must do.

    Classes that were merged, split or given another constructor, plugins that 1.10 added to
    ``airflow.operators``, and names that no map knows.
    """

    code = "CM102"
    name = "names-without-successor"
    safety = Safety.FLAG
    watches = (cst.Module,)
    examples = (
        Example(
            "a class with another constructor",
            "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n",
            flagged=True,
        ),
        Example(
            "a module whose class is gone",
            "from airflow.contrib.operators import bigquery_operator\n\nt = bigquery_operator.BigQueryOperator()\n",
            flagged=True,
        ),
        Example(
            "a module whose name is bound again",
            "from airflow.contrib.operators import gcs_to_bq\n\ngcs_to_bq = f(gcs_to_bq)\n",
            flagged=True,
        ),
        Example("a name nobody knows", "from airflow.contrib.operators.x import Y\n", flagged=True),
        Example("a plugin", "from airflow.operators import OurOperator\n", flagged=True),
        Example("a plugin's module", "from airflow.operators.our_plugin import OurOperator\n", flagged=True),
        Example("a name that moved", "from airflow.operators.bash_operator import BashOperator\n"),
        Example("a module of Airflow 2", "from airflow.operators import bash\nfrom airflow.sensors.base import x\n"),
        Example(
            "an attribute of a class that moves",
            "from airflow.operators.http_operator import SimpleHttpOperator\n\nx = SimpleHttpOperator.fields\n",
        ),
        Example("a model", "from airflow.models import Variable, TaskInstance\n"),
        Example("one of ours", "import airflow\nfrom contrib.operators.x import Y\n"),
        Example("a suppressed line", "from airflow.operators import OurOperator  # migrate: ignore[CM102]\n"),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Flag]:  # noqa: ARG002
        """Look at every import, and at the uses of imported modules."""
        for imported in file.bindings.imports:
            if not settled(imported, file) and not file.emptied(imported):
                yield from _of_import(imported, file)


def _of_import(imported: Import, file: File) -> Iterator[Flag]:
    seen: set[str] = set()
    base, old = imported.target, file.names.modules
    if imported.dotted is None and (why := _why(base, file)):
        yield Flag(imported.alias, why)
        return
    if base in old and base not in file.names.stay and imported.local in imported.scope.others:
        yield Flag(imported.alias, f"{imported.local} is bound more than once here: move {base} by hand")
    for use in file.uses(imported):
        for depth in range(1, len(use.parts)):
            name = ".".join([base, *use.parts[1 : depth + 1]])
            why = _why(name, file)
            if why and name not in seen and name not in old and name not in file.names.packages:
                seen.add(name)
                yield Flag(use.nodes[depth], why)
                break


def _why(name: str, file: File) -> str:
    """What to do about a dotted name; empty when it is fine, or moves by itself."""
    names = file.names
    if name in names.gone:
        return f"{name} has no one-to-one successor: {names.gone[name]}"
    module, _, last = name.rpartition(".")
    if module in names.moves:
        return ""  # an attribute of a class that moves
    if name in names.moves or name in names.modules or name in names.packages:
        return ""
    if name.startswith("airflow.contrib.") or (module in names.modules and module not in names.stay):
        known = file.target.has(name) or not name.startswith(("airflow.contrib.", *_FLAT))
        return "" if known else _unknown(name, file)
    if _foreign(name, module, file):
        found = elsewhere(name, file.target)
        plugin = f"if a plugin defines {last}, import it from the plugin's own module"
        return f"{name} is not part of Airflow 2; {found}{'; ' * bool(found)}{plugin}"
    return ""


_FLAT = ("airflow.operators.", "airflow.sensors.", "airflow.hooks.")


def _unknown(name: str, file: File) -> str:
    return f"{name} is not in Airflow 2 and no table knows a successor: {proposal(name, file.target)}"


def _foreign(name: str, module: str, file: File) -> bool:
    """Whether a name in, or below, the flat packages is none of Airflow's own."""
    if not name.startswith(_FLAT) or file.target.has(name):
        return False
    below = module not in {flat.removesuffix(".") for flat in _FLAT}
    return not below or not (module in file.names.modules or module in file.target.modules)
