"""A deploy is undone on a real bucket: exactly, whenever it was killed, and never over what others did since."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.errors import RefusedError, UnreachableError
from migrator.transfer import deploy as deploying
from migrator.transfer.deploy import upload
from migrator.transfer.kept import FOLDER, RECORD, read_record
from migrator.transfer.manifest import MANIFEST, read_manifest
from migrator.transfer.undo import Fate, Left, refuse_live, reversals, undo
from tests.transfer.targets import NOW


class Killed(BaseException):
    """The process ends here."""


class Mortal(GcsBucket):
    """Dies before its n-th write, or not at all."""

    left = 0

    def _counted(self):
        if self.left == 0:
            raise Killed
        self.left -= 1

    def write(self, path, data):
        self._counted()
        super().write(path, data)

    def create(self, path, data):
        self._counted()
        return super().create(path, data)

    def replace(self, path, data, md5):
        self._counted()
        return super().replace(path, data, md5)

    def remove(self, path, md5):
        self._counted()
        return super().remove(path, md5)

    def delete(self, path):
        self._counted()
        super().delete(path)


def mortal(gcs, bucket, count) -> Mortal:
    made = Mortal(bucket.name, "lab", Endpoint(gcs))
    made.left = count
    return made


def held(bucket) -> dict[str, bytes]:
    """Everything but what is ours alone, and what the manifest names."""
    own = {file.path: bucket.read(file.path) for file in bucket.files() if not file.path.startswith("data/migrate/")}
    return {**own, MANIFEST: json.dumps(dict(read_manifest(bucket).files)).encode()}


def undone(bucket, **options) -> list[Left]:
    record, found = reversals(bucket, **options)
    return undo(bucket, record, found)


@pytest.fixture
def second(site):
    """A first deploy beside another's files, and a second version in the workspace: changed, new and gone files."""
    site.bucket.write("dags/theirs.py", b"theirs")
    site.bucket.write("dags/b.py", b"b = 1")  # equal, and theirs
    site.deploy()
    site.write(a="a = 2", new="n = 2")
    (site.folder / "helper.py").unlink()
    return site


def test_everything_is_as_it_was_and_twice_changes_nothing(second):
    before = held(second.bucket)
    assert second.deploy() == {"dags/a.py": "changed", "dags/new.py": "new", "dags/helper.py": "obsolete"}
    assert held(second.bucket) != before
    assert undone(second.bucket) == []
    assert held(second.bucket) == before
    again = reversals(second.bucket)
    assert (again[0].undone, again[1]) == (True, [])
    assert undone(second.bucket) == []
    assert held(second.bucket) == before


def test_a_first_deploy_leaves_nothing_behind(site):
    site.deploy()
    assert undone(site.bucket) == []
    assert site.objects == set()
    assert site.deploy() == {"dags/a.py": "new", "dags/b.py": "new", "dags/helper.py": "new"}


def test_what_is_undone_can_be_deployed_again_and_is_still_ours(second):
    first = second.deploy()
    undone(second.bucket)
    assert second.deploy() == first


def test_nothing_to_undo(site):
    site.bucket.write("dags/theirs.py", b"x")
    with pytest.raises(RefusedError, match="nothing to undo"):
        reversals(site.bucket)


def test_a_deploy_that_changes_nothing_is_not_the_last(second):
    before = held(second.bucket)
    second.deploy()
    assert second.deploy() == {}
    undone(second.bucket)
    assert held(second.bucket) == before


@pytest.mark.parametrize("since", [b"their fix", None])
def test_what_was_changed_since_is_named_and_left_and_the_rest_undone(second, since):
    before = held(second.bucket)
    second.deploy()
    second.bucket.write("dags/a.py", since) if since else second.bucket.delete("dags/a.py")
    assert [one.to for one in undone(second.bucket)] == ["dags/a.py"]
    now = held(second.bucket)
    assert now.pop("dags/a.py", None) == since
    assert {to: data for to, data in before.items() if to in now and to != MANIFEST} == {
        to: data for to, data in now.items() if to != MANIFEST
    }
    assert [one.to for one in undone(second.bucket)] == ["dags/a.py"], "it is named until somebody decides"
    assert undone(second.bucket, overwrite=True) == []
    assert held(second.bucket)["dags/a.py"] == b"a = 1"


@pytest.mark.parametrize("to", ["dags/a.py", "dags/new.py", "dags/helper.py"])
def test_what_somebody_uploads_between_the_look_and_the_undo_stays(second, to):
    second.deploy()
    record, found = reversals(second.bucket)
    second.bucket.write(to, b"their upload")
    assert undo(second.bucket, record, found) == [Left(to, "somebody changed it just now")]
    assert second.bucket.read(to) == b"their upload"


