"""Whether a source runs whose inventory is of what was left of it: the lab's Composer API, asked by the real client."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from migrator.errors import RefusedError
from migrator.inventory.alive import alive, refuse_living
from migrator.inventory.store import save
from migrator.lab import state
from migrator.lab.ports import Ports
from migrator.lab.processes import Started
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory, Origin
from migrator.workspace.keys import create_identity
from migrator.workspace.workspace import open_workspace
from tests.workspace.users import configure, migrate_here

ENDED = '[cutover.backlog]\nended = "ann saw it switched off"\n'


@pytest.fixture
def lab(composer):
    return composer[0]


@pytest.fixture
def inventory(lab):
    facts = EnvironmentFacts(lab.source.environment, "", "RUNNING", "b", "")
    return Inventory(datetime(2026, 9, 14, tzinfo=UTC), facts, "1.10.15", "3.8", origin=Origin.SNAPSHOT)


@pytest.fixture
def opened(lab, tmp_path):
    def make(inventory, more="", *, source=False):
        root = tmp_path / "ws"
        configure(root, lab)
        path = root / "migrate.toml"
        text = path.read_text()
        path.write_text((text if source else text[text.index("[target]") :]) + more)
        create_identity(root / ".migrate/identity.txt")
        save(inventory, root / "inventory.json")
        return open_workspace(root)

    return make


def by_bucket(inventory, lab):
    facts = EnvironmentFacts("folder copy", "", "UNKNOWN", lab.source.bucket, "")
    return replace(inventory, environment=facts, origin=Origin.FOLDER)


def test_one_that_runs_is_refused_by_its_name(opened, inventory, lab):
    with pytest.raises(RefusedError) as refused:
        refuse_living(opened(inventory))
    assert f"{lab.source.environment} is RUNNING: two masters" in refused.value.why
    assert "name it in [source]" in refused.value.fix


def test_one_whose_name_no_folder_tells_is_known_by_its_bucket(opened, inventory, lab):
    with pytest.raises(RefusedError, match="still runs"):
        refuse_living(opened(by_bucket(inventory, lab)))


def test_one_that_is_named_is_refused_whatever_somebody_said(opened, inventory):
    with pytest.raises(RefusedError) as refused:
        refuse_living(opened(inventory, ENDED, source=True))
    assert "remove [source]" in refused.value.fix


@pytest.mark.parametrize("source", [True, False])
def test_a_wave_from_the_source_itself_is_not(opened, inventory, source):
    workspace = opened(replace(inventory, origin=Origin.LIVE), source=source)
    refuse_living(workspace)
    assert alive(workspace) is None


def test_nor_one_of_which_somebody_saw_that_nothing_runs_in_it(opened, inventory, lab):
    refuse_living(opened(inventory, ENDED))
    refuse_living(opened(by_bucket(inventory, lab), ENDED))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("projects/lab/locations/local/environments/other", "the Composer API does not tell"),
        ("folder copy", "no environment of its name or bucket is there"),
    ],
)
def test_nor_one_that_is_not_there(opened, inventory, name, found):
    workspace = opened(replace(inventory, environment=replace(inventory.environment, name=name)))
    refuse_living(workspace)
    assert found in alive(workspace).detail


def test_nor_where_nobody_answers(opened, inventory, lab):
    workspace = opened(inventory)
    path = workspace.root / "migrate.toml"
    path.write_text(path.read_text().replace(lab.api_endpoint, "http://127.0.0.1:9"))
    assert alive(open_workspace(workspace.root)).name is None


def test_the_lab_s_api_knows_no_side_that_was_switched_off(opened, inventory, lab):
    rows = (Started("v2-scheduler", 1, 1.0, "log"),)
    state.write(state.State(lab, Ports(1, 2, 3, 4, 5), rows, ready=True))
    refuse_living(opened(inventory))
    refuse_living(opened(by_bucket(inventory, lab)))


@pytest.mark.parametrize(("more", "code", "said"), [("", 1, "RUNNING"), (ENDED, 0, "ann saw it switched off")])
def test_doctor_tells(opened, inventory, more, code, said):
    workspace = opened(inventory, more)
    out = migrate_here(workspace.root, "doctor").out
    (line,) = (line for line in out.splitlines() if line.startswith("source"))
    assert ("FAILED" in line, said in " ".join(out.split())) == (code == 1, True)
    assert "seen last 2026-09-14 00:00 UTC" in line
