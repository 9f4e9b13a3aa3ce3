"""Each kind knows its policies, and merging what has no parts is refused before anything is done."""

from __future__ import annotations

import pytest

from migrator.errors import UsageError
from migrator.transfer.policies import require_policies
from migrator.transfer.resources import NAME, USUAL, Kind, Policy


@pytest.mark.parametrize("policy", [Policy.SKIP, Policy.REPLACE])
def test_every_kind_is_skipped_or_replaced(policy):
    require_policies(dict.fromkeys(Kind, policy), [Kind.VARIABLES], configured=False)


def test_what_has_parts_is_merged():
    require_policies(dict.fromkeys(NAME, Policy.MERGE), [], configured=False)


@pytest.mark.parametrize("kind", [Kind.OVERRIDES, Kind.ENV, Kind.FILES, Kind.LOGS])
def test_what_has_none_is_refused_by_name(kind):
    with pytest.raises(UsageError, match=rf"^{kind} cannot be merged") as caught:
        require_policies({kind: Policy.MERGE}, [], configured=False)
    assert caught.value.fix == f"migrate transfer --policy skip --only {kind} (or --policy replace)"


def test_of_everything_the_fix_names_two_commands():
    with pytest.raises(UsageError, match="overrides, env, files cannot be merged") as caught:
        require_policies(dict.fromkeys(USUAL, Policy.MERGE), [], configured=False)
    assert caught.value.fix == (
        "migrate transfer --policy merge --only variables --only connections --only pools --only users; the others: "
        "migrate transfer --policy skip --only overrides --only env --only files (or --policy replace)"
    )


def test_what_lies_in_secret_manager_is_refused_too():
    with pytest.raises(UsageError, match=r"^variables cannot be merged"):
        require_policies(dict.fromkeys(NAME, Policy.MERGE), [Kind.VARIABLES], configured=False)


def test_a_line_of_the_configuration_is_corrected_there():
    with pytest.raises(UsageError, match="files cannot be merged") as caught:
        require_policies({Kind.FILES: Policy.MERGE, Kind.POOLS: Policy.MERGE}, [], configured=True)
    assert "[transfer.policy] of migrate.toml" in caught.value.fix
