"""CP211: code that names v1 itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.examples import FACTS, changed
from migrator.assess.model import Problem, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "CP211",
    Severity.ERROR,
    fix='Take the name from the environment: os.environ["GCS_BUCKET"], or a variable.',
    link=f"{COMPOSER}/cloud-storage",
    holds=Readiness.PERSON,
    minutes=20,
    examples=(
        Example("v1's bucket", 1, changed("load-orders", f"gsutil cp gs://{FACTS.bucket}/data/x .")),
        Example("v1's web server", 1, changed("load-orders", "curl https://v1.example.com/api")),
        Example("Another bucket", files=changed("load-orders", "gsutil cp gs://shop-data/x .")),
        Example("In a comment", files=changed("    BashOperator", f"    # was in {FACTS.bucket}\n    BashOperator")),
    ),
)
def names_the_source(estate: Estate) -> Iterator[Problem]:
    """Tell which files name v1's own bucket or web server.

    After the cutover they go on working, on the old environment, until somebody deletes it.
    """
    facts = estate.inventory.environment
    names = [name for name in (facts.bucket, facts.airflow_uri.rstrip("/")) if len(name) > 8]
    for file in estate.files.values():
        for text in file.strings:
            for name in names:
                if name in text.value:
                    yield Problem(f"it names {name}, which is v1's", text.lineno, file.path)
