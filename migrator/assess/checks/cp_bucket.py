"""CP211: code that names v1 itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.examples import FACTS, changed
from migrator.assess.model import Problem, Severity
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate
    from migrator.model.inventory import Inventory

OF_COMPOSER = re.compile(r"[a-z]+-[a-z]+\d+-.+-[0-9a-f]{4,8}-bucket")
"""The form that Composer gives to the names of its buckets: region, environment, a few signs."""
ELSEWHERE = re.compile(r"\b(?:https?|git|ssh)(?:://|@)(?!(?:[\w-]+\.)*(?:googleapis|google)\.com\b)[^\s\"'<>]*")
"""Addresses at hosts that serve no bucket: what stands in them is no bucket's name."""


COPY = {"origin": Origin.FOLDER}
FOLDER = EnvironmentFacts("", "", "", "composer-dags", "")


@of_estate(
    "CP211",
    Severity.ERROR,
    fix='Take the name from the environment: os.environ["GCS_BUCKET"], or a variable.',
    link=f"{COMPOSER}/cloud-storage",
    runs=True,
    minutes=20,
    examples=(
        Example("v1's bucket", 1, changed("load-orders", f"gsutil cp gs://{FACTS.bucket}/data/x .")),
        Example(
            "v1's bucket in an address",
            1,
            changed("load-orders", f"curl https://storage.googleapis.com/{FACTS.bucket}/data/x"),
        ),
        Example("v1's web server", 1, changed("load-orders", "curl https://v1.example.com/api")),
        Example(
            "A copy of v1's bucket",
            1,
            changed("load-orders", f"gsutil ls gs://{FACTS.bucket}"),
            more=COPY,
        ),
        Example("Another bucket", files=changed("load-orders", "gsutil cp gs://shop-data/x .")),
        Example("A bucket whose name is longer", files=changed("load-orders", f"gsutil ls gs://{FACTS.bucket}-2/x")),
        Example("A host whose name is longer", files=changed("load-orders", "curl https://v1.example.com.evil.org/x")),
        Example(
            "A repository of the bucket's name",
            files=changed("load-orders", f"git clone https://github.com/shop/{FACTS.bucket}"),
        ),
        Example(
            "A folder is no bucket",
            files=changed("load-orders", "git clone git@github.com:shop/composer-dags && ls composer-dags"),
            environment=FOLDER,
            more=COPY,
        ),
        Example("In a comment", files=changed("    BashOperator", f"    # was in {FACTS.bucket}\n    BashOperator")),
    ),
)
def names_the_source(estate: Estate) -> Iterator[Problem]:
    """Tell which files name v1's own bucket or web server.

    After the cutover they go on working, on the old environment, until somebody deletes it. Of a copy in a folder the
    bucket is known only where the folder has the name that Composer gave to it.
    """
    named = _named(estate.inventory)
    for file in estate.files.values():
        for text in file.strings:
            for name, pattern in named.items():
                if pattern.search(ELSEWHERE.sub("", text.value) if "/" not in name else text.value):
                    yield Problem(f"it names {name}, which is v1's", text.lineno, file.path)


def _named(inventory: Inventory) -> dict[str, re.Pattern[str]]:
    """What is known to be v1's, with the pattern of a text that names it as a whole."""
    facts = inventory.environment
    known = inventory.origin is not Origin.FOLDER or OF_COMPOSER.fullmatch(facts.bucket)
    names = [facts.bucket if known else "", facts.airflow_uri.rstrip("/")]
    return {name: re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)") for name in names if name}