def killed_deploy(site, gcs, count) -> bool:
    """A deploy that dies before its n-th write; False when it was through before."""
    deployment = site.prepare()
    dying = mortal(gcs, site.bucket, count)
    try:
        upload(replace(site.target, bucket=dying), deployment, site.selection, lambda _: None, at=NOW)
    except Killed:
        return True
    finally:
        dying.close()
    return False


@pytest.mark.parametrize("finished", [False, True])
def test_a_deploy_killed_at_any_write_is_undone_before_or_after_it_is_completed(second, gcs, finished, monkeypatch):
    monkeypatch.setattr("migrator.transfer.upload.THREADS", 1)
    before, count = held(second.bucket), 0
    while killed_deploy(second, gcs, count):
        if finished:
            second.deploy()
        if finished or not read_record(second.bucket).finished:  # else it died before it changed anything
            assert undone(second.bucket) == []
        assert held(second.bucket) == before, f"killed before write {count}"
        assert second.prepare().skipped == (), f"all is ours still, after a kill before write {count}"
        count += 1
    assert count >= 8


def test_an_undo_killed_at_any_write_completes_the_next_time(second, gcs, monkeypatch):
    monkeypatch.setattr("migrator.transfer.undo.THREADS", 1)
    before, count, through = held(second.bucket), 0, False
    while not through:
        second.deploy()
        dying = mortal(gcs, second.bucket, count)
        try:
            through = undone(dying) == []
        except Killed:
            assert second.prepare().skipped == (), f"what came back is ours, after a kill before write {count}"
            assert undone(second.bucket) == []
        finally:
            dying.close()
        assert held(second.bucket) == before, f"killed before write {count}"
        assert second.prepare().skipped == ()
        count += 1
    assert count >= 6


def test_what_others_replaced_between_a_killed_deploy_and_its_completion_comes_back(second, gcs):
    assert killed_deploy(second, gcs, 4)
    second.bucket.write("dags/a.py", b"their fix")
    second.deploy(overwrite=True)
    assert undone(second.bucket) == []
    assert second.bucket.read("dags/a.py") == b"their fix"


def test_copies_of_earlier_deploys_are_not_piled_up(second):
    for number in range(4):
        second.write(a=f"a = 'version {number}'")
        second.deploy()
    assert len(second.bucket.files(FOLDER)) == 1


def test_no_object_is_replaced_before_its_copy_lies_in_the_bucket(second, monkeypatch):
    kept = []
    monkeypatch.setattr(deploying, "apply", lambda bucket, *_: kept.append(len(bucket.files(FOLDER))))
    second.deploy()
    assert kept[0] == 2


class Forbidding(GcsBucket):
    """Refuses one object, as a missing permission does."""

    def replace(self, path, data, md5):
        raise UnreachableError("not allowed to use bucket gs://b", why="403: no storage.objects.create", fix="ask")


def test_one_that_fails_hides_no_other(second, gcs):
    second.deploy()
    bucket = Forbidding(second.bucket.name, "lab", Endpoint(gcs))
    assert undone(bucket) == [Left("dags/a.py", "not allowed to use bucket gs://b: 403: no storage.objects.create")]
    bucket.close()
    assert second.objects == {"dags/a.py", "dags/b.py", "dags/helper.py", "dags/theirs.py"}
    assert undone(second.bucket) == []
    assert second.bucket.read("dags/a.py") == b"a = 1"


@pytest.mark.parametrize(
    ("live", "files", "refused"),
    [
        ("a", {"a": "a = 2"}, True),
        ("b", {"a": "a = 2"}, False),
        ("b", {"a": "a = 2", "helper": "h = 2"}, True),
    ],
)
def test_under_a_dag_at_work_neither_its_file_nor_a_module_is_undone(site, live, files, refused):
    site.deploy()
    site.write(**files)
    site.deploy()
    _, found = reversals(site.bucket)
    if not refused:
        refuse_live(found, {live: "is on"})
        return
    with pytest.raises(RefusedError, match="unpaused in the target") as caught:
        refuse_live(found, {live: "is on"})
    assert f"{live} is on" in caught.value.why
    assert "--undo --live" in caught.value.fix


def test_the_table_says_what_goes_back(second):
    second.deploy()
    _, found = reversals(second.bucket)
    assert {one.earlier.to: one.fate for one in found} == {
        "dags/a.py": Fate.RESTORE,
        "dags/helper.py": Fate.RESTORE,
        "dags/new.py": Fate.DELETE,
    }


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"schema_version": 9}', b'{"schema_version": 1, "at": "x"}'])
def test_a_record_nobody_can_read_is_refused(site, content):
    site.bucket.write(RECORD, content)
    with pytest.raises(RefusedError, match=r"undo\.json"):
        reversals(site.bucket)
