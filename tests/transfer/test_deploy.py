"""Files reach a real bucket: what changed and no more, and nothing that starts or disturbs a DAG."""

from __future__ import annotations

import json

import pytest

from migrator.errors import RefusedError
from migrator.transfer.deploy import expected, upload
from migrator.transfer.manifest import MANIFEST
from tests.transfer.targets import NOW, ScriptedRest, inventory


def test_everything_is_uploaded_once_and_only_what_changed_afterwards(site):
    assert site.deploy() == {"dags/a.py": "new", "dags/b.py": "new", "dags/helper.py": "new"}
    assert site.deploy() == {}
    site.write(a="a = 2")
    assert site.deploy() == {"dags/a.py": "changed"}
    assert site.bucket.read("dags/a.py") == b"a = 2"


def test_modules_go_before_the_dag_files_that_import_them(site):
    site.deploy()
    assert site.order[0] == "dags/helper.py"


def test_a_file_that_is_gone_here_is_deleted_there_if_it_was_uploaded_from_here(site):
    site.bucket.write("dags/theirs.py", b"x")
    site.deploy()
    (site.folder / "helper.py").unlink()
    assert site.deploy() == {"dags/helper.py": "obsolete"}
    assert site.objects == {"dags/a.py", "dags/b.py", "dags/theirs.py"}
    assert "dags/helper.py" not in json.loads(site.bucket.read(MANIFEST))["files"]


def test_a_file_that_somebody_changed_there_is_not_deleted(site):
    site.deploy()
    site.bucket.write("dags/helper.py", b"their fix")
    (site.folder / "helper.py").unlink()
    assert site.deploy() == {}
    assert site.bucket.read("dags/helper.py") == b"their fix"


def test_an_equal_file_that_somebody_else_put_there_stays_theirs(site):
    site.bucket.write("dags/helper.py", b"h = 1")
    site.deploy()
    (site.folder / "helper.py").unlink()
    assert site.deploy() == {}
    assert "dags/helper.py" in site.objects


def test_what_somebody_else_uploaded_or_changed_is_not_overwritten(site):
    site.bucket.write("dags/helper.py", b"their module")
    site.deploy()
    site.bucket.write("dags/a.py", b"their fix")
    site.write(a="a = 2", b="b = 2")
    assert site.deploy() == {"dags/b.py": "changed"}
    assert {one.to for one in site.prepare().skipped} == {"dags/a.py", "dags/helper.py"}
    assert site.bucket.read("dags/a.py") == b"their fix"
    assert site.deploy(overwrite=True) == {"dags/a.py": "changed", "dags/helper.py": "changed"}
    assert site.bucket.read("dags/a.py") == b"a = 2"


@pytest.mark.parametrize("there", [True, False])
def test_what_somebody_uploads_between_the_look_and_the_upload_stays(site, there):
    if there:
        site.deploy()
    site.write(a="a = 2")
    deployment = site.prepare()
    site.bucket.write("dags/a.py", b"their upload")
    with pytest.raises(RefusedError, match="was changed by somebody else just now"):
        upload(site.target, deployment, site.selection, lambda _: None, at=NOW)
    assert site.bucket.read("dags/a.py") == b"their upload"


def test_what_changes_here_between_the_look_and_the_upload_is_not_uploaded(site):
    site.write(a="a = 2")
    deployment = site.prepare()
    site.write(a="a = 3  # never shown")
    with pytest.raises(RefusedError, match="was changed while it was to be deployed"):
        upload(site.target, deployment, site.selection, lambda _: None, at=NOW)
    assert site.bucket.read("dags/a.py") is None


def test_what_somebody_uploads_between_the_look_and_the_deletion_stays(site):
    site.deploy()
    (site.folder / "helper.py").unlink()
    site.write(a="a = 2")
    deployment = site.prepare()

    def later(*_):
        site.bucket.write("dags/helper.py", b"their upload")

    with pytest.raises(RefusedError, match="was changed by somebody else just now"):
        upload(site.target, deployment, site.selection, later, at=NOW)
    assert site.bucket.read("dags/helper.py") == b"their upload"


