"""Compare the DAGs of a wave just before they move: one that is not the same in v2 stays in v1."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from migrator.verify.ask import Known
from migrator.verify.codes import codes_of_files
from migrator.verify.model import Verdict
from migrator.verify.run import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migrator.environments.ports import Environment
    from migrator.model.run import Run
    from migrator.verify.model import Compared
    from migrator.workspace.workspace import Workspace

    Gate = Callable[[Environment, Environment, Mapping[str, Run | None]], Mapping[str, str]]
    """From both sides, and the last finished run of each DAG, to why each may not move; only those that may not."""

SHOWN = 3
UNCOMPARED = "it can't be compared, since v2 has no agent: see that it is the same there, then --unverified moves it"


def gate(workspace: Workspace, names: Mapping[str, Sequence[str]], accept: Mapping[str, str]) -> Gate:
    """The gate of a workspace: asks both sides, and looks what the rewrite changed.

    ``names``: the variables and connections that v1 has; ``accept``: differences that somebody answers for.
    """
    codes = cache(lambda: codes_of_files(workspace))

    def compare(source: Environment, target: Environment, last: Mapping[str, Run | None]) -> Mapping[str, str]:
        if source.last_seen is not None:  # there is nothing to compare with but what the preflight compares
            return {}
        if target.agentless:
            return dict.fromkeys(last, UNCOMPARED)
        dag_ids, known = list(last), Known({dag_id: _interval(run) for dag_id, run in last.items() if run}, names)
        parity = verify(source, target, codes, accept, dag_ids, known)
        compared = {one.name: one for one in parity.objects}
        reasons = {dag_id: _reason(compared.get(dag_id)) for dag_id in dag_ids}
        return {dag_id: reason for dag_id, reason in reasons.items() if reason}

    return compare


def _interval(run: Run) -> dict[str, str | None]:
    return {
        "logical_date": run.logical_date.isoformat(),
        "interval_end": run.interval_end.isoformat() if run.interval_end else None,
    }


def _reason(found: Compared | None) -> str:
    if found is None:
        return "v1 does not parse its file now, so it can't be compared"
    if found.verdict is not Verdict.DIFFERENT:
        return ""
    told = [f"{one.field} is {one.v2 or 'nothing'}, {one.v1 or 'nothing'} in v1" for one in found.unexplained]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return f"it differs in v2: {'; '.join(told[:SHOWN])}{more}: see migrate verify"
