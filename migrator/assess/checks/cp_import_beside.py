"""CP220: imports that only Python 2 finds, beside the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import CLEAN
from migrator.assess.model import Problem, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_IMPORT = "\nimport helper\nfrom helper import x\n"
_HELPED = {"dags/team/daily.py": CLEAN + _IMPORT, "dags/team/helper.py": "x = 1\n"}
_OLD = {"python_version": "2.7.17"}
_PATH = "import sys\nsys.path.append('/home/airflow/gcs/dags/team')\n"


@of_estate(
    "CP220",
    Severity.ERROR,
    fix="Import it by its path below dags/ or plugins/, as the finding says; 1.10 on Python 2 finds it there too.",
    link="https://docs.python.org/3/whatsnew/2.5.html#pep-328-absolute-and-relative-imports",
    holds=Readiness.PERSON,
    minutes=5,
    stops=True,
    examples=(
        Example("A module beside the file, which Python 2 looks for first", 2, _HELPED, more=_OLD),
        Example("Of a folder, whose Python is unknown", 2, _HELPED, more={"python_version": ""}),
        Example(
            "Where a DAG has what only Python 3 parses, it comes from a package of that name",
            files={**_HELPED, "dags/orders.py": CLEAN + "\nNAME = f'{dag.dag_id}'\n"},
            more={"python_version": ""},
        ),
        Example("A v1 on Python 3 that has it finds it somewhere", files=_HELPED),
        Example(
            "The file's own code puts the folder on the path",
            files={**_HELPED, "dags/team/daily.py": CLEAN + _PATH + _IMPORT},
            more=_OLD,
        ),
        Example(
            "By its path", files={**_HELPED, "dags/team/daily.py": CLEAN + "\nfrom team.helper import x\n"}, more=_OLD
        ),
        Example(
            "In a try that has the answer",
            files={
                **_HELPED,
                "dags/team/daily.py": CLEAN + "\ntry:\n    import helper\nexcept ImportError:\n    helper = None\n",
            },
            more=_OLD,
        ),
        Example("A module of the folder of DAGs itself", files={"dags/helper.py": ""}, more=_OLD),
    ),
)
def import_beside(estate: Estate) -> Iterator[Problem]:
    """Tell which imports only Python 2 finds: a module that lies beside the file.

    Python 3 looks on the path, which has the folders of DAGs and plugins, and not in the folder of the file. Where v1
    runs Python 3 itself, as it says or as DAGs show that only Python 3 parses, or code of the file changes the path,
    nothing is said.
    """
    if estate.python_3:
        return
    for path, file in estate.files.items():
        for name, line, there in estate.imports.beside(path) if "sys.path" not in file.text else ():
            if line not in file.guarded and name.partition(".")[0] not in estate.target.packages:
                yield Problem(f"{name} lies beside the file, where Python 3 does not look: import {there}", line, path)