def test_a_crash_between_two_versions_leaves_files_that_are_still_ours(site):
    site.deploy()
    site.write(a="a = 2", b="b = 2", helper="h = 2")
    deployment = site.prepare()

    def crash(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload(site.target, deployment, site.selection, crash, at=NOW)
    site.deploy()
    assert site.bucket.read("dags/b.py") == b"b = 2"
    assert site.prepare().skipped == ()


def test_one_wave_takes_its_dag_files_and_all_modules_and_deletes_nothing(site):
    site.deploy()
    (site.folder / "helper.py").unlink()
    site.write(a="a = 2", b="b = 2", other="o = 1")
    assert site.deploy(only={"a"}) == {"dags/a.py": "changed", "dags/other.py": "new"}
    assert "dags/helper.py" in site.objects


def test_files_that_are_not_ours_or_are_broken_in_the_source_are_not_deployed(site):
    site.inventory = inventory({"a": "a.py", "b": "b.py"}, broken=("b.py",))
    site.write(composer_migrator_agent="x", airflow_monitoring="x", **{"__pycache__/a": "x"})
    deployment = site.prepare()
    assert {step.to for step in deployment.steps} == {"dags/a.py", "dags/helper.py"}
    assert {one.to: one.why for one in deployment.skipped} == {
        "dags/airflow_monitoring.py": "Composer's own liveness DAG: each environment has its own",
        "dags/b.py": "the source cannot import it",
        "dags/composer_migrator_agent.py": "the agent is uploaded when it is called",
    }


def test_a_dag_that_is_on_in_the_target_is_left_alone(site):
    site.deploy()
    site.rest.on = {"a"}
    site.write(a="a = 2", b="b = 2")
    assert site.deploy() == {"dags/b.py": "changed"}
    assert "a is unpaused in the target" in site.prepare().skipped[0].why
    assert site.deploy(live_too=True) == {"dags/a.py": "changed"}


def test_the_file_of_a_dag_that_is_on_is_not_deleted_either(site):
    site.deploy()
    site.rest.on = {"a"}
    (site.folder / "a.py").unlink()
    assert site.deploy() == {}
    assert "dags/a.py" in site.objects


def test_a_changed_module_under_a_live_dag_is_warned_about(site):
    site.deploy()
    site.rest.on = {"a"}
    site.write(helper="h = 2")
    assert site.prepare().warnings == ("dags/helper.py change while DAGs that may import them are unpaused: a",)


@pytest.mark.parametrize(("overrides", "assumed"), [({}, False), ({"core-dags_are_paused_at_creation": "False"}, True)])
def test_new_dags_that_may_start_by_themselves_are_refused(site, overrides, assumed):
    site.overrides, site.rest = overrides, ScriptedRest()
    with pytest.raises(RefusedError, match="may start by themselves") as caught:
        site.deploy(assume_paused=assumed)
    assert "core-dags_are_paused_at_creation=True" in caught.value.fix
    assert site.objects == set()


def test_a_person_may_vouch_for_what_cannot_be_known(site):
    site.overrides, site.rest = {}, ScriptedRest()
    assert len(site.deploy(assume_paused=True)) == 3


def test_dags_that_the_target_knows_already_need_no_such_promise(site):
    site.deploy()
    site.overrides = {}
    site.write(a="a = 2")
    assert site.deploy() == {"dags/a.py": "changed"}


def test_a_crash_in_the_middle_is_made_good_by_the_next_deploy(site):
    deployment = site.prepare()

    def crash(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload(site.target, deployment, site.selection, crash, at=NOW)
    assert set(json.loads(site.bucket.read(MANIFEST))["files"]) == {"dags/a.py", "dags/b.py", "dags/helper.py"}
    site.deploy()
    assert site.objects == {"dags/a.py", "dags/b.py", "dags/helper.py"}


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"schema_version": 9, "files": {}}'])
def test_a_manifest_nobody_can_read_is_refused(site, content):
    site.bucket.write(MANIFEST, content)
    with pytest.raises(RefusedError):
        site.deploy()


def test_the_dags_to_expect_are_those_of_the_inventory(site):
    assert expected(site.prepare(), site.selection) == {
        "dags/a.py": ("a",),
        "dags/b.py": ("b",),
        "dags/helper.py": (),
    }
