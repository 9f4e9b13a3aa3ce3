"""How much of real repositories a folder's inventory tells: DAGs listed in full, in part, and files not listed.

``python -m tests.bench.static_listing FOLDER [--why]``

FOLDER holds one repository a folder, as a checkout has it. In each the shallowest folder ``dags`` is read as the DAGs
folder of a bucket, and the repository itself where there is none. In full: nothing is unknown but whether it is paused.
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.environments.folder import open_folder
from migrator.inventory.folder import of_folder

if TYPE_CHECKING:
    from migrator.model.inventory import Inventory

HEAD = f"{'repository':<32}{'in full':>8}{'in part':>9}{'files not listed':>18}"


def bucket_of(repository: Path) -> Path:
    """The folder that stands for the bucket."""
    found = sorted((path for path in repository.rglob("dags") if path.is_dir()), key=lambda path: len(path.parts))
    return found[0].parent if found else repository


def inventory_of(repository: Path) -> Inventory:
    """What its code alone tells."""
    return of_folder(open_folder(bucket_of(repository)), name="", now=datetime.now(UTC)).inventory


def counted(inventory: Inventory) -> tuple[int, int, int]:
    """DAGs in full, DAGs in part, and files whose DAGs are in no list."""
    full = sum(set(dag.unknown) <= {"paused"} for dag in inventory.dags)
    return full, len(inventory.dags) - full, len({one.file for one in inventory.unlisted})


def why(inventory: Inventory) -> None:
    """Print the facts that are unknown, by how many DAGs, and each file that is not listed."""
    facts = Counter(fact for dag in inventory.dags for fact in dag.unknown if fact != "paused")
    print("    " + ", ".join(f"{fact} {count}" for fact, count in facts.most_common()))
    for one in inventory.unlisted:
        print(f"    {one.file}:{one.line}: {one.why}")


def main() -> None:
    """Print a row a repository and their sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--why", action="store_true", help="also print what is unknown")
    given = parser.parse_args()
    print(HEAD)
    rows = []
    for repository in sorted(path for path in given.folder.iterdir() if path.is_dir()):
        inventory = inventory_of(repository)
        rows.append(counted(inventory))
        print(f"{repository.name:<32}{rows[-1][0]:>8}{rows[-1][1]:>9}{rows[-1][2]:>18}")
        if given.why:
            why(inventory)
    full, part, missing = (sum(column) for column in zip(*rows, strict=True))
    print(f"{'all':<32}{full:>8}{part:>9}{missing:>18}")


if __name__ == "__main__":
    main()
