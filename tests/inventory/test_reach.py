"""The source of a workspace: one that answers, or what is known of one that no longer does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.errors import WorkspaceError
from migrator.inventory import store
from migrator.inventory.reach import is_gone, reach_source
from migrator.model.inventory import Origin
from migrator.workspace.workspace import open_workspace
from tests.plan.estates import dag, inventory

TARGET = '[target]\nenvironment = "projects/p/locations/l/environments/new"\n'
SOURCE = '[source]\nenvironment = "projects/p/locations/l/environments/old"\nchannel = "local"\n'


@pytest.fixture
def workspace(tmp_path):
    def make(origin, config=TARGET):
        (tmp_path / "migrate.toml").write_text(config)
        if origin:
            store.save(replace(inventory(dag("d")), origin=origin), tmp_path / "inventory.json")
        return open_workspace(tmp_path)

    return make


@pytest.mark.parametrize("origin", [Origin.SNAPSHOT, Origin.FOLDER])
def test_without_a_source_the_inventory_answers(workspace, origin):
    found = workspace(origin)
    source = reach_source(found)
    assert source.last_seen == store.load(found.inventory).captured_at
    assert source.agent.call("observe", dag_ids=["d"]).result["d"]["exists"]
    source.close()


@pytest.mark.parametrize("origin", [Origin.LIVE, None])
def test_an_inventory_of_one_that_ran_does_not_stand_for_it(workspace, origin):
    found = workspace(origin)
    assert not is_gone(found)
    with pytest.raises(WorkspaceError, match="names no source environment"):
        reach_source(found)


def test_a_source_that_is_named_is_asked(workspace):
    assert not is_gone(workspace(Origin.SNAPSHOT, TARGET + SOURCE))
