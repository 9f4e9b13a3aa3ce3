"""Compare the two environments of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.interrupt import threads
from migrator.verify.ask import both, with_known
from migrator.verify.codes import codes_of_dags
from migrator.verify.configuration import compare_configuration
from migrator.verify.dags import compare_dag
from migrator.verify.model import Parity, accepted
from migrator.verify.remembered import alike
from migrator.verify.resources import compare_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from migrator.environments.ports import Environment
    from migrator.model.environment import EnvironmentFacts
    from migrator.verify.ask import Known, Shown
    from migrator.verify.model import Compared
    from migrator.verify.remembered import Remembered


def verify(
    source: Environment,
    target: Environment,
    codes: Callable[[], Mapping[str, Collection[str]]],
    reasons: Mapping[str, str],
    dag_ids: Iterable[str] | None = None,
    known: Known | None = None,
) -> Parity:
    """Everything that v1 holds beside v2's, or only these DAGs.

    ``codes``: tells what the rewrite had to change, by file, and is asked while the environments answer; ``reasons``:
    differences that somebody answers for.
    """
    wanted = None if dag_ids is None else sorted(dag_ids)
    with threads(1) as pool:
        changed = pool.submit(codes)
        here, there = both(source.agent, target.agent, wanted, known)
    return _parity((here, source.facts), (there, target.facts), changed.result(), reasons, wanted)


def verify_known(
    source: Remembered,
    facts: EnvironmentFacts,
    target: Environment,
    codes: Mapping[str, Collection[str]],
    reasons: Mapping[str, str],
    dag_ids: Iterable[str] | None = None,
) -> Parity:
    """The same of a v1 that no longer runs: what is known of it, ``facts`` included, beside v2's."""
    wanted = None if dag_ids is None else sorted(dag_ids)
    here, there = with_known(source.shown, target.agent, wanted)
    return _parity((here, facts), (alike(there), target.facts), codes, reasons, wanted)


def _parity(
    mine: tuple[Shown, EnvironmentFacts],
    theirs: tuple[Shown, EnvironmentFacts],
    codes: Mapping[str, Collection[str]],
    reasons: Mapping[str, str],
    wanted: Sequence[str] | None,
) -> Parity:
    (here, source), (there, target) = mine, theirs
    resources = compare_resources(here, there)
    dags = compare_dags(here, there, codes, resources)
    rest = [] if wanted is not None else [*resources, *compare_configuration(source, target)]
    return Parity(
        objects=tuple(accepted([*dags, *rest], reasons)),
        only_in_v2=tuple(sorted(there.dags.keys() - here.dags.keys())) if wanted is None else (),
        warnings=(*(f"v1: {one}" for one in here.warnings), *(f"v2: {one}" for one in there.warnings)),
    )


def compare_dags(
    here: Shown, there: Shown, codes: Mapping[str, Collection[str]], resources: Iterable[Compared]
) -> list[Compared]:
    """Each DAG that v1 could parse, by id."""
    broken = {one.name for one in resources if one.about == "variable" and one.differences}
    files = {dag_id: str(dag.get("file", "")) for dag_id, dag in here.dags.items()}
    by_dag = codes_of_dags(files, codes)
    return [compare_dag(dag_id, here, there, by_dag[dag_id], broken) for dag_id in sorted(here.dags)]
